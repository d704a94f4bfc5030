//! Batch normalization by the batch's own moments, with shortcut and activation: what stands between
//! two convolutions while a network is trained.
//!
//! Ioffe & Szegedy, "Batch Normalization", ICML 2015. The moments are an operation of their own, so
//! that running averages can be kept of them.

use super::{Activation, Residual, backward::ConvBackward, finished};
use burn::backend::autodiff::{
    NodeId,
    checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
    grads::Gradients,
    ops::{Backward, NodeGuard, Ops, OpsKind},
};
use burn::backend::{
    Autodiff, AutodiffBackend, Backend, Dispatch, TensorMetadata, backend_extension, tensor::FloatTensor,
};
use burn::tensor::Tensor;

/// What is added to a variance before its root is taken, as in the published networks.
pub const EPSILON: f32 = 1e-3;

/// The backends these operations run on.
#[backend_extension(Flex: cfg(feature = "cpu"), Cube: cfg(feature = "cube"), Autodiff)]
pub trait NormBackend: Backend {
    /// See [`moments`].
    fn moments(x: FloatTensor<Self>) -> (FloatTensor<Self>, FloatTensor<Self>) {
        composed_moments::<Self>(x)
    }

    /// See [`norm_act`].
    fn norm_act(
        x: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        gain: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        #[extension_type] residual: Residual<Self>,
        activation: Activation,
    ) -> FloatTensor<Self> {
        composed::<Self>(Normed { x, mean, variance, gain, shift }, residual, activation)
    }
}

pub(crate) fn composed_moments<B: Backend>(x: FloatTensor<B>) -> (FloatTensor<B>, FloatTensor<B>) {
    let [batch, channels, height, width] = x.shape().dims();
    let count = (batch * height * width) as f32;
    let average = |x| B::float_div_scalar(B::float_sum_dims(x, &[0, 2, 3]), count.into());
    let flat = |x| B::float_reshape(x, [channels].into());
    let mean = average(x.clone());
    let centered = B::float_sub(x, mean.clone());
    (flat(mean), flat(average(B::float_mul(centered.clone(), centered))))
}

pub(crate) fn composed<B: Backend>(
    normed: Normed<FloatTensor<B>>,
    residual: Residual<B>,
    activation: Activation,
) -> FloatTensor<B> {
    let Normed { x, mean, variance, gain, shift } = normed;
    let y = B::float_mul(normalized::<B>(x, mean, variance), wide::<B>(gain));
    finished::<B>(B::float_add(y, wide::<B>(shift)), residual, activation)
}

/// A number for each channel, as a tensor that fits `[batch, channels, height, width]`.
fn wide<B: Backend>(channels: FloatTensor<B>) -> FloatTensor<B> {
    let count = channels.shape()[0];
    B::float_reshape(channels, [1, count, 1, 1].into())
}

/// One over the standard deviation.
fn inverse<B: Backend>(variance: FloatTensor<B>) -> FloatTensor<B> {
    B::float_recip(B::float_sqrt(B::float_add_scalar(variance, EPSILON.into())))
}

fn normalized<B: Backend>(x: FloatTensor<B>, mean: FloatTensor<B>, variance: FloatTensor<B>) -> FloatTensor<B> {
    B::float_mul(B::float_sub(x, wide::<B>(mean)), wide::<B>(inverse::<B>(variance)))
}

/// What the backward pass of a norm starts from.
#[derive(Clone, Debug)]
pub struct Normed<T> {
    /// The input, `[batch, channels, height, width]`.
    pub x: T,
    /// Its mean, `[channels]`, like the three after it.
    pub mean: T,
    /// Its population variance.
    pub variance: T,
    /// The factor after normalizing.
    pub gain: T,
    /// What is added after that.
    pub shift: T,
}

/// What the backward pass asks of a backend. The default body composes Burn's own operations.
pub trait NormBackward: ConvBackward {
    /// The gradients of x, gain and shift. With ReLU6 the gradient passes where the output of a norm
    /// without a shortcut, computed again from `x`, is strictly between 0 and 6.
    fn norm_backward(
        normed: Normed<FloatTensor<Self>>,
        gradient: FloatTensor<Self>,
        activation: Activation,
    ) -> [FloatTensor<Self>; 3] {
        composed_backward::<Self>(normed, gradient, activation)
    }
}

pub(crate) fn composed_backward<B: NormBackward>(
    normed: Normed<FloatTensor<B>>,
    gradient: FloatTensor<B>,
    activation: Activation,
) -> [FloatTensor<B>; 3] {
    let Normed { x, mean, variance, gain, shift } = normed;
    let [batch, channels, height, width] = x.shape().dims();
    let count = (batch * height * width) as f32;
    let sum = |x| B::float_sum_dims(x, &[0, 2, 3]);
    let x = normalized::<B>(x, mean, variance.clone());
    let gradient = match activation {
        Activation::None => gradient,
        Activation::Relu6 => {
            let y = B::float_mul(x.clone(), wide::<B>(gain.clone()));
            B::relu6_backward(B::float_add(y, wide::<B>(shift)), gradient)
        }
    };
    let of_shift = sum(gradient.clone());
    let of_gain = sum(B::float_mul(gradient.clone(), x.clone()));
    // What moving an input changes through the mean and the variance is taken off.
    let average = |sum: &FloatTensor<B>| B::float_div_scalar(sum.clone(), count.into());
    let through = B::float_add(B::float_mul(x, average(&of_gain)), average(&of_shift));
    let factor = B::float_mul(gain, inverse::<B>(variance));
    let of_x = B::float_mul(B::float_sub(gradient, through), wide::<B>(factor));
    let flat = |x| B::float_reshape(x, [channels].into());
    [of_x, flat(of_gain), flat(of_shift)]
}

