//! Padding.

use burn::tensor::{Tensor, ops::PadMode};
use serde::{Deserialize, Serialize};

use super::{Operation, Value, image, only, tensor};

/// A value around an image, in its height and width.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pad {
    /// Pixels above, left, below, right.
    pub sides: [usize; 4],
    /// Value of the padding.
    pub value: f32,
}

impl Operation for Pad {
    fn shape(&self, inputs: &[&[usize]], _: &[&[usize]]) -> Result<Vec<usize>, String> {
        let &[channels, height, width] = image(inputs)?;
        let [top, left, bottom, right] = self.sides;
        let sum = |size: usize, a: usize, b: usize| size.checked_add(a)?.checked_add(b);
        match (sum(height, top, bottom), sum(width, left, right)) {
            (Some(height), Some(width)) => Ok(vec![channels, height, width]),
            _ => Err("has too much padding".into()),
        }
    }

    fn forward(&self, inputs: Vec<Value>, _: Vec<Value>) -> Value {
        let [top, left, bottom, right] = self.sides;
        let x: Tensor<4> = tensor(only(inputs));
        x.pad((left, right, top, bottom), PadMode::Constant(self.value)).into_dispatch()
    }
}
