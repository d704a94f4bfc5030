//! A peer on one device.

use burn::{
    module::Module,
    tensor::{Device, Tensor},
};
use peerlight_core::{Preprocess, resize_map};
use peerlight_models::{Features, Graph, Layer, Moments, Network};

use crate::peer::Peer;

/// A peer's network on a device that keeps gradients.
pub(crate) struct Replica<'a> {
    pub net: Network,
    pub peer: &'a Peer,
}

impl<'a> Replica<'a> {
    /// The peer on `device`. Beside other devices its parameters are forked even where the devices are one and the
    /// same: burn-autodiff 0.22 keeps one graph for all that share a leaf, and a thread that joins graphs waits
    /// for ever for one that is going backward.
    pub fn new(peer: &'a Peer, device: &Device, beside_others: bool) -> Self {
        let net = peer.net.clone();
        let net = if beside_others || net.devices() != [device.clone()] { net.fork(device) } else { net };
        Self { net, peer }
    }

    /// Images [n, 3, side, side] that `from` has normalized, as the peer's network takes them.
    pub fn input(&self, images: Tensor<4>, from: &Preprocess) -> Tensor<4> {
        input(images, from, &self.peer.preprocess, self.net.graph())
    }

    /// Runs the network as in training, and returns the batch statistics of batch norms that are trained.
    pub fn forward(&self, x: Tensor<4>) -> (Features, Vec<Moments>) {
        match self.peer.is_frozen {
            true => (self.net.run(Layer::INPUT, x), Vec::new()),
            false => self.net.forward_train(x),
        }
    }
}

/// Images [n, 3, side, side] that one preprocessing has normalized, as a network with another one takes them: resized
/// if it takes images of its own size alone.
pub(crate) fn input(images: Tensor<4>, from: &Preprocess, to: &Preprocess, graph: &Graph) -> Tensor<4> {
    let [n, channels, height, width] = images.dims();
    let [rows, columns] = graph.size_for([height, width]);
    let images = from.convert(images, to);
    match [rows, columns] == [height, width] {
        true => images,
        false => {
            let resized = resize_map(images.reshape([n * channels, height, width]), [rows, columns]);
            resized.reshape([n, channels, rows, columns])
        }
    }
}
