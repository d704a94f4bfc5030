//! Activations: what follows a convolution, a norm, or anything else.

use burn::backend::autodiff::{
    checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
    grads::Gradients,
    ops::{Backward, Ops, OpsKind},
};
use burn::backend::{
    Autodiff, Backend, Dispatch, TensorMetadata, backend_extension, get_or_init_device_settings, tensor::FloatTensor,
};
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};
use std::f32::consts::{FRAC_1_SQRT_2, PI};

/// A function of each element. Its derivatives at corners are PyTorch's.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Activation {
    /// `z`.
    None,
    /// `max(z, 0)`.
    Relu,
    /// `min(max(z, 0), 6)`.
    Relu6,
    /// `z` where it is positive, else the slope times `z`.
    LeakyRelu(f32),
    /// `min(max(slope * z + offset, 0), 1)`, with ONNX's alpha and beta.
    HardSigmoid {
        /// ONNX's alpha.
        slope: f32,
        /// ONNX's beta.
        offset: f32,
    },
    /// `z * min(max(z + 3, 0), 6) / 6` (Howard et al., "Searching for MobileNetV3", ICCV 2019).
    HardSwish,
    /// `1 / (1 + exp(-z))`.
    Sigmoid,
    /// `z * sigmoid(z)`, also called swish (Ramachandran et al., "Searching for Activation Functions", 2017).
    Silu,
    /// `z * (1 + erf(z / sqrt(2))) / 2` (Hendrycks & Gimpel, "Gaussian Error Linear Units", 2016).
    Gelu,
    /// The same paper's approximation by tanh: `z * sigmoid(2 sqrt(2 / pi) (z + 0.044715 z^3))`.
    GeluTanh,
}

/// What the derivative of an activation is computed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DerivativeOf {
    /// It is 1.
    Nothing,
    /// The activation's output.
    Output,
    /// The activation's input.
    Input,
}

/// `sqrt(2 / pi)`.
pub(crate) const GELU_SCALE: f32 = 0.797_884_6;
/// The cubic term's factor in [`Activation::GeluTanh`].
pub(crate) const GELU_CUBIC: f32 = 0.044_715;

impl Activation {
    /// PyTorch's hard sigmoid: `min(max(z + 3, 0), 6) / 6`.
    pub const HARD_SIGMOID: Self = Self::HardSigmoid { slope: 1.0 / 6.0, offset: 0.5 };

    /// What the derivative is computed from. The output is preferred: the next operation keeps it anyway.
    pub(crate) fn derivative_of(self) -> DerivativeOf {
        match self {
            Self::None => DerivativeOf::Nothing,
            Self::Relu | Self::Relu6 | Self::Sigmoid => DerivativeOf::Output,
            // Of a hard sigmoid that falls or is flat, and of a leaky ReLU that turns up on the left, the output does
            // not tell the input's side.
            Self::HardSigmoid { slope, .. } if slope > 0.0 => DerivativeOf::Output,
            Self::LeakyRelu(slope) if slope >= 0.0 => DerivativeOf::Output,
            _ => DerivativeOf::Input,
        }
    }
}

/// The backends that [`activate`] runs on.
#[backend_extension(Flex: cfg(feature = "cpu"), Cube: cfg(feature = "cube"), Autodiff)]
pub trait ActivationBackend: Backend {
    /// See [`activate`].
    fn activate(z: FloatTensor<Self>, activation: Activation) -> FloatTensor<Self> {
        composed::<Self>(z, activation)
    }
}

/// Operations of a backend for the backward passes. The default body composes Burn's own operations.
pub trait ActivationBackward: ActivationBackend {
    /// The gradient before the activation, from the one after it and from `saved`: the activation's output or its
    /// input, whichever the derivative is computed from.
    fn activation_backward(
        saved: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        activation: Activation,
    ) -> FloatTensor<Self> {
        composed_backward::<Self>(saved, gradient, activation)
    }
}

#[cfg(feature = "cube")]
impl ActivationBackend for burn::backend::Cube {}
#[cfg(feature = "cube")]
impl ActivationBackward for burn::backend::Cube {}

