//! Parts of an axis.

use burn::backend::{Dispatch, TensorMetadata, ops::FloatTensorOps};
use serde::{Deserialize, Serialize};

use super::{Operation, Value, one, only};

/// The elements `start`, `start + step`, ... before `end` of an axis, or backward those `end - 1`, `end - 1 - step`,
/// ... down to `start`.
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
    /// Whether the elements are taken from the end on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub backward: bool,
}

impl Operation for Slice {
    fn shape(&self, inputs: &[&[usize]], _: &[&[usize]]) -> Result<Vec<usize>, String> {
        let mut shape = one(inputs)?.to_vec();
        let Self { axis, start, end, step, .. } = *self;
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
        // A step past the end takes the first element alone, and Burn multiplies it by the tensor's strides.
        let step = self.step.min(self.end - self.start) as isize;
        let step = if self.backward { -step } else { step };
        slices[self.axis] = burn::tensor::Slice::new(self.start as isize, Some(self.end as isize), step);
        Dispatch::float_slice(x, &slices)
    }
}

#[cfg(all(test, feature = "cpu"))]
#[allow(clippy::disallowed_methods, reason = "a native test may read synchronously")]
mod tests {
    use burn::tensor::{Device, Tensor};

    use super::*;
    use crate::ops::tensor;

    #[test]
    fn a_step_past_the_end_takes_the_first_element_alone() {
        for step in [3, 4, usize::MAX >> 1] {
            let slice = Slice { axis: 3, start: 2, end: 5, step, backward: false };
            assert_eq!(slice.shape(&[&[2, 2, 6]], &[]), Ok(vec![2, 2, 1]));
            let x = Tensor::<1, burn::tensor::Int>::arange(0..24, &Device::flex()).float().reshape([1, 2, 2, 6]);
            let taken = tensor::<4>(slice.forward(vec![x.into_dispatch()], Vec::new()));
            let values: Vec<f32> = taken.into_data().try_to_vec().unwrap();
            assert_eq!(values, [2.0, 8.0, 14.0, 20.0]);
        }
    }

    #[test]
    fn a_slice_may_go_backward_and_its_gradient_with_it() {
        let slice = Slice { axis: 1, start: 1, end: 6, step: 2, backward: true };
        assert_eq!(slice.shape(&[&[6]], &[]), Ok(vec![3]));
        let device = Device::flex().autodiff();
        let x = Tensor::<1, burn::tensor::Int>::arange(0..6, &device).float().reshape([1, 6]).require_grad();
        let taken = tensor::<2>(slice.forward(vec![x.clone().into_dispatch()], Vec::new()));
        let weights = Tensor::<2>::from_floats([[1.0, 10.0, 100.0]], &device);
        let values: Vec<f32> = taken.clone().into_data().try_to_vec().unwrap();
        assert_eq!(values, [5.0, 3.0, 1.0]);
        let gradient = x.grad(&(taken * weights).sum().backward()).unwrap();
        let values: Vec<f32> = gradient.into_data().try_to_vec().unwrap();
        assert_eq!(values, [0.0, 100.0, 0.0, 10.0, 0.0, 1.0]);
    }
}
