//! Matrix products of two tensors.

use burn::backend::{Dispatch, ops::FloatTensorOps};
use serde::{Deserialize, Serialize};

use super::{Operation, Value};

/// `a b` over the last two axes. The axes before them are the same, or 1 in one of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatMul {}

impl Operation for MatMul {
    fn shape(&self, inputs: &[&[usize]], _: &[&[usize]]) -> Result<Vec<usize>, String> {
        let unfit = || Err(format!("multiplies matrices of the shapes {inputs:?}"));
        let [a, b] = inputs else { return Err("takes two inputs".into()) };
        let ([before_a @ .., rows, inner_a], [before_b @ .., inner_b, columns]) = (*a, *b) else { return unfit() };
        if before_a.len() != before_b.len() || inner_a != inner_b {
            return unfit();
        }
        let mut shape = Vec::new();
        for (&a, &b) in before_a.iter().zip(before_b) {
            match (a, b) {
                (a, b) if a == b || b == 1 => shape.push(a),
                (1, b) => shape.push(b),
                _ => return unfit(),
            }
        }
        Ok([shape, vec![*rows, *columns]].concat())
    }

    fn forward(&self, inputs: Vec<Value>, _: Vec<Value>) -> Value {
        let mut inputs = inputs.into_iter();
        let (Some(a), Some(b)) = (inputs.next(), inputs.next()) else {
            unreachable!("the shape rule has counted the inputs")
        };
        Dispatch::float_matmul(a, b)
    }
}