/// The activation of every element.
pub fn activate<const D: usize>(z: Tensor<D>, activation: Activation) -> Tensor<D> {
    match activation {
        Activation::None => z,
        _ => Tensor::from_dispatch(<Dispatch as ActivationBackend>::activate(z.into_dispatch(), activation)),
    }
}

fn sigmoid<B: Backend>(z: FloatTensor<B>) -> FloatTensor<B> {
    B::float_recip(B::float_add_scalar(B::float_exp(B::float_neg(z)), 1.0.into()))
}

/// The argument of the sigmoid in [`Activation::GeluTanh`].
fn gelu_argument<B: Backend>(z: FloatTensor<B>) -> FloatTensor<B> {
    let square = B::float_mul(z.clone(), z.clone());
    let factor = B::float_add_scalar(B::float_mul_scalar(square, GELU_CUBIC.into()), 1.0.into());
    B::float_mul_scalar(B::float_mul(z, factor), (2.0 * GELU_SCALE).into())
}

/// The normal distribution's cumulative distribution function.
fn normal_cdf<B: Backend>(z: FloatTensor<B>) -> FloatTensor<B> {
    let erf = B::float_erf(B::float_mul_scalar(z, FRAC_1_SQRT_2.into()));
    B::float_mul_scalar(B::float_add_scalar(erf, 1.0.into()), 0.5.into())
}

/// The activation written with Burn's own operations.
pub(crate) fn composed<B: Backend>(z: FloatTensor<B>, activation: Activation) -> FloatTensor<B> {
    let affine =
        |z, factor: f32, offset: f32| B::float_add_scalar(B::float_mul_scalar(z, factor.into()), offset.into());
    match activation {
        Activation::None => z,
        Activation::Relu => B::float_clamp_min(z, 0.0.into()),
        Activation::Relu6 => B::float_clamp(z, 0.0.into(), 6.0.into()),
        Activation::LeakyRelu(slope) => {
            let negative = lower_equal::<B>(&z, 0.0);
            B::float_mask_where(z.clone(), negative, B::float_mul_scalar(z, slope.into()))
        }
        Activation::HardSigmoid { slope, offset } => B::float_clamp(affine(z, slope, offset), 0.0.into(), 1.0.into()),
        Activation::HardSwish => {
            let gate = B::float_clamp(affine(z.clone(), 1.0 / 6.0, 0.5), 0.0.into(), 1.0.into());
            B::float_mul(z, gate)
        }
        Activation::Sigmoid => sigmoid::<B>(z),
        Activation::Silu => B::float_mul(z.clone(), sigmoid::<B>(z)),
        Activation::Gelu => B::float_mul(z.clone(), normal_cdf::<B>(z)),
        Activation::GeluTanh => B::float_mul(z.clone(), sigmoid::<B>(gelu_argument::<B>(z))),
    }
}

fn lower_equal<B: Backend>(x: &FloatTensor<B>, bound: f32) -> burn::backend::tensor::BoolTensor<B> {
    let bools = get_or_init_device_settings::<B>(&x.device()).bool_dtype;
    B::float_lower_equal_elem(x.clone(), bound.into(), bools)
}

fn greater_equal<B: Backend>(x: &FloatTensor<B>, bound: f32) -> burn::backend::tensor::BoolTensor<B> {
    let bools = get_or_init_device_settings::<B>(&x.device()).bool_dtype;
    B::float_greater_equal_elem(x.clone(), bound.into(), bools)
}

