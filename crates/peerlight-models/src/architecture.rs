//! The networks that are built in code.

use burn::tensor::Device;
use peerlight_core::{Code, Error, Result};

use crate::{Graph, Network, Weights, efficientnet_lite};

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

/// Every architecture. A new one is a file and a line here.
pub static ARCHITECTURES: &[&dyn Architecture] =
    &[&efficientnet_lite::LITE0, &efficientnet_lite::LITE1, &efficientnet_lite::LITE2, &efficientnet_lite::MICRO];

/// The architecture of this id.
///
/// # Errors
/// `bundle-invalid`, naming those that there are.
pub fn architecture(id: &str) -> Result<&'static dyn Architecture> {
    ARCHITECTURES.iter().copied().find(|a| a.id() == id).ok_or_else(|| {
        let known: Vec<_> = ARCHITECTURES.iter().map(|a| a.id()).collect();
        Error::new(Code::BundleInvalid, format!("There is no architecture '{id}'. There are: {}.", known.join(", ")))
    })
}
