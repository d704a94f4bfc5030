//! Products of all that stands along an axis, and running sums.

use super::{
    composed::{floats, ints, reshaped, run, turned},
    merged::extents,
};
use crate::{
    constant::Int,
    draft::position,
    error::{Fault, refuse},
    import::{Call, Import, Value, extent},
    proto::Attribute,
};

type Results<'a> = Result<Vec<Value<'a>>, Fault>;

/// `CumSum`: the product with a triangle of ones.
pub fn sums<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let &[axis] = call.constant(1)?.to_known()?.as_slice() else { return refuse("sums along several axes") };
    let mut x = call.value(0)?.clone();
    let own = extents(import, &x)?;
    let mut axis = position(axis, own.len())?;
    let count = extent(own[axis].known()?)?;
    // Beside a matrix of one sample stand three axes.
    if own.len() == 2 {
        x = reshaped(import, call, &x, vec![own[0], Int::Known(1), own[1]])?;
        axis += usize::from(axis > 0);
    }
    import.allow(count.saturating_mul(count))?;
    let (excludes, is_reverse) = (call.int("exclusive", 0)? != 0, call.int("reverse", 0)? != 0);
    let is_before = |from: usize, to: usize| if is_reverse { from > to } else { from < to };
    let counts = |from: usize, to: usize| is_before(from, to) || (from == to && !excludes);
    let ones = (0..count).flat_map(|from| (0..count).map(move |to| f32::from(u8::from(counts(from, to)))));
    let triangle = floats(&[1, count, count], ones.collect());
    let last = own.len().max(3) - 1;
    let mut order: Vec<i64> = (0..=last as i64).collect();
    order.swap(axis, last);
    let y = turned(import, call, &x, order.clone())?;
    let y = run(import, call, "MatMul", &[&y, &triangle], &[])?;
    let y = turned(import, call, &y, order)?;
    Ok(vec![if own.len() == 2 { reshaped(import, call, &y, own)? } else { y }])
}

/// `ReduceProd`: the one half times the other, until one is left. So the gradient is right at 0, too.
pub fn product<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let mut x = call.value(0)?.clone();
    let axes = call.ints_or_input("axes", 1)?.filter(|axes| !axes.is_empty());
    let axes = axes.ok_or_else(|| Fault::new("works along all axes, that of the batch included"))?;
    let own = extents(import, &x)?;
    for &axis in &axes {
        let mut count = own[position(axis, own.len())?].known()?;
        while count > 1 {
            let half = count / 2;
            let part = |import: &mut Import<'a>, from: i64, to: i64| {
                let [from, to, axis] = [from, to, axis].map(|value| ints(vec![1], vec![value]));
                run(import, call, "Slice", &[&x, &from, &to, &axis], &[])
            };
            let (a, b) = (part(import, 0, half)?, part(import, half, 2 * half)?);
            let rest = if count % 2 == 1 { Some(part(import, 2 * half, count)?) } else { None };
            x = run(import, call, "Mul", &[&a, &b], &[])?;
            if let Some(rest) = rest {
                x = run(import, call, "Concat", &[&x, &rest], &[("axis", Attribute::Int(axis))])?;
            }
            count = half + count % 2;
        }
    }
    if call.int("keepdims", 1)? == 0 {
        x = run(import, call, "Squeeze", &[&x, &ints(vec![axes.len()], axes)], &[])?;
    }
    Ok(vec![x])
}
