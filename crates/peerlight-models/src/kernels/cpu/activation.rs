//! Activations and their derivatives, a register at a time.

use super::parallel::for_each;
use super::simd::{dispatch, inlined, map, update};
use super::{all_floats, changed, contiguous};
use crate::kernels::Activation;
use crate::kernels::activation::{
    ActivationBackend, ActivationBackward, DerivativeOf, GELU_CUBIC, GELU_SCALE, composed, composed_backward,
};
use burn::backend::{Flex, TensorMetadata, tensor::FloatTensor};
use pulp::{Simd, WithSimd};
use std::f32::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, LOG2_E};
use std::mem::MaybeUninit;

/// Numbers in a task of an elementwise operation.
const PIECE: usize = 1 << 15;

impl ActivationBackend for Flex {
    fn activate(z: FloatTensor<Self>, activation: Activation) -> FloatTensor<Self> {
        if !all_floats(&[&z]) {
            return composed::<Self>(z, activation);
        }
        let z = contiguous(z);
        let values: &[f32] = z.storage();
        let fill = |y: &mut [MaybeUninit<f32>]| {
            for_each(values.chunks(PIECE).zip(y.chunks_mut(PIECE)).collect(), |(z, y): (&[f32], &mut [_])| {
                dispatch(Apply { z, y, activation });
            });
        };
        // SAFETY: the pieces cover it, and `map` writes every element of a piece.
        let y = unsafe { super::parallel::filled(values.len(), fill) };
        FloatTensor::<Self>::from_data(burn::tensor::TensorData::new(y, z.shape()))
    }
}

impl ActivationBackward for Flex {
    fn activation_backward(
        saved: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        activation: Activation,
    ) -> FloatTensor<Self> {
        if !all_floats(&[&saved, &gradient]) {
            return composed_backward::<Self>(saved, gradient, activation);
        }
        let saved = contiguous(saved);
        let saved: &[f32] = saved.storage();
        let change = |gradient: &mut [f32]| {
            let pieces = saved.chunks(PIECE).zip(gradient.chunks_mut(PIECE)).collect();
            for_each(pieces, |(saved, gradient): (&[f32], &mut [f32])| {
                dispatch(Derive { saved, gradient, activation });
            });
        };
        changed(gradient, change).0
    }
}

struct Apply<'a> {
    z: &'a [f32],
    y: &'a mut [MaybeUninit<f32>],
    activation: Activation,
}

impl WithSimd for Apply<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        map(simd, self.y, [self.z], inlined!(|[z]: [S::f32s; 1]| apply(simd, self.activation, z)));
    }
}

struct Derive<'a> {
    saved: &'a [f32],
    gradient: &'a mut [f32],
    activation: Activation,
}

impl WithSimd for Derive<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let derive = inlined!(|gradient, [saved]: [S::f32s; 1]| derive(simd, self.activation, saved, gradient));
        update(simd, self.gradient, [self.saved], derive);
    }
}

/// Applies an activation to numbers where they are: a kernel's own output, while it is in the cache.
pub struct InPlace<'a> {
    pub values: &'a mut [f32],
    pub activation: Activation,
}

impl WithSimd for InPlace<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        update(simd, self.values, [], inlined!(|z, []: [S::f32s; 0]| apply(simd, self.activation, z)));
    }
}

/// What a kernel does to its sums before it stores them.
#[derive(Clone, Copy)]
pub struct Epilogue {
    /// The bounds that a sum in a register is clamped to, if any.
    pub bounds: Option<[f32; 2]>,
    /// What is applied to the stored numbers afterwards: an activation that is no clamp.
    pub after: Option<Activation>,
}

impl From<Activation> for Epilogue {
    fn from(activation: Activation) -> Self {
        let (bounds, after) = match activation {
            Activation::None => (None, None),
            Activation::Relu => (Some([0.0, f32::INFINITY]), None),
            Activation::Relu6 => (Some([0.0, 6.0]), None),
            _ => (None, Some(activation)),
        };
        Self { bounds, after }
    }
}

impl Epilogue {
    /// Clamps a register.
    #[inline(always)]
    pub fn clamp<S: Simd>(self, simd: S, value: S::f32s) -> S::f32s {
        match self.bounds {
            Some([low, high]) => simd.min_f32s(simd.max_f32s(value, simd.splat_f32s(low)), simd.splat_f32s(high)),
            None => value,
        }
    }

    /// Applies what is no clamp to stored numbers.
    #[inline(always)]
    pub fn finish<S: Simd>(self, simd: S, values: &mut [f32]) {
        if let Some(activation) = self.after {
            simd.vectorize(InPlace { values, activation });
        }
    }

