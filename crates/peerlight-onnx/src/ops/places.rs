//! Parts that are taken from places, or put there, which are listed one by one.

use super::{
    composed::{ints, reshaped, run},
    merged::extents,
};
use crate::{
    constant::Int,
    draft::position,
    error::{Fault, refuse},
    import::{Call, Import, Value},
    proto::Attribute,
};

type Results<'a> = Result<Vec<Value<'a>>, Fault>;

/// A value some of whose axes have become one, and places along that axis.
struct Listed<'a> {
    value: Value<'a>,
    axis: usize,
    places: Vec<i64>,
}

/// The places of a list, each as many coordinates of the first axes. A grid over the batch has 0 for each image.
fn listed<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>, x: &Value<'a>) -> Result<Listed<'a>, Fault> {
    let list = call.constant(1)?;
    let own = extents(import, x)?;
    let depth = list.shape.last().copied().filter(|depth| (1..=own.len()).contains(depth));
    let depth = depth.ok_or_else(|| Fault::new("has places of more axes than there are"))?;
    let numbers = list.to_known()?;
    let is_of_batch = matches!(x, Value::Data(_)) && depth > 1 && numbers.chunks(depth).all(|place| place[0] == 0);
    let axis = usize::from(is_of_batch);
    let shape: Vec<usize> = own[axis..depth].iter().map(|i| i.of_one() as usize).collect();
    let mut places = Vec::new();
    for place in numbers.chunks(depth) {
        let mut whole = 0;
        for (&at, &extent) in place[axis..].iter().zip(&shape) {
            whole = whole * extent + position(at, extent)?;
        }
        places.push(whole as i64);
    }
    let value = match shape.len() {
        1 => x.clone(),
        _ => {
            let whole = Int::Known(shape.iter().product::<usize>() as i64);
            reshaped(import, call, x, [&own[..axis], &[whole], &own[depth..]].concat())?
        }
    };
    Ok(Listed { value, axis, places })
}

/// The elements at places along an axis, in a shape.
fn taken<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    x: &Value<'a>,
    axis: usize,
    places: Value<'a>,
) -> Result<Value<'a>, Fault> {
    run(import, call, "Gather", &[x, &places], &[("axis", Attribute::Int(axis as i64))])
}

/// `GatherND` with constant places.
pub fn gather<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let list = call.constant(1)?;
    let Listed { value, axis, places } = listed(import, call, call.value(0)?)?;
    if axis != 0 || call.int("batch_dims", 0)? != 0 {
        return refuse("picks places for each of a batch, which is not supported");
    }
    let shape = list.shape[..list.shape.len() - 1].to_vec();
    Ok(vec![taken(import, call, &value, axis, ints(shape, places))?])
}

/// `GatherElements` with constant places, if it takes whole parts along an axis.
pub fn gather_elements<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let x = call.value(0)?;
    let own = extents(import, x)?;
    let Listed { value, axis, places } = along_axis(call, x, &own)?;
    Ok(vec![taken(import, call, &value, axis, ints(vec![places.len()], places))?])
}

/// `ScatterND` and `ScatterElements` with constant places.
pub fn scatter<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    if call.text("reduction", "none")? != "none" {
        return refuse("joins what it puts with what is there (reduction), which is not supported");
    }
    let (x, updates) = (call.value(0)?, call.value(2)?);
    let own = extents(import, x)?;
    let Listed { value, axis, places } = match call.node.op {
        "ScatterND" => listed(import, call, x)?,
        _ => along_axis(call, x, &own)?,
    };
    let whole = extents(import, &value)?;
    let mut shape = whole.clone();
    shape[axis] = Int::Known(places.len() as i64);
    let updates = reshaped(import, call, updates, shape)?;
    // Of what was there and what is put behind it, the one or the other.
    let extent = whole[axis].known()?;
    let mut kept: Vec<i64> = (0..extent).collect();
    for (at, place) in places.into_iter().enumerate() {
        kept[place as usize] = extent + at as i64;
    }
    let both = run(import, call, "Concat", &[&value, &updates], &[("axis", Attribute::Int(axis as i64))])?;
    let result = taken(import, call, &both, axis, ints(vec![kept.len()], kept))?;
    Ok(vec![reshaped(import, call, &result, own)?])
}

/// The places of `ScatterElements` or `GatherElements`, if they are whole parts along an axis.
fn along_axis<'a>(call: &Call<'_, 'a>, x: &Value<'a>, own: &[Int]) -> Result<Listed<'a>, Fault> {
    let list = call.constant(1)?;
    let axis = position(call.int("axis", 0)?, own.len())?;
    let inner: usize = list.shape.iter().skip(axis + 1).product();
    let count = list.shape.get(axis).copied().unwrap_or(0);
    let numbers = list.to_known()?;
    let places: Vec<i64> = numbers.iter().step_by(inner.max(1)).take(count).copied().collect();
    let mut others = list.shape.iter().zip(own).enumerate().filter(|(at, _)| *at != axis);
    let is_whole = list.shape.len() == own.len()
        && others.all(|(_, (&extent, own))| extent as i64 == own.of_one())
        && numbers.iter().enumerate().all(|(i, &place)| place == places[i / inner.max(1) % count.max(1)]);
    if !is_whole {
        return refuse(
            "takes elements from places, or puts them there, that differ from row to row, which is not supported",
        );
    }
    let extent = own[axis].known()? as usize;
    let places = places.into_iter().map(|at| Ok(position(at, extent)? as i64)).collect::<Result<_, Fault>>()?;
    Ok(Listed { value: x.clone(), axis, places })
}