/// [`ActivationBackward::activation_backward`] written with Burn's own operations.
pub(crate) fn composed_backward<B: Backend>(
    saved: FloatTensor<B>,
    gradient: FloatTensor<B>,
    activation: Activation,
) -> FloatTensor<B> {
    let inside = |x: &FloatTensor<B>, gradient, low: f32, high: f32| {
        let outside = B::bool_or(lower_equal::<B>(x, low), greater_equal::<B>(x, high));
        B::float_mask_fill(gradient, outside, 0.0.into())
    };
    // s + z * t, where s is the gate and t the gate's derivative.
    let gated = |gate, z, slope| B::float_add(gate, B::float_mul(z, slope));
    // s (1 - s)
    let bell = |s: &FloatTensor<B>| B::float_sub(s.clone(), B::float_mul(s.clone(), s.clone()));
    let derivative = match activation {
        Activation::None => return gradient,
        Activation::Relu => return B::float_mask_fill(gradient, lower_equal::<B>(&saved, 0.0), 0.0.into()),
        Activation::Relu6 => return inside(&saved, gradient, 0.0, 6.0),
        Activation::LeakyRelu(slope) => {
            let small = B::float_mul_scalar(gradient.clone(), slope.into());
            return B::float_mask_where(gradient, lower_equal::<B>(&saved, 0.0), small);
        }
        Activation::HardSigmoid { slope, offset } => {
            let y = match activation.derivative_of() {
                DerivativeOf::Output => saved,
                _ => B::float_add_scalar(B::float_mul_scalar(saved, slope.into()), offset.into()),
            };
            return inside(&y, B::float_mul_scalar(gradient, slope.into()), 0.0, 1.0);
        }
        Activation::HardSwish => {
            let bools = get_or_init_device_settings::<B>(&saved.device()).bool_dtype;
            let low = B::float_lower_elem(saved.clone(), (-3.0).into(), bools);
            let high = B::float_greater_elem(saved.clone(), 3.0.into(), bools);
            let between = B::float_add_scalar(B::float_mul_scalar(saved, (1.0 / 3.0).into()), 0.5.into());
            B::float_mask_fill(B::float_mask_fill(between, low, 0.0.into()), high, 1.0.into())
        }
        Activation::Sigmoid => bell(&saved),
        Activation::Silu => {
            let s = sigmoid::<B>(saved.clone());
            let slope = bell(&s);
            gated(s, saved, slope)
        }
        Activation::Gelu => {
            let square = B::float_mul(saved.clone(), saved.clone());
            let density = B::float_exp(B::float_mul_scalar(square, (-0.5).into()));
            let density = B::float_mul_scalar(density, (0.5 * (2.0 / PI).sqrt()).into());
            gated(normal_cdf::<B>(saved.clone()), saved, density)
        }
        Activation::GeluTanh => {
            let s = sigmoid::<B>(gelu_argument::<B>(saved.clone()));
            let square = B::float_mul(saved.clone(), saved.clone());
            let inner = B::float_add_scalar(B::float_mul_scalar(square, (3.0 * GELU_CUBIC).into()), 1.0.into());
            let slope = B::float_mul_scalar(B::float_mul(bell(&s), inner), (2.0 * GELU_SCALE).into());
            gated(s, saved, slope)
        }
    };
    B::float_mul(gradient, derivative)
}

/// The step back through one activation.
#[derive(Debug)]
struct ActivationStep;

impl<B: ActivationBackward> Backward<B, 1> for ActivationStep {
    type State = (FloatTensor<B>, Activation);

    fn backward(self, ops: Ops<Self::State, 1>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let (saved, activation) = ops.state;
        let gradient = gradients.consume::<B>(&ops.node);
        let [parent] = ops.parents;
        if let Some(node) = parent {
            gradients.register::<B>(node.id, B::activation_backward(saved, gradient, activation));
        }
    }
}

impl<B: ActivationBackward, C: CheckpointStrategy> ActivationBackend for Autodiff<B, C> {
    fn activate(z: FloatTensor<Self>, activation: Activation) -> FloatTensor<Self> {
        let (z, node) = z.into_parts();
        match ActivationStep.prepare::<C>([node]).compute_bound().stateful() {
            OpsKind::UnTracked(step) => step.finish(B::activate(z, activation)),
            OpsKind::Tracked(step) => {
                let y = B::activate(z.clone(), activation);
                let saved = match activation.derivative_of() {
                    DerivativeOf::Input => z,
                    _ => y.clone(),
                };
                step.finish((saved, activation), y)
            }
        }
    }
}
