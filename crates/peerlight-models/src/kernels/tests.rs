#![allow(clippy::disallowed_methods, reason = "these tests are native, where reading may wait")]

mod any_shape;
mod gradients;
mod pytorch;

use super::{Activation, Geometry, conv_act};
use burn::tensor::activation::{hard_sigmoid, leaky_relu, relu, sigmoid};
use burn::tensor::{Device, Tensor, TensorData, module::conv2d};

/// Reproducible numbers in -1..1.
fn numbers(len: usize, seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
    };
    (0..len).map(|_| next()).collect()
}

/// Every activation, with the derivative's both sides of those that have parameters.
const ACTIVATIONS: [Activation; 13] = [
    Activation::None,
    Activation::Relu,
    Activation::Relu6,
    Activation::LeakyRelu(0.1),
    Activation::LeakyRelu(-0.5),
    Activation::HARD_SIGMOID,
    Activation::HardSigmoid { slope: 0.2, offset: 0.4 },
    Activation::HardSigmoid { slope: -0.2, offset: 0.4 },
    Activation::HardSwish,
    Activation::Sigmoid,
    Activation::Silu,
    Activation::Gelu,
    Activation::GeluTanh,
];

/// An activation by its definition, in double precision.
fn defined(activation: Activation, z: f64) -> f64 {
    let sigmoid = |z: f64| 1.0 / (1.0 + (-z).exp());
    match activation {
        Activation::None => z,
        Activation::Relu => z.max(0.0),
        Activation::Relu6 => z.clamp(0.0, 6.0),
        Activation::LeakyRelu(slope) => {
            if z > 0.0 {
                z
            } else {
                f64::from(slope) * z
            }
        }
        Activation::HardSigmoid { slope, offset } => (f64::from(slope) * z + f64::from(offset)).clamp(0.0, 1.0),
        Activation::HardSwish => z * (z + 3.0).clamp(0.0, 6.0) / 6.0,
        Activation::Sigmoid => sigmoid(z),
        Activation::Silu => z * sigmoid(z),
        Activation::Gelu => z * normal_cdf(z),
        Activation::GeluTanh => {
            let inner = (2.0 / std::f64::consts::PI).sqrt() * (z + 0.044715 * z.powi(3));
            0.5 * z * (1.0 + inner.tanh())
        }
    }
}

/// The normal distribution's cumulative distribution function, by Simpson's rule from 0.
fn normal_cdf(z: f64) -> f64 {
    const STEPS: u32 = 400;
    if z.abs() > 20.0 {
        return f64::from(u8::from(z > 0.0));
    }
    let width = z / f64::from(STEPS);
    let density = |i: u32| (-(width * f64::from(i)).powi(2) / 2.0).exp();
    let inner = (1..STEPS).map(|i| density(i) * if i % 2 == 1 { 4.0 } else { 2.0 }).sum::<f64>();
    0.5 + (density(0) + inner + density(STEPS)) * width / 3.0 / (2.0 * std::f64::consts::PI).sqrt()
}

/// An activation by Burn's tensors, which autodiff differentiates by itself.
fn burns(activation: Activation, z: Tensor<4>) -> Tensor<4> {
    match activation {
        Activation::None => z,
        Activation::Relu => relu(z),
        Activation::Relu6 => z.clamp(0.0, 6.0),
        Activation::LeakyRelu(slope) if slope > 0.0 => leaky_relu(z, slope.into()),
        Activation::LeakyRelu(slope) => relu(z.clone()) - relu(-z) * slope,
        Activation::HardSigmoid { slope, offset } if slope > 0.0 => hard_sigmoid(z, slope.into(), offset.into()),
        Activation::HardSigmoid { slope, offset } => (z * slope + offset).clamp(0.0, 1.0),
        Activation::HardSwish => z.clone() * (z + 3.0).clamp(0.0, 6.0) / 6.0,
        Activation::Sigmoid => sigmoid(z),
        Activation::Silu => z.clone() * sigmoid(z),
        Activation::Gelu => z.clone() * ((z / 2.0_f32.sqrt()).erf() + 1.0) / 2.0,
        Activation::GeluTanh => {
            let inner = (z.clone() + z.clone().powf_scalar(3.0) * 0.044715) * (2.0 / std::f32::consts::PI).sqrt();
            z * (inner.tanh() + 1.0) / 2.0
        }
    }
}

/// One convolution with its inputs.
#[derive(Clone, Copy, Debug)]
struct Case {
    batch: usize,
    inputs: usize,
    outputs: usize,
    size: [usize; 2],
    kernel: [usize; 2],
    geometry: Geometry,
    residual: bool,
    activation: Activation,
}

