//! Gradients of the operations and of the same written with Burn's own tensors.

use super::{ACTIVATIONS, Case, Geometry, Values, cases, floats, numbers, worst};
use crate::kernels::activation::{self, ActivationBackward};
use crate::kernels::batch_norm::{self as norm, NormBackend, NormBackward};
use crate::kernels::conv_backward::{self as backward, ConvBackward};
use crate::kernels::{Activation, BatchNorm, Residual, conv_act, moments, norm_act};
use burn::backend::{Flex, tensor::FloatTensor};
use burn::tensor::{Device, Tensor, TensorData};

/// Numbers in this shape, as a leaf of the graph.
fn leaf<const D: usize>(values: Vec<f32>, shape: [usize; D], device: &Device) -> Tensor<D> {
    Tensor::from_data(TensorData::new(values, shape), device).require_grad()
}

/// The output, then the gradients of its product with fixed numbers.
fn gradients<const D: usize>(y: Tensor<4>, four: Vec<Tensor<4>>, one: [Tensor<1>; D]) -> Vec<Vec<f32>> {
    let device = y.device();
    let towards = numbers(y.shape().num_elements(), 9);
    let towards = Tensor::from_data(TensorData::new(towards, y.shape()), &device);
    let mut all = vec![floats(y.clone())];
    let gradients = (y * towards).sum().backward();
    for tensor in four {
        all.push(floats(tensor.grad(&gradients).unwrap()));
    }
    for tensor in one {
        all.push(tensor.grad(&gradients).unwrap().into_data().try_to_vec().unwrap());
    }
    all
}

pub fn assert_close(ours: &[Vec<f32>], theirs: &[Vec<f32>], what: &dyn std::fmt::Debug) {
    assert_eq!(ours.len(), theirs.len());
    for (i, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        let largest = theirs.iter().fold(1e-3_f32, |largest, value| largest.max(value.abs()));
        assert!(ours.iter().all(|value| value.is_finite()), "{what:?}: number {i} is not finite");
        let error = worst(ours, theirs) / largest;
        assert!(error < 1e-4, "{what:?}: number {i} is off by {error} of the largest value");
    }
}

impl Case {
    pub fn backward(&self, ours: bool) -> Vec<Vec<f32>> {
        let device = Device::flex().autodiff();
        let values = self.values();
        let x = leaf(values.x, self.x_shape(), &device);
        let weight = leaf(values.weight, self.weight_shape(), &device);
        let bias = leaf(values.bias, [self.outputs], &device);
        let residual = values.residual.map(|residual| leaf(residual, self.output_shape(), &device));
        let mut leaves = vec![x.clone(), weight.clone()];
        leaves.extend(residual.clone());
        let y = if ours {
            conv_act(x, weight, bias.clone(), residual, self.geometry, self.activation)
        } else {
            self.composed(x, weight, bias.clone(), residual)
        };
        gradients(y, leaves, [bias])
    }

    /// A norm of the case's output.
    pub fn norm(&self, ours: bool) -> Vec<Vec<f32>> {
        let device = Device::flex().autodiff();
        let values = self.values();
        let count: usize = self.output_shape().iter().product();
        let x = leaf(numbers(count, 6), self.output_shape(), &device);
        let [scale, bias] = [7, 8].map(|seed| leaf(numbers(self.outputs, seed), [self.outputs], &device));
        let bias = (bias * 2.0).detach().require_grad();
        let residual = values.residual.map(|residual| leaf(residual, self.output_shape(), &device));
        let mut leaves = vec![x.clone()];
        leaves.extend(residual.clone());
        let channels = [scale.clone(), bias.clone()];
        let y = if ours {
            let (mean, variance) = moments(x.clone());
            norm_act(x, BatchNorm { mean, variance, scale, bias, epsilon: 1e-3 }, residual, self.activation)
        } else {
            let [batch, channels, height, width] = x.dims();
            let flat: Tensor<2> = x.swap_dims(0, 1).reshape([channels, batch * height * width]);
            let centered = flat.clone() - flat.mean_dim(1);
            let variance = (centered.clone() * centered.clone()).mean_dim(1);
            let y = centered / (variance + 1e-3).sqrt() * scale.unsqueeze_dim(1) + bias.unsqueeze_dim(1);
            self.finished(y.reshape([channels, batch, height, width]).swap_dims(0, 1), residual)
        };
        gradients(y, leaves, channels)
    }
}

