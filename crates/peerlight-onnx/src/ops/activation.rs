//! Functions of each element.

use peerlight_models::{
    kernels::Activation,
    ops::{Binary, Op, Unary},
};

use super::arithmetic::with_constant;
use crate::{
    draft::Data,
    error::{Fault, refuse},
    import::{Call, Import, Value},
};

type Results<'a> = Result<Vec<Value<'a>>, Fault>;

/// A function of each element, whose axes may stand in any order.
pub fn apply<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>, data: &Data, op: Op) -> Results<'a> {
    let node = import.node(call, op, vec![data.node], Vec::new())?;
    Ok(vec![Value::of(Data { node, order: data.order.clone() })])
}

pub fn unary<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let op = match call.node.op {
        "Abs" => Op::Unary(Unary::Abs),
        "Elu" => Op::Unary(Unary::Elu { alpha: call.float("alpha", 1.0)? }),
        "Erf" => Op::Unary(Unary::Erf),
        "Exp" => Op::Unary(Unary::Exp),
        "Floor" => Op::Unary(Unary::Floor),
        "HardSwish" => Op::Activation(Activation::HardSwish),
        "LeakyRelu" => Op::Activation(Activation::LeakyRelu(call.float("alpha", 0.01)?)),
        "Log" => Op::Unary(Unary::Log),
        "Mish" => Op::Unary(Unary::Mish),
        "Neg" => Op::Unary(Unary::Neg),
        "Reciprocal" => Op::Unary(Unary::Reciprocal),
        "Relu" => Op::Activation(Activation::Relu),
        "Round" => Op::Unary(Unary::Quantize { step: 1.0, low: f32::MIN, high: f32::MAX }),
        "Sigmoid" => Op::Activation(Activation::Sigmoid),
        "Sign" => Op::Unary(Unary::Sign),
        "Sin" => Op::Unary(Unary::Sin),
        "Softplus" => Op::Unary(Unary::Softplus),
        "Sqrt" => Op::Unary(Unary::Sqrt),
        "Tanh" => Op::Unary(Unary::Tanh),
        other => unreachable!("{other} is not in the list of operations"),
    };
    apply(import, call, call.view(0)?, op)
}

/// `Clip`, of which ReLU and ReLU6 are cases.
pub fn clip<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let low = call.float_or_input("min", 1, f32::MIN)?;
    let high = call.float_or_input("max", 2, f32::MAX)?;
    let op = match (low, high) {
        (0.0, 6.0) => Op::Activation(Activation::Relu6),
        (0.0, high) if high >= f32::MAX => Op::Activation(Activation::Relu),
        (low, high) => Op::Unary(Unary::Clip { low, high }),
    };
    apply(import, call, call.view(0)?, op)
}

/// `max(0, min(1, alpha x + beta))`.
pub fn hard_sigmoid<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let (slope, offset) = (call.float("alpha", 0.2)?, call.float("beta", 0.5)?);
    let activation = match (slope - 1.0 / 6.0).abs() < 1e-5 && offset == 0.5 {
        true => Activation::HARD_SIGMOID,
        false => Activation::HardSigmoid { slope, offset },
    };
    apply(import, call, call.view(0)?, Op::Activation(activation))
}

pub fn gelu<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let activation = match call.text("approximate", "none")? {
        "none" => Activation::Gelu,
        "tanh" => Activation::GeluTanh,
        other => return refuse(format!("approximates by '{other}'")),
    };
    apply(import, call, call.view(0)?, Op::Activation(activation))
}

/// `gamma x` above 0, and `gamma alpha (exp(x) - 1)` below.
pub fn selu<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let (alpha, gamma) = (call.float("alpha", 1.673_263_2)?, call.float("gamma", 1.050_701)?);
    let elu = apply_data(import, call, call.view(0)?, Op::Unary(Unary::Elu { alpha }))?;
    Ok(vec![Value::of(with_constant(import, call, &elu, Binary::Mul, gamma)?)])
}

/// `x` above 0, and below 0 a slope of its own for each channel: max(x, 0) + slope min(x, 0).
pub fn prelu<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let x = call.view(0)?.clone();
    let above = apply_data(import, call, &x, Op::Activation(Activation::Relu))?;
    let below = apply_data(import, call, &x, Op::Unary(Unary::Clip { low: f32::MIN, high: 0.0 }))?;
    let slope = super::arithmetic::constant_beside(import, call, &below, call.constant(1)?)?;
    let below = super::arithmetic::join(import, call, Binary::Mul, &below, slope, false)?;
    Ok(vec![Value::of(of_two(import, call, Binary::Add, &above, &below)?)])
}

fn apply_data<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>, data: &Data, op: Op) -> Result<Data, Fault> {
    let node = import.node(call, op, vec![data.node], Vec::new())?;
    Ok(Data { node, order: data.order.clone() })
}

/// A function of two results whose axes stand in the same order.
fn of_two<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>, op: Binary, a: &Data, b: &Data) -> Result<Data, Fault> {
    let node = import.node(call, Op::Binary(op), vec![a.node, b.node], Vec::new())?;
    Ok(Data { node, order: a.order.clone() })
}
