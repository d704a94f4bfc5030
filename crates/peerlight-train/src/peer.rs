//! A network in training.

use peerlight_core::Preprocess;
use peerlight_models::Network;

/// A network in training.
pub struct Peer {
    /// The peer's id in the bundle.
    pub id: String,
    /// The network, on a device that keeps gradients.
    pub net: Network,
    /// Preprocessing of the network's input. All peers see the same square of an image.
    pub preprocess: Preprocess,
    /// Whether batch norms keep the running statistics that they have.
    pub is_frozen: bool,
    /// Network before training, if its predictions are the targets.
    pub teacher: Option<Network>,
}
