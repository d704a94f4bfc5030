//! Functions of each element that no kernel applies.

use burn::backend::{
    Dispatch,
    ops::{ActivationOps, FloatTensorOps},
};
use serde::{Deserialize, Serialize};

use super::{Operation, Value, one, only};

/// A function of each element.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unary {
    /// `|x|`.
    Abs,
    /// `min(max(x, low), high)`.
    Clip {
        /// The least value of the result.
        low: f32,
        /// The greatest value of the result.
        high: f32,
    },
    /// `x` above 0, and `alpha (exp(x) - 1)` below (Clevert et al., ICLR 2016).
    Elu {
        /// The factor below 0.
        alpha: f32,
    },
    /// The error function.
    Erf,
    /// `exp(x)`.
    Exp,
    /// The greatest whole number that is not greater. Its gradient is 0.
    Floor,
    /// The natural logarithm.
    Log,
    /// `x tanh(log(1 + exp(x)))` (Misra, BMVC 2020).
    Mish,
    /// `-x`.
    Neg,
    /// `x` to a power.
    Power {
        /// The exponent.
        exponent: f32,
    },
    /// `1 / x`.
    Reciprocal,
    /// The nearest multiple of a step between two bounds, as of numbers of 8 bits. Its gradient is that of the clipping
    /// (the straight-through estimator; Bengio, Léonard & Courville, arXiv:1308.3432).
    Quantize {
        /// The step, above 0.
        step: f32,
        /// The least value of the result.
        low: f32,
        /// The greatest value of the result.
        high: f32,
    },
    /// 1 above 0, -1 below and 0 at 0. Its gradient is 0.
    Sign,
    /// The sine.
    Sin,
    /// `log(1 + exp(x))`.
    Softplus,
    /// The square root. Its gradient at 0 is 0, as that of a vector's length.
    Sqrt,
    /// The hyperbolic tangent.
    Tanh,
}

/// The largest exponent, and its negative the least. A greater one gives 0, 1 or infinity.
pub(super) const MOST_POWER: f32 = 1000.0;

impl Operation for Unary {
    fn shape(&self, inputs: &[&[usize]], _: &[&[usize]]) -> Result<Vec<usize>, String> {
        match *self {
            Self::Clip { low, high } | Self::Quantize { low, high, .. }
                if low.is_nan() || high.is_nan() || low > high =>
            {
                Err(format!("clips to {low}..{high}"))
            }
            Self::Quantize { step, .. } if !(step > 0.0 && step.is_finite()) => {
                Err(format!("rounds to multiples of {step}"))
            }
            // Burn looks for a whole number in an exponent, and does not expect one that no integer can hold.
            Self::Power { exponent } if !(-MOST_POWER..=MOST_POWER).contains(&exponent) => {
                Err(format!("raises to the power {exponent}"))
            }
            _ => Ok(one(inputs)?.to_vec()),
        }
    }

    fn forward(&self, inputs: Vec<Value>, _: Vec<Value>) -> Value {
        let x = only(inputs);
        // log(1 + exp(x)) = (x + |x|) / 2 + log(1 + exp(-|x|)), which does not overflow.
        let softplus = |x: Value| {
            let size = Dispatch::float_abs(x.clone());
            let tail = Dispatch::float_log1p(Dispatch::float_exp(Dispatch::float_neg(size.clone())));
            Dispatch::float_add(Dispatch::float_mul_scalar(Dispatch::float_add(x, size), 0.5.into()), tail)
        };
        match *self {
            Self::Abs => Dispatch::float_abs(x),
            Self::Clip { low, high } => Dispatch::float_clamp(x, low.into(), high.into()),
            Self::Elu { alpha } => {
                let below = Dispatch::float_exp(Dispatch::float_clamp_max(x.clone(), 0.0.into()));
                let below = Dispatch::float_mul_scalar(Dispatch::float_sub_scalar(below, 1.0.into()), alpha.into());
                // At 0, which a ReLU before it gives often, the gradient is that of one part alone.
                Dispatch::float_add(Dispatch::relu(x), below)
            }
            Self::Erf => Dispatch::float_erf(x),
            Self::Exp => Dispatch::float_exp(x),
            Self::Floor => Dispatch::float_floor(x),
            Self::Log => Dispatch::float_log(x),
            Self::Mish => Dispatch::float_mul(x.clone(), Dispatch::float_tanh(softplus(x))),
            Self::Neg => Dispatch::float_neg(x),
            Self::Power { exponent: 2.0 } => Dispatch::float_mul(x.clone(), x),
            Self::Power { exponent } => Dispatch::float_powf_scalar(x, exponent.into()),
            Self::Reciprocal => Dispatch::float_recip(x),
            Self::Quantize { step, low, high } => {
                let x = Dispatch::float_clamp(x, low.into(), high.into());
                let steps = Dispatch::float_round(Dispatch::float_div_scalar(x.clone(), step.into()));
                let rounded = Dispatch::float_mul_scalar(steps, step.into());
                let change = Dispatch::float_detach(Dispatch::float_sub(rounded, x.clone()));
                Dispatch::float_add(x, change)
            }
            Self::Sign => Dispatch::float_sign(x),
            Self::Sin => Dispatch::float_sin(x),
            Self::Softplus => softplus(x),
            // An infinite slope at 0 times the slope 0 of a square would be no number.
            Self::Sqrt => Dispatch::float_sqrt(Dispatch::float_clamp_min(x, f32::MIN_POSITIVE.into())),
            Self::Tanh => Dispatch::float_tanh(x),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents_that_no_integer_holds_are_refused() {
        let shape = |exponent: f32| Unary::Power { exponent }.shape(&[&[4, 2, 2]], &[]);
        for exponent in [1e30, -1e30, f32::INFINITY, f32::NEG_INFINITY, f32::NAN] {
            assert!(shape(exponent).is_err(), "{exponent}");
        }
        assert_eq!((shape(-3.0), shape(0.25)), (Ok(vec![4, 2, 2]), Ok(vec![4, 2, 2])));
    }
}
