//! Results whose first axis counts the batch and one more axis together: attention in windows takes the windows of an
//! image as images of their own. Here both axes stay apart. What a node does to their product it does to the second.

use std::{collections::HashMap, rc::Rc};

use super::shape::{
    extents::{expanded, reshaped},
    merge, repeated, to_shape,
};
use crate::{
    constant::{Constant, Int, known},
    draft::{Data, position},
    error::{Fault, refuse},
    fold::shape_slice,
    import::{Call, Import, Value},
    proto::{Attribute, Node},
};

/// Adds what a node computes of such results.
pub fn convert<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Result<Vec<Value<'a>>, Fault> {
    let merged = call.inputs.iter().flatten().find_map(|value| match value {
        Value::Merged(data) => Some(data.clone()),
        _ => None,
    });
    let Some(data) = merged else { return refuse("takes nothing of the kind") };
    match call.node.op {
        _ if !matches!(call.optional(0), Some(Value::Merged(_))) => {}
        "Reshape" => return reshape(import, call, &data),
        "Expand" if data.order.first() == Some(&0) => return expand(import, call, &data),
        // As for one image.
        "Shape" if data.order.first() == Some(&0) => {
            return Ok(vec![shape_slice(call, known(&import.draft.shape(&data)))?]);
        }
        _ => {}
    }
    let both = Both { at: data.order.iter().position(|&axis| axis == 0).unwrap_or(0), rank: data.order.len() - 1 };
    let mut inputs = Vec::new();
    for input in &call.inputs {
        inputs.push(match input {
            Some(Value::Merged(other)) if other.order.get(both.at) == Some(&0) => Some(Value::of(other.clone())),
            Some(Value::Constant(_)) | None => input.clone(),
            Some(_) => return refuse("joins windows of an image and the whole of it"),
        });
    }
    let node = both.apart(call, &mut inputs)?;
    let results = super::convert(import, &Call { node: &node, inputs })?;
    results
        .into_iter()
        .map(|value| match value {
            Value::Data(data) | Value::Turned(data) => Ok(Value::Merged(data)),
            Value::Constant(_) => Ok(value),
            Value::Row(_) | Value::Merged(_) => refuse("takes the images of a batch as one"),
        })
        .collect()
}

/// Where an axis counts both, among how many.
#[derive(Clone, Copy)]
struct Both {
    at: usize,
    rank: usize,
}

impl Both {
    /// The node for results that have one axis more.
    fn apart<'a>(self, call: &Call<'_, 'a>, inputs: &mut [Option<Value<'a>>]) -> Result<Node<'a>, Fault> {
        let node = call.node;
        let mut attributes: HashMap<_, _> =
            node.attributes.iter().map(|(name, value)| (*name, value.clone())).collect();
        match node.op {
            "Add" | "Sub" | "Mul" | "Div" | "Max" | "Min" | "Sum" | "Pow" | "MatMul" | "Abs" | "Cast" | "Clip"
            | "Dropout" | "Elu" | "Erf" | "Exp" | "Gelu" | "HardSigmoid" | "HardSwish" | "Identity" | "LeakyRelu"
            | "Log" | "Mish" | "Neg" | "Reciprocal" | "Relu" | "Selu" | "Sigmoid" | "Softplus" | "Sqrt" | "Swish"
            | "Tanh" => {}
            "Softmax" | "LogSoftmax" | "LayerNormalization" | "Gather" | "Split" | "Concat" => {
                let default = if matches!(node.op, "Gather" | "Split" | "Concat") { 0 } else { -1 };
                attributes.insert("axis", Attribute::Int(self.axis(call.int("axis", default)?, self.rank)?));
            }
            "Transpose" => {
                let reversed: Vec<i64> = (0..self.rank as i64).rev().collect();
                let mut order = Vec::new();
                for &axis in call.ints("perm")?.unwrap_or(&reversed) {
                    match position(axis, self.rank)? {
                        axis if axis == self.at => order.extend([axis as i64, axis as i64 + 1]),
                        axis => order.push((axis + usize::from(axis > self.at)) as i64),
                    }
                }
                attributes.insert("perm", Attribute::Ints(order));
            }
            op if op.starts_with("Reduce") || matches!(op, "Squeeze" | "Unsqueeze" | "Slice") => {
                let place = if op == "Slice" { 3 } else { 1 };
                let Some(axes) = call.ints_or_input("axes", place)? else { return refuse("names no axes") };
                let rank = self.rank + if op == "Unsqueeze" { axes.len() } else { 0 };
                let axes: Vec<i64> = axes.into_iter().map(|axis| self.axis(axis, rank)).collect::<Result<_, _>>()?;
                match inputs.get_mut(place).filter(|input| input.is_some()) {
                    Some(input) => {
                        let known = axes.into_iter().map(Int::Known).collect::<Vec<_>>();
                        *input = Some(Value::Constant(Rc::new(Constant::ints(vec![known.len()], known))));
                    }
                    None => drop(attributes.insert("axes", Attribute::Ints(axes))),
                }
            }
            _ => return refuse("takes the windows of an image as images of their own, which is not supported"),
        }
        let (inputs, outputs) = (node.inputs.clone(), node.outputs.clone());
        Ok(Node { name: node.name, op: node.op, domain: node.domain, inputs, outputs, attributes })
    }

    /// An axis where both are apart.
    fn axis(self, axis: i64, rank: usize) -> Result<i64, Fault> {
        match position(axis, rank)? {
            axis if axis == self.at => refuse("works along the axis of the batch"),
            axis => Ok((axis + usize::from(axis > self.at)) as i64),
        }
    }
}

/// Axes of one element repeated, the first axis being what it is.
fn expand<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>, data: &Data) -> Result<Vec<Value<'a>>, Fault> {
    let own = known(&import.draft.shape(data));
    let target = call.constant(1)?.to_ints()?;
    if target.len() != own.len() || target.first() != own.first() {
        return refuse(format!("makes {target:?} of {own:?}"));
    }
    match repeated(import, call, data, &expanded(&own, &target)?)?.pop() {
        Some(Value::Data(data)) => Ok(vec![Value::Merged(data)]),
        _ => refuse("repeats nothing"),
    }
}

/// Another shape, read as for one image: what begins with 1 is whole images again.
fn reshape<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>, data: &Data) -> Result<Vec<Value<'a>>, Fault> {
    let of_one = |extent: Int| if extent == Int::Batch { Int::Known(1) } else { extent };
    let target: Vec<Int> = call.constant(1)?.to_ints()?.into_iter().map(of_one).collect();
    if data.order.first() != Some(&0) {
        return refuse("takes a result whose first axis is not the batch: the batch must stay the first axis");
    }
    let own = known(&import.draft.shape(data));
    let shape = reshaped(&own, &target, call.int("allowzero", 0)? != 0)?;
    match shape.first() {
        Some(Int::Known(1)) => to_shape(import, call, data, shape),
        _ => merge(import, call, data, &shape),
    }
}
