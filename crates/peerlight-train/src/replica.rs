//! A peer on one device.

use burn::{module::Module, tensor::Device};
use peerlight_core::Preprocess;
use peerlight_models::Network;

use crate::start::Peer;

/// A peer's network on a device that keeps gradients.
pub(crate) struct Replica<'a> {
    pub net: Network,
    /// How the network reads images.
    pub preprocess: &'a Preprocess,
    /// Network before training, if its predictions are the targets.
    pub teacher: Option<&'a Network>,
}

impl<'a> Replica<'a> {
    /// The peer on `device`. Beside other devices its parameters are forked even where the devices are one and the
    /// same: burn-autodiff 0.22 keeps one graph for all that share a leaf, and a thread that joins graphs waits
    /// for ever for one that is going backward.
    pub fn new(peer: &'a Peer, device: &Device, beside_others: bool) -> Self {
        let net = peer.net.clone();
        let net = if beside_others || net.devices() != [device.clone()] { net.fork(device) } else { net };
        Self { net, preprocess: &peer.preprocess, teacher: peer.teacher.as_ref() }
    }
}
