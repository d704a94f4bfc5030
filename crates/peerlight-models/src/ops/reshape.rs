//! Other axes for the same elements.

use burn::backend::{Dispatch, TensorMetadata, ops::FloatTensorOps};
use serde::{Deserialize, Serialize};

use super::{Operation, Value, elements, one, only};

/// All elements of a sample as one axis, whatever its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flatten {}

impl Operation for Flatten {
    fn shape(&self, inputs: &[&[usize]], _: &[&[usize]]) -> Result<Vec<usize>, String> {
        Ok(vec![elements(one(inputs)?).ok_or("is too large")?])
    }

    fn forward(&self, inputs: Vec<Value>, _: Vec<Value>) -> Value {
        let x = only(inputs);
        let shape = x.shape();
        let each = shape[1..].iter().product();
        Dispatch::float_reshape(x, [shape[0], each].into())
    }
}

/// Other axes for the elements of a sample, in the same order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reshape {
    /// The new shape of a sample.
    pub shape: Vec<usize>,
}

impl Operation for Reshape {
    fn shape(&self, inputs: &[&[usize]], _: &[&[usize]]) -> Result<Vec<usize>, String> {
        let input = one(inputs)?;
        match elements(input) == elements(&self.shape) {
            true => Ok(self.shape.clone()),
            false => Err(format!("makes {:?} of {input:?}", self.shape)),
        }
    }

    fn forward(&self, inputs: Vec<Value>, _: Vec<Value>) -> Value {
        let x = only(inputs);
        let whole = [&[x.shape()[0]], self.shape.as_slice()].concat();
        Dispatch::float_reshape(x, whole.into())
    }
}
