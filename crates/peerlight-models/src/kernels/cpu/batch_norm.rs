//! Batch normalization and its backward pass, a channel at a time.

use super::activation::{Epilogue, apply, derive};
use super::parallel::{filled, for_each};
use super::planes::Planes;
use super::simd::{dispatch, dispatch_sums, inlined, map, sums, update};
use super::{all_floats, changed, contiguous, tensor};
use crate::kernels::activation::DerivativeOf;
use crate::kernels::batch_norm::{self, NormBackend, NormBackward};
use crate::kernels::{Activation, Residual};
use burn::backend::{Flex, TensorMetadata, tensor::FloatTensor};
use pulp::{Simd, WithSimd};
use std::mem::MaybeUninit;

type Tensor = FloatTensor<Flex>;

impl NormBackend for Flex {
    fn moments(x: Tensor) -> (Tensor, Tensor) {
        if !all_floats(&[&x]) {
            return batch_norm::composed_moments::<Self>(x);
        }
        let x = contiguous(x);
        let planes = Planes::new(&x);
        let (mean, variance) = planes.moments(x.storage());
        (tensor(mean, [planes.channels]), tensor(variance, [planes.channels]))
    }

    fn norm_act(x: Tensor, norm: batch_norm::Norm<Self>, residual: Residual<Self>, activation: Activation) -> Tensor {
        if !(all_floats(&[&x]) && norm.is_float() && residual.is_float()) {
            return batch_norm::composed::<Self>(x, norm, residual, activation);
        }
        let (x, norm, residual) = (contiguous(x), norm.contiguous(), residual.contiguous());
        let shape = x.shape().dims::<4>();
        let norm = norm.kernel(&x, activation);
        let residual = residual.as_ref().map(|residual| residual.storage::<f32>());
        assert!(residual.is_none_or(|residual| residual.len() == norm.x.len()), "the residual has the output's shape");
        // SAFETY: every plane of every channel is written.
        let y = unsafe { filled(norm.x.len(), |y| norm.forward(residual, y)) };
        tensor(y, shape)
    }
}

impl NormBackward for Flex {
    fn norm_backward(x: Tensor, norm: batch_norm::Norm<Self>, gradient: Tensor, activation: Activation) -> [Tensor; 3] {
        if !(all_floats(&[&x, &gradient]) && norm.is_float()) {
            return batch_norm::composed_backward::<Self>(x, norm, gradient, activation);
        }
        let (x, norm) = (contiguous(x), norm.contiguous());
        let kernel = norm.kernel(&x, activation);
        let (of_x, (of_scale, of_bias)) = changed(gradient, |gradient| kernel.backward(gradient));
        let channels = [of_scale.len()];
        [of_x, tensor(of_scale, channels), tensor(of_bias, channels)]
    }
}

impl batch_norm::Norm<Flex> {
    fn is_float(&self) -> bool {
        all_floats(&[&self.mean, &self.variance, &self.scale, &self.bias])
    }

    fn contiguous(self) -> Self {
        let Self { mean, variance, scale, bias, epsilon } = self;
        let [mean, variance, scale, bias] = [mean, variance, scale, bias].map(contiguous);
        Self { mean, variance, scale, bias, epsilon }
    }

    fn kernel<'a>(&'a self, x: &'a Tensor, activation: Activation) -> Norm<'a> {
        let planes = Planes::new(x);
        let [mean, variance, scale, bias] =
            [&self.mean, &self.variance, &self.scale, &self.bias].map(|tensor| tensor.storage::<f32>());
        let fits = |values: &[f32]| values.len() == planes.channels;
        assert!([mean, variance, scale, bias].into_iter().all(fits), "a number for each channel");
        Norm { planes, x: x.storage(), mean, variance, scale, bias, epsilon: self.epsilon, activation }
    }
}

/// The inputs of a norm, `(x - mean) * factor + bias`, where the factor is the scale over the standard deviation.
struct Norm<'a> {
    planes: Planes,
    x: &'a [f32],
    mean: &'a [f32],
    variance: &'a [f32],
    scale: &'a [f32],
    bias: &'a [f32],
    epsilon: f32,
    activation: Activation,
}

impl Norm<'_> {
    fn inverse_deviation(&self, channel: usize) -> f32 {
        1.0 / (self.variance[channel] + self.epsilon).sqrt()
    }

    /// Writes the output, every element.
    fn forward(&self, residual: Option<&[f32]>, y: &mut [MaybeUninit<f32>]) {
        for_each(self.planes.split(y).into_iter().enumerate().collect(), |(channel, y)| {
            dispatch(Forward { norm: self, channel, residual, y });
        });
    }

    /// Turns the gradient of the output into that of the input and returns those of scale and bias.
    fn backward(&self, gradient: &mut [f32]) -> (Vec<f32>, Vec<f32>) {
        let (mut scale, mut bias) = (vec![0.0; self.planes.channels], vec![0.0; self.planes.channels]);
        let channels = self.planes.split(gradient).into_iter().zip(scale.iter_mut().zip(&mut bias));
        for_each(channels.enumerate().collect(), |(channel, (gradient, (scale, bias)))| {
            [*scale, *bias] = dispatch_sums(Back { norm: self, channel, gradient });
        });
        (scale, bias)
    }
}