    /// As [`Epilogue::finish`], for numbers in memory that began uninitialized.
    ///
    /// # Safety
    ///
    /// All of them must have been written.
    #[inline(always)]
    pub unsafe fn finish_written<S: Simd>(self, simd: S, values: &mut [MaybeUninit<f32>]) {
        if self.after.is_some() {
            // SAFETY: the caller has written them.
            self.finish(simd, unsafe { values.assume_init_mut() });
        }
    }

    /// The gradient where a clamp's output `y` is strictly within its bounds, else zero.
    #[inline(always)]
    pub fn pass<S: Simd>(self, simd: S, y: S::f32s, gradient: S::f32s) -> S::f32s {
        match self.bounds {
            Some(bounds) => inside(simd, bounds, y, gradient),
            None => gradient,
        }
    }
}

/// The gradient where `y` is strictly within the bounds, else zero.
#[inline(always)]
fn inside<S: Simd>(simd: S, [low, high]: [f32; 2], y: S::f32s, gradient: S::f32s) -> S::f32s {
    let above = simd.less_than_f32s(simd.splat_f32s(low), y);
    let inside = simd.and_m32s(above, simd.less_than_f32s(y, simd.splat_f32s(high)));
    simd.select_f32s(inside, gradient, simd.splat_f32s(0.0))
}

/// `min(max(value, low), high)`. A number that is none stays none.
#[inline(always)]
fn clamp<S: Simd>(simd: S, value: S::f32s, low: f32, high: f32) -> S::f32s {
    simd.min_f32s(simd.splat_f32s(high), simd.max_f32s(simd.splat_f32s(low), value))
}

/// `slope * z + offset`.
#[inline(always)]
fn affine<S: Simd>(simd: S, z: S::f32s, slope: f32, offset: f32) -> S::f32s {
    simd.mul_add_e_f32s(z, simd.splat_f32s(slope), simd.splat_f32s(offset))
}

/// A polynomial by Horner's rule, from the highest coefficient down.
#[inline(always)]
fn polynomial<S: Simd, const N: usize>(simd: S, x: S::f32s, coefficients: [f32; N]) -> S::f32s {
    let mut sum = simd.splat_f32s(coefficients[0]);
    for &coefficient in &coefficients[1..] {
        sum = simd.mul_add_e_f32s(sum, x, simd.splat_f32s(coefficient));
    }
    sum
}

/// The exponential function, within 2 units in the last place (the reduction and polynomial of Cephes' `expf`). Beyond
/// the finite range it gives the nearest finite value.
#[inline(always)]
fn exp<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    /// Added to a small number, it leaves the nearest integer in the last bits.
    const ROUND: f32 = 12_582_912.0;
    let x = clamp(simd, x, -87.3, 88.3);
    let rounded = affine(simd, x, LOG2_E, ROUND);
    let n = simd.sub_f32s(rounded, simd.splat_f32s(ROUND));
    let r = simd.mul_add_e_f32s(n, simd.splat_f32s(-0.693_359_4), x);
    let r = simd.mul_add_e_f32s(n, simd.splat_f32s(2.121_944_4e-4), r);
    let series = [1.987_569_1e-4, 1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5, 1.0, 1.0];
    let series = polynomial(simd, r, series);
    let exponent = simd.wrapping_dyn_shl_u32s(simd.transmute_u32s_f32s(rounded), simd.splat_u32s(23));
    let power = simd.add_u32s(exponent, simd.splat_u32s(1.0_f32.to_bits()));
    simd.mul_f32s(series, simd.transmute_f32s_u32s(power))
}

#[inline(always)]
fn sigmoid<S: Simd>(simd: S, z: S::f32s) -> S::f32s {
    let one = simd.splat_f32s(1.0);
    simd.div_f32s(one, simd.add_f32s(one, exp(simd, simd.neg_f32s(z))))
}

/// The normal distribution's cumulative distribution function, within 1e-7: erf as XLA's ratio of polynomials.
#[inline(always)]
fn normal_cdf<S: Simd>(simd: S, z: S::f32s) -> S::f32s {
    let x = clamp(simd, simd.mul_f32s(z, simd.splat_f32s(FRAC_1_SQRT_2)), -3.832_507, 3.832_507);
    let square = simd.mul_f32s(x, x);
    let above = [2.290_506_6e-4, 3.408_291e-3, 5.095_569_5e-2, 1.852_083_2e-1, FRAC_2_SQRT_PI];
    let below = [-1.179_160_3e-7, 2.354_796_6e-5, 1.017_962_5e-3, 1.407_047e-2, 1.109_850_5e-1, 4.974_692_5e-1, 1.0];
    let ratio = simd.div_f32s(polynomial(simd, square, above), polynomial(simd, square, below));
    affine(simd, simd.mul_f32s(x, ratio), 0.5, 0.5)
}

