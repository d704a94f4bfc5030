//! Axes, and parts of them.

pub mod extents;
pub mod range;
pub mod reshape;

use peerlight_models::ops::{Binary, Concat, Op, Reshape, Slice};

use super::{arithmetic::constant_beside, merged};
use crate::{
    constant::{Int, known},
    draft::{Data, position},
    error::{Fault, refuse},
    fold::shape_slice,
    import::{Call, Import, Value, extent},
};

use extents::{expanded, squeezed, unsqueezed};

type Results<'a> = Result<Vec<Value<'a>>, Fault>;

/// Nothing: a cast between floats, or a dropout, which is for training.
pub fn same<'a>(_: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    Ok(vec![call.same(0)?])
}

/// The shape of a result.
pub fn shape<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    Ok(vec![shape_slice(call, merged::extents(import, call.value(0)?)?)?])
}

pub fn transpose<'a>(_: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let data = call.view(0)?;
    let rank = data.order.len();
    let reversed: Vec<i64> = (0..rank as i64).rev().collect();
    let order = call.ints("perm")?.unwrap_or(&reversed);
    let order: Vec<usize> = order.iter().map(|&axis| position(axis, rank)).collect::<Result<_, _>>()?;
    let order: Vec<usize> = order.into_iter().map(|axis| data.order[axis]).collect();
    if order.len() != rank || (0..rank).any(|axis| !order.contains(&axis)) {
        return refuse(format!("puts its axes in the order {order:?}"));
    }
    Ok(vec![Value::of(Data { node: data.node, order })])
}

/// Axes of one element repeated to fit.
pub fn expand<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let data = call.view(0)?.clone();
    let own = import.extents(&data);
    let target = call.constant(1)?.to_ints()?;
    if target.len() > own.len() && import.batch == Int::Known(1) {
        return merged::alone(import, call);
    }
    let shape = expanded(&own, &target)?;
    if shape == own {
        return Ok(vec![Value::of(data)]);
    }
    if shape[data.batch()] != own[data.batch()] {
        return merged::alone(import, call);
    }
    repeated(import, call, &data, &shape)
}

/// The data with axes of 1 repeated to fit: nothing is added to a tensor of noughts of that shape.
pub fn repeated<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>, data: &Data, shape: &[Int]) -> Results<'a> {
    let batch = data.batch();
    let others = shape.iter().enumerate().filter(|(axis, _)| *axis != batch);
    let shape = others.map(|(_, i)| extent(i.known()?)).collect::<Result<Vec<_>, _>>()?;
    let x = import.draft.in_order(data)?;
    let noughts = shape.iter().try_fold(1usize, |all, &extent| all.checked_mul(extent)).unwrap_or(usize::MAX);
    import.allow(noughts)?;
    let noughts = import.fixed(call, &shape, vec![0.0; noughts])?;
    let node = import.node(call, Op::Binary(Binary::Add), vec![x.node, noughts], Vec::new())?;
    Ok(vec![Value::of(Data { node, order: x.order })])
}

/// Whole copies along axes, one after the other.
pub fn tile<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let data = call.view(0)?;
    let times = call.constant(1)?.to_known()?;
    let rank = data.order.len();
    if times.len() != rank {
        return refuse(format!("repeats {rank} axes {times:?} times"));
    }
    if times[data.batch()] != 1 {
        return merged::alone(import, call);
    }
    let Data { mut node, ref order } = *data;
    for (axis, &times) in order.iter().zip(&times).filter(|(_, times)| **times != 1) {
        let copies = extent(times)?;
        if !(1..=4096).contains(&copies) {
            return refuse(format!("repeats an axis {copies} times"));
        }
        node = import.node(call, Op::Concat(Concat { axis: *axis }), vec![node; copies], Vec::new())?;
    }
    Ok(vec![Value::of(Data { node, order: order.clone() })])
}

