//! The fused kernels behind the backward passes and the norm on Burn's CPU backend.

use super::channels::{self, Norm, Planes};
use super::outer::Outer;
use super::scatter::DepthwiseBack;
use super::shape::Shape;
use super::{Dense, all_floats, tensor};
use crate::conv::backward::{self, ConvBackward};
use crate::conv::norm::{self, NormBackend, NormBackward, Normed};
use crate::conv::{Activation, Geometry, Residual};
use burn::backend::{Flex, TensorMetadata, tensor::FloatTensor};

type Tensor = FloatTensor<Flex>;

impl Planes {
    fn new(x: &Tensor) -> Self {
        let [_, channels, height, width] = x.shape().dims();
        Self { channels, area: height * width }
    }
}

/// Changes the numbers of a tensor, where they are if nothing else reads them.
fn changed<R>(tensor: Tensor, change: impl FnOnce(&mut [f32]) -> R) -> (Tensor, R) {
    // A second handle on the same numbers would make the first change copy them all.
    let contiguous = tensor.to_contiguous();
    drop(tensor);
    let mut tensor = contiguous;
    let result = change(tensor.storage_mut());
    (tensor, result)
}

impl ConvBackward for Flex {
    fn relu6_backward(y: Tensor, gradient: Tensor) -> Tensor {
        if !all_floats(&[&y, &gradient]) {
            return backward::relu6_backward::<Self>(y, gradient);
        }
        let y = y.to_contiguous();
        changed(gradient, |gradient| channels::relu6_backward(y.storage(), gradient)).0
    }

    fn conv_x_backward(size: [usize; 2], weight: Tensor, gradient: Tensor, geometry: Geometry) -> Tensor {
        let [outputs, group, kernel, _] = weight.shape().dims();
        let inputs = group * geometry.groups;
        let shape = Shape::new([inputs, size[0], size[1]], weight.shape().dims(), geometry);
        let pointwise = shape.pointwise() && geometry.groups == 1;
        if !all_floats(&[&weight, &gradient]) || !(pointwise || shape.depthwise()) {
            return backward::conv_x_backward::<Self>(size, weight, gradient, geometry);
        }
        let [weight, gradient] = [weight, gradient].map(|tensor| tensor.to_contiguous());
        let (weight, batch) = (weight.storage::<f32>(), gradient.shape()[0]);
        let gradient = gradient.storage::<f32>();
        let (image, area) = (outputs * shape.positions(), size[0] * size[1]);
        let turned: Vec<f32>;
        let x = if pointwise {
            turned = (0..inputs * outputs).map(|i| weight[i % outputs * inputs + i / outputs]).collect();
            let bias = vec![0.0; inputs];
            let shape = Shape { inputs: outputs, outputs: inputs, ..shape };
            let dense = |x| Dense { shape, x, weight: &turned, bias: &bias, residual: None, relu6: false };
            // SAFETY: the images cover it, and `Dense` covers an image.
            unsafe {
                super::work::filled(batch * inputs * area, |x| {
                    let images = gradient.chunks_exact(image).zip(x.chunks_exact_mut(inputs * area));
                    Dense::run(images.map(|(gradient, x)| (dense(gradient), x)).collect());
                })
            }
        } else {
            debug_assert!(kernel > 1);
            // SAFETY: the planes cover it, and the kernel covers a plane.
            unsafe {
                super::work::filled(batch * inputs * area, |x| DepthwiseBack { shape, gradient }.input(weight, x))
            }
        };
        tensor(x, [batch, inputs, size[0], size[1]])
    }

