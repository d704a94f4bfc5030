//! What every network offers, and the list of them.

use burn::tensor::{Device, Tensor};
use peerlight_core::{Code, Error, Result};

use crate::{ConvShape, Net, Weights, efficientnet_lite};

/// A place in a network to run from: 0 is the image, k is the output of stage k, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layer(pub usize);

impl Layer {
    /// The image itself.
    pub const INPUT: Self = Self(0);
}

/// What a run gives.
#[derive(Debug, Clone)]
pub struct Features {
    /// The outputs of the stages after the one that the run began from, in order, each
    /// [n, c, h, w]. The last is the head convolution after its activation.
    pub stages: Vec<Tensor<4>>,
    /// [n, classes], before any softmax.
    pub logits: Tensor<2>,
}

/// A network whose stages can be seen and resumed from.
pub trait Network: Send + Sync {
    /// Runs from a stage's output (or the image [n, 3, side, side], already normalized) to the logits.
    ///
    /// # Panics
    /// If `from` is not a stage of this network, or `x` does not have its channels.
    fn run(&self, from: Layer, x: Tensor<4>) -> Features;

    /// The weights of the linear classifier after global average pooling, [classes, channels]: the
    /// row of a class is its class activation map (CAM) over the last stage.
    fn classifier(&self) -> Tensor<2>;

    /// The number of stages, the head included.
    fn stages(&self) -> usize;

    /// The number of layers that [`Network::shuffled`] counts: every convolution, and the classifier.
    fn layers(&self) -> usize;

    /// A twin in which the weights of each of the last `layers` layers are permuted among themselves: the same numbers,
    /// and nothing of what they had learnt.
    fn shuffled(&self, seed: u64, layers: usize) -> Box<dyn Network>;
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
