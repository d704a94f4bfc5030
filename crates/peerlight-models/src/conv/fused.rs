//! The fused kernels behind the operation on Burn's CPU backend.

mod dense;
mod depthwise;
mod simd;
mod work;

use super::{Activation, ConvBackend, Geometry, Residual, composed};
use burn::backend::{Flex, TensorMetadata, tensor::FloatTensor};
use burn::tensor::{DType, TensorData};
use dense::Dense;
use depthwise::Depthwise;

/// Sizes of one image's convolution.
#[derive(Clone, Copy)]
struct Shape {
    geometry: Geometry,
    kernel: usize,
    inputs: usize,
    outputs: usize,
    /// Height and width.
    input: [usize; 2],
    output: [usize; 2],
    /// Zeros above and to the left.
    before: [usize; 2],
}

impl Shape {
    fn new(x: [usize; 3], weight: [usize; 4], geometry: Geometry) -> Self {
        let [inputs, height, width] = x;
        let [outputs, group, kernel, across] = weight;
        assert_eq!(kernel, across, "the filter is square");
        assert_eq!(inputs, group * geometry.groups, "the filter fits the input's channels");
        let input = [height, width];
        Self {
            geometry,
            kernel,
            inputs,
            outputs,
            input,
            output: input.map(|size| geometry.output(size)),
            before: input.map(|size| geometry.padding(size, kernel).0),
        }
    }

    /// Output positions of a channel.
    fn positions(&self) -> usize {
        self.output[0] * self.output[1]
    }

    /// Multiplications for one output element of a dense convolution.
    fn depth(&self) -> usize {
        self.inputs * self.kernel * self.kernel
    }
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
        let shape = Shape::new([channels, height, width], weight.shape().dims(), geometry);
        let floats = [&x, &weight, &bias].iter().all(|tensor| tensor.dtype() == DType::F32);
        let depthwise =
            shape.geometry.groups == shape.inputs && shape.outputs == shape.inputs && Depthwise::supports(&shape);
        if !floats || !(depthwise || geometry.groups == 1) || x.shape().num_elements() == 0 {
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
        let y = work::filled(batch * output, |y| {
            for (i, y) in y.chunks_exact_mut(output).enumerate() {
                let x = &x[i * input..][..input];
                let residual = residual.map(|r| &r[i * output..][..output]);
                if depthwise {
                    Depthwise { shape, x, weight, bias, residual, relu6 }.run(y);
                } else {
                    Dense { shape, x, weight, bias, residual, relu6 }.run(y);
                }
            }
        });
        let [height, width] = shape.output;
        FloatTensor::<Self>::from_data(TensorData::new(y, [batch, shape.outputs, height, width]))
    }
}