struct Values {
    x: Vec<f32>,
    weight: Vec<f32>,
    bias: Vec<f32>,
    residual: Option<Vec<f32>>,
}

impl Case {
    fn output(&self) -> [usize; 2] {
        self.geometry.output(self.size, self.kernel)
    }

    fn output_shape(&self) -> [usize; 4] {
        let [height, width] = self.output();
        [self.batch, self.outputs, height, width]
    }

    fn weight_shape(&self) -> [usize; 4] {
        [self.outputs, self.inputs / self.geometry.groups, self.kernel[0], self.kernel[1]]
    }

    fn x_shape(&self) -> [usize; 4] {
        [self.batch, self.inputs, self.size[0], self.size[1]]
    }

    fn values(&self) -> Values {
        Values {
            x: numbers(self.x_shape().iter().product(), 1),
            weight: numbers(self.weight_shape().iter().product(), 2),
            bias: numbers(self.outputs, 3).iter().map(|b| 4.0 * b).collect(),
            residual: self.residual.then(|| numbers(self.output_shape().iter().product(), 4)),
        }
    }

    /// The definition, summed in double precision.
    fn naive(&self, values: &Values) -> Vec<f32> {
        let ([height, width], [rows, columns]) = (self.size, self.output());
        let (group, taps) = (self.inputs / self.geometry.groups, self.kernel[0] * self.kernel[1]);
        let Geometry { stride, dilation, .. } = self.geometry;
        let before = [0, 1].map(|axis| self.geometry.zeros(axis, self.size[axis], self.kernel[axis]).0);
        let mut y = Vec::new();
        for image in 0..self.batch {
            for channel in 0..self.outputs {
                let first = channel * self.geometry.groups / self.outputs * group;
                for position in 0..rows * columns {
                    let mut sum = f64::from(values.bias[channel]);
                    for tap in 0..group * taps {
                        let (c, dy, dx) = (tap / taps, tap % taps / self.kernel[1], tap % self.kernel[1]);
                        let at_y = (position / columns * stride[0] + dy * dilation[0]).wrapping_sub(before[0]);
                        let at_x = (position % columns * stride[1] + dx * dilation[1]).wrapping_sub(before[1]);
                        if at_y < height && at_x < width {
                            let plane = (image * self.inputs + first + c) * height;
                            let x = values.x[(plane + at_y) * width + at_x];
                            let w = values.weight[channel * group * taps + tap];
                            sum += f64::from(x) * f64::from(w);
                        }
                    }
                    sum += values.residual.as_ref().map_or(0.0, |r| f64::from(r[y.len()]));
                    y.push(defined(self.activation, sum) as f32);
                }
            }
        }
        y
    }

    fn tensors(&self, values: &Values, device: &Device) -> [Tensor<4>; 2] {
        [
            Tensor::from_data(TensorData::new(values.x.clone(), self.x_shape()), device),
            Tensor::from_data(TensorData::new(values.weight.clone(), self.weight_shape()), device),
        ]
    }

    fn run(&self, x: Tensor<4>, weight: Tensor<4>, values: &Values) -> Tensor<4> {
        let device = x.device();
        let bias = Tensor::from_data(TensorData::new(values.bias.clone(), [self.outputs]), &device);
        let residual = values
            .residual
            .as_ref()
            .map(|residual| Tensor::from_data(TensorData::new(residual.clone(), self.output_shape()), &device));
        conv_act(x, weight, bias, residual, self.geometry, self.activation)
    }
}

impl Case {
    /// The same with Burn's own operations, which autodiff differentiates by itself.
    fn composed(&self, x: Tensor<4>, weight: Tensor<4>, bias: Tensor<1>, residual: Option<Tensor<4>>) -> Tensor<4> {
        let options = self.geometry.options(&x.shape(), &weight.shape());
        self.finished(conv2d(x, weight, Some(bias), options), residual)
    }

    fn finished(&self, y: Tensor<4>, residual: Option<Tensor<4>>) -> Tensor<4> {
        let z = match residual {
            Some(residual) => y + residual,
            None => y,
        };
        burns(self.activation, z)
    }
}

fn floats(tensor: Tensor<4>) -> Vec<f32> {
    tensor.into_data().try_to_vec().unwrap()
}

