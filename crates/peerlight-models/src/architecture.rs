//! What an architecture is: a network that is built in code.

use burn::tensor::Device;
use peerlight_core::Result;

use crate::{Graph, Network, Weights};

/// A family's member: how to name it, and how to build its graph.
pub trait Architecture: Sync {
    /// The identifier in bundles and on the command line.
    fn id(&self) -> &'static str;

    /// The name for people.
    fn name(&self) -> &'static str;

    /// The graph of the network with this many classes, with batch norms or with these folded into the convolutions.
    fn graph(&self, classes: usize, batch_norms: bool) -> Result<Graph>;

    /// Makes the network of a peer in a file, with batch norms if the file has them.
    ///
    /// # Errors
    /// `bundle-invalid` if a tensor is missing, or of another shape, or not finite.
    fn build(&self, weights: &Weights, classes: usize, device: &Device) -> Result<Network> {
        let batch_norms = weights.names().any(|name| name.ends_with(".gain"));
        Network::load(self.graph(classes, batch_norms)?, weights, device)
    }
}
