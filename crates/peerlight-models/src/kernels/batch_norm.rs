//! Batch normalization, residual and activation as one operation (Ioffe & Szegedy, "Batch Normalization", ICML 2015):
//! what stands between two convolutions while a network is trained. The moments are an operation of their own, so that
//! running statistics can be kept of them.

use super::{
    Activation, Residual,
    activation::{ActivationBackend, DerivativeOf},
    conv_backward::{ConvBackward, activated},
    finished,
};
use burn::backend::autodiff::{
    NodeId,
    checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
    grads::Gradients,
    ops::{Backward, NodeGuard, Ops, OpsKind},
};
use burn::backend::{
    Autodiff, AutodiffBackend, Backend, Dispatch, ExtensionType, TensorMetadata, backend_extension, tensor::FloatTensor,
};
use burn::tensor::Tensor;

/// Parameters of a norm, `[channels]` each: a channel becomes `(x - mean) / sqrt(variance + epsilon) * scale + bias`.
#[derive(Clone, Debug)]
pub struct BatchNorm {
    /// The mean, of the batch or running.
    pub mean: Tensor<1>,
    /// The population variance, of the batch or running.
    pub variance: Tensor<1>,
    /// The factor after normalizing, also called gamma.
    pub scale: Tensor<1>,
    /// Bias of each channel, added after scaling; also called beta.
    pub bias: Tensor<1>,
    /// Number that is added to the variance before its root is taken.
    pub epsilon: f32,
}

/// A [`BatchNorm`] on a backend.
#[derive(ExtensionType, Clone, Debug)]
pub struct Norm<B: Backend> {
    /// See [`BatchNorm::mean`].
    pub mean: FloatTensor<B>,
    /// See [`BatchNorm::variance`].
    pub variance: FloatTensor<B>,
    /// See [`BatchNorm::scale`].
    pub scale: FloatTensor<B>,
    /// See [`BatchNorm::bias`].
    pub bias: FloatTensor<B>,
    /// See [`BatchNorm::epsilon`].
    pub epsilon: f32,
}

/// The backends that [`moments`] and [`norm_act`] run on.
#[backend_extension(Flex: cfg(feature = "cpu"), Cube: cfg(feature = "cube"), Autodiff)]
pub trait NormBackend: Backend {
    /// See [`moments`].
    fn moments(x: FloatTensor<Self>) -> (FloatTensor<Self>, FloatTensor<Self>) {
        composed_moments::<Self>(x)
    }

    /// See [`norm_act`].
    fn norm_act(
        x: FloatTensor<Self>,
        #[extension_type] norm: Norm<Self>,
        #[extension_type] residual: Residual<Self>,
        activation: Activation,
    ) -> FloatTensor<Self> {
        composed::<Self>(x, norm, residual, activation)
    }
}

/// [`moments`] written with Burn's own operations.
pub(crate) fn composed_moments<B: Backend>(x: FloatTensor<B>) -> (FloatTensor<B>, FloatTensor<B>) {
    let [batch, channels, height, width] = x.shape().dims();
    let count = (batch * height * width) as f32;
    let average = |x| B::float_div_scalar(B::float_sum_dims(x, &[0, 2, 3]), count.into());
    let flat = |x| B::float_reshape(x, [channels].into());
    let mean = average(x.clone());
    let centered = B::float_sub(x, mean.clone());
    (flat(mean), flat(average(B::float_mul(centered.clone(), centered))))
}

/// [`norm_act`] written with Burn's own operations.
pub(crate) fn composed<B: Backend>(
    x: FloatTensor<B>,
    norm: Norm<B>,
    residual: Residual<B>,
    activation: Activation,
) -> FloatTensor<B> {
    let y = B::float_mul(norm.normalized(x), wide::<B>(norm.scale));
    finished::<B>(B::float_add(y, wide::<B>(norm.bias)), residual, activation)
}

/// A number for each channel, as a tensor that fits `[batch, channels, height, width]`.
fn wide<B: Backend>(channels: FloatTensor<B>) -> FloatTensor<B> {
    let count = channels.shape()[0];
    B::float_reshape(channels, [1, count, 1, 1].into())
}

