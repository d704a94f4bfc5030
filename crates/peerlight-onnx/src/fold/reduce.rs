//! Sums and the like along axes of constants.

use std::rc::Rc;

use super::{count, strided};
use crate::{
    draft::position,
    error::{Fault, refuse},
    import::{Call, Import, Value},
};

/// One number in place of all those along some axes.
pub fn reduce<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Result<Vec<Value<'a>>, Fault> {
    let x = call.constant(0)?;
    let asked = call.ints_or_input("axes", 1)?.filter(|axes| !axes.is_empty());
    if asked.is_none() && call.int("noop_with_empty_axes", 0)? != 0 {
        return Ok(vec![Value::Constant(x.clone())]);
    }
    let rank = x.shape.len();
    let gone: Vec<usize> = match asked {
        Some(axes) => axes.into_iter().map(|axis| position(axis, rank)).collect::<Result<_, _>>()?,
        None => (0..rank).collect(),
    };
    import.allow(x.len())?;
    // Each element falls on the place that has its coordinates along the axes that stay.
    let mut steps = vec![0; rank];
    let mut kept = 1usize;
    for axis in (0..rank).rev().filter(|axis| !gone.contains(axis)) {
        steps[axis] = kept;
        kept *= x.shape[axis];
    }
    let each = x.len() / kept.max(1);
    let mut groups = vec![Vec::with_capacity(each); kept];
    for (value, place) in x.to_floats()?.into_iter().zip(strided(x.shape.clone(), steps)) {
        groups[place].push(value);
    }
    let of: fn(&[f32]) -> f32 = match call.node.op {
        "ReduceMean" => |x| x.iter().sum::<f32>() / x.len() as f32,
        "ReduceSum" => |x| x.iter().sum(),
        "ReduceMax" => |x| x.iter().copied().fold(f32::NEG_INFINITY, f32::max),
        "ReduceMin" => |x| x.iter().copied().fold(f32::INFINITY, f32::min),
        "ReduceProd" => |x| x.iter().product(),
        "ReduceL1" => |x| x.iter().map(|x| x.abs()).sum(),
        "ReduceL2" => |x| x.iter().map(|x| x * x).sum::<f32>().sqrt(),
        "ReduceSumSquare" => |x| x.iter().map(|x| x * x).sum(),
        op => return refuse(format!("computes {op} of a constant, which is not supported")),
    };
    let keep = call.int("keepdims", 1)? != 0;
    let stays = |axis: &usize| keep || !gone.contains(axis);
    let shape: Vec<usize> =
        (0..rank).filter(stays).map(|axis| if gone.contains(&axis) { 1 } else { x.shape[axis] }).collect();
    let values: Vec<f32> = groups.iter().map(|group| of(group)).collect();
    Ok(vec![Value::Constant(Rc::new(x.like(shape, values)))])
}

/// Running sums along an axis.
pub fn running_sum<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Result<Vec<Value<'a>>, Fault> {
    let x = call.constant(0)?;
    if call.int("exclusive", 0)? != 0 || call.int("reverse", 0)? != 0 {
        return refuse("sums exclusively or backwards, which is not supported");
    }
    let &[axis] = call.constant(1)?.to_known()?.as_slice() else { return refuse("sums along several axes") };
    let axis = position(axis, x.shape.len())?;
    let inner = count(&x.shape[axis + 1..])?;
    import.allow(x.len())?;
    let mut values = x.to_floats()?;
    for i in 0..values.len() {
        if i / inner.max(1) % x.shape[axis] > 0 {
            values[i] += values[i - inner];
        }
    }
    Ok(vec![Value::Constant(Rc::new(x.like(x.shape.clone(), values)))])
}

/// `exp(x) / sum exp(x)` along an axis.
pub fn softmax<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Result<Vec<Value<'a>>, Fault> {
    let x = call.constant(0)?;
    let axis = position(call.int("axis", -1)?, x.shape.len())?;
    let (inner, extent) = (count(&x.shape[axis + 1..])?, x.shape[axis]);
    import.allow(x.len())?;
    let mut values = x.to_floats()?;
    for first in (0..values.len()).filter(|i| i / inner.max(1) % extent == 0) {
        let along = (0..extent).map(|i| first + i * inner);
        let most = along.clone().map(|i| values[i]).fold(f32::NEG_INFINITY, f32::max);
        let sum: f32 = along.clone().map(|i| (values[i] - most).exp()).sum();
        along.for_each(|i| values[i] = (values[i] - most).exp() / sum);
    }
    Ok(vec![Value::Constant(Rc::new(x.like(x.shape.clone(), values)))])
}
