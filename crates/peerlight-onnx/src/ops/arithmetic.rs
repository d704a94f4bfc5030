//! Sums, products and the like, and the activations that exporters write by them.

use std::rc::Rc;

use peerlight_models::{
    Role,
    kernels::Activation,
    ops::{Binary, Constant as Fixed, Op, Unary},
};

use super::{activation::apply, composed::run};
use crate::{
    constant::Constant,
    draft::{Data, Draft, Node},
    error::{Fault, refuse},
    import::{Call, Import, Value},
};

type Results<'a> = Result<Vec<Value<'a>>, Fault>;

fn op_of(name: &str) -> Binary {
    match name {
        "Add" | "Sum" => Binary::Add,
        "Sub" => Binary::Sub,
        "Mul" => Binary::Mul,
        "Div" => Binary::Div,
        "Max" => Binary::Max,
        _ => Binary::Min,
    }
}

pub fn binary<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let op = op_of(call.node.op);
    let mut inputs = call.inputs.iter().flatten();
    let mut result = inputs.next().cloned().ok_or_else(|| Fault::new("has no inputs"))?;
    let mut alone = call.inputs.len() == 1;
    for input in inputs {
        alone = false;
        use Value::{Constant, Data, Turned};
        result = Value::of(match (&result, input) {
            (Data(a) | Turned(a), Data(b) | Turned(b)) => of_two(import, call, op, a, b)?,
            (Data(a) | Turned(a), Constant(b)) => beside(import, call, op, a, b, false)?,
            (Constant(a), Data(b) | Turned(b)) => beside(import, call, op, b, a, true)?,
            _ => return refuse("takes constants before what is computed from the image"),
        });
    }
    if alone && matches!(op, Binary::Sub | Binary::Div) { refuse("has one input") } else { Ok(vec![result]) }
}

/// A power with a constant exponent or a constant base.
pub fn power<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let exponents = match (call.value(0)?, call.value(1)?) {
        (_, Value::Constant(exponents)) => exponents.to_floats()?,
        (Value::Constant(base), exponent) if base.to_floats()?.iter().all(|&base| base > 0.0) => {
            let log = run(import, call, "Log", &[&Value::Constant(base.clone())], &[])?;
            let log = run(import, call, "Mul", &[exponent, &log], &[])?;
            return Ok(vec![run(import, call, "Exp", &[&log], &[])?]);
        }
        _ => {
            let advice = "Write it as torch.exp(y * torch.log(x)), of an x above 0.";
            return Err(Fault::new("raises to a power that it computes from the image").advise(advice));
        }
    };
    match exponents.split_first() {
        Some((&first, others)) if others.iter().all(|&other| other == first) => {
            let op = match first {
                0.5 => Op::Unary(Unary::Sqrt),
                -1.0 => Op::Unary(Unary::Reciprocal),
                exponent => Op::Unary(Unary::Power { exponent }),
            };
            let Value::Merged(_) = call.value(0)? else { return apply(import, call, call.view(0)?, op) };
            super::merged::convert(import, call, super::Along::Each)
        }
        // Of negative numbers such powers are none.
        Some(_) if exponents.iter().all(|exponent| exponent.fract() != 0.0) => {
            let least = super::composed::number(f32::MIN_POSITIVE);
            let x = run(import, call, "Max", &[call.value(0)?, &least], &[])?;
            let log = run(import, call, "Log", &[&x], &[])?;
            let log = run(import, call, "Mul", &[&log, call.value(1)?], &[])?;
            Ok(vec![run(import, call, "Exp", &[&log], &[])?])
        }
        _ => refuse("raises to whole powers that differ from place to place, which is not supported"),
    }
}

/// A function of two results.
fn of_two<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>, op: Binary, a: &Data, b: &Data) -> Result<Data, Fault> {
    if a.order.len() != b.order.len() || a.batch() != b.batch() {
        let (a, b) = (import.draft.shape(a), import.draft.shape(b));
        return refuse(format!("takes results of the shapes {a:?} and {b:?}"));
    }
    if op == Binary::Mul
        && let Some(merged) = gate(&import.draft, a, b)?.or(gate(&import.draft, b, a)?)
    {
        let node = import.node(call, Op::Activation(merged.0), vec![merged.1], Vec::new())?;
        return Ok(Data { node, order: a.order.clone() });
    }
    let (left, right, order) = match a.order == b.order {
        true => (a.node, b.node, a.order.clone()),
        false => {
            let (a, b) = (import.draft.in_order(a)?, import.draft.in_order(b)?);
            (a.node, b.node, a.order)
        }
    };
    let node = import.node(call, Op::Binary(op), vec![left, right], Vec::new())?;
    Ok(Data { node, order })
}