impl<B: Backend> Norm<B> {
    /// One over the standard deviation, `[channels]`.
    fn inverse_deviation(&self) -> FloatTensor<B> {
        B::float_recip(B::float_sqrt(B::float_add_scalar(self.variance.clone(), self.epsilon.into())))
    }

    /// `xhat = (x - mean) / sigma`.
    fn normalized(&self, x: FloatTensor<B>) -> FloatTensor<B> {
        let centered = B::float_sub(x, wide::<B>(self.mean.clone()));
        B::float_mul(centered, wide::<B>(self.inverse_deviation()))
    }
}

/// Operations of a backend for the backward pass. The default body composes Burn's own operations.
pub trait NormBackward: ConvBackward {
    /// The gradients of x, scale and bias of a norm with live moments, without a residual. The activation's derivative
    /// is taken at the norm's output, which is computed again from `x`.
    fn norm_backward(
        x: FloatTensor<Self>,
        norm: Norm<Self>,
        gradient: FloatTensor<Self>,
        activation: Activation,
    ) -> [FloatTensor<Self>; 3] {
        composed_backward::<Self>(x, norm, gradient, activation)
    }
}

/// [`NormBackward::norm_backward`] written with Burn's own operations: with `xhat = (x - mean) / sigma`, means over
/// batch and space and the gradient `g` of the norm's output,
/// `dx = scale / sigma * (g - mean(g) - xhat * mean(g * xhat))`, `dscale = sum(g * xhat)` and `dbias = sum(g)`.
pub(crate) fn composed_backward<B: NormBackward + ActivationBackend>(
    x: FloatTensor<B>,
    norm: Norm<B>,
    gradient: FloatTensor<B>,
    activation: Activation,
) -> [FloatTensor<B>; 3] {
    let [batch, channels, height, width] = x.shape().dims();
    let count = (batch * height * width) as f32;
    let sum = |x| B::float_sum_dims(x, &[0, 2, 3]);
    let x = norm.normalized(x);
    let gradient = match activation.derivative_of() {
        DerivativeOf::Nothing => gradient,
        from => {
            let z = B::float_mul(x.clone(), wide::<B>(norm.scale.clone()));
            let z = B::float_add(z, wide::<B>(norm.bias.clone()));
            let saved = if from == DerivativeOf::Output { B::activate(z, activation) } else { z };
            B::activation_backward(saved, gradient, activation)
        }
    };
    let of_bias = sum(gradient.clone());
    let of_scale = sum(B::float_mul(gradient.clone(), x.clone()));
    let mean = |sum: &FloatTensor<B>| B::float_div_scalar(sum.clone(), count.into());
    let through_moments = B::float_add(B::float_mul(x, mean(&of_scale)), mean(&of_bias));
    let factor = B::float_mul(norm.scale.clone(), norm.inverse_deviation());
    let of_x = B::float_mul(B::float_sub(gradient, through_moments), wide::<B>(factor));
    let flat = |x| B::float_reshape(x, [channels].into());
    [of_x, flat(of_scale), flat(of_bias)]
}

#[cfg(feature = "cube")]
impl NormBackend for burn::backend::Cube {}
#[cfg(feature = "cube")]
impl NormBackward for burn::backend::Cube {}

/// The step back through one norm. Its parents are x, scale, bias and, if there is one, the residual.
#[derive(Debug)]
struct NormStep;

/// What the step needs.
#[derive(Clone, Debug)]
struct Saved<B: Backend> {
    x: NodeId,
    norm: Norm<B>,
    activation: Activation,
    /// What the activation's derivative is computed from, where a residual went into it: else it is computed again.
    saved: Option<(FloatTensor<B>, Activation)>,
}

impl<B: NormBackward, const N: usize> Backward<B, N> for NormStep {
    type State = Saved<B>;

