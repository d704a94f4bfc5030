//! What a bundle says of itself.

use std::collections::HashSet;

use peerlight_core::{Code, Error, Preprocess, Result};
use serde::{Deserialize, Serialize};

use crate::{
    Calibration, Classes, Graph, GraphSpec, Network, Parameter, Role, architecture, eight_bits::suits, weights::invalid,
};

/// The newest version of the format, which this program reads. It writes the oldest that suffices.
pub const FORMAT: u32 = 3;

/// The description inside a bundle: JSON under the key `peerlight` of the safetensors metadata.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Name of the bundle, shown to people.
    pub name: String,
    /// The peers, one or more.
    pub peers: Vec<PeerManifest>,
    /// Names of the classes, in the order of the logits, of every peer that has no list of its own.
    #[serde(default)]
    pub labels: Vec<String>,
    /// What every peer was trained to read that has nothing else of its own. Its crop is what all peers see.
    pub preprocess: Preprocess,
    /// License of the weights, and whose they are.
    #[serde(alias = "licence")]
    pub license: String,
    /// Source of the weights, in words for people.
    pub source: String,
    /// How they were trained: the record that `peerlight train` leaves, if it made them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training: Option<serde_json::Value>,
    /// What agreement was worth on test images, if `peerlight calibrate` has measured it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<Calibration>,
}

/// One peer of a bundle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PeerManifest {
    /// Id of the peer, unique in the bundle: the prefix of its tensors.
    pub id: String,
    /// The network, without its numbers.
    #[serde(flatten)]
    pub model: Model,
    /// Name for people, of a network that has no architecture's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Preprocessing that the peer was trained with, unless it is the bundle's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preprocess: Option<Preprocess>,
    /// Names of its classes, in the order of its logits, unless they are the bundle's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<String>>,
}

/// A network without its numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Model {
    /// The id of an architecture that is built in code.
    #[serde(rename = "backbone", alias = "architecture")]
    Architecture(String),
    /// The operations.
    #[serde(rename = "graph")]
    Graph(Box<GraphSpec>),
}

impl PeerManifest {
    /// A peer of an architecture that is built in code, with the bundle's preprocessing and classes.
    pub fn new(id: impl Into<String>, architecture: impl Into<String>) -> Self {
        let model = Model::Architecture(architecture.into());
        Self { id: id.into(), model, name: None, preprocess: None, labels: None }
    }

    /// The peer with another network: what a training run has made of it.
    pub fn with_network(&self, network: &Network) -> Self {
        let model = match &self.model {
            Model::Architecture(id) => Model::Architecture(id.clone()),
            Model::Graph(_) => Model::Graph(Box::new(network.graph().spec().clone())),
        };
        Self { model, ..self.clone() }
    }

    /// The name for people.
    pub fn display_name(&self) -> &str {
        match (&self.name, &self.model) {
            (Some(name), _) => name,
            (None, Model::Architecture(id)) => architecture(id).map_or(id, |architecture| architecture.name()),
            (None, Model::Graph(_)) => &self.id,
        }
    }

    /// The id of the architecture, or `graph`.
    pub fn architecture(&self) -> &str {
        match &self.model {
            Model::Architecture(id) => id,
            Model::Graph(_) => "graph",
        }
    }
}

