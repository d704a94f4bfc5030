//! Operations on constants are done once, while the file is read: shapes that are computed, and weights that are
//! turned around.

mod arithmetic;
mod conv;
mod layout;
mod norm;
mod reduce;

use std::rc::Rc;

use crate::{
    constant::{Constant, Int, Numbers, data_type, known},
    error::{Fault, refuse},
    import::{Call, Import, Value},
    ops::quantize::bounds,
    proto::Attribute,
};

/// What a node gives whose inputs are all constants.
pub fn fold<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Result<Vec<Value<'a>>, Fault> {
    let one = |constant: Constant<'a>| Ok(vec![Value::Constant(Rc::new(constant))]);
    match call.node.op {
        "Constant" => one(literal(call)?),
        "ConstantOfShape" => {
            // What is the same for every sample of a batch needs to be there once.
            let extents: Vec<i64> = call.constant(0)?.to_ints()?.into_iter().map(Int::of_one).collect();
            let shape = shape_of(&extents)?;
            let count = count(&shape)?;
            import.allow(count)?;
            match call.node.attributes.get("value") {
                Some(Attribute::Tensor(tensor)) => {
                    let value = Constant::of(tensor)?;
                    match value.is_int() {
                        true => one(Constant::ints(shape, vec![first(value.to_ints()?)?; count])),
                        false => one(Constant::floats(shape, vec![first(value.to_floats()?)?; count])),
                    }
                }
                _ => one(Constant::floats(shape, vec![0.0; count])),
            }
        }
        "Identity" | "Dropout" => Ok(vec![Value::Constant(call.constant(0)?.clone())]),
        "Cast" => one(cast(import, call)?),
        "DequantizeLinear" => one(dequantized(import, call)?),
        "QuantizeLinear" => one(quantized(import, call)?),
        "Shape" => {
            let shape = known(&call.constant(0)?.shape);
            shape_slice(call, shape).map(|value| vec![value])
        }
        "Size" => one(Constant::ints(Vec::new(), vec![Int::Known(call.constant(0)?.len() as i64)])),
        "Range" => {
            // Of a batch, the first image.
            let number = |place: usize| Ok::<_, Fault>(first(call.constant(place)?.to_ints()?)?.of_one());
            let (start, limit, delta) = (number(0)?, number(1)?, number(2)?);
            let steps = match delta {
                0 => return refuse("counts in steps of 0"),
                delta => {
                    limit.checked_sub(start).and_then(|d| d.checked_div(delta)).map_or(0, |d| d.max(0) as usize + 1)
                }
            };
            import.allow(steps)?;
            let values = (0..steps as i64).map(|i| start.saturating_add(i.saturating_mul(delta)));
            let values: Vec<_> =
                values.filter(|&v| if delta > 0 { v < limit } else { v > limit }).map(Int::Known).collect();
            one(Constant::ints(vec![values.len()], values))
        }
        "Reshape" | "Squeeze" | "Unsqueeze" | "Flatten" | "Transpose" | "Concat" | "Slice" | "Gather" | "Split"
        | "Expand" | "GatherND" | "ScatterND" | "Tile" => layout::fold(import, call),
        "BatchNormalization" => norm::batch(import, call),
        "MatMul" => arithmetic::matmul(import, call),
        "Einsum" => crate::ops::einsum::einsum(import, call),
        "Gemm" => crate::ops::linear::gemm_by_parts(import, call),
        "OneHot" => one(layout::one_hot(import, call)?),
        "EyeLike" => one(layout::diagonal(import, call)?),
        "Trilu" => one(layout::triangle(import, call)?),
        "Conv" => conv::conv(import, call),
        "Softmax" => reduce::softmax(import, call),
        "CumSum" => reduce::running_sum(import, call),
        op if op.starts_with("Reduce") => reduce::reduce(import, call),
        _ => arithmetic::fold(import, call),
    }
}

/// The value of a `Constant` node.
fn literal<'a>(call: &Call<'_, 'a>) -> Result<Constant<'a>, Fault> {
    let attributes = &call.node.attributes;
    match ["value", "value_float", "value_int", "value_floats", "value_ints"]
        .iter()
        .find_map(|name| attributes.get(name))
    {
        Some(Attribute::Tensor(tensor)) => Constant::of(tensor),
        Some(Attribute::Float(value)) => Ok(Constant::floats(Vec::new(), vec![*value])),
        Some(Attribute::Int(value)) => Ok(Constant::ints(Vec::new(), vec![Int::Known(*value)])),
        Some(Attribute::Floats(values)) => Ok(Constant::floats(vec![values.len()], values.clone())),
        Some(Attribute::Ints(values)) => {
            Ok(Constant::ints(vec![values.len()], values.iter().copied().map(Int::Known).collect()))
        }
        _ => refuse("holds a constant that is neither numbers nor a tensor of them"),
    }
}

fn cast<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Result<Constant<'a>, Fault> {
    let from = call.constant(0)?;
    let is_float =
        |kind: i64| matches!(kind, data_type::FLOAT | data_type::FLOAT16 | data_type::DOUBLE | data_type::BFLOAT16);
    let to = call.int("to", data_type::FLOAT)?;
    if is_float(to) != from.is_int() {
        return Ok(Constant::clone(from));
    }
    import.allow(from.len())?;
    match to {
        data_type::BOOL => {
            let is_set = |value: &f32| Int::Known(i64::from(*value != 0.0));
            Ok(Constant::ints(from.shape.clone(), from.to_floats()?.iter().map(is_set).collect()))
        }
        to if is_float(to) => Ok(Constant::floats(from.shape.clone(), from.to_floats()?)),
        _ => Ok(Constant::ints(from.shape.clone(), from.to_ints()?)),
    }
}

