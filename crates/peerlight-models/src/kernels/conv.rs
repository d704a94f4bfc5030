//! Convolution, bias, residual and activation as one operation.

use super::{Activation, Geometry, Residual, finished};
use burn::backend::{Backend, Dispatch, TensorMetadata, backend_extension, tensor::FloatTensor};
use burn::tensor::Tensor;

/// The backends that [`conv_act`] runs on.
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

/// [`conv_act`] written with Burn's own operations.
pub(crate) fn composed<B: Backend>(
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

#[cfg(feature = "cube")]
impl ConvBackend for burn::backend::Cube {}

/// `activation(conv2d(x, weight) + bias + residual)`.
///
/// `x` is `[batch, inputs, height, width]`, `weight` `[outputs, inputs / groups, rows, columns]` and `bias`
/// `[outputs]`. The output is `[batch, outputs, height', width']` with [`Geometry::output`]'s sizes; the residual has
/// the output's shape. All of them can have gradients.
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
