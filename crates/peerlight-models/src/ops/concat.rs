//! Concatenation.

use burn::backend::{Dispatch, TensorMetadata, ops::FloatTensorOps};
use serde::{Deserialize, Serialize};

use super::{Operation, Value};

/// Tensors one after the other along an axis. One that does not depend on the image is the same for every sample.
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
        // A constant has one sample for all.
        let batch = inputs.iter().map(|input| input.shape()[0]).max().unwrap_or(1);
        let whole = inputs.into_iter().map(|input| {
            let shape: Vec<usize> = std::iter::once(batch).chain(input.shape()[1..].iter().copied()).collect();
            if input.shape()[0] == batch { input } else { Dispatch::float_expand(input, shape.into()) }
        });
        Dispatch::float_cat(whole.collect(), self.axis)
    }
}
