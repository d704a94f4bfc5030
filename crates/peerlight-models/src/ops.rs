//! What a node of a [`Graph`](crate::Graph) computes: one file for each kind of operation, with its shape rule, its
//! forward pass and its cost. Gradients come from Burn's automatic differentiation, or from the kernels' own backward
//! passes.
//!
//! A value is a tensor of any rank whose first axis is the batch. A shape here is the shape of one sample: it leaves
//! the batch axis out.

mod activation;
mod batch_norm;
mod binary;
mod concat;
mod constant;
mod conv;
mod layer_norm;
mod linear;
mod lrn;
mod matmul;
mod pad;
mod pool;
mod reduce;
mod reshape;
mod resize;
mod slice;
mod softmax;
mod transpose;
mod unary;

use burn::backend::{Dispatch, tensor::FloatTensor};
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

pub use crate::kernels::{Activation, Geometry, Padding};
pub use batch_norm::BatchNorm;
pub use binary::Binary;
pub use concat::Concat;
pub use constant::{Constant, Input};
pub use layer_norm::LayerNorm;
pub use linear::Linear;
pub use lrn::Lrn;
pub use matmul::MatMul;
pub use pad::Pad;
pub use pool::{Pool, PoolKind};
pub use reduce::{Reduce, Reduction};
pub use reshape::{Flatten, Reshape};
pub use resize::{Resize, ResizeMode};
pub use slice::Slice;
pub use softmax::Softmax;
pub use transpose::Transpose;
pub use unary::Unary;

pub use batch_norm::Moments;
pub(crate) use batch_norm::NormParameters;
pub(crate) use conv::convolve;

/// A tensor of any rank on its way through a network. The first axis is the batch.
pub(crate) type Value = FloatTensor<Dispatch>;

/// The operation of a node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Op {
    /// The image.
    Input(Input),
    /// A tensor that does not depend on the image.
    Constant(Constant),
    /// A convolution.
    Conv(Geometry),
    /// A batch norm.
    BatchNorm(BatchNorm),
    /// An activation that the kernels know.
    Activation(Activation),
    /// Another function of each element.
    Unary(Unary),
    /// A function of the elements of two tensors.
    Binary(Binary),
    /// Tensors one after the other.
    Concat(Concat),
    /// Pooling over windows.
    Pool(Pool),
    /// A mean, a sum or a maximum over whole axes; over height and width, global pooling.
    Reduce(Reduce),
    /// A matrix product with a weight.
    Linear(Linear),
    /// A matrix product of two tensors.
    MatMul(MatMul),
    /// Values around the border.
    Pad(Pad),
    /// All axes of a sample as one.
    Flatten(Flatten),
    /// Other axes for the same elements.
    Reshape(Reshape),
    /// Another order of axes.
    Transpose(Transpose),
    /// A part of an axis.
    Slice(Slice),
    /// Softmax.
    Softmax(Softmax),
    /// Local response normalization.
    Lrn(Lrn),
    /// Layer normalization.
    LayerNorm(LayerNorm),
    /// Another height and width.
    Resize(Resize),
}

/// What each kind of operation knows of itself. Shapes are those of one sample.
pub(crate) trait Operation {
    /// The shape of the result.
    ///
    /// # Errors
    /// A sentence that says what does not fit. Neither the numbers of inputs and parameters nor the settings are
    /// trusted.
    fn shape(&self, inputs: &[&[usize]], parameters: &[&[usize]]) -> Result<Vec<usize>, String>;

    /// The result. Shapes have been checked.
    fn forward(&self, inputs: Vec<Value>, parameters: Vec<Value>) -> Value;

    /// Multiplications and additions, counted in pairs, for an output of this shape.
    fn cost(&self, _output: &[usize], _parameters: &[&[usize]]) -> u64 {
        0
    }
}

impl Op {
    /// The shape of the result, without the batch axis, from the inputs' and the parameters' shapes.
    ///
    /// # Errors
    /// What does not fit, as a sentence without its subject.
    pub fn shape(&self, inputs: &[&[usize]], parameters: &[&[usize]]) -> Result<Vec<usize>, String> {
        self.operation().shape(inputs, parameters)
    }

    pub(crate) fn operation(&self) -> &dyn Operation {
        match self {
            Self::Input(op) => op,
            Self::Constant(op) => op,
            Self::Conv(op) => op,
            Self::BatchNorm(op) => op,
            Self::Activation(op) => op,
            Self::Unary(op) => op,
            Self::Binary(op) => op,
            Self::Concat(op) => op,
            Self::Pool(op) => op,
            Self::Reduce(op) => op,
            Self::Linear(op) => op,
            Self::MatMul(op) => op,
            Self::Pad(op) => op,
            Self::Flatten(op) => op,
            Self::Reshape(op) => op,
            Self::Transpose(op) => op,
            Self::Slice(op) => op,
            Self::Softmax(op) => op,
            Self::Lrn(op) => op,
            Self::LayerNorm(op) => op,
            Self::Resize(op) => op,
        }
    }
}

/// The one input of an operation that takes one.
fn one<T>(inputs: impl IntoIterator<Item = T>) -> Result<T, String> {
    let mut inputs = inputs.into_iter();
    match (inputs.next(), inputs.next()) {
        (Some(input), None) => Ok(input),
        _ => Err("takes one input".into()),
    }
}

/// The only value of a list whose length has been checked.
fn only(values: Vec<Value>) -> Value {
    values.into_iter().next().expect("the shape rule has counted the inputs")
}

/// Channels, height and width of the one input of an operation that takes an image.
fn image<'a>(inputs: &[&'a [usize]]) -> Result<&'a [usize; 3], String> {
    let shape = *one(inputs)?;
    shape.try_into().map_err(|_| format!("takes an input of channels, height and width, not of the shape {shape:?}"))
}

/// A value as a tensor of a rank that the shape rule has checked.
fn tensor<const D: usize>(value: Value) -> Tensor<D> {
    Tensor::from_dispatch(value)
}

/// The product of a shape's extents, or none if it overflows.
fn elements(shape: &[usize]) -> Option<usize> {
    shape.iter().try_fold(1usize, |product, &extent| product.checked_mul(extent))
}

/// A value as [n, numbers of a sample].
pub(crate) fn flat(value: Value) -> Value {
    Flatten {}.forward(vec![value], Vec::new())
}
