//! Products of all that stands along an axis.

use super::{
    composed::{ints, run},
    merged::extents,
};
use crate::{
    draft::position,
    error::Fault,
    import::{Call, Import, Value},
    proto::Attribute,
};

type Results<'a> = Result<Vec<Value<'a>>, Fault>;

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