/// The activation that `x` times a gate of `x` is, and the node of `x`.
fn gate(draft: &Draft, x: &Data, gate: &Data) -> Result<Option<(Activation, usize)>, Fault> {
    let Node { op, inputs, .. } = &draft.nodes[gate.node];
    let is_of_x = inputs.first() == Some(&x.node) && x.order == gate.order;
    match op {
        Op::Activation(Activation::Sigmoid) if is_of_x => return Ok(Some((Activation::Silu, x.node))),
        Op::Activation(Activation::HARD_SIGMOID) if is_of_x => return Ok(Some((Activation::HardSwish, x.node))),
        _ => {}
    }
    // x / 2 times 1 + erf(x / sqrt(2)).
    let half = with_number(draft, x.node, Binary::Mul, 0.5)?;
    Ok(match half {
        Some(whole) if erf_gate(draft, gate.node)? == half => Some((Activation::Gelu, whole)),
        _ => None,
    })
}

/// A function of a result and a constant, which comes `first` or second.
fn beside<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    op: Binary,
    data: &Data,
    constant: &Rc<Constant<'a>>,
    first: bool,
) -> Result<Data, Fault> {
    if constant.len() == 1
        && let Some((activation, node)) = known_form(import, op, data, constant.scalar()?, first)?
    {
        let node = import.node(call, Op::Activation(activation), vec![node], Vec::new())?;
        return Ok(Data { node, order: data.order.clone() });
    }
    if op == Binary::Add
        && let Some(merged) = super::linear::with_bias(import, call, data, constant)?
    {
        return Ok(merged);
    }
    let constant = constant_beside(import, call, data, constant)?;
    join(import, call, op, data, constant, first)
}

/// The activations that exporters write as sums and products.
fn known_form(
    import: &Import,
    op: Binary,
    data: &Data,
    number: f32,
    first: bool,
) -> Result<Option<(Activation, usize)>, Fault> {
    let draft = &import.draft;
    let near = |number: f32, wanted: f32| (number - wanted).abs() < 1e-5;
    let sixth =
        matches!(op, Binary::Div if near(number, 6.0) && !first) || (op == Binary::Mul && near(number, 1.0 / 6.0));
    // clip(x + 3, 0, 6) / 6 is a hard sigmoid, and x of them a hard swish.
    if sixth {
        if let Some(x) = hard_gate(draft, data.node)? {
            return Ok(Some((Activation::HARD_SIGMOID, x)));
        }
        if let Node { op: Op::Binary(Binary::Mul), inputs, .. } = &draft.nodes[data.node] {
            for (x, gate) in [(inputs[0], inputs[1]), (inputs[1], inputs[0])] {
                if hard_gate(draft, gate)? == Some(x) {
                    return Ok(Some((Activation::HardSwish, x)));
                }
            }
        }
    }
    // x (1 + erf(x / sqrt(2))) times a half is a GELU; the half may come first.
    if op == Binary::Mul
        && near(number, 0.5)
        && let Node { op: Op::Binary(Binary::Mul), inputs, .. } = &draft.nodes[data.node]
    {
        for (x, gate) in [(inputs[0], inputs[1]), (inputs[1], inputs[0])] {
            if erf_gate(draft, gate)? == Some(x) {
                return Ok(Some((Activation::Gelu, x)));
            }
        }
    }
    Ok(None)
}

/// The x of clip(x + 3, 0, 6).
fn hard_gate(draft: &Draft, node: usize) -> Result<Option<usize>, Fault> {
    let Node { op: Op::Activation(Activation::Relu6), inputs, .. } = &draft.nodes[node] else { return Ok(None) };
    with_number(draft, inputs[0], Binary::Add, 3.0)
}

