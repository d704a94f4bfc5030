//! Linear layers and matrix products.

use std::rc::Rc;

use peerlight_models::{
    Role,
    kernels::{Geometry, Padding},
    ops::{Linear, MatMul, Op},
};

use super::{
    arithmetic::constant_beside,
    composed::{number, run, turned},
};
use crate::{
    constant::Constant,
    draft::{Data, Node},
    error::{Fault, refuse},
    import::{Call, Import, Value},
};

type Results<'a> = Result<Vec<Value<'a>>, Fault>;

/// `alpha A B + beta C`.
pub fn gemm<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    if call.int("transA", 0)? != 0 || call.constant(1).is_err() || call.optional_constant(2).is_err() {
        return gemm_by_parts(import, call);
    }
    let (alpha, beta) = (call.float("alpha", 1.0)?, call.float("beta", 1.0)?);
    let is_turned = call.int("transB", 0)? != 0;
    let mut own = vec![weight(import, call, call.constant(1)?, is_turned, alpha, &[])?];
    let out = import.draft.parameters[own[0]].shape[0];
    if let Some(bias) = call.optional_constant(2)? {
        own.push(self::bias(import, call, bias, out, beta)?);
    }
    linear(import, call, own)
}

/// The same of any matrices, as a product and a sum.
pub fn gemm_by_parts<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let mut matrices = Vec::new();
    for (place, is_turned) in ["transA", "transB"].into_iter().enumerate() {
        let order = if call.int(is_turned, 0)? == 0 { vec![0, 1] } else { vec![1, 0] };
        matrices.push(turned(import, call, call.value(place)?, order)?);
    }
    let mut scaled = |name: &str, x: &Value<'a>| match call.float(name, 1.0)? {
        1.0 => Ok(x.clone()),
        factor => run(import, call, "Mul", &[x, &number(factor)], &[]),
    };
    let a = scaled("alpha", &matrices[0])?;
    let bias = call.optional(2).map(|bias| scaled("beta", bias)).transpose()?;
    let mut y = run(import, call, "MatMul", &[&a, &matrices[1]], &[])?;
    if let Some(bias) = bias {
        y = run(import, call, "Add", &[&y, &bias], &[])?;
    }
    Ok(vec![y])
}

/// A linear layer along the last axis of the first input.
fn linear<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>, own: Vec<usize>) -> Results<'a> {
    let x = import.draft.in_order(call.view(0)?)?;
    if x.order.last() == Some(&0) {
        return refuse("works along the axis of the batch");
    }
    let node = import.node(call, Op::Linear(Linear {}), vec![x.node], own)?;
    Ok(vec![Value::of(Data { node, order: x.order })])
}

/// The product of two tensors of which neither is a matrix of weights behind a result.
fn product<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let (a, b) = match (call.optional(0), call.optional(1)) {
        (Some(Value::Constant(constant)), _) => {
            let b = import.draft.in_order(call.view(1)?)?;
            let node = constant_beside(import, call, &b, constant)?;
            (Data { node, order: b.order.clone() }, b)
        }
        (_, Some(Value::Constant(constant))) => {
            let a = import.draft.in_order(call.view(0)?)?;
            let node = constant_beside(import, call, &a, constant)?;
            (a.clone(), Data { node, order: a.order })
        }
        _ => (import.draft.in_order(call.view(0)?)?, import.draft.in_order(call.view(1)?)?),
    };
    if a.order.len() != b.order.len() || a.batch() != b.batch() {
        let (a, b) = (import.extents(&a), import.extents(&b));
        return refuse(format!("multiplies matrices of the shapes {a:?} and {b:?}"));
    }
    if a.batch() + 2 >= a.order.len() {
        return refuse("works along the axis of the batch");
    }
    let node = import.node(call, Op::MatMul(MatMul {}), vec![a.node, b.node], Vec::new())?;
    Ok(vec![Value::of(Data { node, order: a.order })])
}

pub fn matmul<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let (data, constant) = match (call.optional(0), call.optional(1)) {
        (Some(Value::Data(data) | Value::Turned(data)), Some(Value::Constant(constant)))
            if constant.shape.len() == 2 =>
        {
            (data.clone(), constant)
        }
        _ => return product(import, call),
    };
    // The last axis of a view is the channels of an image: a convolution with a kernel of one pixel.
    if data.order == [0, 2, 3, 1] {
        let weight = weight(import, call, constant, false, 1.0, &[1, 1])?;
        let conv = Geometry { stride: [1, 1], dilation: [1, 1], padding: Padding::VALID, groups: 1 };
        let node = import.node(call, Op::Conv(conv), vec![data.node], vec![weight])?;
        return Ok(vec![Value::Data(Data { node, order: data.order })]);
    }
    let weight = weight(import, call, constant, false, 1.0, &[])?;
    linear(import, call, vec![weight])
}

