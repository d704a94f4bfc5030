//! Another order of axes.

use burn::backend::{Dispatch, ops::FloatTensorOps};
use serde::{Deserialize, Serialize};

use super::{Operation, Value, one, only};

/// Another order of axes: axis `i` of the result is axis `order[i]` of the input. The batch stays first. Between two
/// reshapes it shuffles channels (Zhang et al., ShuffleNet, CVPR 2018).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transpose {
    /// The axes of the input, counted with the batch.
    pub order: Vec<usize>,
}

impl Operation for Transpose {
    fn shape(&self, inputs: &[&[usize]], _: &[&[usize]]) -> Result<Vec<usize>, String> {
        let input = one(inputs)?;
        let mut sorted = self.order.clone();
        sorted.sort_unstable();
        if self.order.first() != Some(&0) || !sorted.into_iter().eq(0..=input.len()) {
            return Err(format!("puts {} axes in the order {:?}", input.len() + 1, self.order));
        }
        Ok(self.order[1..].iter().map(|axis| input[axis - 1]).collect())
    }

    fn forward(&self, inputs: Vec<Value>, _: Vec<Value>) -> Value {
        Dispatch::float_permute(only(inputs), &self.order)
    }
}
