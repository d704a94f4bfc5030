//! Activations: [`Activation`] as an operation.

use super::{Operation, Value, one, only, tensor};
use crate::kernels::{Activation, activate};

impl Operation for Activation {
    fn shape(&self, inputs: &[&[usize]], _: &[&[usize]]) -> Result<Vec<usize>, String> {
        Ok(one(inputs)?.to_vec())
    }

    fn forward(&self, inputs: Vec<Value>, _: Vec<Value>) -> Value {
        // The rank is a matter of types alone: the function is each element's.
        activate(tensor::<1>(only(inputs)), *self).into_dispatch()
    }
}