fn worst(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

/// Small and odd sizes, with every branch of the kernels.
fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let sizes = [[1, 1], [2, 2], [3, 2], [7, 7], [7, 15], [15, 7], [8, 33], [112, 5]];
    for size in sizes {
        for kernel in [1, 3, 5] {
            for stride in [1, 2] {
                for (batch, inputs, outputs, depthwise) in
                    [(1, 3, 7, false), (3, 5, 13, false), (1, 5, 5, true), (3, 4, 4, true)]
                {
                    for (residual, activation) in [
                        (false, Activation::Relu6),
                        (true, Activation::None),
                        (false, Activation::None),
                        (true, Activation::Relu6),
                    ] {
                        let geometry = match depthwise {
                            true => Geometry::depthwise(stride, inputs),
                            false => Geometry::dense(stride),
                        };
                        let kernel = [kernel; 2];
                        cases.push(Case { batch, inputs, outputs, size, kernel, geometry, residual, activation });
                    }
                }
            }
        }
    }
    cases
}

/// Layers of the real networks, large enough to be cut for several threads.
fn layers() -> Vec<Case> {
    let layer = |inputs, outputs, size, kernel, geometry, residual| Case {
        batch: 1,
        inputs,
        outputs,
        size: [size; 2],
        kernel: [kernel; 2],
        geometry,
        residual,
        activation: if residual { Activation::None } else { Activation::Relu6 },
    };
    vec![
        layer(3, 32, 112, 3, Geometry::dense(2), false),
        layer(16, 96, 56, 1, Geometry::dense(1), false),
        layer(672, 112, 14, 1, Geometry::dense(1), true),
        layer(192, 1152, 7, 1, Geometry::dense(1), false),
        layer(1152, 192, 7, 1, Geometry::dense(1), true),
        layer(96, 96, 112, 3, Geometry::depthwise(2, 96), false),
        layer(144, 144, 56, 5, Geometry::depthwise(2, 144), false),
        layer(480, 480, 14, 5, Geometry::depthwise(1, 480), false),
    ]
}

#[test]
fn same_padding_is_tensorflows() {
    let padding = |stride, size, kernel| Geometry::dense(stride).zeros(0, size, kernel);
    assert_eq!(padding(1, 7, 3), (1, 1));
    assert_eq!(padding(2, 224, 3), (0, 1));
    assert_eq!(padding(2, 7, 3), (1, 1));
    assert_eq!(padding(2, 14, 5), (1, 2));
    assert_eq!(padding(2, 8, 1), (0, 0));
    assert_eq!(padding(2, 1, 5), (2, 2));
}

#[test]
fn fused_kernels_agree_with_the_definition() {
    let device = Device::flex();
    for case in cases().into_iter().chain(layers()) {
        let values = case.values();
        let [x, weight] = case.tensors(&values, &device);
        let y = case.run(x, weight, &values);
        assert_eq!(y.dims(), case.output_shape());
        let error = worst(&floats(y), &case.naive(&values));
        assert!(error < 1e-4, "{case:?}: off by {error}");
    }
}

#[test]
fn strided_and_offset_inputs_are_read_correctly() {
    let device = Device::flex();
    for case in layers() {
        let values = case.values();
        let [x, weight] = case.tensors(&values, &device);
        let expected = floats(case.run(x.clone(), weight.clone(), &values));
        // The same values as the second half of a larger tensor, and as a transposed one.
        let offset = Tensor::cat(vec![x.clone().zeros_like(), x.clone()], 0).narrow(0, 1, 1);
        let transposed = Tensor::from_data(x.swap_dims(2, 3).into_data(), &device).swap_dims(2, 3);
        assert_eq!(floats(case.run(offset, weight.clone(), &values)), expected);
        assert_eq!(floats(case.run(transposed, weight, &values)), expected);
    }
}

#[test]
fn fused_kernels_agree_with_burns_operations() {
    let device = Device::flex();
    for case in cases().into_iter().step_by(7).chain(layers()) {
        let values = case.values();
        let [x, weight] = case.tensors(&values, &device);
        let ours = floats(case.run(x.clone(), weight.clone(), &values));
        let one = |values, shape| Tensor::<4>::from_data(TensorData::new(values, shape), &device);
        let bias = one(values.bias, [1, case.outputs, 1, 1]).reshape([case.outputs]);
        let residual = values.residual.map(|residual| one(residual, case.output_shape()));
        let error = worst(&ours, &floats(case.composed(x, weight, bias, residual)));
        assert!(error < 1e-4, "{case:?}: off by {error}");
    }
}

#[cfg(feature = "rayon")]
#[test]
fn the_number_of_threads_does_not_change_a_bit() {
    let device = Device::flex();
    for case in layers() {
        let values = case.values();
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let [x, weight] = case.tensors(&values, &device);
            floats(pool.install(|| case.run(x, weight, &values)))
        };
        let alone = run(1);
        assert_eq!(alone, run(2), "{case:?}");
        assert_eq!(alone, run(5), "{case:?}");
    }
}