    fn backward(self, ops: Ops<Self::State, N>, gradients: &mut Gradients, checkpoints: &mut Checkpointer) {
        let Saved { x, norm, mut activation, saved } = ops.state;
        let mut gradient = gradients.consume::<B>(&ops.node);
        if let Some((saved, of)) = saved {
            gradient = B::activation_backward(saved, gradient, of);
            activation = Activation::None;
        }
        let mut parents = ops.parents.into_iter();
        let mut parent = || parents.next().flatten();
        let normed = [parent(), parent(), parent()];
        if let Some(node) = parent() {
            gradients.register::<B>(node.id, gradient.clone());
        }
        let x = checkpoints.retrieve_node_output(x);
        for (node, gradient) in normed.into_iter().zip(B::norm_backward(x, norm, gradient, activation)) {
            if let Some(node) = node {
                gradients.register::<B>(node.id, gradient);
            }
        }
    }
}

impl<B: NormBackend + NormBackward, C: CheckpointStrategy> NormBackend for Autodiff<B, C> {
    fn moments(x: FloatTensor<Self>) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let (mean, variance) = B::moments(x.into_primitive());
        (Self::from_inner(mean), Self::from_inner(variance))
    }

    fn norm_act(
        x: FloatTensor<Self>,
        norm: Norm<Self>,
        residual: Residual<Self>,
        activation: Activation,
    ) -> FloatTensor<Self> {
        let [mean, variance] = [norm.mean, norm.variance].map(|tensor| tensor.into_primitive());
        let ((scale, of_scale), (bias, of_bias)) = (norm.scale.into_parts(), norm.bias.into_parts());
        let norm = Norm { mean, variance, scale, bias, epsilon: norm.epsilon };
        match residual {
            Residual::None => {
                let nodes = [x.node(), of_scale, of_bias];
                record::<B, C, 3>(nodes, &x, norm, Residual::None, activation)
            }
            Residual::Add(shortcut) => {
                let (shortcut, of_shortcut) = shortcut.into_parts();
                let nodes = [x.node(), of_scale, of_bias, of_shortcut];
                record::<B, C, 4>(nodes, &x, norm, Residual::Add(shortcut), activation)
            }
        }
    }
}

/// Runs the norm and notes in the graph how its result came about.
fn record<B: NormBackend + NormBackward, C: CheckpointStrategy, const N: usize>(
    nodes: [NodeGuard; N],
    x: &FloatTensor<Autodiff<B, C>>,
    norm: Norm<B>,
    residual: Residual<B>,
    activation: Activation,
) -> FloatTensor<Autodiff<B, C>> {
    let shortcut = matches!(residual, Residual::Add(_));
    let run = |activation| B::norm_act(x.primitive().clone(), norm.clone(), residual, activation);
    match NormStep.prepare::<C>(nodes).compute_bound().stateful() {
        OpsKind::UnTracked(step) => step.finish(run(activation)),
        OpsKind::Tracked(mut step) => {
            let (y, saved) = match shortcut {
                true => activated::<B>(run, activation),
                false => (run(activation), None),
            };
            let x = step.checkpoint(x);
            step.finish(Saved { x, norm, activation, saved }, y)
        }
    }
}

/// The mean and the population variance of each channel of `x` (`[batch, channels, height, width]`), over batch and
/// space: two of `[channels]`. No gradient flows through them; [`norm_act`] accounts for it.
pub fn moments(x: Tensor<4>) -> (Tensor<1>, Tensor<1>) {
    let (mean, variance) = <Dispatch as NormBackend>::moments(x.into_dispatch());
    (Tensor::from_dispatch(mean), Tensor::from_dispatch(variance))
}

/// `activation((x - mean) / sqrt(variance + epsilon) * scale + bias + residual)`.
///
/// `x` and the residual are `[batch, channels, height, width]`. In training, mean and variance are understood as the
/// [`moments`] of `x`: the gradient of `x` is that of batch normalization, which flows through them too. Without
/// gradients they may be running statistics as well.
///
/// # Panics
///
/// If the shapes do not fit together.
pub fn norm_act(x: Tensor<4>, norm: BatchNorm, residual: Option<Tensor<4>>, activation: Activation) -> Tensor<4> {
    let BatchNorm { mean, variance, scale, bias, epsilon } = norm;
    let [mean, variance, scale, bias] = [mean, variance, scale, bias].map(|tensor| tensor.into_dispatch());
    let norm = Norm { mean, variance, scale, bias, epsilon };
    let residual = Residual::new(residual);
    Tensor::from_dispatch(<Dispatch as NormBackend>::norm_act(x.into_dispatch(), norm, residual, activation))
}