pub fn squeeze<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let data = call.view(0)?.clone();
    let own = import.extents(&data);
    let axes = match call.ints_or_input("axes", 1)? {
        Some(axes) => axes,
        None => (0..own.len()).filter(|&axis| own[axis] == Int::Known(1)).map(|axis| axis as i64).collect(),
    };
    let gone: Vec<usize> = axes.iter().map(|&axis| position(axis, own.len())).collect::<Result<_, _>>()?;
    if gone.contains(&data.batch()) {
        return merged::alone(import, call);
    }
    if data.batch() != 0 {
        return without_axes(import, call, data, &axes);
    }
    let shape: Vec<usize> = own.iter().map(|extent| extent.of_one() as usize).collect();
    let shape = squeezed(&shape, Some(&axes))?;
    reshape::to_shape(import, call, &data, &shape[1..])
}

/// A view without some of its axes of one element.
fn without_axes<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>, mut data: Data, axes: &[i64]) -> Results<'a> {
    let mut gone: Vec<usize> = axes.iter().map(|&axis| data.position(axis)).collect::<Result<_, _>>()?;
    gone.sort_unstable();
    gone.dedup();
    for position in gone.into_iter().rev() {
        data = without_axis(import, call, &data, position)?;
    }
    Ok(vec![Value::of(data)])
}

/// A view without one of its axes, which has one element.
pub fn without_axis<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    data: &Data,
    position: usize,
) -> Result<Data, Fault> {
    let axis = data.order[position];
    let mut shape = import.draft.nodes[data.node].shape.clone();
    if shape.remove(axis - 1) != 1 {
        return refuse("takes an axis away that has more than one element");
    }
    let node = import.node(call, Op::Reshape(Reshape { shape }), vec![data.node], Vec::new())?;
    let left = data.order.iter().filter(|&&other| other != axis);
    Ok(Data { node, order: left.map(|&other| other - usize::from(other > axis)).collect() })
}

pub fn unsqueeze<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let data = call.view(0)?.clone();
    let axes = call.ints_or_input("axes", 1)?.ok_or_else(|| Fault::new("has no axes"))?;
    // The batch is known by an extent that no other has.
    let extents = import.extents(&data);
    let known = |i: &Int| i.known().map_or(usize::MAX, |extent| extent as usize);
    let mut all: Vec<usize> = extents.iter().map(known).collect();
    all[data.batch()] = usize::MAX;
    let shape = unsqueezed(&all, &axes)?;
    if data.batch() == 0 && shape[0] == usize::MAX {
        return reshape::to_shape(import, call, &data, &shape[1..]);
    }
    let x = import.draft.in_order(&data)?;
    let others = shape.iter().copied().filter(|&extent| extent != usize::MAX).collect();
    let node = import.node(call, Op::Reshape(Reshape { shape: others }), vec![x.node], Vec::new())?;
    let mut count = 0;
    let numbered = |extent: &usize| {
        if *extent == usize::MAX {
            0
        } else {
            count += 1;
            count
        }
    };
    Ok(vec![Value::of(Data { node, order: shape.iter().map(numbered).collect() })])
}

pub fn concat<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    // Beside what is computed from the image there may be what is not: a token of a class.
    let of_image = call.inputs.iter().find_map(|input| match input {
        Some(Value::Data(data) | Value::Turned(data)) => Some(data.clone()),
        _ => None,
    });
    let mut all: Vec<Data> = Vec::new();
    for place in 0..call.inputs.len() {
        all.push(match (call.optional(place), &of_image) {
            (Some(Value::Constant(constant)), Some(data)) => {
                let node = constant_beside(import, call, data, constant)?;
                Data { node, order: data.order.clone() }
            }
            _ => call.view(place)?.clone(),
        });
    }
    if !all.iter().all(|data| data.order == all[0].order) {
        all = all.iter().map(|data| import.draft.in_order(data)).collect::<Result<_, _>>()?;
    }
    let Some(first) = all.first().cloned() else { return refuse("has no inputs") };
    if all.iter().any(|data| data.order != first.order) {
        return refuse("joins results whose batches are different axes");
    }
    let axis = first.axis(call.int("axis", 1)?)?;
    if axis == 0 {
        return refuse("works along the axis of the batch");
    }
    let nodes = all.iter().map(|data| data.node).collect();
    let node = import.node(call, Op::Concat(Concat { axis }), nodes, Vec::new())?;
    Ok(vec![Value::of(Data { node, order: first.order })])
}