/// Layers of several images, large enough for several blocks and threads.
fn batches() -> Vec<Case> {
    let layer = |inputs, outputs, size, kernel, geometry| Case {
        batch: 3,
        inputs,
        outputs,
        size,
        kernel: [kernel; 2],
        geometry,
        residual: false,
        activation: Activation::Relu6,
    };
    vec![
        layer(3, 32, [65, 47], 3, Geometry::dense(2)),
        layer(16, 96, [31, 33], 1, Geometry::dense(1)),
        layer(96, 24, [31, 33], 1, Geometry::dense(1)),
        layer(320, 130, [7, 5], 1, Geometry::dense(1)),
        layer(96, 96, [57, 55], 3, Geometry::depthwise(2, 96)),
        layer(64, 64, [28, 29], 5, Geometry::depthwise(1, 64)),
    ]
}

#[test]
fn gradients_of_a_convolution_agree_with_burns() {
    for case in cases().into_iter().chain(batches()) {
        assert_close(&case.backward(true), &case.backward(false), &case);
    }
}

#[test]
fn gradients_of_a_norm_agree_with_burns() {
    // A norm of one number, or of two, is a step function.
    let steady = |case: &Case| case.batch * case.output().iter().product::<usize>() > 3 && case.kernel == [1; 2];
    for case in cases().into_iter().filter(steady).chain(batches()) {
        assert_close(&case.norm(true), &case.norm(false), &case);
    }
}

/// The default bodies, which a GPU runs.
#[test]
fn kernels_agree_with_the_default_bodies() {
    let tensor = |seed, shape: &[usize]| {
        let values = numbers(shape.iter().product(), seed);
        FloatTensor::<Flex>::from_data(TensorData::new(values, shape.to_vec()))
    };
    let read = |tensor: FloatTensor<Flex>| -> Vec<f32> { tensor.into_data().try_to_vec().unwrap() };
    let close = |ours: FloatTensor<Flex>, theirs: FloatTensor<Flex>, case: &Case| {
        assert_close(&[read(ours)], &[read(theirs)], case);
    };
    for case in batches() {
        let (x, weight) = (tensor(1, &case.x_shape()), tensor(2, &case.weight_shape()));
        let (gradient, geometry) = (tensor(9, &case.output_shape()), case.geometry);
        let inputs = || (weight.clone(), gradient.clone());
        let (w, g) = inputs();
        let theirs = backward::conv_x_backward::<Flex>(case.size, w.clone(), g.clone(), geometry);
        close(Flex::conv_x_backward(case.size, w, g, geometry), theirs, &case);
        let (w, g) = inputs();
        let theirs = backward::conv_weight_backward::<Flex>(x.clone(), w.clone(), g.clone(), geometry);
        close(Flex::conv_weight_backward(x, w, g.clone(), geometry), theirs, &case);
        close(Flex::conv_bias_backward(g.clone()), backward::conv_bias_backward::<Flex>(g.clone()), &case);

        let x = tensor(6, &case.output_shape());
        let (mean, variance) = Flex::moments(x.clone());
        let (their_mean, their_variance) = norm::composed_moments::<Flex>(x.clone());
        close(mean.clone(), their_mean, &case);
        close(variance.clone(), their_variance, &case);
        let [scale, bias] = [7, 8].map(|seed| tensor(seed, &[case.outputs]));
        for activation in ACTIVATIONS {
            let [mean, variance, scale, bias] = [&mean, &variance, &scale, &bias].map(Clone::clone);
            let norm = norm::Norm { mean, variance, scale, bias, epsilon: 1e-5 };
            let ours = Flex::norm_act(x.clone(), norm.clone(), Residual::Add(g.clone()), activation);
            close(ours, norm::composed::<Flex>(x.clone(), norm.clone(), Residual::Add(g.clone()), activation), &case);
            let ours = Flex::norm_backward(x.clone(), norm.clone(), g.clone(), activation);
            let theirs = norm::composed_backward::<Flex>(x.clone(), norm, g.clone(), activation);
            for (ours, theirs) in ours.into_iter().zip(theirs) {
                close(ours, theirs, &case);
            }
            let ours = Flex::activation_backward(x.clone(), g.clone(), activation);
            close(ours, activation::composed_backward::<Flex>(x.clone(), g.clone(), activation), &case);
        }
    }
}

#[test]
fn moments_are_right_far_from_zero() {
    let values: Vec<f32> = numbers(2 * 3 * 35, 1).iter().map(|x| 100.0 + 0.01 * x).collect();
    let x = Tensor::<4>::from_data(TensorData::new(values.clone(), [2, 3, 5, 7]), &Device::flex());
    let (mean, variance) = moments(x);
    let [mean, variance]: [Vec<f32>; 2] = [mean, variance].map(|tensor| tensor.into_data().try_to_vec().unwrap());
    for channel in 0..3 {
        let own: Vec<f64> = (0..2).flat_map(|i| &values[(i * 3 + channel) * 35..][..35]).map(|&x| x.into()).collect();
        let average = own.iter().sum::<f64>() / 70.0;
        let expected = own.iter().map(|x| (x - average).powi(2)).sum::<f64>() / 70.0;
        assert!((f64::from(mean[channel]) - average).abs() < 1e-5);
        assert!((f64::from(variance[channel]) / expected - 1.0).abs() < 1e-4, "{} {expected}", variance[channel]);
    }
}

