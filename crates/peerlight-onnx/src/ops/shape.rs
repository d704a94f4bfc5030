//! Axes, and parts of them.

pub mod extents;
pub mod range;

use peerlight_models::ops::{Binary, Concat, Flatten, Op, Reshape, Slice};

use super::arithmetic::constant_beside;
use crate::{
    constant::{Int, known},
    draft::{Data, position},
    error::{Fault, refuse},
    fold::shape_slice,
    import::{Call, Import, Value, extent},
};

use extents::{expanded, reshaped, squeezed, unsqueezed};

type Results<'a> = Result<Vec<Value<'a>>, Fault>;

/// Nothing: a cast between floats, or a dropout, which is for training.
pub fn same<'a>(_: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    Ok(vec![Value::Data(call.data(0)?.clone())])
}

/// The shape of a result: the batch, whose size is not known, and what is.
pub fn shape<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let shape = whole(&import.draft.shape(call.data(0)?));
    Ok(vec![shape_slice(call, shape)?])
}

/// A shape of one sample with the batch before it.
fn whole(shape: &[usize]) -> Vec<Int> {
    std::iter::once(Int::Batch).chain(known(shape)).collect()
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

pub fn flatten<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let data = call.data(0)?.clone();
    match data.position(call.int("axis", 1)?)? {
        1 => {
            let x = import.draft.settled(&data)?;
            flat(import, call, x)
        }
        axis => refuse(format!("flattens from axis {axis} on; only from 1 on is supported")),
    }
}

fn flat<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>, x: usize) -> Results<'a> {
    match import.draft.nodes[x].shape.len() {
        1 => Ok(vec![Value::Data(import.draft.data(x))]),
        _ => import.result(call, Op::Flatten(Flatten {}), vec![x], Vec::new()),
    }
}

pub fn reshape<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let data = call.data(0)?.clone();
    let target = call.constant(1)?.to_ints()?;
    let shape = import.draft.shape(&data);
    if target == [Int::Known(-1)] && !shape.is_empty() {
        return Ok(vec![Value::Row(data)]);
    }
    let target = reshaped(&whole(&shape), &target, call.int("allowzero", 0)? != 0)?;
    to_shape(import, call, &data, target)
}

pub fn expand<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let data = call.data(0)?.clone();
    let own = whole(&import.draft.shape(&data));
    let target = call.constant(1)?.to_ints()?;
    let shape = expanded(&own, &target)?;
    if shape == own {
        return Ok(vec![Value::Data(data)]);
    }
    repeated(import, call, &data, &shape[1..])
}

/// The data with axes of 1 repeated to fit: nothing is added to a tensor of noughts of that shape.
pub fn repeated<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>, data: &Data, shape: &[Int]) -> Results<'a> {
    let shape = shape.iter().map(|i| extent(i.known()?)).collect::<Result<Vec<_>, _>>()?;
    let x = import.draft.settled(data)?;
    let noughts = shape.iter().try_fold(1usize, |all, &extent| all.checked_mul(extent)).unwrap_or(usize::MAX);
    import.allow(noughts)?;
    let noughts = import.fixed(call, &shape, vec![0.0; noughts])?;
    import.result(call, Op::Binary(Binary::Add), vec![x, noughts], Vec::new())
}

/// A result with another shape, that of one sample after the batch.
pub fn to_shape<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>, data: &Data, target: Vec<Int>) -> Results<'a> {
    let own = import.draft.shape(data);
    let advice = "The batch must stay the first axis: export the network with a dynamic batch, or for one image.";
    let shape = match target.split_first() {
        // A network that was exported for one image has 1 where the batch is.
        Some((Int::Batch | Int::Known(1), rest)) => {
            rest.iter().map(|i| extent(i.known()?)).collect::<Result<Vec<_>, _>>()?
        }
        _ if counts(&target) == Some(own.iter().product()) => return merge(import, call, data, &target),
        _ => return Err(Fault::new(format!("makes {target:?} of {own:?}")).advise(advice)),
    };
    if shape == own {
        return Ok(vec![Value::Data(data.clone())]);
    }
    let x = import.draft.settled(data)?;
    match shape.len() {
        1 => flat_of(import, call, x, &shape),
        _ => import.result(call, Op::Reshape(Reshape { shape }), vec![x], Vec::new()),
    }
}

/// The elements of a sample in this shape, whose first axis is counted together with the batch.
pub fn merge<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    data: &Data,
    shape: &[Int],
) -> Result<Vec<Value<'a>>, Fault> {
    let shape: Vec<usize> = shape.iter().map(|i| extent(i.known()?)).collect::<Result<_, Fault>>()?;
    let x = import.draft.settled(data)?;
    let node = match import.draft.nodes[x].shape == shape {
        true => x,
        false => import.node(call, Op::Reshape(Reshape { shape }), vec![x], Vec::new())?,
    };
    Ok(vec![Value::Merged(import.draft.data(node))])
}

/// The elements of a shape that does not hang on the batch.
fn counts(shape: &[Int]) -> Option<usize> {
    let extents = shape.iter().map(|i| usize::try_from(i.known().ok()?).ok());
    extents.into_iter().try_fold(1usize, |product, extent| product.checked_mul(extent?))
}

