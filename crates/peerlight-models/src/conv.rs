//! Convolution, bias, shortcut and activation as one operation, and the same for a norm by the
//! batch's moments.
//!
//! The operations are Burn backend extensions. Their default bodies compose Burn's own operations:
//! that is what runs on a GPU. On the CPU each is one fused kernel. Their backward passes are written
//! by hand ([`backward`], [`norm`]) and are again operations with a default and a fused body.

pub mod backward;
#[cfg(feature = "cpu")]
mod fused;
pub mod norm;

use burn::backend::{
    Backend, Dispatch, ExtensionType, Shape, TensorMetadata, backend_extension, ops::ConvOptions, tensor::FloatTensor,
};
use burn::tensor::Tensor;
pub use norm::{moments, norm_act};

/// What a convolution does to the grid: TensorFlow's "same" padding with this stride.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// Step between output positions, in both directions.
    pub stride: usize,
    /// 1 (dense) or the number of channels (depthwise).
    pub groups: usize,
}

impl Geometry {
    /// A dense convolution.
    pub const fn dense(stride: usize) -> Self {
        Self { stride, groups: 1 }
    }

    /// One filter for each channel.
    pub const fn depthwise(stride: usize, channels: usize) -> Self {
        Self { stride, groups: channels }
    }

    /// Output length for an input of this length.
    pub const fn output(&self, size: usize) -> usize {
        size.div_ceil(self.stride)
    }

    /// Zeros before and after an input of this length. The odd one goes after.
    pub const fn padding(&self, size: usize, kernel: usize) -> (usize, usize) {
        let reach = self.output(size).saturating_sub(1) * self.stride + kernel;
        let total = reach.saturating_sub(size);
        (total / 2, total - total / 2)
    }

    /// Burn's name for the convolution of such an input with such a weight.
    fn options(&self, x: &Shape, weight: &Shape) -> ConvOptions<2> {
        let padding = [2, 3].map(|axis| self.padding(x[axis], weight[axis]));
        ConvOptions::new_with_padding([self.stride; 2], padding, [1; 2], self.groups)
    }
}

/// What follows a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// Nothing.
    None,
    /// `min(max(y, 0), 6)`.
    Relu6,
}

/// A tensor added to the convolution's output, or nothing.
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

/// The backends this operation runs on.
#[backend_extension(Flex: cfg(feature = "cpu"), Cube: cfg(feature = "cube"), Autodiff)]
pub trait ConvBackend: Backend {
    /// See [`conv_act`].
    fn conv_act(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        #[extension_type] residual: Residual<Self>,
        geometry: Geometry,
        activation: Activation,
    ) -> FloatTensor<Self> {
        composed::<Self>(x, weight, bias, residual, geometry, activation)
    }
}

/// The operation written with Burn's own operations.
fn composed<B: Backend>(
    x: FloatTensor<B>,
    weight: FloatTensor<B>,
    bias: FloatTensor<B>,
    residual: Residual<B>,
    geometry: Geometry,
    activation: Activation,
) -> FloatTensor<B> {
    let options = geometry.options(&x.shape(), &weight.shape());
    let y = B::conv2d(x, weight, Some(bias), options);
    finished::<B>(y, residual, activation)
}

/// Adds the shortcut and applies the activation.
fn finished<B: Backend>(y: FloatTensor<B>, residual: Residual<B>, activation: Activation) -> FloatTensor<B> {
    let y = match residual {
        Residual::None => y,
        Residual::Add(shortcut) => B::float_add(y, shortcut),
    };
    match activation {
        Activation::None => y,
        Activation::Relu6 => B::float_clamp(y, 0.0.into(), 6.0.into()),
    }
}

#[cfg(feature = "cube")]
impl ConvBackend for burn::backend::Cube {}

/// `activation(conv2d(x, weight) + bias + residual)`.
///
/// `x` is `[batch, inputs, height, width]`, `weight` `[outputs, inputs / groups, k, k]`, `bias`
/// `[outputs]`. The output is `[batch, outputs, height / stride, width / stride]`, rounded up.
///
/// # Panics
///
/// If the shapes do not fit together.
pub fn conv_act(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Tensor<1>,
    residual: Option<Tensor<4>>,
    geometry: Geometry,
    activation: Activation,
) -> Tensor<4> {
    Tensor::from_dispatch(<Dispatch as ConvBackend>::conv_act(
        x.into_dispatch(),
        weight.into_dispatch(),
        bias.into_dispatch(),
        Residual::new(residual),
        geometry,
        activation,
    ))
}

#[cfg(all(test, feature = "cpu"))]
mod tests;
