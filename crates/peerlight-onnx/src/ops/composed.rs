//! Operations that are written as several others.

use std::rc::Rc;

use super::merged::extents;
use crate::{
    constant::{Constant, Int, data_type},
    error::{Fault, refuse},
    import::{Call, Import, Value, extent},
    proto::{Attribute, Node},
};

type Results<'a> = Result<Vec<Value<'a>>, Fault>;

/// What an operation makes of these values, under the name of the node that it stands for.
pub fn run<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    op: &'a str,
    inputs: &[&Value<'a>],
    attributes: &[(&'a str, Attribute<'a>)],
) -> Result<Value<'a>, Fault> {
    let node = Node {
        name: call.name(),
        op,
        domain: "",
        inputs: call.node.inputs.clone(),
        outputs: vec![""],
        attributes: attributes.iter().cloned().collect(),
    };
    let inputs = inputs.iter().map(|&value| Some(value.clone())).collect();
    let results = import.within(|import| import.results(&Call { node: &node, inputs }))?;
    results.into_iter().next().ok_or_else(|| Fault::new("gives nothing"))
}

pub fn floats<'a>(shape: &[usize], values: Vec<f32>) -> Value<'a> {
    Value::Constant(Rc::new(Constant::floats(shape.to_vec(), values)))
}

pub fn ints<'a>(shape: Vec<usize>, values: Vec<i64>) -> Value<'a> {
    Value::Constant(Rc::new(Constant::ints(shape, values.into_iter().map(Int::Known).collect())))
}

pub fn number<'a>(value: f32) -> Value<'a> {
    floats(&[], vec![value])
}

/// A result in another shape.
pub fn reshaped<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    x: &Value<'a>,
    shape: Vec<Int>,
) -> Result<Value<'a>, Fault> {
    let shape = Value::Constant(Rc::new(Constant::ints(vec![shape.len()], shape)));
    run(import, call, "Reshape", &[x, &shape], &[])
}

/// A result with its axes in another order.
pub fn turned<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    x: &Value<'a>,
    order: Vec<i64>,
) -> Result<Value<'a>, Fault> {
    match order.is_sorted() {
        true => Ok(x.clone()),
        false => run(import, call, "Transpose", &[x], &[("perm", Attribute::Ints(order))]),
    }
}

/// The mean along axes, which stay as axes of one element.
fn mean<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>, x: &Value<'a>, axes: &[i64]) -> Result<Value<'a>, Fault> {
    run(import, call, "ReduceMean", &[x, &ints(vec![axes.len()], axes.to_vec())], &[])
}

/// The mean of several.
pub fn mean_of_all<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let inputs: Vec<&Value> = call.inputs.iter().flatten().collect();
    let sum = run(import, call, "Sum", &inputs, &[])?;
    Ok(vec![run(import, call, "Div", &[&sum, &number(inputs.len() as f32)], &[])?])
}

/// The numbers along an axis by their length.
pub fn unit<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let (x, axis) = (call.value(0)?, call.int("axis", -1)?);
    let op = match call.int("p", 2)? {
        1 => "ReduceL1",
        2 => "ReduceL2",
        p => return refuse(format!("divides by the norm of the order {p}")),
    };
    let length = run(import, call, op, &[x, &ints(vec![1], vec![axis])], &[])?;
    Ok(vec![run(import, call, "Div", &[x, &length], &[])?])
}

