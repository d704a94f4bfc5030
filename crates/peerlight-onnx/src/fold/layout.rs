//! Constants with other axes, and parts of constants.

use std::rc::Rc;

use super::{broadcast, count, repeated, shape_of, strided};
use crate::{
    constant::{Constant, Int, Numbers, known},
    draft::position,
    error::{Fault, refuse},
    import::{Call, Import, Value, extent},
    ops::shape::{
        extents::{flat_shape, reshaped, squeezed, unsqueezed},
        range, split_sizes,
    },
};

pub fn fold<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Result<Vec<Value<'a>>, Fault> {
    let x = call.constant(0)?;
    let viewed = |shape: Vec<usize>| {
        let constant = Constant { name: x.name, shape, numbers: x.numbers.clone(), kind: x.kind };
        Ok(vec![Value::Constant(Rc::new(constant))])
    };
    match call.node.op {
        "Reshape" => {
            // What is the same for every sample of a batch is there once.
            let target = call.constant(1)?.to_ints()?.into_iter().map(|i| Int::Known(i.of_one())).collect::<Vec<_>>();
            let target = reshaped(&known(&x.shape), &target, call.int("allowzero", 0)? != 0)?;
            viewed(shape_of(&target.into_iter().map(Int::known).collect::<Result<Vec<_>, _>>()?)?)
        }
        "Squeeze" => viewed(squeezed(&x.shape, call.ints_or_input("axes", 1)?.as_deref())?),
        "Unsqueeze" => viewed(unsqueezed(&x.shape, &call.ints_or_input("axes", 1)?.unwrap_or_default())?),
        "Flatten" => viewed(flat_shape(&x.shape, call.int("axis", 1)?)?),
        "Transpose" => {
            let reversed: Vec<i64> = (0..x.shape.len() as i64).rev().collect();
            let order = call.ints("perm")?.unwrap_or(&reversed);
            let order: Vec<usize> =
                order.iter().map(|&axis| position(axis, x.shape.len())).collect::<Result<_, _>>()?;
            let mut sorted = order.clone();
            sorted.sort_unstable();
            if !sorted.into_iter().eq(0..x.shape.len()) {
                return refuse(format!("puts its axes in the order {order:?}"));
            }
            let steps = steps(&x.shape);
            let shape = order.iter().map(|&axis| x.shape[axis]).collect();
            picked(import, x, shape, order.iter().map(|&axis| steps[axis]).collect())
        }
        "Concat" => concatenated(import, call),
        "Slice" => {
            let mut part = Constant::clone(x);
            for (axis, range) in range::of(call, &known(&x.shape))? {
                import.allow(part.len())?;
                part = along(&part, axis, &range.places())?;
            }
            Ok(vec![Value::Constant(Rc::new(part))])
        }
        "Gather" => {
            let axis = position(call.int("axis", 0)?, x.shape.len())?;
            let indices = call.constant(1)?;
            let extent = x.shape[axis];
            let places = indices.to_known()?.into_iter().map(|index| position(index, extent));
            let places: Vec<usize> = places.collect::<Result<_, _>>()?;
            import.allow((x.len() / extent.max(1)).saturating_mul(places.len()))?;
            let mut part = along(x, axis, &places)?;
            part.shape.splice(axis..=axis, indices.shape.iter().copied());
            Ok(vec![Value::Constant(Rc::new(part))])
        }
        "Split" => {
            let axis = position(call.int("axis", 0)?, x.shape.len())?;
            let (mut parts, mut start) = (Vec::new(), 0);
            for size in split_sizes(call, x.shape[axis])? {
                import.allow(x.len())?;
                let places: Vec<usize> = (start..start + size).collect();
                parts.push(Value::Constant(Rc::new(along(x, axis, &places)?)));
                start += size;
            }
            Ok(parts)
        }
        "GatherND" => {
            let places = call.constant(1)?;
            let Some((&depth, before)) = places.shape.split_last() else { return refuse("has no places") };
            let Some(part) = x.shape.get(depth..) else { return refuse("has places of more axes than it has") };
            if call.int("batch_dims", 0)? != 0 {
                return refuse("picks for each of a batch, which is not supported");
            }
            let (size, steps, shape) = (count(part)?, steps(&x.shape), [before, part].concat());
            import.allow(count(&shape)?)?;
            let mut all = Vec::new();
            for place in places.to_known()?.chunks(depth.max(1)) {
                let start = start_of(place, &x.shape, &steps)?;
                all.extend(start..start + size);
            }
            Ok(vec![Value::Constant(Rc::new(at(x, shape, all.into_iter())?))])
        }
        "ScatterND" => {
            let (places, updates) = (call.constant(1)?, call.constant(2)?);
            let Some((&depth, before)) = places.shape.split_last() else { return refuse("has no places") };
            let Some(part) = x.shape.get(depth..) else { return refuse("has places of more axes than it has") };
            if call.text("reduction", "none")? != "none" || updates.shape != [before, part].concat() {
                return refuse("scatters in a way that is not supported");
            }
            let (size, steps) = (count(part)?, steps(&x.shape));
            import.allow(x.len())?;
            let mut values = x.to_floats()?;
            let (places, updates) = (places.to_known()?, updates.to_floats()?);
            for (place, update) in places.chunks(depth.max(1)).zip(updates.chunks(size.max(1))) {
                let start = start_of(place, &x.shape, &steps)?;
                values[start..start + size].copy_from_slice(update);
            }
            Ok(vec![Value::Constant(Rc::new(x.like(x.shape.clone(), values)))])
        }
        "Expand" => {
            // What is the same for every sample of a batch needs to be there once.
            let target: Vec<i64> = call.constant(1)?.to_ints()?.into_iter().map(Int::of_one).collect();
            let shape = broadcast(&x.shape, &shape_of(&target)?)?;
            import.allow(count(&shape)?)?;
            let places = repeated(&x.shape, &shape);
            Ok(vec![Value::Constant(Rc::new(at(x, shape, places)?))])
        }
        _ => {
            // `Tile`: whole copies, one after the other.
            let times: Vec<usize> =
                call.constant(1)?.to_ints()?.into_iter().map(|i| extent(i.of_one())).collect::<Result<_, _>>()?;
            if times.len() != x.shape.len() {
                return refuse(format!("repeats {} axes {} times", x.shape.len(), times.len()));
            }
            let mut whole = Constant::clone(x);
            for (axis, &times) in times.iter().enumerate().filter(|(_, times)| **times != 1) {
                import.allow(whole.len().max(whole.shape[axis]).saturating_mul(times.max(1)))?;
                let once: Vec<usize> = (0..whole.shape[axis]).collect();
                whole = along(&whole, axis, &once.repeat(times))?;
            }
            Ok(vec![Value::Constant(Rc::new(whole))])
        }
    }
}