/// Whether a text can be a peer's id: 1 to 64 letters of ASCII, digits and dashes.
pub fn is_peer_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
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

    /// The JSON, in the oldest format that can say it. `narrow` tells that there are weights in 8 bits.
    pub(crate) fn to_json(&self, narrow: bool) -> Result<String> {
        #[derive(Serialize)]
        struct File<'a> {
            format: u32,
            #[serde(flatten)]
            manifest: &'a Manifest,
        }
        let is_plain = |peer: &PeerManifest| {
            let is_named = matches!(peer.model, Model::Architecture(_));
            is_named && peer.name.is_none() && peer.preprocess.is_none() && peer.labels.is_none()
        };
        let format = match narrow {
            true => 3,
            false if self.peers.len() > 1 && self.peers.iter().all(is_plain) => 1,
            false => 2,
        };
        serde_json::to_string(&File { format, manifest: self }).map_err(|e| invalid(e.to_string()))
    }

    /// The names in a file of the weights of all peers' convolutions and linear layers that suit 8 bits.
    ///
    /// # Errors
    /// `bundle-invalid` for an architecture that does not exist.
    pub(crate) fn large_weights(&self) -> Result<HashSet<String>> {
        let mut names = HashSet::new();
        for (i, peer) in self.peers.iter().enumerate() {
            let graph = match &peer.model {
                Model::Architecture(id) => architecture(id)?.graph(self.labels(i).len(), false)?.spec().clone(),
                Model::Graph(spec) => GraphSpec::clone(spec),
            };
            let is_weight = |parameter: &&Parameter| parameter.role == Role::Weight && suits(&parameter.shape);
            names.extend(
                graph.parameters.iter().filter(is_weight).map(|parameter| format!("{}.{}", peer.id, parameter.name)),
            );
        }
        Ok(names)
    }

    /// Names of a peer's classes, in the order of its logits.
    ///
    /// # Panics
    /// If there is no peer of this index.
    pub fn labels(&self, peer: usize) -> &[String] {
        self.peers[peer].labels.as_ref().unwrap_or(&self.labels)
    }

    /// The classes of all peers as one list.
    pub fn classes(&self) -> Classes {
        Classes::of((0..self.peers.len()).map(|peer| self.labels(peer)))
    }

    /// Preprocessing that a peer was trained with.
    ///
    /// # Panics
    /// If there is no peer of this index.
    pub fn preprocess(&self, peer: usize) -> &Preprocess {
        self.peers[peer].preprocess.as_ref().unwrap_or(&self.preprocess)
    }

    /// Checks what the types cannot.
    ///
    /// # Errors
    /// `bundle-invalid`.
    pub fn check(&self) -> Result<()> {
        if !(1..=16).contains(&self.peers.len()) {
            return Err(invalid(format!("It holds {} peers; there must be 1 to 16.", self.peers.len())));
        }
        for (i, peer) in self.peers.iter().enumerate() {
            if !is_peer_id(&peer.id) {
                let text = format!("'{}' is not a peer's id: up to 64 letters, digits and dashes.", peer.id);
                return Err(invalid(text));
            }
            if self.peers[..i].iter().any(|other| other.id == peer.id) {
                return Err(invalid(format!("It holds the peer '{}' twice.", peer.id)));
            }
            let classes = self.labels(i).len();
            if !(2..=100_000).contains(&classes) {
                return Err(invalid(format!("It names {classes} classes; there must be 2 to 100,000.")));
            }
            self.preprocess(i).check().map_err(|e| invalid(e.to_string()))?;
            match &peer.model {
                Model::Architecture(id) => drop(architecture(id)?),
                Model::Graph(spec) => self.check_graph(i, spec)?,
            }
        }
        self.calibration.as_ref().map_or(Ok(()), Calibration::check)?;
        self.preprocess.check().map_err(|e| invalid(e.to_string()))
    }

    /// Checks a peer's graph, and that it fits the peer's classes and images.
    fn check_graph(&self, peer: usize, spec: &GraphSpec) -> Result<()> {
        let (id, labels, side) = (&self.peers[peer].id, self.labels(peer).len(), self.preprocess(peer).side);
        let graph = Graph::new(spec.clone())?;
        let ([channels, ..], classes) = (graph.input(), graph.classes());
        if channels != 3 {
            return Err(invalid(format!("The peer '{id}' takes images of {channels} channels, not of 3.")));
        }
        if classes != labels {
            return Err(invalid(format!("The peer '{id}' has {classes} classes and {labels} names of them.")));
        }
        graph.check_size([side; 2]).map_err(|e| invalid(format!("The peer '{id}' does not fit its images: {e}")))
    }
}