struct Forward<'a> {
    norm: &'a Norm<'a>,
    channel: usize,
    residual: Option<&'a [f32]>,
    y: Vec<&'a mut [MaybeUninit<f32>]>,
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { norm, channel, residual, y } = self;
        let mean = simd.splat_f32s(norm.mean[channel]);
        let factor = simd.splat_f32s(norm.scale[channel] * norm.inverse_deviation(channel));
        let bias = simd.splat_f32s(norm.bias[channel]);
        let epilogue = Epilogue::from(norm.activation);
        let normed = inlined!(|x| simd.mul_add_e_f32s(simd.sub_f32s(x, mean), factor, bias));
        let mut residual = residual.map(|residual| norm.planes.of(residual, channel));
        for (x, y) in norm.planes.of(norm.x, channel).zip(y) {
            match residual.as_mut().and_then(Iterator::next) {
                None => map(simd, y, [x], inlined!(|[x]: [S::f32s; 1]| epilogue.clamp(simd, normed(x)))),
                Some(residual) => {
                    let sum = inlined!(|[x, residual]: [S::f32s; 2]| simd.add_f32s(normed(x), residual));
                    map(simd, y, [x, residual], inlined!(|values| epilogue.clamp(simd, sum(values))));
                }
            }
            // SAFETY: `map` wrote the plane.
            unsafe { epilogue.finish_written(simd, y) };
        }
    }
}

struct Back<'a> {
    norm: &'a Norm<'a>,
    channel: usize,
    gradient: Vec<&'a mut [f32]>,
}

impl WithSimd for Back<'_> {
    type Output = [f32; 2];

    /// With `d = x - mean` and `xhat = d / sigma`, `dx = scale / sigma * (g - mean(g) - xhat * mean(g * xhat))`. The
    /// sums of `g` and `g * d` come first.
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> [f32; 2] {
        let Self { norm, channel, mut gradient } = self;
        let (inverse, scale) = (norm.inverse_deviation(channel), norm.scale[channel]);
        let (mean, factor, bias) = (norm.mean[channel], scale * inverse, norm.bias[channel]);
        let epilogue = Epilogue::from(norm.activation);
        if let Some(activation) = epilogue.after {
            for (x, gradient) in norm.planes.of(norm.x, channel).zip(&mut gradient) {
                simd.vectorize(ThroughActivation { activation, mean, factor, bias, x, gradient });
            }
        }
        let [mean, factor, bias] = [mean, factor, bias].map(|value| simd.splat_f32s(value));
        // d, and the gradient before the clamp.
        let terms = inlined!(|x, g| {
            let d = simd.sub_f32s(x, mean);
            (d, epilogue.pass(simd, simd.mul_add_e_f32s(d, factor, bias), g))
        });
        let (mut sum, mut product) = (0.0, 0.0);
        for (x, g) in norm.planes.of(norm.x, channel).zip(&gradient) {
            let both = inlined!(|[x, g]: [S::f32s; 2]| {
                let (d, g) = terms(x, g);
                [g, simd.mul_f32s(g, d)]
            });
            let [s, p] = sums(simd, [x, g], both);
            (sum, product) = (sum + f64::from(s), product + f64::from(p));
        }
        let count = (gradient.len() * norm.planes.area) as f64;
        let of_scale = product * f64::from(inverse);
        let factor_per_count = f64::from(scale) * f64::from(inverse) / count;
        let through_mean = simd.splat_f32s((factor_per_count * sum) as f32);
        let through_variance = simd.splat_f32s((factor_per_count * of_scale * f64::from(inverse)) as f32);
        for (x, g) in norm.planes.of(norm.x, channel).zip(&mut gradient) {
            let of_x = inlined!(|g, [x]: [S::f32s; 1]| {
                let (d, g) = terms(x, g);
                let through_moments = simd.mul_add_e_f32s(d, through_variance, through_mean);
                simd.sub_f32s(simd.mul_f32s(g, factor), through_moments)
            });
            update(simd, g, [x], of_x);
        }
        [of_scale as f32, sum as f32]
    }
}

/// Turns the gradient of the activation's output into that of the norm's, which is computed again.
struct ThroughActivation<'a> {
    activation: Activation,
    mean: f32,
    factor: f32,
    bias: f32,
    x: &'a [f32],
    gradient: &'a mut [f32],
}

impl WithSimd for ThroughActivation<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { activation, x, gradient, .. } = self;
        let [mean, factor, bias] = [self.mean, self.factor, self.bias].map(|value| simd.splat_f32s(value));
        let of_norm = inlined!(|gradient, [x]: [S::f32s; 1]| {
            let z = simd.mul_add_e_f32s(simd.sub_f32s(x, mean), factor, bias);
            let saved = match activation.derivative_of() {
                DerivativeOf::Output => apply(simd, activation, z),
                _ => z,
            };
            derive(simd, activation, saved, gradient)
        });
        update(simd, gradient, [x], of_norm);
    }
}