fn flat_of<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>, x: usize, shape: &[usize]) -> Results<'a> {
    let count: usize = import.draft.nodes[x].shape.iter().product();
    if shape != [count] {
        return refuse(format!("makes {shape:?} of {count} numbers of one image"));
    }
    flat(import, call, x)
}

pub fn squeeze<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let axes = call.ints_or_input("axes", 1)?;
    if let (Some(Value::Turned(data)), Some(axes)) = (call.optional(0), &axes) {
        return without_axes(import, call, data.clone(), axes);
    }
    let data = call.data(0)?.clone();
    let own = import.draft.shape(&data);
    // With an extent for the batch that is none of the others', so that it stays.
    let all: Vec<usize> = std::iter::once(usize::MAX).chain(own).collect();
    let shape = squeezed(&all, axes.as_deref())?;
    to_shape(import, call, &data, whole(&shape[1..]))
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
fn without_axis<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>, data: &Data, position: usize) -> Result<Data, Fault> {
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
    let data = call.data(0)?.clone();
    let axes = call.ints_or_input("axes", 1)?.ok_or_else(|| Fault::new("has no axes"))?;
    let all: Vec<usize> = std::iter::once(usize::MAX).chain(import.draft.shape(&data)).collect();
    let shape = unsqueezed(&all, &axes)?;
    match shape[0] {
        usize::MAX => to_shape(import, call, &data, whole(&shape[1..])),
        _ => refuse("puts an axis before the batch"),
    }
}

pub fn concat<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    // Beside what is computed from the image there may be what is not: a token of a class.
    let of_image = call.inputs.iter().find_map(|input| match input {
        Some(Value::Data(data)) => Some(data.clone()),
        _ => None,
    });
    let mut all: Vec<Data> = Vec::new();
    for place in 0..call.inputs.len() {
        all.push(match (call.optional(place), &of_image) {
            (Some(Value::Constant(constant)), Some(data)) => {
                let node = constant_beside(import, call, data, constant)?;
                Data { node, order: data.order.clone() }
            }
            _ => call.data(place)?.clone(),
        });
    }
    let Some(first) = all.first() else { return refuse("has no inputs") };
    let place = first.position(call.int("axis", 1)?)?;
    if all.iter().all(|data| data.order == first.order) {
        let nodes = all.iter().map(|data| data.node).collect();
        let node = import.node(call, Op::Concat(Concat { axis: first.order[place] }), nodes, Vec::new())?;
        return Ok(vec![Value::Data(Data { node, order: first.order.clone() })]);
    }
    let nodes = all.iter().map(|data| import.draft.settled(data)).collect::<Result<Vec<_>, _>>()?;
    import.result(call, Op::Concat(Concat { axis: place }), nodes, Vec::new())
}

/// A part of one axis.
fn part<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    data: &Data,
    axis: usize,
    range: range::Range,
) -> Result<Data, Fault> {
    let axis = data.order[axis];
    let [start, end, step] = range.forward()?;
    if (start, end, step) == (0, import.draft.nodes[data.node].shape[axis - 1], 1) {
        return Ok(data.clone());
    }
    let node = import.node(call, Op::Slice(Slice { axis, start, end, step }), vec![data.node], Vec::new())?;
    Ok(Data { node, order: data.order.clone() })
}

pub fn slice<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let mut data = call.view(0)?.clone();
    let own = whole(&import.draft.nodes[data.node].shape);
    let shape: Vec<Int> = data.order.iter().map(|&axis| own[axis]).collect();
    for (axis, range) in range::of(call, &shape)? {
        if data.order[axis] == 0 {
            // All of the batch, or the one image that there is.
            if matches!(range.forward(), Ok([0, end, 1]) if end > 0) {
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
    if let Some(Value::Row(data)) = call.optional(0) {
        return in_order(import, call, &data.clone());
    }
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
            to_shape(import, call, &one, whole(&shape))
        }
        (1, &[first, .., last]) if starts.windows(2).all(|pair| pair[0] + 1 == pair[1]) => {
            let range = range::Range::between(first, last + 1);
            Ok(vec![Value::of(part(import, call, &data, axis, range)?)])
        }
        (1, starts) if (1..=64).contains(&starts.len()) => {
            let one = |start: usize| range::Range::between(start, start + 1);
            let parts = starts.iter().map(|&start| part(import, call, &data, axis, one(start)));
            let nodes: Vec<usize> = parts.map(|part| part.map(|data| data.node)).collect::<Result<_, _>>()?;
            let node = import.node(call, Op::Concat(Concat { axis: data.order[axis] }), nodes, Vec::new())?;
            Ok(vec![Value::of(Data { node, ..data })])
        }
        _ => refuse(format!("takes {} places in {} axes", starts.len(), places.shape.len())),
    }
}

/// The elements of all images, picked one after the other and in another shape. The places are those of the first
/// image.
fn in_order<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>, data: &Data) -> Results<'a> {
    let places = call.constant(1)?;
    let count: usize = import.draft.shape(data).iter().product();
    let is_all = places.to_known()?.into_iter().eq(0..count as i64) && places.shape.first() == Some(&1);
    match is_all {
        true => to_shape(import, call, data, whole(&places.shape[1..])),
        false => refuse("picks among the numbers of all images of a batch"),
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
