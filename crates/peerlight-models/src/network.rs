//! What every network offers, and the list of them.

use burn::tensor::{Device, Tensor};
use peerlight_core::{Code, Error, Result};

use crate::{ConvShape, Net, Weights, efficientnet_lite};

/// A cut point of a network: `Layer(0)` is the input, `Layer(k)` the output of the k-th layer that the network shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Layer(pub usize);

impl Layer {
    /// The network's input: the normalized image.
    pub const INPUT: Self = Self(0);

    /// The layer before this one; of the input, the input.
    pub const fn before(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// The layers whose attention is superposed unless others are chosen: of a network whose last layer this is, the four
    /// before the last one, or as many as there are. A network of one layer has that one.
    pub fn superposed(self) -> Vec<Self> {
        let last = self.0;
        if last <= 1 { vec![self] } else { (last.saturating_sub(4).max(1)..last).map(Self).collect() }
    }
}

/// What a run computes: the output of every layer after the cut that it began from, and the logits.
#[derive(Debug, Clone)]
pub struct Features {
    from: Layer,
    outputs: Vec<Tensor<4>>,
    /// The logits [n, classes], before any softmax.
    pub logits: Tensor<2>,
}

impl Features {
    /// The features of a run from a cut: the outputs [n, c, h, w] of the layers after it, in order, and the logits.
    pub fn new(from: Layer, outputs: Vec<Tensor<4>>, logits: Tensor<2>) -> Self {
        Self { from, outputs, logits }
    }

    /// The cut that the run began from.
    pub fn start(&self) -> Layer {
        self.from
    }

    /// The last layer of the network.
    pub fn last(&self) -> Layer {
        Layer(self.from.0 + self.outputs.len())
    }

    /// The output [n, c, h, w] of a layer.
    ///
    /// # Panics
    /// If the run did not compute this layer: it began from it or after it, or the network does not have it.
    pub fn at(&self, layer: Layer) -> &Tensor<4> {
        let place = layer.0.checked_sub(self.from.0 + 1);
        place.and_then(|place| self.outputs.get(place)).unwrap_or_else(|| {
            panic!("layer {} is none of those from {} to {}", layer.0, self.from.0 + 1, self.last().0)
        })
    }

    /// The outputs of the layers after a cut, in order.
    ///
    /// # Panics
    /// If the run began after this cut, or the network does not have it.
    pub fn after(&self, layer: Layer) -> &[Tensor<4>] {
        &self.outputs[layer.0 - self.from.0..]
    }

    /// The same features as constants, for a run on an autodiff device.
    pub fn inner(&self) -> Self {
        let outputs = self.outputs.iter().map(|output| output.clone().inner()).collect();
        Self { from: self.from, outputs, logits: self.logits.clone().inner() }
    }
}

/// A classifier that can be run to, and resumed from, any of its cut points.
pub trait Network: Send + Sync {
    /// Runs from a layer's output (or the input [n, 3, side, side], already normalized) to the logits.
    ///
    /// # Panics
    /// If `from` is not a layer of this network, or `x` does not have its channels.
    fn run(&self, from: Layer, x: Tensor<4>) -> Features;

    /// The weights of the linear classifier after global average pooling, [classes, channels]: the
    /// row of a class is its class activation map (CAM) over the last layer.
    fn classifier(&self) -> Tensor<2>;

    /// The number of layers that the network shows. The classifier is none of them.
    fn stages(&self) -> usize;

    /// The last layer, whose output the classifier pools.
    fn last(&self) -> Layer {
        Layer(self.stages())
    }

    /// A twin in which everything that is computed after a cut has its weights permuted, tensor by tensor: the same
    /// numbers, and nothing of what they had learnt. [`Layer::INPUT`] permutes the whole network, [`Network::last`] the
    /// classifier alone. A twin from an earlier cut has the permutations of one from a later cut, and more.
    ///
    /// # Panics
    /// If `from` is not a layer of this network.
    fn shuffled(&self, seed: u64, from: Layer) -> Box<dyn Network>;
}

/// One architecture: how to name it, and how to make it of weights.
pub trait Architecture: Sync {
    /// The identifier in bundles and on the command line.
    fn id(&self) -> &'static str;
    /// The name for people.
    fn name(&self) -> &'static str;
    /// The number of stages, the head included.
    fn stages(&self) -> usize;
    /// Makes the network.
    ///
    /// # Errors
    /// `bundle-invalid` if a tensor is missing, or of another shape, or not finite.
    fn build(&self, weights: &Weights, classes: usize, device: &Device) -> Result<Box<dyn Network>> {
        Ok(Box::new(Net::load(self.convolutions(), weights, classes, device)?))
    }
    /// The convolutions in the order that data meets them, with our names and shapes.
    fn convolutions(&self) -> Vec<ConvShape>;
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
        Error::new(Code::BundleInvalid, format!("There is no backbone '{id}'. There are: {}.", known.join(", ")))
    })
}
