//! Softmax inside a network.

use peerlight_models::ops::{Op, Softmax, Unary};

use super::activation::apply;
use crate::{
    constant::Int,
    draft::Data,
    error::{Fault, refuse},
    import::{Call, Import, Value},
};

pub fn softmax<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Result<Vec<Value<'a>>, Fault> {
    let data = call.view(0)?.clone();
    let old = import.opset < 13;
    let place = data.position(call.int("axis", if old { 1 } else { -1 })?)?;
    // Before opset 13 all axes from this one on are one.
    if old && import.extents(&data)[place + 1..].iter().any(|&extent| extent != Int::Known(1)) {
        return refuse("runs over several axes at once");
    }
    let op = Op::Softmax(Softmax { axis: data.order[place] });
    let node = import.node(call, op, vec![data.node], Vec::new())?;
    let data = Data { node, ..data };
    match call.node.op {
        "LogSoftmax" => apply(import, call, &data, Op::Unary(Unary::Log)),
        _ => Ok(vec![Value::of(data)]),
    }
}
