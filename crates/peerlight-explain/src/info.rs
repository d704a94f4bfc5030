//! Description of a loaded bundle: plain data.

use peerlight_core::Preprocess;
use serde::Serialize;

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
    /// Names of the classes, in the order of the logits.
    pub classes: Vec<String>,
    /// Preprocessing that the peers were trained with.
    pub preprocess: Preprocess,
}

/// Description of one peer of a loaded bundle.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PeerInfo {
    /// Id of the peer in the bundle.
    pub id: String,
    /// Id of the peer's architecture.
    pub architecture: String,
    /// Name of the peer, shown to people.
    pub name: String,
    /// Number of weights.
    pub parameters: usize,
}
