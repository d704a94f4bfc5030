//! Where data comes from: the image, and tensors that do not depend on it.

use serde::{Deserialize, Serialize};

use super::{Operation, Value, only};

/// The image: the first node of every graph, and only that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Channels, height and width that the network is described for.
    pub shape: [usize; 3],
}

impl Operation for Input {
    fn shape(&self, inputs: &[&[usize]], parameters: &[&[usize]]) -> Result<Vec<usize>, String> {
        match (inputs, parameters) {
            ([], []) => Ok(self.shape.to_vec()),
            _ => Err("takes nothing".into()),
        }
    }

    fn forward(&self, inputs: Vec<Value>, _: Vec<Value>) -> Value {
        only(inputs)
    }
}

/// A tensor of the network's own: its one parameter, whose first extent is 1 and stands for every sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Constant {}

impl Operation for Constant {
    fn shape(&self, inputs: &[&[usize]], parameters: &[&[usize]]) -> Result<Vec<usize>, String> {
        match (inputs, parameters) {
            ([], [[1, shape @ ..]]) => Ok(shape.to_vec()),
            _ => Err("is a tensor whose first extent is 1".into()),
        }
    }

    fn forward(&self, _: Vec<Value>, parameters: Vec<Value>) -> Value {
        only(parameters)
    }
}