    fn conv_weight_backward(x: Tensor, weight: Tensor, gradient: Tensor, geometry: Geometry) -> Tensor {
        let [_, channels, height, width] = x.shape().dims();
        let shape = Shape::new([channels, height, width], weight.shape().dims(), geometry);
        if !all_floats(&[&x, &gradient]) || !(geometry.groups == 1 || shape.depthwise()) {
            return backward::conv_weight_backward::<Self>(x, weight, gradient, geometry);
        }
        let [x, gradient] = [x, gradient].map(|tensor| tensor.to_contiguous());
        let (x, gradient) = (x.storage(), gradient.storage());
        let gradient = match shape.depthwise() {
            true => DepthwiseBack { shape, gradient }.weight(x),
            false => Outer { shape, x, gradient }.run(),
        };
        tensor(gradient, weight.shape().dims::<4>())
    }

    fn conv_bias_backward(gradient: Tensor) -> Tensor {
        if !all_floats(&[&gradient]) {
            return backward::conv_bias_backward::<Self>(gradient);
        }
        let gradient = gradient.to_contiguous();
        let planes = Planes::new(&gradient);
        tensor(planes.sums(gradient.storage()), [planes.channels])
    }
}

impl NormBackend for Flex {
    fn moments(x: Tensor) -> (Tensor, Tensor) {
        if !all_floats(&[&x]) {
            return norm::composed_moments::<Self>(x);
        }
        let x = x.to_contiguous();
        let planes = Planes::new(&x);
        let (mean, variance) = planes.moments(x.storage());
        (tensor(mean, [planes.channels]), tensor(variance, [planes.channels]))
    }

    fn norm_act(
        x: Tensor,
        mean: Tensor,
        variance: Tensor,
        gain: Tensor,
        shift: Tensor,
        residual: Residual<Self>,
        activation: Activation,
    ) -> Tensor {
        let normed = Normed { x, mean, variance, gain, shift };
        let residual = match residual {
            Residual::Add(shortcut) if normed.floats() && all_floats(&[&shortcut]) => Some(shortcut.to_contiguous()),
            Residual::None if normed.floats() => None,
            residual => return norm::composed::<Self>(normed, residual, activation),
        };
        let normed = normed.contiguous();
        let norm = normed.norm(activation);
        let residual = residual.as_ref().map(|residual| residual.storage::<f32>());
        assert!(residual.is_none_or(|residual| residual.len() == norm.x.len()), "the shortcut fits the output");
        // SAFETY: every plane of every channel is written.
        let y = unsafe { super::work::filled(norm.x.len(), |y| norm.forward(residual, y)) };
        tensor(y, normed.x.shape().dims::<4>())
    }
}

impl NormBackward for Flex {
    fn norm_backward(normed: Normed<Tensor>, gradient: Tensor, activation: Activation) -> [Tensor; 3] {
        if !normed.floats() || !all_floats(&[&gradient]) {
            return norm::composed_backward::<Self>(normed, gradient, activation);
        }
        let normed = normed.contiguous();
        let (of_x, (of_gain, of_shift)) = changed(gradient, |gradient| normed.norm(activation).backward(gradient));
        let channels = [of_gain.len()];
        [of_x, tensor(of_gain, channels), tensor(of_shift, channels)]
    }
}

impl Normed<Tensor> {
    fn floats(&self) -> bool {
        all_floats(&[&self.x, &self.mean, &self.variance, &self.gain, &self.shift])
    }

    fn contiguous(self) -> Self {
        let Self { x, mean, variance, gain, shift } = self;
        let [x, mean, variance, gain, shift] = [x, mean, variance, gain, shift].map(|tensor| tensor.to_contiguous());
        Self { x, mean, variance, gain, shift }
    }

    fn norm(&self, activation: Activation) -> Norm<'_> {
        let norm = Norm {
            planes: Planes::new(&self.x),
            x: self.x.storage(),
            mean: self.mean.storage(),
            variance: self.variance.storage(),
            gain: self.gain.storage(),
            shift: self.shift.storage(),
            relu6: activation == Activation::Relu6,
        };
        let fits = |values: &[f32]| values.len() == norm.planes.channels;
        assert!([norm.mean, norm.variance, norm.gain, norm.shift].into_iter().all(fits), "a number for each channel");
        norm
    }
}
