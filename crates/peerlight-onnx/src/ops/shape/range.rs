//! The parts that `Slice` takes.

use peerlight_models::ops::Slice;

use crate::{
    constant::Int,
    draft::position,
    error::{Fault, refuse},
    import::Call,
};

/// The elements `start`, `start + step`, ... before `end` of an axis; with a step below 0, backward and after `end`,
/// which may be -1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    start: i64,
    end: i64,
    step: i64,
}

impl Range {
    /// The elements from `start` to the one before `end`.
    pub fn between(start: usize, end: usize) -> Self {
        Self { start: start as i64, end: end as i64, step: 1 }
    }

    /// Its elements.
    pub fn places(&self) -> Vec<usize> {
        let Self { start, end, step } = *self;
        let places = std::iter::successors(Some(start), |place| place.checked_add(step));
        places
            .take_while(|&place| if step > 0 { place < end } else { place > end })
            .map(|place| place as usize)
            .collect()
    }

    /// The part of an axis.
    ///
    /// # Errors
    /// If it is empty.
    pub fn slice(&self, axis: usize) -> Result<Slice, Fault> {
        let Self { start, end, step } = *self;
        let backward = step < 0;
        // Backward, after the end and up to the start.
        let (low, high) = if backward { (end.saturating_add(1), start.saturating_add(1)) } else { (start, end) };
        let step = usize::try_from(step.unsigned_abs()).unwrap_or(usize::MAX);
        // The end of a batch is beyond all numbers.
        let [start, end] = [low, high].map(|place| usize::try_from(place.max(0)).unwrap_or(usize::MAX));
        match start < end {
            true => Ok(Slice { axis, start, end, step, backward }),
            false => refuse("takes nothing of an axis"),
        }
    }
}

/// Places as the fewest runs of equal steps forward.
pub fn runs(places: &[usize]) -> Vec<Range> {
    let mut runs: Vec<Range> = Vec::new();
    for &place in places {
        let place = place as i64;
        match runs.last_mut() {
            Some(run) if run.end == run.start + 1 && place > run.start => {
                (run.step, run.end) = (place - run.start, place + 1);
            }
            Some(run) if run.end > run.start + 1 && place == run.end - 1 + run.step => run.end = place + 1,
            _ => runs.push(Range { start: place, end: place + 1, step: 1 }),
        }
    }
    runs
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
        let (step, extent) = match (steps[i], shape[axis]) {
            (0, _) => return refuse("goes in steps of 0"),
            (step, Int::Known(extent)) => (step, extent),
            (step, Int::Batch(_)) => (step, i64::MAX),
        };
        let place = |value: i64| if value < 0 { value.saturating_add(extent) } else { value };
        // Backward the first is at most the last element, and the end is before the first.
        let (low, high) = if step > 0 { (0, extent) } else { (-1, extent - 1) };
        let (start, end) = (place(starts[i]).clamp(low, high), place(ends[i]).clamp(low, high));
        ranges.push((axis, Range { start, end, step }));
    }
    Ok(ranges)
}
