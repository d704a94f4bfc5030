//! Parts of an axis.

use burn::backend::{Dispatch, TensorMetadata, ops::FloatTensorOps};
use serde::{Deserialize, Serialize};

use super::{Operation, Value, one, only};

/// The elements `start`, `start + step`, ... before `end` of an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slice {
    /// The axis, counted with the batch, which is axis 0: 1 is the channels.
    pub axis: usize,
    /// Index of the first element.
    pub start: usize,
    /// The first element that is not taken.
    pub end: usize,
    /// Distance from one element to the next.
    pub step: usize,
}

impl Operation for Slice {
    fn shape(&self, inputs: &[&[usize]], _: &[&[usize]]) -> Result<Vec<usize>, String> {
        let mut shape = one(inputs)?.to_vec();
        let Self { axis, start, end, step } = *self;
        let extent = axis.checked_sub(1).and_then(|axis| shape.get_mut(axis));
        match extent {
            Some(extent) if step > 0 && start < end && end <= *extent => *extent = (end - start).div_ceil(step),
            _ => return Err(format!("takes {start}..{end} of axis {axis} of {:?}", inputs[0])),
        }
        Ok(shape)
    }

    fn forward(&self, inputs: Vec<Value>, _: Vec<Value>) -> Value {
        let x = only(inputs);
        let whole = burn::tensor::Slice::new(0, None, 1);
        let mut slices = vec![whole; x.shape().num_dims()];
        slices[self.axis] = burn::tensor::Slice::new(self.start as isize, Some(self.end as isize), self.step as isize);
        Dispatch::float_slice(x, &slices)
    }
}