#[test]
fn gradients_agree_with_finite_differences() {
    const STEP: f32 = 1e-2;
    let device = Device::flex();
    let small = |case: &Case| case.batch == 1 && case.size[0] * case.size[1] <= 14 && case.inputs == 5;
    for case in cases().into_iter().filter(small) {
        // ReLU6's corners would spoil the differences.
        let case = Case { activation: Activation::None, ..case };
        let mut values = case.values();
        let direction = numbers(case.output_shape().iter().product(), 5);
        let project = |y: &[f32]| -> f64 { y.iter().zip(&direction).map(|(&y, &d)| f64::from(y) * f64::from(d)).sum() };
        let [x, weight] = case.tensors(&values, &device.clone().autodiff());
        let (x, weight) = (x.require_grad(), weight.require_grad());
        let y = case.run(x.clone(), weight.clone(), &values);
        let towards = TensorData::new(direction.clone(), case.output_shape());
        let gradients = (y * Tensor::from_data(towards, &device.clone().autodiff())).sum().backward();
        let dx: Vec<f32> = x.grad(&gradients).unwrap().into_data().try_to_vec().unwrap();
        let dw: Vec<f32> = weight.grad(&gradients).unwrap().into_data().try_to_vec().unwrap();
        let mut difference = |pick: fn(&mut Values) -> &mut Vec<f32>, at: usize| {
            let middle = pick(&mut values)[at];
            let mut at_step = |step: f32| {
                pick(&mut values)[at] = middle + step;
                let [x, weight] = case.tensors(&values, &device);
                let y = project(&floats(case.run(x, weight, &values)));
                pick(&mut values)[at] = middle;
                y
            };
            ((at_step(STEP) - at_step(-STEP)) / f64::from(2.0 * STEP)) as f32
        };
        for at in (0..dx.len()).step_by(3) {
            let expected = difference(|values| &mut values.x, at);
            assert!((dx[at] - expected).abs() < 1e-2, "{case:?} x[{at}]: {} {expected}", dx[at]);
        }
        for at in (0..dw.len()).step_by(5) {
            let expected = difference(|values| &mut values.weight, at);
            assert!((dw[at] - expected).abs() < 1e-2, "{case:?} w[{at}]: {} {expected}", dw[at]);
        }
    }
}

/// What is not asked for is not computed, and what is asked for is the same.
#[test]
fn frozen_parents_have_no_gradient() {
    let device = Device::flex().autodiff();
    for case in batches() {
        let values = case.values();
        let x = leaf(values.x.clone(), case.x_shape(), &device);
        let weight = Tensor::from_data(TensorData::new(values.weight.clone(), case.weight_shape()), &device);
        let y = case.run(x.clone(), weight.clone(), &values);
        let towards = TensorData::new(numbers(y.shape().num_elements(), 9), y.shape());
        let gradients = (y * Tensor::from_data(towards, &device)).sum().backward();
        assert_eq!(floats(x.grad(&gradients).unwrap()), case.backward(true)[1]);
        assert!(weight.grad(&gradients).is_none());
    }
}

/// PyTorch's hardtanh passes nothing at its corners.
#[test]
fn relu6_passes_nothing_at_its_corners() {
    let device = Device::flex().autodiff();
    let corners = vec![-1.0, 0.0, 3.0, 6.0, 7.0, 5.999, 1e-6, -0.0, 6.001];
    let x = leaf(corners, [1, 1, 3, 3], &device);
    let one = |value: f32| Tensor::<1>::from_data([value], &device);
    let weight = one(1.0).reshape([1, 1, 1, 1]);
    let y = conv_act(x.clone(), weight, one(0.0), None, Geometry::dense(1), Activation::Relu6);
    let gradients = y.sum().backward();
    assert_eq!(floats(x.grad(&gradients).unwrap()), [0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
}

#[cfg(feature = "rayon")]
#[test]
fn the_number_of_threads_does_not_change_a_gradient() {
    for case in batches() {
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| (case.backward(true), case.norm(true)))
        };
        let alone = run(1);
        assert!(alone == run(2), "{case:?}");
        assert!(alone == run(5), "{case:?}");
    }
}
