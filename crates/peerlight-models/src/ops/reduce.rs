//! Means, sums and maxima over whole axes.

use burn::backend::{Dispatch, TensorMetadata, ops::FloatTensorOps};
use serde::{Deserialize, Serialize};

use super::{Operation, Value, one, only};

/// Reduction of some axes, each to one number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reduce {
    /// Kind of the reduction.
    pub kind: Reduction,
    /// The axes, ascending, counted with the batch, which is axis 0.
    pub axes: Vec<usize>,
    /// Whether each of the axes stays, with an extent of 1.
    pub keep: bool,
}

/// A number in place of many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reduction {
    /// The mean.
    Mean,
    /// The sum.
    Sum,
    /// The greatest.
    Max,
}

impl Reduce {
    /// Global average pooling to [c, 1, 1] (Lin, Chen & Yan, Network in Network, ICLR 2014).
    pub fn global_average(keep: bool) -> Self {
        Self { kind: Reduction::Mean, axes: vec![2, 3], keep }
    }

    /// Whether this is global average pooling.
    pub(crate) fn is_global_average(&self) -> bool {
        self.kind == Reduction::Mean && self.axes == [2, 3]
    }

    /// The shape without the axes, or with 1 in their place; the batch included.
    fn reduced(&self, whole: &[usize]) -> Vec<usize> {
        let each = whole.iter().enumerate();
        let left = each.filter(|(axis, _)| self.keep || !self.axes.contains(axis));
        left.map(|(axis, &extent)| if self.axes.contains(&axis) { 1 } else { extent }).collect()
    }
}

impl Operation for Reduce {
    fn shape(&self, inputs: &[&[usize]], _: &[&[usize]]) -> Result<Vec<usize>, String> {
        let whole: Vec<usize> = std::iter::once(1).chain(one(inputs)?.iter().copied()).collect();
        let ascending = self.axes.windows(2).all(|pair| pair[0] < pair[1]);
        if self.axes.is_empty() || !ascending || self.axes.iter().any(|axis| !(1..whole.len()).contains(axis)) {
            return Err(format!("reduces the axes {:?} of {} axes", self.axes, whole.len()));
        }
        Ok(self.reduced(&whole)[1..].to_vec())
    }

    fn forward(&self, inputs: Vec<Value>, _: Vec<Value>) -> Value {
        let mut x = only(inputs);
        let whole = x.shape();
        let reduced = self.reduced(&whole);
        // Axes side by side are one axis: one pass in place of two.
        let together = self.axes.windows(2).all(|pair| pair[0] + 1 == pair[1]);
        let mut axes = self.axes.clone();
        if together && axes.len() > 1 {
            let (first, last) = (axes[0], axes[axes.len() - 1]);
            let mut flat = whole[..first].to_vec();
            flat.push(whole[first..=last].iter().product());
            flat.extend(&whole[last + 1..]);
            x = Dispatch::float_reshape(x, flat.into());
            axes = vec![first];
        }
        for axis in axes {
            x = match self.kind {
                Reduction::Mean => Dispatch::float_mean_dim(x, axis),
                Reduction::Sum => Dispatch::float_sum_dim(x, axis),
                Reduction::Max => Dispatch::float_max_dim(x, axis),
            };
        }
        Dispatch::float_reshape(x, reduced.into())
    }
}
