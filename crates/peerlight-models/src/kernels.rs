//! The operations that most of a network's time goes into, each with its activation fused and its backward pass
//! written by hand: [`conv_act`] (convolution, bias, residual, activation), [`norm_act`] (batch normalization,
//! residual, activation) with [`moments`], and [`activate`] (an activation alone). [`fn@max_pool`] is the greatest of
//! windows.
//!
//! The operations are Burn backend extensions. Their default bodies compose Burn's own operations: that is what runs on
//! a GPU. On the CPU they are kernels of ours: im2col and a blocked matrix product, depthwise convolution, and passes
//! over channels.

pub mod activation;
pub mod batch_norm;
pub mod conv;
pub mod conv_backward;
#[cfg(feature = "cpu")]
mod cpu;
mod geometry;
pub mod max_pool;
#[cfg(feature = "cpu")]
mod sizes;

pub use activation::{Activation, activate};
pub use batch_norm::{BatchNorm, moments, norm_act};
pub use conv::conv_act;
pub use geometry::{Geometry, Padding};
pub use max_pool::max_pool;

use burn::backend::{Backend, Dispatch, ExtensionType, tensor::FloatTensor};
use burn::tensor::Tensor;

/// A tensor that is added before the activation, or nothing.
#[derive(ExtensionType)]
pub enum Residual<B: Backend> {
    /// Nothing is added.
    None,
    /// The shortcut, of the output's shape.
    Add(FloatTensor<B>),
}

impl Residual<Dispatch> {
    fn new(shortcut: Option<Tensor<4>>) -> Self {
        shortcut.map_or(Self::None, |shortcut| Self::Add(shortcut.into_dispatch()))
    }
}

/// Whether the CPU kernels use AVX-512 where the processor has it, which is so unless this says otherwise: for
/// comparing the two. It holds for the whole process. Convolutions give the same bits either way.
#[cfg(feature = "cpu")]
pub fn use_avx512(yes: bool) {
    cpu::use_avx512(yes);
}

/// Adds the shortcut and applies the activation, with Burn's own operations.
fn finished<B: Backend>(y: FloatTensor<B>, residual: Residual<B>, activation: Activation) -> FloatTensor<B> {
    let y = match residual {
        Residual::None => y,
        Residual::Add(shortcut) => B::float_add(y, shortcut),
    };
    activation::composed::<B>(y, activation)
}

#[cfg(all(test, feature = "cpu"))]
mod tests;
