//! Description of a loaded bundle: plain data.

use peerlight_core::Preprocess;
use peerlight_models::{Calibration, Head, Manifest, Network};
use serde::{Serialize, Serializer};

/// Description of a loaded bundle.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct BundleInfo {
    /// Name shown to people.
    pub name: String,
    /// sha256 of the file, 64 hexadecimal digits.
    pub sha256: String,
    /// License of the weights, and their owner.
    pub license: String,
    /// Origin of the weights.
    pub source: String,
    /// Peers, in the order of their indices.
    pub peers: Vec<PeerInfo>,
    /// Names of all peers' classes, matched by their names: those of the first peer in the order of its logits, then
    /// those that only later peers have. Requests and results count classes by this list.
    pub classes: Vec<String>,
    /// Preprocessing of peers that have none of their own. Its crop is everybody's.
    pub preprocess: Preprocess,
    /// What agreement was worth on test images, if that was measured. Left out of JSON: explanations tell it.
    #[serde(skip)]
    #[cfg_attr(feature = "typescript", ts(skip))]
    pub calibration: Option<Calibration>,
}

/// Description of one peer of a loaded bundle.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PeerInfo {
    /// Id of the peer in the bundle.
    pub id: String,
    /// Id of the peer's architecture; `graph` for one that is not built in.
    pub architecture: String,
    /// Name of the peer, shown to people.
    pub name: String,
    /// Number of weights.
    pub parameters: usize,
    /// Preprocessing of the peer's input.
    pub preprocess: Preprocess,
    /// Names of the peer's classes, in the order of its logits. JSON has their number.
    #[serde(rename = "classes", serialize_with = "count")]
    #[cfg_attr(feature = "typescript", ts(rename = "classes", type = "number"))]
    pub labels: Vec<String>,
    /// End of the network: whether it is global average pooling and one `linear` classifier, pooling alone
    /// (`average`), or anything else (`opaque`).
    #[cfg_attr(feature = "typescript", ts(type = "'linear' | 'average' | 'opaque'"))]
    pub head: &'static str,
    /// Names of the layers that requests can choose. They count from 1.
    pub layers: Vec<String>,
    /// Layer that methods of one layer read by default, counted from 1.
    pub target_layer: usize,
}

impl BundleInfo {
    /// Description of peers that have been built, in the order of the manifest. `sha256` is the bundle's.
    pub fn of(manifest: &Manifest, sha256: String, nets: &[Network]) -> Self {
        let peer = |(i, net): (usize, &Network)| {
            let peer = &manifest.peers[i];
            PeerInfo {
                id: peer.id.clone(),
                architecture: peer.architecture().into(),
                name: peer.display_name().into(),
                parameters: net.graph().parameter_count(),
                preprocess: manifest.preprocess(i).clone(),
                labels: manifest.labels(i).to_vec(),
                head: match net.graph().head() {
                    Head::Linear(_) => "linear",
                    Head::Average => "average",
                    Head::Opaque => "opaque",
                },
                layers: net.graph().layers().iter().map(|layer| layer.name.clone()).collect(),
                target_layer: net.graph().target().0,
            }
        };
        Self {
            name: manifest.name.clone(),
            sha256,
            license: manifest.license.clone(),
            source: manifest.source.clone(),
            peers: nets.iter().enumerate().map(peer).collect(),
            classes: manifest.classes().names().to_vec(),
            preprocess: manifest.preprocess.clone(),
            calibration: manifest.calibration.clone(),
        }
    }
}

fn count<S: Serializer>(list: &[String], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(list.len() as u64)
}
