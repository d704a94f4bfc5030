//! The backward pass of [`conv_act`](super::conv_act).

use super::{
    Activation, Geometry, Residual,
    activation::{ActivationBackend, ActivationBackward, DerivativeOf},
    conv::ConvBackend,
};
use burn::backend::autodiff::{
    NodeId,
    checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
    grads::Gradients,
    ops::{Backward, NodeGuard, Ops, OpsKind},
};
use burn::backend::{Autodiff, Backend, Shape, TensorMetadata, tensor::FloatTensor};

/// Operations of a backend for the backward pass. The default bodies compose Burn's own operations.
pub trait ConvBackward: ActivationBackward {
    /// The gradient of an input of this height and width.
    fn conv_x_backward(
        size: [usize; 2],
        weight: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        geometry: Geometry,
    ) -> FloatTensor<Self> {
        conv_x_backward::<Self>(size, weight, gradient, geometry)
    }

    /// The gradient of the weight, of which only the shape is read.
    fn conv_weight_backward(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        geometry: Geometry,
    ) -> FloatTensor<Self> {
        conv_weight_backward::<Self>(x, weight, gradient, geometry)
    }

    /// The gradient of the bias: the sum over batch and space, `[channels]`.
    fn conv_bias_backward(gradient: FloatTensor<Self>) -> FloatTensor<Self> {
        conv_bias_backward::<Self>(gradient)
    }
}

pub(crate) fn conv_x_backward<B: Backend>(
    [height, width]: [usize; 2],
    weight: FloatTensor<B>,
    gradient: FloatTensor<B>,
    geometry: Geometry,
) -> FloatTensor<B> {
    let (batch, group) = (gradient.shape()[0], weight.shape()[1]);
    let shape = Shape::from([batch, group * geometry.groups, height, width]);
    let options = geometry.options(&shape, &weight.shape());
    // Burn asks for the input, and reads its shape.
    let x = B::float_empty(shape, &gradient.device(), gradient.dtype().into());
    B::conv2d_x_backward(x, weight, gradient, options)
}

pub(crate) fn conv_weight_backward<B: Backend>(
    x: FloatTensor<B>,
    weight: FloatTensor<B>,
    gradient: FloatTensor<B>,
    geometry: Geometry,
) -> FloatTensor<B> {
    let options = geometry.options(&x.shape(), &weight.shape());
    B::conv2d_weight_backward(x, weight, gradient, options)
}

pub(crate) fn conv_bias_backward<B: Backend>(gradient: FloatTensor<B>) -> FloatTensor<B> {
    let channels = gradient.shape()[1];
    B::float_reshape(B::float_sum_dims(gradient, &[0, 2, 3]), [channels].into())
}

#[cfg(feature = "cube")]
impl ConvBackward for burn::backend::Cube {}

/// The step back through one convolution. Its parents are x, weight, bias and, if there is one, the residual.
#[derive(Debug)]
struct ConvStep;

/// What the step needs.
#[derive(Clone, Debug)]
struct Saved<T> {
    x: NodeId,
    weight: NodeId,
    /// What the activation's derivative is computed from.
    activation: Option<(T, Activation)>,
    geometry: Geometry,
}

impl<B: ConvBackward, const N: usize> Backward<B, N> for ConvStep {
    type State = Saved<FloatTensor<B>>;

    fn backward(self, ops: Ops<Self::State, N>, gradients: &mut Gradients, saved: &mut Checkpointer) {
        let Saved { x, weight, activation, geometry } = ops.state;
        let mut gradient = gradients.consume::<B>(&ops.node);
        if let Some((saved, activation)) = activation {
            gradient = B::activation_backward(saved, gradient, activation);
        }
        let x: FloatTensor<B> = saved.retrieve_node_output(x);
        let weight: FloatTensor<B> = saved.retrieve_node_output(weight);
        let size = [x.shape()[2], x.shape()[3]];
        let mut parents = ops.parents.into_iter();
        let mut parent = || parents.next().flatten();
        let [of_x, of_weight, of_bias, of_residual] = [parent(), parent(), parent(), parent()];
        if let Some(node) = of_bias {
            gradients.register::<B>(node.id, B::conv_bias_backward(gradient.clone()));
        }
        if let Some(node) = of_weight {
            let weight = B::conv_weight_backward(x, weight.clone(), gradient.clone(), geometry);
            gradients.register::<B>(node.id, weight);
        } else {
            // It is large, and what follows needs memory.
            drop(x);
        }
        if let Some(node) = of_x {
            gradients.register::<B>(node.id, B::conv_x_backward(size, weight, gradient.clone(), geometry));
        }
        if let Some(node) = of_residual {
            gradients.register::<B>(node.id, gradient);
        }
    }
}

impl<B: ConvBackend + ConvBackward, C: CheckpointStrategy> ConvBackend for Autodiff<B, C> {
    fn conv_act(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        residual: Residual<Self>,
        geometry: Geometry,
        activation: Activation,
    ) -> FloatTensor<Self> {
        let (bias, of_bias) = bias.into_parts();
        let nodes = [x.node(), weight.node(), of_bias];
        match residual {
            Residual::None => record::<B, C, 3>(nodes, [&x, &weight], bias, Residual::None, geometry, activation),
            Residual::Add(shortcut) => {
                let (shortcut, of_shortcut) = shortcut.into_parts();
                let [of_x, of_weight, of_bias] = nodes;
                let nodes = [of_x, of_weight, of_bias, of_shortcut];
                record::<B, C, 4>(nodes, [&x, &weight], bias, Residual::Add(shortcut), geometry, activation)
            }
        }
    }
}

/// Runs the convolution and notes in the graph how its result came about.
fn record<B: ConvBackend + ConvBackward, C: CheckpointStrategy, const N: usize>(
    nodes: [NodeGuard; N],
    [x, weight]: [&FloatTensor<Autodiff<B, C>>; 2],
    bias: FloatTensor<B>,
    residual: Residual<B>,
    geometry: Geometry,
    activation: Activation,
) -> FloatTensor<Autodiff<B, C>> {
    let run = |activation| {
        let (x, weight) = (x.primitive().clone(), weight.primitive().clone());
        B::conv_act(x, weight, bias, residual, geometry, activation)
    };
    match ConvStep.prepare::<C>(nodes).compute_bound().stateful() {
        OpsKind::UnTracked(step) => step.finish(run(activation)),
        OpsKind::Tracked(mut step) => {
            let (y, saved) = activated::<B>(run, activation);
            let (x, weight) = (step.checkpoint(x), step.checkpoint(weight));
            step.finish(Saved { x, weight, activation: saved, geometry }, y)
        }
    }
}

/// The output of an operation that ends in an activation, and what the activation's derivative is computed from: where
/// that is its input, the operation runs without it first.
pub(crate) fn activated<B: ActivationBackend>(
    run: impl FnOnce(Activation) -> FloatTensor<B>,
    activation: Activation,
) -> (FloatTensor<B>, Option<(FloatTensor<B>, Activation)>) {
    match activation.derivative_of() {
        DerivativeOf::Nothing => (run(activation), None),
        DerivativeOf::Output => {
            let y = run(activation);
            (y.clone(), Some((y, activation)))
        }
        DerivativeOf::Input => {
            let z = run(Activation::None);
            (B::activate(z.clone(), activation), Some((z, activation)))
        }
    }
}
