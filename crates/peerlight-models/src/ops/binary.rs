//! Functions of the elements of two tensors.

use burn::backend::{Dispatch, ops::FloatTensorOps};
use serde::{Deserialize, Serialize};

use super::{Operation, Value};

/// A function of the elements of two tensors of the same rank. An extent of 1 is repeated to fit the other's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Binary {
    /// `a + b`: a shortcut.
    Add,
    /// `a - b`.
    Sub,
    /// `a b`: a gate, as in squeeze-and-excite (Hu et al., CVPR 2018).
    Mul,
    /// `a / b`.
    Div,
    /// The greater of both.
    Max,
    /// The lesser of both.
    Min,
}

impl Operation for Binary {
    fn shape(&self, inputs: &[&[usize]], _: &[&[usize]]) -> Result<Vec<usize>, String> {
        let [a, b] = inputs else { return Err("takes two inputs".into()) };
        let fits = a.len() == b.len() && a.iter().zip(*b).all(|(&a, &b)| a == b || a == 1 || b == 1);
        match fits {
            true => Ok(a.iter().zip(*b).map(|(&a, &b)| if a == 1 { b } else { a }).collect()),
            false => Err(format!("takes two inputs of the same shape, not {a:?} and {b:?}")),
        }
    }

    fn forward(&self, inputs: Vec<Value>, _: Vec<Value>) -> Value {
        let mut inputs = inputs.into_iter();
        let (Some(a), Some(b)) = (inputs.next(), inputs.next()) else {
            unreachable!("the shape rule has counted the inputs")
        };
        // The greater is b plus what a has more than it, and likewise the lesser.
        let more = |a: Value, b: Value| Dispatch::float_clamp_min(Dispatch::float_sub(a, b), 0.0.into());
        match self {
            Self::Add => Dispatch::float_add(a, b),
            Self::Sub => Dispatch::float_sub(a, b),
            Self::Mul => Dispatch::float_mul(a, b),
            Self::Div => Dispatch::float_div(a, b),
            Self::Max => Dispatch::float_add(more(a, b.clone()), b),
            Self::Min => Dispatch::float_sub(a.clone(), more(a, b)),
        }
    }
}
