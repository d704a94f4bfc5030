//! Local response normalization.

use burn::tensor::{Tensor, ops::PadMode};
use serde::{Deserialize, Serialize};

use super::{Operation, Value, image, only, tensor, unary::MOST_POWER};

/// `x / (bias + alpha / size * sum x^2)^beta`, the sum over `size` channels around each (Krizhevsky et al., NeurIPS
/// 2012).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Lrn {
    /// The number of channels in a sum. Of an even number, the odd one is the later one.
    pub size: usize,
    /// The factor of the mean square.
    pub alpha: f32,
    /// Exponent of the divisor.
    pub beta: f32,
    /// Number that is added to the mean square.
    pub bias: f32,
}

impl Operation for Lrn {
    fn shape(&self, inputs: &[&[usize]], _: &[&[usize]]) -> Result<Vec<usize>, String> {
        let input = image(inputs)?;
        match (1..=1024).contains(&self.size) {
            true if (-MOST_POWER..=MOST_POWER).contains(&self.beta) => Ok(input.to_vec()),
            true => Err(format!("raises to the power {}", self.beta)),
            false => Err(format!("sums over {} channels", self.size)),
        }
    }

    fn forward(&self, inputs: Vec<Value>, _: Vec<Value>) -> Value {
        let x: Tensor<4> = tensor(only(inputs));
        let [n, channels, h, w] = x.dims();
        let before = (self.size - 1) / 2;
        let squares =
            (x.clone() * x.clone()).pad([(before, self.size - 1 - before), (0, 0), (0, 0)], PadMode::Constant(0.0));
        let shifted = |k: usize| squares.clone().slice([0..n, k..k + channels, 0..h, 0..w]);
        let sum = (1..self.size).fold(shifted(0), |sum, k| sum + shifted(k));
        (x / (sum * (self.alpha / self.size as f32) + self.bias).powf_scalar(self.beta)).into_dispatch()
    }
}