/// Ones on a diagonal of a matrix.
pub fn diagonal<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Result<Constant<'a>, Fault> {
    let x = call.constant(0)?;
    let (&[rows, columns], shift) = (x.shape.as_slice(), call.int("k", 0)?) else { return refuse("takes no matrix") };
    import.allow(x.len())?;
    let on = |place: usize| ((place / columns) as i64).wrapping_add(shift) == (place % columns) as i64;
    Ok(Constant::floats(vec![rows, columns], (0..x.len()).map(|place| f32::from(u8::from(on(place)))).collect()))
}

/// The upper or the lower triangles of matrices, and noughts.
pub fn triangle<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Result<Constant<'a>, Fault> {
    let x = call.constant(0)?;
    let &[.., rows, columns] = x.shape.as_slice() else { return refuse("takes no matrix") };
    let shift = call.optional_constant(1)?.map_or(Ok(0), |k| k.scalar().map(|k| k as i64))?;
    let is_upper = call.int("upper", 1)? != 0;
    import.allow(x.len())?;
    let mut values = x.to_floats()?;
    for (place, value) in values.iter_mut().enumerate() {
        let beyond = (place % columns) as i64 - (place / columns % rows) as i64;
        let beyond = beyond.saturating_sub(shift);
        if (is_upper && beyond < 0) || (!is_upper && beyond > 0) {
            *value = 0.0;
        }
    }
    Ok(x.like(x.shape.clone(), values))
}

/// The element at which a part begins whose first coordinates are these.
fn start_of(place: &[i64], shape: &[usize], steps: &[usize]) -> Result<usize, Fault> {
    let along = |(axis, &at): (usize, &i64)| Ok(position(at, shape[axis])? * steps[axis]);
    place.iter().enumerate().map(along).sum()
}

/// From an element to the next, along each axis.
fn steps(shape: &[usize]) -> Vec<usize> {
    (0..shape.len()).map(|axis| shape[axis + 1..].iter().product()).collect()
}

