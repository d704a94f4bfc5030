//! Padding as an operation of its own.

use peerlight_models::ops::{Concat, Op, Pad};

use super::{
    conv::size,
    resample,
    resize::mapped,
    shape::{part, range::Range},
};
use crate::{
    draft::Data,
    error::{Fault, refuse},
    import::{Call, Import, Value, extent},
};

type Results<'a> = Result<Vec<Value<'a>>, Fault>;

pub fn pad<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let mode = call.text("mode", "constant")?;
    let value = call.float_or_input("value", 2, 0.0)?;
    let mut data = call.view(0)?.clone();
    let rank = data.order.len();
    let pads = call.ints_or_input("pads", 1)?.ok_or_else(|| Fault::new("has no pads"))?;
    let axes = match call.optional_constant(3)? {
        Some(axes) => axes.to_known()?,
        None => (0..rank as i64).collect(),
    };
    if pads.len() != 2 * axes.len() {
        return refuse(format!("has {} pads for {} axes", pads.len(), axes.len()));
    }
    // Before and after, of each axis of the node.
    let mut around = vec![[0, 0]; rank];
    for (i, &axis) in axes.iter().enumerate() {
        let pair = [pads[i], pads[i + axes.len()]];
        if pair != [0, 0] {
            let place = data.position(axis)?;
            // Fewer than none are taken away.
            let [first, last] = pair.map(|count| count.min(0).unsigned_abs() as usize);
            let rest = Range::between(first, import.draft.extent(&data, place).saturating_sub(last));
            data = part(import, call, &data, place, rest)?;
            around[data.order[place]] = [extent(pair[0].max(0))?, extent(pair[1].max(0))?];
        }
    }
    match around[..] {
        _ if around.iter().all(|pair| *pair == [0, 0]) => Ok(vec![Value::of(data)]),
        [[0, 0], [0, 0], down, across] if mode != "constant" => {
            let node = padded(import, call, data.node, mode, [down, across])?;
            Ok(vec![Value::of(Data { node, ..data })])
        }
        [[0, 0], [0, 0], [top, bottom], [left, right]] => {
            let node = import.node(
                call,
                Op::Pad(Pad { sides: [top, left, bottom, right], value }),
                vec![data.node],
                Vec::new(),
            )?;
            Ok(vec![Value::of(Data { node, ..data })])
        }
        _ if mode != "constant" => refuse("pads axes other than height and width with what is there"),
        _ => {
            let node = beside(import, call, data.node, value, &around)?;
            Ok(vec![Value::of(Data { node, ..data })])
        }
    }
}

/// A number before and after the elements of any axes.
fn beside<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    mut x: usize,
    value: f32,
    around: &[[usize; 2]],
) -> Result<usize, Fault> {
    for (axis, &pair) in around.iter().enumerate().filter(|(_, pair)| **pair != [0, 0]) {
        let mut parts = vec![x];
        for (place, extent) in pair.into_iter().enumerate().filter(|(_, extent)| *extent > 0) {
            let mut shape = import.draft.nodes[x].shape.clone();
            shape[axis - 1] = extent;
            let count = shape.iter().try_fold(1usize, |all, &extent| all.checked_mul(extent)).unwrap_or(usize::MAX);
            import.allow(count)?;
            let part = import.fixed(call, &shape, vec![value; count])?;
            parts.insert(if place == 0 { 0 } else { parts.len() }, part);
        }
        x = import.node(call, Op::Concat(Concat { axis }), parts, Vec::new())?;
    }
    Ok(x)
}

/// Padding by the image's own pixels, which come again behind its edge (edge), mirrored (reflect) or from the other
/// side (wrap).
fn padded<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    x: usize,
    mode: &str,
    around: [[usize; 2]; 2],
) -> Result<usize, Fault> {
    let from = size(&import.draft.nodes[x].shape)?;
    let along = |axis: usize| match around[axis] {
        [0, 0] => Ok(None),
        around => resample::padding(mode, from[axis], around).map(Some),
    };
    mapped(import, call, x, [along(0)?, along(1)?])
}
