//! Linear layers.

use burn::{
    backend::{Dispatch, TensorMetadata, ops::FloatTensorOps},
    tensor::Tensor,
};
use serde::{Deserialize, Serialize};

use super::{Operation, Value, elements, one, only, tensor};

/// `x weight^T + bias` along the last axis. The weight, [out, in], is the first parameter. The second, `[out]`, is
/// added if it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Linear {}

impl Operation for Linear {
    fn shape(&self, inputs: &[&[usize]], parameters: &[&[usize]]) -> Result<Vec<usize>, String> {
        let input = one(inputs)?;
        let (weight, bias) = parameters.split_first().ok_or("has no weight")?;
        let &[out, features] = *weight else { return Err(format!("has a weight of the shape {weight:?}")) };
        let Some((&last, rest)) = input.split_last().filter(|(last, _)| **last == features) else {
            return Err(format!("has a weight of the shape {weight:?} for an input {input:?}"));
        };
        debug_assert_eq!(last, features);
        match bias {
            [] => {}
            [bias] if **bias == [out] => {}
            _ => return Err(format!("has a bias that does not fit its {out} outputs")),
        }
        Ok([rest, &[out]].concat())
    }

    fn forward(&self, inputs: Vec<Value>, parameters: Vec<Value>) -> Value {
        let x = only(inputs);
        let shape = x.shape();
        let features = shape[shape.num_dims() - 1];
        let rows = shape.num_elements() / features.max(1);
        let mut parameters = parameters.into_iter();
        let weight: Tensor<2> = tensor(parameters.next().expect("the shape rule has counted the parameters"));
        let [out, _] = weight.dims();
        let x: Tensor<2> = tensor(Dispatch::float_reshape(x, [rows, features].into()));
        let y = x.matmul(weight.swap_dims(0, 1));
        let y = match parameters.next() {
            Some(bias) => y + tensor::<1>(bias).unsqueeze(),
            None => y,
        };
        let mut whole = shape.to_vec();
        *whole.last_mut().expect("an axis") = out;
        Dispatch::float_reshape(y.into_dispatch(), whole.into())
    }

    fn cost(&self, output: &[usize], parameters: &[&[usize]]) -> u64 {
        let features = parameters[0][1] as u64;
        features.saturating_mul(elements(output).unwrap_or(usize::MAX) as u64)
    }
}