/// A part of one axis.
pub fn part<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    data: &Data,
    axis: usize,
    range: range::Range,
) -> Result<Data, Fault> {
    let axis = data.order[axis];
    let slice = range.slice(axis)?;
    if slice == (Slice { axis, start: 0, end: import.draft.nodes[data.node].shape[axis - 1], step: 1, backward: false })
    {
        return Ok(data.clone());
    }
    let node = import.node(call, Op::Slice(slice), vec![data.node], Vec::new())?;
    Ok(Data { node, order: data.order.clone() })
}

pub fn slice<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let mut data = call.view(0)?.clone();
    for (axis, range) in range::of(call, &import.extents(&data))? {
        if data.order[axis] == 0 {
            // All of the batch, or the one image that there is.
            if matches!(range.slice(0)?, Slice { start: 0, end: 1.., step: 1, backward: false, .. }) {
                continue;
            }
            return refuse("takes a part of the batch");
        }
        data = part(import, call, &data, axis, range)?;
    }
    Ok(vec![Value::of(data)])
}

pub fn split<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let data = call.view(0)?.clone();
    let axis = data.position(call.int("axis", 0)?)?;
    let (mut parts, mut start) = (Vec::new(), 0);
    for size in split_sizes(call, import.draft.extent(&data, axis))? {
        let range = range::Range::between(start, start + size);
        parts.push(Value::of(part(import, call, &data, axis, range)?));
        start += size;
    }
    Ok(parts)
}

/// `Gather` with constant places: one, whose axis goes, or several.
pub fn gather<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let data = call.view(0)?.clone();
    let axis = data.position(call.int("axis", 0)?)?;
    let places = call.constant(1)?;
    let extent = import.draft.extent(&data, axis);
    let starts: Vec<usize> =
        places.to_known()?.iter().map(|&place| position(place, extent)).collect::<Result<_, _>>()?;
    match (places.shape.len(), starts.as_slice()) {
        (0, &[start]) => {
            let one = part(import, call, &data, axis, range::Range::between(start, start + 1))?;
            if data.order.first() != Some(&0) {
                return Ok(vec![Value::of(without_axis(import, call, &one, axis)?)]);
            }
            let mut shape = import.draft.shape(&one);
            shape.remove(axis - 1);
            reshape::to_shape(import, call, &one, &shape)
        }
        (1, &[first, .., last]) if starts.windows(2).all(|pair| pair[0] + 1 == pair[1]) => {
            let range = range::Range::between(first, last + 1);
            Ok(vec![Value::of(part(import, call, &data, axis, range)?)])
        }
        (1.., starts) if !starts.is_empty() => {
            let runs = range::runs(starts);
            if runs.len() > 512 {
                return refuse(format!("takes {} places that are not one after the other", starts.len()));
            }
            let parts = runs.into_iter().map(|run| part(import, call, &data, axis, run));
            let nodes: Vec<usize> = parts.map(|part| part.map(|data| data.node)).collect::<Result<_, _>>()?;
            let node = import.node(call, Op::Concat(Concat { axis: data.order[axis] }), nodes, Vec::new())?;
            let picked = Value::of(Data { node, order: data.order });
            let mut shape = merged::extents(import, &picked)?;
            shape.splice(axis..=axis, known(&places.shape));
            reshape::to_extents(import, call, &picked, &shape)
        }
        _ => refuse("takes no places"),
    }
}

/// The sizes of the parts of an axis.
pub fn split_sizes(call: &Call<'_, '_>, whole: usize) -> Result<Vec<usize>, Fault> {
    let sizes: Vec<usize> = match call.ints_or_input("split", 1)? {
        Some(sizes) => sizes.into_iter().map(extent).collect::<Result<_, _>>()?,
        None => {
            let count = extent(call.int("num_outputs", call.node.outputs.len() as i64)?)?.max(1);
            let each = whole.div_ceil(count);
            (0..count.min(4096)).map(|i| each.min(whole.saturating_sub(i * each))).collect()
        }
    };
    match sizes.iter().try_fold(0usize, |sum, &size| sum.checked_add(size)) == Some(whole) && !sizes.contains(&0) {
        true => Ok(sizes),
        false => refuse(format!("splits {whole} elements into {sizes:?}")),
    }
}
