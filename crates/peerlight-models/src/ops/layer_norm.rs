//! Layer normalization.

use burn::backend::{Dispatch, TensorMetadata, ops::FloatTensorOps};
use serde::{Deserialize, Serialize};

use super::{Operation, Value, one, only};

/// `(x - mean) / sqrt(variance + epsilon) * scale + bias` with the mean and the population variance along one axis
/// (Ba, Kiros & Hinton, 2016). The scale, as long as the axis, is the first parameter. The second, as long, is the
/// bias, if it is there.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LayerNorm {
    /// The axis, counted with the batch, which is axis 0.
    pub axis: usize,
    /// Number that is added to the variance.
    pub epsilon: f32,
}

impl Operation for LayerNorm {
    fn shape(&self, inputs: &[&[usize]], parameters: &[&[usize]]) -> Result<Vec<usize>, String> {
        let input = one(inputs)?;
        let Some(&extent) = self.axis.checked_sub(1).and_then(|axis| input.get(axis)) else {
            return Err(format!("runs along axis {} of {} axes", self.axis, input.len() + 1));
        };
        match parameters {
            [scale] | [scale, _] if **scale == [extent] && parameters.iter().all(|p| p == scale) => Ok(input.to_vec()),
            _ => Err(format!("has parameters of the shapes {parameters:?} for an axis of {extent}")),
        }
    }

    fn forward(&self, inputs: Vec<Value>, parameters: Vec<Value>) -> Value {
        let x = only(inputs);
        let mut along = vec![1; x.shape().num_dims()];
        along[self.axis] = x.shape()[self.axis];
        let centered = Dispatch::float_sub(x.clone(), Dispatch::float_mean_dim(x, self.axis));
        let square = Dispatch::float_mul(centered.clone(), centered.clone());
        let variance = Dispatch::float_mean_dim(square, self.axis);
        let deviation = Dispatch::float_sqrt(Dispatch::float_add_scalar(variance, self.epsilon.into()));
        let mut parameters = parameters.into_iter().map(|p| Dispatch::float_reshape(p, along.clone().into()));
        let y = Dispatch::float_div(centered, deviation);
        let y = parameters.next().map_or(y.clone(), |scale| Dispatch::float_mul(y, scale));
        parameters.next().map_or(y.clone(), |bias| Dispatch::float_add(y, bias))
    }
}
