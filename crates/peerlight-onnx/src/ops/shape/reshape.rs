//! Other axes for the same elements.

use peerlight_models::ops::{Flatten, Op, Reshape};

use super::{Results, extents::reshaped};
use crate::{
    constant::Int,
    draft::{Data, position},
    error::{Fault, refuse},
    import::{Call, Import, Merged, Value, extent},
    ops::merged::{self, extents},
};

pub fn reshape<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let value = call.value(0)?;
    let target = call.constant(1)?.to_ints()?;
    let target = reshaped(&extents(import, value)?, &target, call.int("allowzero", 0)? != 0)?;
    to_extents(import, call, value, &target)
}

/// All axes before one as one, and all from it on.
pub fn flatten<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let value = call.value(0)?;
    let own = extents(import, value)?;
    let axis = call.int("axis", 1)?;
    let axis = if axis == own.len() as i64 { own.len() } else { position(axis, own.len())? };
    let (before, after) = own.split_at(axis);
    to_extents(import, call, value, &[product(before)?, product(after)?])
}

/// The product of extents.
fn product(extents: &[Int]) -> Result<Int, Fault> {
    let all = extents.iter().try_fold(1i64, |all, extent| all.checked_mul(extent.of_one()));
    let all = all.ok_or_else(|| Fault::new(format!("makes one axis of {extents:?}")))?;
    Ok(if extents.iter().any(|i| matches!(i, Int::Batch(_))) { Int::Batch(all) } else { Int::Known(all) })
}

/// The elements of a result in another shape of as many.
pub fn to_extents<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>, value: &Value<'a>, target: &[Int]) -> Results<'a> {
    if extents(import, value)? == target {
        return Ok(vec![value.clone()]);
    }
    let known = |extents: &[Int]| extents.iter().map(|i| extent(i.of_one())).collect::<Result<Vec<usize>, _>>();
    let whole = known(target)?;
    let data = match value {
        Value::Data(data) if target.first() == Some(&import.batch) => {
            return to_shape(import, call, data, &whole[1..]);
        }
        Value::Data(data) | Value::Turned(data) | Value::Merged(Merged { data, .. }) => data,
        Value::Constant(_) => return refuse("takes a constant"),
    };
    let x = import.draft.in_order(data)?;
    let Some(at) = target.iter().position(|i| matches!(i, Int::Batch(_))) else {
        // The network was exported for one image, whatever it says.
        if let [1, shape @ ..] = &whole[..]
            && !shape.is_empty()
        {
            let shape = shape.to_vec();
            return import.result(call, Op::Reshape(Reshape { shape }), vec![x.node], Vec::new());
        }
        let node = import.node(call, Op::Reshape(Reshape { shape: whole }), vec![x.node], Vec::new())?;
        return Ok(vec![merged::of_one(import, call, import.draft.data(node))?]);
    };
    // Elements before the batch and after it, and how many of both are counted with it.
    let (before, after) = x.order.split_at(x.batch());
    let count = |axes: &[usize]| -> usize {
        axes.iter().filter_map(|axis| axis.checked_sub(1)).map(|a| import.draft.nodes[x.node].shape[a]).product()
    };
    let (outer, inner): (usize, usize) = (whole[..at].iter().product(), whole[at + 1..].iter().product());
    let fits = |all: usize, part: usize| if part > 0 && all.is_multiple_of(part) { Some(all / part) } else { None };
    let (Some(slow), Some(fast)) = (fits(count(before), outer), fits(count(after), inner)) else {
        return refuse(format!("tears the batch apart: it makes {target:?} of {:?}", extents(import, value)?));
    };
    let mut shape = whole[..at].to_vec();
    let mut order: Vec<usize> = (1..=at).collect();
    if slow > 1 {
        shape.push(slow);
        order.push(shape.len());
    }
    order.push(0);
    if fast > 1 {
        shape.push(fast);
        order.push(shape.len());
    }
    order.extend(shape.len() + 1..=shape.len() + whole.len() - at - 1);
    shape.extend(&whole[at + 1..]);
    let node = import.node(call, Op::Reshape(Reshape { shape }), vec![x.node], Vec::new())?;
    let count = 1 + usize::from(slow > 1) + usize::from(fast > 1);
    let data = Data { node, order };
    Ok(vec![if count == 1 { Value::of(data) } else { Value::Merged(Merged { data, first: at, count }) }])
}

/// A result whose batch is first, and whose samples are in this shape.
pub fn to_shape<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>, data: &Data, shape: &[usize]) -> Results<'a> {
    if shape == import.draft.shape(data) {
        return Ok(vec![Value::Data(data.clone())]);
    }
    let x = import.draft.settled(data)?;
    match (shape.len(), import.draft.nodes[x].shape.len()) {
        (1, 1) => Ok(vec![Value::Data(import.draft.data(x))]),
        (1, _) => import.result(call, Op::Flatten(Flatten {}), vec![x], Vec::new()),
        _ => import.result(call, Op::Reshape(Reshape { shape: shape.to_vec() }), vec![x], Vec::new()),
    }
}