/// The logarithm of a sum along axes, or of a sum of powers of e: those less the greatest, which do not overflow.
pub fn log_sum<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let x = call.value(0)?;
    let axes = call.ints_or_input("axes", 1)?.filter(|axes| !axes.is_empty());
    let axes = axes.ok_or_else(|| Fault::new("works along all axes, that of the batch included"))?;
    let axes = ints(vec![axes.len()], axes);
    let mut y = match call.node.op {
        "ReduceLogSum" => {
            let sum = run(import, call, "ReduceSum", &[x, &axes], &[])?;
            run(import, call, "Log", &[&sum], &[])?
        }
        _ => {
            let most = run(import, call, "ReduceMax", &[x, &axes], &[])?;
            let less = run(import, call, "Sub", &[x, &most], &[])?;
            let powers = run(import, call, "Exp", &[&less], &[])?;
            let sum = run(import, call, "ReduceSum", &[&powers, &axes], &[])?;
            let log = run(import, call, "Log", &[&sum], &[])?;
            run(import, call, "Add", &[&log, &most], &[])?
        }
    };
    if call.int("keepdims", 1)? == 0 {
        y = run(import, call, "Squeeze", &[&y, &axes], &[])?;
    }
    Ok(vec![y])
}

/// The upper or the lower triangles of matrices, and noughts.
pub fn triangle<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let own = extents(import, call.value(0)?)?;
    let &[.., rows, columns] = own.as_slice() else { return refuse("takes no matrix") };
    let shape = [extent(rows.known()?)?, extent(columns.known()?)?];
    import.allow(shape[0].saturating_mul(shape[1]))?;
    let ones = floats(&shape, vec![1.0; shape[0] * shape[1]]);
    let shift = call.optional_constant(1)?.map_or_else(|| number(0.0), |shift| Value::Constant(shift.clone()));
    let upper = [("upper", Attribute::Int(call.int("upper", 1)?))];
    let mask = run(import, call, "Trilu", &[&ones, &shift], &upper)?;
    Ok(vec![run(import, call, "Mul", &[call.value(0)?, &mask], &[])?])
}

/// `x / sqrt(mean of x^2 + epsilon) scale` over the axes from one on (Zhang & Sennrich, NeurIPS 2019).
pub fn root_mean_square<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let x = call.value(0)?.clone();
    let axes = from_axis(import, call, &x)?;
    let y = by_deviation(import, call, &x, &axes)?;
    Ok(vec![run(import, call, "Mul", &[&y, call.value(1)?], &[])?])
}

/// Layer normalization over several axes.
pub fn layer<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let x = call.value(0)?.clone();
    let axes = from_axis(import, call, &x)?;
    let mut y = centered(import, call, &x, &axes)?;
    y = by_deviation(import, call, &y, &axes)?;
    y = run(import, call, "Mul", &[&y, call.value(1)?], &[])?;
    match call.optional(2) {
        Some(bias) => Ok(vec![run(import, call, "Add", &[&y, bias], &[])?]),
        None => Ok(vec![y]),
    }
}

/// `(x - mean) / standard deviation` over some axes.
pub fn mean_variance<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let axes = call.ints("axes")?.unwrap_or(&[0, 2, 3]).to_vec();
    let y = centered(import, call, call.value(0)?, &axes)?;
    Ok(vec![by_deviation(import, call, &y, &axes)?])
}

/// The axes from the attribute `axis` on.
fn from_axis<'a>(import: &Import<'a>, call: &Call<'_, 'a>, x: &Value<'a>) -> Result<Vec<i64>, Fault> {
    let rank = extents(import, x)?.len();
    let first = crate::draft::position(call.int("axis", -1)?, rank)?;
    Ok((first as i64..rank as i64).collect())
}

fn centered<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>, x: &Value<'a>, axes: &[i64]) -> Result<Value<'a>, Fault> {
    let mean = mean(import, call, x, axes)?;
    run(import, call, "Sub", &[x, &mean], &[])
}

/// `x / sqrt(mean of x^2 + epsilon)`.
fn by_deviation<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    x: &Value<'a>,
    axes: &[i64],
) -> Result<Value<'a>, Fault> {
    let square = run(import, call, "Mul", &[x, x], &[])?;
    let mean = mean(import, call, &square, axes)?;
    let epsilon = if call.node.op == "MeanVarianceNormalization" { 1e-9 } else { call.float("epsilon", 1e-5)? };
    let more = run(import, call, "Add", &[&mean, &number(epsilon)], &[])?;
    let root = run(import, call, "Sqrt", &[&more], &[])?;
    run(import, call, "Div", &[x, &root], &[])
}

