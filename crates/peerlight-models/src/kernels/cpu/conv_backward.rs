//! The kernels behind a convolution's backward pass.

use super::col2im::InputGrad;
use super::depthwise_grad::DepthwiseInputGrad;
use super::depthwise_weight_grad::DepthwiseWeightGrad;
use super::gemm_weight_grad::WeightGrad;
use super::planes::Planes;
use super::{Sizes, all_floats, contiguous, parallel, tensor};
use crate::kernels::Geometry;
use crate::kernels::conv_backward::{self, ConvBackward};
use burn::backend::{Flex, TensorMetadata, tensor::FloatTensor};
use std::mem::MaybeUninit;

type Tensor = FloatTensor<Flex>;

impl ConvBackward for Flex {
    fn conv_x_backward(size: [usize; 2], weight: Tensor, gradient: Tensor, geometry: Geometry) -> Tensor {
        let inputs = weight.shape()[1] * geometry.groups;
        let Some(sizes) = Sizes::new([inputs, size[0], size[1]], weight.shape().dims(), geometry)
            .filter(|sizes| all_floats(&[&weight, &gradient]) && has_output_shape(&gradient, sizes))
            // Burn's order of sums for the strided stem stays: the golden values of Opti-CAM, whose optimizer divides a
            // gradient near zero by its own size, hang on the last digit of it.
            .filter(|sizes| sizes.depthwise() || sizes.stride == [1; 2] || sizes.groups > 1)
        else {
            return conv_backward::conv_x_backward::<Self>(size, weight, gradient, geometry);
        };
        let batch = gradient.shape()[0];
        let [weight, gradient] = [weight, gradient].map(contiguous);
        let [weight, gradient] = [&weight, &gradient].map(|tensor| tensor.storage::<f32>());
        let fill = |x: &mut [MaybeUninit<f32>]| match sizes.depthwise() {
            true => DepthwiseInputGrad { sizes, weight, gradient }.run(x),
            false => InputGrad { sizes, weight, gradient }.run(x),
        };
        // SAFETY: both kernels write every element: they cover the input with planes, or with the tiles of a product.
        let x = unsafe { parallel::filled(batch * inputs * sizes.area(), fill) };
        tensor(x, [batch, inputs, size[0], size[1]])
    }

    fn conv_weight_backward(x: Tensor, weight: Tensor, gradient: Tensor, geometry: Geometry) -> Tensor {
        let [_, channels, height, width] = x.shape().dims();
        let Some(sizes) = Sizes::new([channels, height, width], weight.shape().dims(), geometry)
            .filter(|sizes| all_floats(&[&x, &gradient]) && has_output_shape(&gradient, sizes))
        else {
            return conv_backward::conv_weight_backward::<Self>(x, weight, gradient, geometry);
        };
        let [x, gradient] = [x, gradient].map(contiguous);
        let (x, gradient) = (x.storage(), gradient.storage());
        let gradient = match sizes.depthwise() {
            true => DepthwiseWeightGrad { sizes, x, gradient }.run(),
            false => WeightGrad { sizes, x, gradient }.run(),
        };
        tensor(gradient, weight.shape().dims::<4>())
    }

    fn conv_bias_backward(gradient: Tensor) -> Tensor {
        if !all_floats(&[&gradient]) {
            return conv_backward::conv_bias_backward::<Self>(gradient);
        }
        let gradient = contiguous(gradient);
        let planes = Planes::new(&gradient);
        tensor(planes.sums(gradient.storage()), [planes.channels])
    }
}

/// Whether a gradient has the shape of the convolution's output.
fn has_output_shape(gradient: &Tensor, sizes: &Sizes) -> bool {
    let [_, channels, height, width] = gradient.shape().dims();
    channels == sizes.outputs && [height, width] == sizes.output
}