/// The argument of the sigmoid in [`Activation::GeluTanh`].
#[inline(always)]
fn gelu_argument<S: Simd>(simd: S, z: S::f32s) -> S::f32s {
    let factor = affine(simd, simd.mul_f32s(z, z), 2.0 * GELU_SCALE * GELU_CUBIC, 2.0 * GELU_SCALE);
    simd.mul_f32s(z, factor)
}

/// An activation of a register.
#[inline(always)]
pub fn apply<S: Simd>(simd: S, activation: Activation, z: S::f32s) -> S::f32s {
    match activation {
        Activation::None => z,
        Activation::Relu => simd.max_f32s(simd.splat_f32s(0.0), z),
        Activation::Relu6 => clamp(simd, z, 0.0, 6.0),
        Activation::LeakyRelu(slope) => {
            let positive = simd.less_than_f32s(simd.splat_f32s(0.0), z);
            simd.select_f32s(positive, z, simd.mul_f32s(z, simd.splat_f32s(slope)))
        }
        Activation::HardSigmoid { slope, offset } => clamp(simd, affine(simd, z, slope, offset), 0.0, 1.0),
        Activation::HardSwish => {
            let gate = clamp(simd, affine(simd, z, 1.0 / 6.0, 0.5), 0.0, 1.0);
            simd.mul_f32s(z, gate)
        }
        Activation::Sigmoid => sigmoid(simd, z),
        Activation::Silu => simd.mul_f32s(z, sigmoid(simd, z)),
        // Far to the left the distribution function is as good as zero, not zero.
        Activation::Gelu => simd.mul_f32s(simd.max_f32s(simd.splat_f32s(-6.0), z), normal_cdf(simd, z)),
        Activation::GeluTanh => simd.mul_f32s(z, sigmoid(simd, gelu_argument(simd, z))),
    }
}

/// A gradient times the derivative of an activation, of which `saved` is the output or the input.
#[inline(always)]
pub fn derive<S: Simd>(simd: S, activation: Activation, saved: S::f32s, gradient: S::f32s) -> S::f32s {
    // Of z times a gate.
    let gated = inlined!(|gate, slope| simd.mul_f32s(gradient, simd.mul_add_e_f32s(saved, slope, gate)));
    // s (1 - s)
    let bell = inlined!(|s| simd.sub_f32s(s, simd.mul_f32s(s, s)));
    match activation {
        Activation::None => gradient,
        Activation::Relu => inside(simd, [0.0, f32::INFINITY], saved, gradient),
        Activation::Relu6 => inside(simd, [0.0, 6.0], saved, gradient),
        Activation::LeakyRelu(slope) => {
            let positive = simd.less_than_f32s(simd.splat_f32s(0.0), saved);
            simd.select_f32s(positive, gradient, simd.mul_f32s(gradient, simd.splat_f32s(slope)))
        }
        Activation::HardSigmoid { slope, offset } => {
            let y = match activation.derivative_of() {
                DerivativeOf::Output => saved,
                _ => affine(simd, saved, slope, offset),
            };
            inside(simd, [0.0, 1.0], y, simd.mul_f32s(gradient, simd.splat_f32s(slope)))
        }
        Activation::HardSwish => {
            let between = simd.mul_f32s(gradient, affine(simd, saved, 1.0 / 3.0, 0.5));
            let low = simd.less_than_f32s(saved, simd.splat_f32s(-3.0));
            let high = simd.less_than_f32s(simd.splat_f32s(3.0), saved);
            let lower = simd.select_f32s(low, simd.splat_f32s(0.0), between);
            simd.select_f32s(high, gradient, lower)
        }
        Activation::Sigmoid => simd.mul_f32s(gradient, bell(saved)),
        Activation::Silu => {
            let s = sigmoid(simd, saved);
            gated(s, bell(s))
        }
        Activation::Gelu => {
            let square = simd.mul_f32s(saved, saved);
            let density = exp(simd, simd.mul_f32s(square, simd.splat_f32s(-0.5)));
            gated(normal_cdf(simd, saved), simd.mul_f32s(density, simd.splat_f32s(0.5 * GELU_SCALE)))
        }
        Activation::GeluTanh => {
            let s = sigmoid(simd, gelu_argument(simd, saved));
            let square = simd.mul_f32s(saved, saved);
            let inner = affine(simd, square, 6.0 * GELU_SCALE * GELU_CUBIC, 2.0 * GELU_SCALE);
            gated(s, simd.mul_f32s(bell(s), inner))
        }
    }
}
