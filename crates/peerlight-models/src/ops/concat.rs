//! Concatenation.

use burn::backend::{Dispatch, ops::FloatTensorOps};
use serde::{Deserialize, Serialize};

use super::{Operation, Value};

/// Tensors one after the other along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concat {
    /// The axis, counted with the batch, which is axis 0: 1 is the channels.
    pub axis: usize,
}

impl Operation for Concat {
    fn shape(&self, inputs: &[&[usize]], _: &[&[usize]]) -> Result<Vec<usize>, String> {
        let Some((first, rest)) = inputs.split_first() else { return Err("takes one input or more".into()) };
        let Some(axis) = self.axis.checked_sub(1).filter(|&axis| axis < first.len()) else {
            return Err(format!("joins along axis {} of {} axes", self.axis, first.len() + 1));
        };
        let mut shape = first.to_vec();
        for input in rest {
            let others = |shape: &[usize]| (shape[..axis].to_vec(), shape[axis + 1..].to_vec());
            if input.len() != first.len() || others(input) != others(first) {
                return Err(format!("joins {first:?} and {input:?} along axis {}", self.axis));
            }
            shape[axis] = shape[axis].checked_add(input[axis]).ok_or("is too large")?;
        }
        Ok(shape)
    }

    fn forward(&self, inputs: Vec<Value>, _: Vec<Value>) -> Value {
        Dispatch::float_cat(inputs, self.axis)
    }
}