/// Attention (Vaswani et al., NeurIPS 2017), its heads an axis or counted with the features.
pub fn attention<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    if call.optional(4).is_some() || call.optional(5).is_some() {
        return refuse("keeps keys and values of earlier runs, which is not supported");
    }
    let (heads, key_heads) = (call.int("q_num_heads", 0)?, call.int("kv_num_heads", 0)?);
    if heads != key_heads {
        return refuse(format!("shares {key_heads} heads of keys among {heads} of queries, which is not supported"));
    }
    let mut parts = Vec::new();
    let mut is_flat = false;
    for place in 0..3 {
        let x = call.value(place)?;
        let own = extents(import, x)?;
        parts.push(match own[..] {
            [_, _, _, _] => x.clone(),
            [n, places, features] if heads > 0 && features.known()? % heads == 0 => {
                is_flat = true;
                let shape = vec![n, places, Int::Known(heads), Int::Known(features.known()? / heads)];
                let x = reshaped(import, call, x, shape)?;
                turned(import, call, &x, vec![0, 2, 1, 3])?
            }
            _ => return refuse(format!("takes {own:?} in {heads} heads")),
        });
    }
    let [queries, keys, values] = &parts[..] else { return refuse("takes queries, keys and values") };
    let extent_of = |value: &Value<'a>, axis: usize| extent(extents(import, value)?[axis].known()?);
    let (rows, columns, features) = (extent_of(queries, 2)?, extent_of(keys, 2)?, extent_of(queries, 3)?);
    let scale = call.float("scale", 1.0 / (features as f32).sqrt())?;
    let queries = run(import, call, "Mul", &[queries, &number(scale)], &[])?;
    let keys = turned(import, call, keys, vec![0, 1, 3, 2])?;
    let mut scores = run(import, call, "MatMul", &[&queries, &keys], &[])?;
    let cap = call.float("softcap", 0.0)?;
    if cap != 0.0 {
        scores = run(import, call, "Div", &[&scores, &number(cap)], &[])?;
        scores = run(import, call, "Tanh", &[&scores], &[])?;
        scores = run(import, call, "Mul", &[&scores, &number(cap)], &[])?;
    }
    if call.int("is_causal", 0)? != 0 {
        import.allow(rows.saturating_mul(columns))?;
        let mask = (0..rows)
            .flat_map(|row| (0..columns).map(move |column| if column > row { f32::NEG_INFINITY } else { 0.0 }));
        scores = run(import, call, "Add", &[&scores, &floats(&[rows, columns], mask.collect())], &[])?;
    }
    if let Some(mask) = call.optional(3) {
        // Truth says who may be looked at, and numbers are added.
        let mask = match mask {
            Value::Constant(constant) if constant.kind == Some(data_type::BOOL) => {
                run(import, call, "Where", &[mask, &number(0.0), &number(f32::NEG_INFINITY)], &[])?
            }
            mask => mask.clone(),
        };
        scores = run(import, call, "Add", &[&scores, &mask], &[])?;
    }
    let weights = run(import, call, "Softmax", &[&scores], &[("axis", Attribute::Int(-1))])?;
    let result = run(import, call, "MatMul", &[&weights, values], &[])?;
    if !is_flat {
        return Ok(vec![result]);
    }
    let result = turned(import, call, &result, vec![0, 2, 1, 3])?;
    let own = extents(import, &result)?;
    let all = own[2].known()?.checked_mul(own[3].known()?).ok_or_else(|| Fault::new("is too large"))?;
    Ok(vec![reshaped(import, call, &result, vec![own[0], own[1], Int::Known(all)])?])
}