/// The elements that these steps come by.
fn picked<'a>(
    import: &mut Import<'a>,
    x: &Constant<'a>,
    shape: Vec<usize>,
    steps: Vec<usize>,
) -> Result<Vec<Value<'a>>, Fault> {
    import.allow(count(&shape)?)?;
    let places = strided(shape.clone(), steps);
    Ok(vec![Value::Constant(Rc::new(at(x, shape, places)?))])
}

/// The elements at these places of an axis.
fn along<'a>(x: &Constant<'a>, axis: usize, places: &[usize]) -> Result<Constant<'a>, Fault> {
    let inner: usize = x.shape[axis + 1..].iter().product();
    let outer: usize = x.shape[..axis].iter().product();
    let whole = x.shape[axis] * inner;
    let all = (0..outer)
        .flat_map(|o| places.iter().flat_map(move |&place| (0..inner).map(move |i| o * whole + place * inner + i)));
    let mut shape = x.shape.clone();
    shape[axis] = places.len();
    at(x, shape, all)
}

/// The elements at these places.
fn at<'a>(x: &Constant<'a>, shape: Vec<usize>, places: impl Iterator<Item = usize>) -> Result<Constant<'a>, Fault> {
    let numbers = match x.is_int() {
        true => {
            let values = x.to_ints()?;
            Numbers::Ints(places.map(|place| values[place]).collect())
        }
        false => {
            let values = x.to_floats()?;
            Numbers::Floats(places.map(|place| values[place]).collect())
        }
    };
    Ok(Constant { name: x.name, shape, numbers, kind: None })
}

fn concatenated<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Result<Vec<Value<'a>>, Fault> {
    let parts: Vec<_> = (0..call.inputs.len()).map(|place| call.constant(place)).collect::<Result<_, _>>()?;
    let first = parts.first().ok_or_else(|| Fault::new("has no inputs"))?;
    let axis = position(call.int("axis", 0)?, first.shape.len())?;
    let others = |shape: &[usize]| [&shape[..axis], &shape[axis + 1..]].concat();
    if parts.iter().any(|part| part.shape.len() != first.shape.len() || others(&part.shape) != others(&first.shape)) {
        return refuse("joins constants of shapes that do not fit");
    }
    let total = parts.iter().map(|part| part.len()).fold(0usize, usize::saturating_add);
    import.allow(total)?;
    let mut shape = first.shape.clone();
    shape[axis] = parts.iter().map(|part| part.shape[axis]).sum();
    let outer: usize = shape[..axis].iter().product();
    let sizes: Vec<usize> = parts.iter().map(|part| part.len() / outer.max(1)).collect();
    let joined = match parts.iter().all(|part| part.is_int()) {
        true => {
            let all: Vec<_> = parts.iter().map(|part| part.to_ints()).collect::<Result<_, _>>()?;
            Constant::ints(shape, woven(&all, &sizes, outer))
        }
        false => {
            let all: Vec<_> = parts.iter().map(|part| part.to_floats()).collect::<Result<_, _>>()?;
            Constant::floats(shape, woven(&all, &sizes, outer))
        }
    };
    Ok(vec![Value::Constant(Rc::new(joined))])
}

/// Of each part in turn so many elements, `outer` times.
fn woven<T: Copy>(parts: &[Vec<T>], sizes: &[usize], outer: usize) -> Vec<T> {
    let each = |o: usize| parts.iter().zip(sizes).flat_map(move |(part, &size)| &part[o * size..][..size]);
    (0..outer).flat_map(each).copied().collect()
}

/// One number at the places that are listed, along an axis of its own, and another elsewhere.
pub fn one_hot<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Result<Constant<'a>, Fault> {
    let (list, values) = (call.constant(0)?, call.constant(2)?);
    let depth = call.constant(1)?.scalar()? as usize;
    let &[off, on] = values.to_floats()?.as_slice() else { return refuse("has other values than two") };
    let axis = position(call.int("axis", -1)?, list.shape.len() + 1)?;
    import.allow(list.len().saturating_mul(depth))?;
    let (places, inner) = (list.to_known()?, count(&list.shape[axis..])?);
    let mut shape = list.shape.clone();
    shape.insert(axis, depth);
    let mut all = Vec::with_capacity(list.len() * depth);
    for part in places.chunks(inner.max(1)) {
        for place in 0..depth as i64 {
            all.extend(
                part.iter().map(|&own| if own == place || own.wrapping_add(depth as i64) == place { on } else { off }),
            );
        }
    }
    Ok(values.like(shape, all))
}