#[cfg(feature = "cube")]
impl NormBackend for burn::backend::Cube {}
#[cfg(feature = "cube")]
impl NormBackward for burn::backend::Cube {}

/// The step back through one norm. Its parents are x, gain, shift and, if there is one, the shortcut.
#[derive(Debug)]
struct NormStep;

/// What the step needs.
#[derive(Clone, Debug)]
struct Saved<T> {
    x: NodeId,
    mean: T,
    variance: T,
    gain: T,
    shift: T,
    activation: Activation,
    /// The output, where a shortcut went into it and then ReLU6 came.
    y: Option<T>,
}

impl<B: NormBackward, const N: usize> Backward<B, N> for NormStep {
    type State = Saved<FloatTensor<B>>;

    fn backward(self, ops: Ops<Self::State, N>, gradients: &mut Gradients, saved: &mut Checkpointer) {
        let Saved { x, mean, variance, gain, shift, mut activation, y } = ops.state;
        let mut gradient = gradients.consume::<B>(&ops.node);
        if let Some(y) = y {
            gradient = B::relu6_backward(y, gradient);
            activation = Activation::None;
        }
        let mut parents = ops.parents.into_iter();
        let mut parent = || parents.next().flatten();
        let normed = [parent(), parent(), parent()];
        if let Some(node) = parent() {
            gradients.register::<B>(node.id, gradient.clone());
        }
        let normed_by = Normed { x: saved.retrieve_node_output(x), mean, variance, gain, shift };
        for (node, gradient) in normed.into_iter().zip(B::norm_backward(normed_by, gradient, activation)) {
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
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        gain: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        residual: Residual<Self>,
        activation: Activation,
    ) -> FloatTensor<Self> {
        let [mean, variance] = [mean, variance].map(|tensor| tensor.into_primitive());
        let ((gain, of_gain), (shift, of_shift)) = (gain.into_parts(), shift.into_parts());
        let channels = [mean, variance, gain, shift];
        match residual {
            Residual::None => {
                let nodes = [x.node(), of_gain, of_shift];
                record::<B, C, 3>(nodes, &x, channels, Residual::None, activation)
            }
            Residual::Add(shortcut) => {
                let (shortcut, of_shortcut) = shortcut.into_parts();
                let nodes = [x.node(), of_gain, of_shift, of_shortcut];
                record::<B, C, 4>(nodes, &x, channels, Residual::Add(shortcut), activation)
            }
        }
    }
}

/// Runs the norm and notes in the graph how its result came about.
fn record<B: NormBackend + NormBackward, C: CheckpointStrategy, const N: usize>(
    nodes: [NodeGuard; N],
    x: &FloatTensor<Autodiff<B, C>>,
    channels: [FloatTensor<B>; 4],
    residual: Residual<B>,
    activation: Activation,
) -> FloatTensor<Autodiff<B, C>> {
    let shortcut = matches!(residual, Residual::Add(_));
    let [mean, variance, gain, shift] = channels.clone();
    let y = B::norm_act(x.primitive().clone(), mean, variance, gain, shift, residual, activation);
    match NormStep.prepare::<C>(nodes).compute_bound().stateful() {
        OpsKind::UnTracked(step) => step.finish(y),
        OpsKind::Tracked(mut step) => {
            let [mean, variance, gain, shift] = channels;
            let hidden = shortcut && activation == Activation::Relu6;
            let saved =
                Saved { x: step.checkpoint(x), mean, variance, gain, shift, activation, y: hidden.then(|| y.clone()) };
            step.finish(saved, y)
        }
    }
}

/// The mean and the population variance of each channel of `x` (`[batch, channels, height, width]`),
/// over batch and space: two of `[channels]`. No gradient flows through them; [`norm_act`] accounts
/// for it.
pub fn moments(x: Tensor<4>) -> (Tensor<1>, Tensor<1>) {
    let (mean, variance) = <Dispatch as NormBackend>::moments(x.into_dispatch());
    (Tensor::from_dispatch(mean), Tensor::from_dispatch(variance))
}

/// `activation((x - mean) / sqrt(variance + 0.001) * gain + shift + residual)`.
///
/// `x` and the residual are `[batch, channels, height, width]`, the others `[channels]`. `mean` and
/// `variance` are understood as the [`moments`] of `x`: the gradient of `x` is that of batch
/// normalization, which flows through them too.
///
/// # Panics
///
/// If the shapes do not fit together.
pub fn norm_act(
    x: Tensor<4>,
    mean: Tensor<1>,
    variance: Tensor<1>,
    gain: Tensor<1>,
    shift: Tensor<1>,
    residual: Option<Tensor<4>>,
    activation: Activation,
) -> Tensor<4> {
    let [mean, variance, gain, shift] = [mean, variance, gain, shift].map(|tensor| tensor.into_dispatch());
    let residual = Residual::new(residual);
    Tensor::from_dispatch(<Dispatch as NormBackend>::norm_act(
        x.into_dispatch(),
        mean,
        variance,
        gain,
        shift,
        residual,
        activation,
    ))
}
