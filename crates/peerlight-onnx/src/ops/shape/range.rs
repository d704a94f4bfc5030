//! The parts that `Slice` takes.

use crate::{
    constant::Int,
    draft::position,
    error::{Fault, refuse},
    import::Call,
};

/// The elements `start`, `start + step`, ... before `end` of an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    pub start: usize,
    pub end: usize,
    pub step: usize,
}

impl Range {
    /// Its elements.
    pub fn places(&self) -> Vec<usize> {
        (self.start..self.end).step_by(self.step).collect()
    }
}

/// The axes of a shape that a node takes parts of, and which. Of the batch, whose size is not known, all or the
/// beginning.
pub fn of(call: &Call<'_, '_>, shape: &[Int]) -> Result<Vec<(usize, Range)>, Fault> {
    let needed = |name: &str| Fault::new(format!("has no {name}"));
    let starts = call.ints_or_input("starts", 1)?.ok_or_else(|| needed("starts"))?;
    let ends = call.ints_or_input("ends", 2)?.ok_or_else(|| needed("ends"))?;
    let axes = call.ints_or_input("axes", 3)?.unwrap_or_else(|| (0..starts.len() as i64).collect());
    let steps = call.ints_or_input("steps", 4)?.unwrap_or_else(|| vec![1; starts.len()]);
    if [ends.len(), axes.len(), steps.len()].iter().any(|&count| count != starts.len()) {
        return refuse("has starts, ends, axes and steps of different numbers");
    }
    let mut ranges = Vec::new();
    for (i, &axis) in axes.iter().enumerate() {
        let axis = position(axis, shape.len())?;
        let step = match usize::try_from(steps[i]) {
            Ok(step) if step > 0 => step,
            _ => return refuse(format!("goes in steps of {}; only forward is supported", steps[i])),
        };
        let extent = match shape[axis] {
            Int::Known(extent) => extent,
            Int::Batch => i64::MAX,
        };
        let clamped =
            |value: i64| (if value < 0 { value.saturating_add(extent) } else { value }).clamp(0, extent) as usize;
        let (start, end) = (clamped(starts[i]), clamped(ends[i]));
        ranges.push((axis, Range { start, end: end.max(start), step }));
    }
    Ok(ranges)
}
