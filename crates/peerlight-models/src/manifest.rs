//! What a bundle says of itself.

use peerlight_core::{Code, Error, Preprocess, Result};
use serde::{Deserialize, Serialize};

use crate::{FORMAT, architecture, weights::invalid};

/// The description inside a bundle: JSON under the key `peerlight` of the safetensors metadata.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the format.
    pub format: u32,
    /// Name for people.
    pub name: String,
    /// The peers, two or more.
    pub peers: Vec<PeerManifest>,
    /// Names of the classes, in the order of the logits.
    pub labels: Vec<String>,
    /// What the peers were trained to read.
    pub preprocess: Preprocess,
    /// License of the weights, and whose they are.
    #[serde(alias = "licence")]
    pub license: String,
    /// Where the weights come from, for people.
    pub source: String,
    /// How they were trained: the record that `peerlight train` leaves, if it made them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training: Option<serde_json::Value>,
}

/// One peer of a bundle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PeerManifest {
    /// Its own id, unique in the bundle: the prefix of its tensors.
    pub id: String,
    /// The id of its architecture.
    pub backbone: String,
}

impl Manifest {
    /// Reads and checks the JSON.
    ///
    /// # Errors
    /// `bundle-invalid`, or `bundle-version` if a newer program wrote it.
    pub fn parse(json: &str) -> Result<Self> {
        /// The only part that every version has.
        #[derive(Deserialize)]
        struct Version {
            format: u32,
        }
        let unreadable = |e: serde_json::Error| invalid(format!("Its description cannot be read: {e}."));
        let Version { format } = serde_json::from_str(json).map_err(unreadable)?;
        if format > FORMAT {
            return Err(Error::new(
                Code::BundleVersion,
                format!("The weight file has format {format}; this program reads up to {FORMAT}. Update the program."),
            ));
        }
        let manifest: Self = serde_json::from_str(json).map_err(unreadable)?;
        manifest.check()?;
        Ok(manifest)
    }

    /// Checks what the types cannot.
    ///
    /// # Errors
    /// `bundle-invalid`.
    pub fn check(&self) -> Result<()> {
        if !(2..=16).contains(&self.peers.len()) {
            return Err(invalid(format!("It holds {} peers; there must be 2 to 16.", self.peers.len())));
        }
        for (i, peer) in self.peers.iter().enumerate() {
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
            if peer.id.is_empty() || peer.id.len() > 64 || !peer.id.chars().all(plain) {
                return Err(invalid(format!("'{}' is not a peer's id: letters, digits and dashes.", peer.id)));
            }
            if self.peers[..i].iter().any(|other| other.id == peer.id) {
                return Err(invalid(format!("It holds the peer '{}' twice.", peer.id)));
            }
            architecture(&peer.backbone)?;
        }
        if !(2..=100_000).contains(&self.labels.len()) {
            return Err(invalid(format!("It names {} classes; there must be 2 to 100,000.", self.labels.len())));
        }
        self.preprocess.check().map_err(|e| invalid(e.to_string()))
    }
}