/// The weight of a linear layer, [out, in] with a kernel's axes behind, of a matrix that is [in, out] or turned around
/// already.
fn weight<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    matrix: &Rc<Constant<'a>>,
    is_turned: bool,
    factor: f32,
    kernel: &[usize],
) -> Result<usize, Fault> {
    let &[rows, columns] = matrix.shape.as_slice() else {
        return refuse(format!("has a weight of the shape {:?}, not of two axes", matrix.shape));
    };
    let shape = [if is_turned { [rows, columns] } else { [columns, rows] }.as_slice(), kernel].concat();
    let name = format!("{}.weight", call.name());
    let of = if is_turned { matrix.clone() } else { turned_once(import, matrix, [rows, columns])? };
    if factor == 1.0 {
        return Ok(import.draft.parameter(&name, &shape, Role::Weight, &of));
    }
    import.allow(matrix.len())?;
    let values = of.to_floats()?.into_iter().map(|value| value * factor).collect();
    let name = if matrix.name.is_empty() { &name } else { matrix.name };
    Ok(import.draft.own_parameter(name, &shape, Role::Weight, values))
}

/// A matrix turned around: the same one wherever it is asked for, so that layers which share it still do.
fn turned_once<'a>(
    import: &mut Import<'a>,
    matrix: &Rc<Constant<'a>>,
    [rows, columns]: [usize; 2],
) -> Result<Rc<Constant<'a>>, Fault> {
    let (all, places) = &import.draft.turned;
    if let Some(&place) = places.get(&Rc::as_ptr(matrix)) {
        return Ok(all[place][1].clone());
    }
    import.allow(matrix.len())?;
    let values = matrix.to_floats()?;
    let places = (0..columns).flat_map(|column| (0..rows).map(move |row| row * columns + column));
    let own = Constant::floats(vec![columns, rows], places.map(|place| values[place]).collect());
    let own = Rc::new(Constant { name: matrix.name, ..own });
    let (all, places) = &mut import.draft.turned;
    places.insert(Rc::as_ptr(matrix), all.len());
    all.push([matrix.clone(), own.clone()]);
    Ok(own)
}

/// The bias of so many outputs, of one number for each or one for all.
fn bias<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    constant: &Rc<Constant<'a>>,
    out: usize,
    factor: f32,
) -> Result<usize, Fault> {
    let name = format!("{}.bias", call.name());
    match (constant.len(), constant.shape.last()) {
        (count, Some(&last)) if count == out && last == out => match factor == 1.0 {
            true => Ok(import.draft.parameter(&name, &[out], Role::Bias, constant)),
            false => {
                let values = constant.to_floats()?.into_iter().map(|value| value * factor).collect();
                Ok(import.draft.own_parameter(&name, &[out], Role::Bias, values))
            }
        },
        (1, _) => Ok(import.draft.own_parameter(&name, &[out], Role::Bias, vec![constant.scalar()? * factor; out])),
        _ => refuse(format!("adds a constant of the shape {:?} to {out} outputs", constant.shape)),
    }
}

/// The result of a layer with the bias that is added after it, if the constant is one and nothing else takes the
/// result.
pub fn with_bias<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    data: &Data,
    constant: &Rc<Constant<'a>>,
) -> Result<Option<Data>, Fault> {
    let is_once = call
        .node
        .inputs
        .iter()
        .all(|name| import.is_taken_once(name) || !matches!(import.value(name), Some(Value::Data(_))));
    let Node { op, inputs, parameters, shape, .. } = &import.draft.nodes[data.node];
    // The axis of the outputs, in the node and as the constant's view has it.
    let (axis, out) = match op {
        Op::Conv(_) => (1, shape[0]),
        Op::Linear(_) => (shape.len(), shape[shape.len() - 1]),
        _ => return Ok(None),
    };
    let Some(place) = data.order.iter().position(|&at| at == axis) else { return Ok(None) };
    let behind = data.order.len() - 1 - place;
    let fits = constant.len() == out
        && constant.shape.len() > behind
        && constant.shape[constant.shape.len() - 1 - behind] == out
        && parameters.len() == 1;
    if !is_once || !fits || out == 1 {
        return Ok(None);
    }
    let (op, inputs, weight) = (op.clone(), inputs.clone(), parameters[0]);
    let bias = import.draft.parameter(&format!("{}.bias", call.name()), &[out], Role::Bias, constant);
    let node = import.node(call, op, inputs, vec![weight, bias])?;
    Ok(Some(Data { node, order: data.order.clone() }))
}