/// Weights of 8 bits, or others, as single precision: (x - zero point) scale.
fn dequantized<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Result<Constant<'a>, Fault> {
    scaled(import, call, &|x, scale, zero| (x - zero) * scale)
}

/// Constants in 8 bits, as training with simulated quantization and onnxruntime's quantization write them.
fn quantized<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Result<Constant<'a>, Fault> {
    let (low, high) = bounds(call.optional_constant(2)?.map(|zero| &**zero))?;
    scaled(import, call, &|x, scale, zero| ((x / scale).round_ties_even() + zero).clamp(low, high))
}

/// A function of each element, and of its own scale and zero point.
fn scaled<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    of: &dyn Fn(f32, f32, f32) -> f32,
) -> Result<Constant<'a>, Fault> {
    if call.int("block_size", 0)? != 0 {
        return refuse("holds weights in blocks, which are not supported");
    }
    let (x, scale) = (call.constant(0)?, call.constant(1)?.to_floats()?);
    let zero = call.optional_constant(2)?.map(|zero| zero.to_floats()).transpose()?.unwrap_or(vec![0.0; scale.len()]);
    let axis = match scale.len() {
        1 => 0,
        _ => crate::draft::position(call.int("axis", 1)?, x.shape.len())?,
    };
    if zero.len() != scale.len() || (scale.len() != 1 && x.shape.get(axis) != Some(&scale.len())) {
        return refuse("has scales that do not fit its weights");
    }
    import.allow(x.len())?;
    let inner: usize = x.shape.iter().skip(axis + 1).product();
    let mut values = x.to_floats()?;
    for (i, value) in values.iter_mut().enumerate() {
        let channel = (i / inner.max(1)) % scale.len();
        *value = of(*value, scale[channel], zero[channel]);
    }
    Ok(Constant { name: x.name, shape: x.shape.clone(), numbers: Numbers::Floats(values), kind: None })
}

/// A shape, or the part of it that `Shape` is asked for.
pub fn shape_slice<'a>(call: &Call<'_, 'a>, shape: Vec<Int>) -> Result<Value<'a>, Fault> {
    let count = shape.len() as i64;
    let place = |value: i64| (if value < 0 { value.saturating_add(count) } else { value }).clamp(0, count) as usize;
    let (start, end) = (place(call.int("start", 0)?), place(call.int("end", count)?));
    let part = shape.get(start..end).unwrap_or_default().to_vec();
    Ok(Value::Constant(Rc::new(Constant::ints(vec![part.len()], part))))
}

/// A list of extents as a shape.
fn shape_of(extents: &[i64]) -> Result<Vec<usize>, Fault> {
    extents.iter().map(|&extent| crate::import::extent(extent)).collect()
}

/// The number of elements of a shape.
fn count(shape: &[usize]) -> Result<usize, Fault> {
    let count = shape.iter().try_fold(1usize, |product, &extent| product.checked_mul(extent));
    count.ok_or_else(|| Fault::new(format!("makes a constant of the shape {shape:?}")))
}

/// The first of some values.
fn first<T>(values: Vec<T>) -> Result<T, Fault> {
    values.into_iter().next().ok_or_else(|| Fault::new("takes a constant that is empty"))
}

/// The shape that two shapes are repeated to, in ONNX's way: from the last axis on, an extent of 1 fits any.
fn broadcast(a: &[usize], b: &[usize]) -> Result<Vec<usize>, Fault> {
    let rank = a.len().max(b.len());
    let extent = |shape: &[usize], axis: usize| (axis + shape.len()).checked_sub(rank).map_or(1, |axis| shape[axis]);
    (0..rank)
        .map(|axis| match (extent(a, axis), extent(b, axis)) {
            (a, b) if a == b || b == 1 => Ok(a),
            (1, b) => Ok(b),
            _ => refuse(format!("takes constants of the shapes {a:?} and {b:?}")),
        })
        .collect()
}

/// For each element of a shape, the place of the element of a smaller one that is repeated there.
fn repeated(small: &[usize], whole: &[usize]) -> impl Iterator<Item = usize> + use<> {
    // The steps of the small one along the axes of the whole one: 0 where it is repeated.
    let mut steps = vec![0; whole.len()];
    let mut step = 1;
    for (axis, &extent) in small.iter().enumerate().rev() {
        let at = axis + whole.len() - small.len();
        steps[at] = if extent == 1 { 0 } else { step };
        step *= extent;
    }
    strided(whole.to_vec(), steps)
}

/// The places that come of walking through a shape with these steps along its axes.
fn strided(shape: Vec<usize>, steps: Vec<usize>) -> impl Iterator<Item = usize> {
    let count: usize = shape.iter().product();
    let mut at = vec![0usize; shape.len()];
    let mut place = 0usize;
    (0..count).map(move |_| {
        let now = place;
        for axis in (0..shape.len()).rev() {
            at[axis] += 1;
            place += steps[axis];
            if at[axis] < shape[axis] {
                break;
            }
            place -= steps[axis] * at[axis];
            at[axis] = 0;
        }
        now
    })
}
