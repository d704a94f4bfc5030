//! The fused kernels behind the operation on Burn's CPU backend.

mod channels;
mod dense;
mod depthwise;
mod gradients;
mod outer;
mod scatter;
mod shape;
mod simd;
mod work;

use super::{Activation, ConvBackend, Geometry, Residual, composed};
use burn::backend::{Flex, TensorMetadata, tensor::FloatTensor};
use burn::tensor::{DType, TensorData};
use dense::Dense;
use depthwise::Depthwise;
use shape::Shape;
use std::mem::MaybeUninit;

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
        let shape = Shape::new([channels, height, width], weight.shape().dims(), geometry);
        let depthwise = shape.depthwise();
        if !all_floats(&[&x, &weight, &bias]) || !(depthwise || geometry.groups == 1) {
            return composed::<Self>(x, weight, bias, residual, geometry, activation);
        }

        let [x, weight, bias] = [x, weight, bias].map(|tensor| tensor.to_contiguous());
        let residual = match residual {
            Residual::None => None,
            Residual::Add(shortcut) => Some(shortcut.to_contiguous()),
        };
        let [x, weight, bias] = [&x, &weight, &bias].map(|tensor| tensor.storage::<f32>());
        let residual = residual.as_ref().map(|tensor| tensor.storage::<f32>());
        let (input, output) = (channels * height * width, shape.outputs * shape.positions());
        assert!(residual.is_none_or(|r| r.len() == batch * output), "the shortcut fits the output");
        assert_eq!(bias.len(), shape.outputs, "one bias for each output channel");

        let relu6 = activation == Activation::Relu6;
        let fill = |y: &mut [MaybeUninit<f32>]| {
            let images = y.chunks_exact_mut(output).enumerate().map(|(i, y)| {
                let residual = residual.map(|r| &r[i * output..][..output]);
                (&x[i * input..][..input], residual, y)
            });
            if depthwise {
                let one = |x, residual| Depthwise { shape, x, weight, bias, residual, relu6 };
                Depthwise::run(images.map(|(x, residual, y)| (one(x, residual), y)).collect());
            } else {
                let one = |x, residual| Dense { shape, x, weight, bias, residual, relu6 };
                Dense::run(images.map(|(x, residual, y)| (one(x, residual), y)).collect());
            }
        };
        // SAFETY: the images cover `y` exactly, and both kernels cover an image's output: `Dense` with tiles,
        // each panel of columns in every row, and `Depthwise` with planes, each register of every row.
        let y = unsafe { work::filled(batch * output, fill) };
        let [height, width] = shape.output;
        tensor(y, [batch, shape.outputs, height, width])
    }
}

fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> FloatTensor<Flex> {
    FloatTensor::<Flex>::from_data(TensorData::new(values, shape))
}

/// Whether all are of single precision, and none is empty.
fn all_floats(tensors: &[&FloatTensor<Flex>]) -> bool {
    tensors.iter().all(|tensor| tensor.dtype() == DType::F32 && tensor.shape().num_elements() > 0)
}
