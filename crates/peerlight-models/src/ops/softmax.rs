//! Softmax inside a network. The one at its end is left out when a network is imported: a network's result is its
//! logits.

use burn::backend::{Dispatch, ops::ActivationOps};
use serde::{Deserialize, Serialize};

use super::{Operation, Value, one, only};

/// `exp(x) / sum exp(x)` along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Softmax {
    /// The axis, counted with the batch, which is axis 0.
    pub axis: usize,
}

impl Operation for Softmax {
    fn shape(&self, inputs: &[&[usize]], _: &[&[usize]]) -> Result<Vec<usize>, String> {
        let input = one(inputs)?;
        match (1..=input.len()).contains(&self.axis) {
            true => Ok(input.to_vec()),
            false => Err(format!("runs along axis {} of {} axes", self.axis, input.len() + 1)),
        }
    }

    fn forward(&self, inputs: Vec<Value>, _: Vec<Value>) -> Value {
        Dispatch::softmax(only(inputs), self.axis)
    }
}
