//! The kernels behind the operations on Burn's CPU backend.

mod activation;
mod batch_norm;
mod col2im;
mod conv_backward;
mod depthwise;
mod depthwise_grad;
mod depthwise_weight_grad;
mod gemm;
mod gemm_weight_grad;
mod im2col;
mod max_pool;
mod padded;
mod parallel;
mod planes;
mod simd;

use super::conv::{ConvBackend, composed};
use super::{Activation, Geometry, Residual, sizes::Sizes};
use burn::backend::{Flex, TensorMetadata, tensor::FloatTensor};
use burn::tensor::{DType, TensorData};
use depthwise::Depthwise;
use gemm::Gemm;
pub use simd::use_avx512;
use std::mem::MaybeUninit;

/// The inputs of a batch's convolution.
#[derive(Clone, Copy)]
struct Conv<'a> {
    sizes: Sizes,
    x: &'a [f32],
    weight: &'a [f32],
    bias: &'a [f32],
    residual: Option<&'a [f32]>,
    activation: Activation,
}

impl ConvBackend for Flex {
    fn conv_act(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        residual: Residual<Self>,
        geometry: Geometry,
        activation: Activation,
    ) -> FloatTensor<Self> {
        let [batch, channels, height, width] = x.shape().dims();
        let Some(sizes) = Sizes::new([channels, height, width], weight.shape().dims(), geometry)
            .filter(|_| all_floats(&[&x, &weight, &bias]) && residual.is_float())
        else {
            return composed::<Self>(x, weight, bias, residual, geometry, activation);
        };

        let [x, weight, bias] = [x, weight, bias].map(contiguous);
        let residual = residual.contiguous();
        let [x, weight, bias] = [&x, &weight, &bias].map(|tensor| tensor.storage::<f32>());
        let residual = residual.as_ref().map(|tensor| tensor.storage::<f32>());
        let [height, width] = sizes.output;
        let len = batch * sizes.outputs * sizes.positions();
        assert!(residual.is_none_or(|r| r.len() == len), "the residual has the output's shape");
        assert_eq!(bias.len(), sizes.outputs, "one bias for each output channel");

        let conv = Conv { sizes, x, weight, bias, residual, activation };
        let fill = |y: &mut [MaybeUninit<f32>]| match sizes.depthwise() {
            true => Depthwise::run(conv, y),
            false => Gemm::run(conv, y),
        };
        // SAFETY: both kernels write every element: `Gemm` covers the output of each group of each image with tiles,
        // each panel of columns in every row, and `Depthwise` covers it with planes, each register of every row.
        let y = unsafe { parallel::filled(len, fill) };
        tensor(y, [batch, sizes.outputs, height, width])
    }
}

impl Residual<Flex> {
    /// Whether it is of single precision, or nothing.
    fn is_float(&self) -> bool {
        match self {
            Self::None => true,
            Self::Add(shortcut) => all_floats(&[shortcut]),
        }
    }

    fn contiguous(self) -> Option<FloatTensor<Flex>> {
        match self {
            Self::None => None,
            Self::Add(shortcut) => Some(contiguous(shortcut)),
        }
    }
}

fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> FloatTensor<Flex> {
    FloatTensor::<Flex>::from_data(TensorData::new(values, shape))
}

/// The tensor with its numbers in order and alone in their memory. Nearly every tensor is so: it is looked at here,
/// since Burn's own function is large, and a browser would optimize it for being called so often.
fn contiguous(tensor: FloatTensor<Flex>) -> FloatTensor<Flex> {
    let layout = tensor.layout();
    let length = layout.num_elements() * size_of::<f32>();
    match layout.is_contiguous() && layout.start_offset() == 0 && tensor.bytes().len() == length {
        true => tensor,
        false => tensor.to_contiguous(),
    }
}

/// Changes the numbers of a tensor, where they are if nothing else reads them.
fn changed<R>(tensor: FloatTensor<Flex>, change: impl FnOnce(&mut [f32]) -> R) -> (FloatTensor<Flex>, R) {
    // A second handle on the same numbers would make the first change copy them all.
    let mut tensor = contiguous(tensor);
    let result = change(tensor.storage_mut());
    (tensor, result)
}

/// Whether all are of single precision, and none is empty.
fn all_floats(tensors: &[&FloatTensor<Flex>]) -> bool {
    tensors.iter().all(|tensor| tensor.dtype() == DType::F32 && tensor.shape().num_elements() > 0)
}
