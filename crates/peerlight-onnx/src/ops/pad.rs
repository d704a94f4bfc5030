//! Padding as an operation of its own.

use peerlight_models::ops::{Op, Pad};

use super::{conv::size, resample, resize::mapped};
use crate::{
    draft::Data,
    error::{Fault, refuse},
    import::{Call, Import, Value, extent},
};

type Results<'a> = Result<Vec<Value<'a>>, Fault>;

pub fn pad<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let mode = call.text("mode", "constant")?;
    let value = call.float_or_input("value", 2, 0.0)?;
    let data = call.data(0)?.clone();
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
            around[data.axis(axis)?] = [extent(pair[0])?, extent(pair[1])?];
        }
    }
    match around[..] {
        _ if around.iter().all(|pair| *pair == [0, 0]) => Ok(vec![Value::Data(data)]),
        [[0, 0], [0, 0], down, across] if mode != "constant" => {
            let node = padded(import, call, data.node, mode, [down, across])?;
            Ok(vec![Value::Data(Data { node, ..data })])
        }
        [[0, 0], [0, 0], [top, bottom], [left, right]] => {
            let node = import.node(
                call,
                Op::Pad(Pad { sides: [top, left, bottom, right], value }),
                vec![data.node],
                Vec::new(),
            )?;
            Ok(vec![Value::Data(Data { node, ..data })])
        }
        _ => refuse("pads axes other than height and width"),
    }
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