/// The x of 1 + erf(x / sqrt(2)).
fn erf_gate(draft: &Draft, node: usize) -> Result<Option<usize>, Fault> {
    let Some(erf) = with_number(draft, node, Binary::Add, 1.0)? else { return Ok(None) };
    let Node { op: Op::Unary(Unary::Erf), inputs, .. } = &draft.nodes[erf] else { return Ok(None) };
    match with_number(draft, inputs[0], Binary::Div, std::f32::consts::SQRT_2)? {
        Some(x) => Ok(Some(x)),
        None => with_number(draft, inputs[0], Binary::Mul, std::f32::consts::FRAC_1_SQRT_2),
    }
}

/// The node that a number is added to, or the like, if the node does that.
fn with_number(draft: &Draft, node: usize, wanted: Binary, number: f32) -> Result<Option<usize>, Fault> {
    let Node { op: Op::Binary(op), inputs, .. } = &draft.nodes[node] else { return Ok(None) };
    let (x, constant) = match (&draft.nodes[inputs[0]].op, &draft.nodes[inputs[1]].op) {
        (_, Op::Constant(_)) => (inputs[0], inputs[1]),
        (Op::Constant(_), _) if *op != Binary::Div => (inputs[1], inputs[0]),
        _ => return Ok(None),
    };
    let parameter = &draft.parameters[draft.nodes[constant].parameters[0]];
    if *op != wanted || parameter.shape.iter().any(|&extent| extent != 1) {
        return Ok(None);
    }
    let value = parameter.to_floats()?[0];
    Ok(((value - number).abs() < 1e-4).then_some(x))
}

/// The node of a constant that stands beside a result: it gets the result's number of axes, in the order of the
/// result's node.
pub fn constant_beside<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    data: &Data,
    constant: &Rc<Constant<'a>>,
) -> Result<usize, Fault> {
    let rank = data.order.len();
    let missing = rank.saturating_sub(constant.shape.len());
    let view: Vec<usize> = std::iter::repeat_n(1, missing).chain(constant.shape.iter().copied()).collect();
    if view.len() > rank || view[data.batch()] != 1 {
        let shape = import.extents(data);
        return refuse(format!("takes a constant of the shape {:?} beside a result {shape:?}", constant.shape));
    }
    // The view's axis i is the node's axis order[i].
    let mut shape = vec![1; rank];
    for (axis, &at) in data.order.iter().enumerate() {
        shape[at] = view[axis];
    }
    let name = format!("{}.constant", call.name());
    let others: Vec<usize> = (0..rank).filter(|&axis| view[axis] != 1).map(|axis| data.order[axis]).collect();
    let parameter = if others.is_sorted() {
        import.draft.parameter(&name, &shape, Role::Constant, constant)
    } else {
        // Rare: a constant of several axes under a transpose.
        let values = reordered(&constant.to_floats()?, &view, &data.order);
        return import.fixed(call, &shape[1..], values);
    };
    import.draft.node(&name, Op::Constant(Fixed {}), Vec::new(), vec![parameter])
}

/// The values of a tensor whose axis i becomes axis `order[i]`.
fn reordered(values: &[f32], view: &[usize], order: &[usize]) -> Vec<f32> {
    let rank = view.len();
    let mut shape = vec![1; rank];
    order.iter().zip(view).for_each(|(&at, &extent)| shape[at] = extent);
    let mut steps = vec![0; rank];
    for axis in 0..rank {
        steps[order[axis]] = view[axis + 1..].iter().product();
    }
    (0..values.len())
        .map(|i| {
            let mut rest = i;
            let place = (0..rank).rev().map(|axis| {
                let at = rest % shape[axis];
                rest /= shape[axis];
                at * steps[axis]
            });
            values[place.sum::<usize>()]
        })
        .collect()
}

/// A function of a result and the node of a constant.
pub fn join<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    op: Binary,
    data: &Data,
    constant: usize,
    first: bool,
) -> Result<Data, Fault> {
    let inputs = if first { vec![constant, data.node] } else { vec![data.node, constant] };
    let node = import.node(call, Op::Binary(op), inputs, Vec::new())?;
    Ok(Data { node, order: data.order.clone() })
}

/// A function of a result and a number.
pub fn with_constant<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    data: &Data,
    op: Binary,
    number: f32,
) -> Result<Data, Fault> {
    let constant = Rc::new(Constant::floats(Vec::new(), vec![number]));
    let constant = constant_beside(import, call, data, &constant)?;
    join(import, call, op, data, constant, false)
}
