//! Results whose batch is no axis of its own. Attention in windows takes the windows of an image as images of their
//! own, and other attention counts heads or places with the batch. Here all axes stay apart: what a node does to the
//! axes of the file is said of the axes that there are. In a file that was made for one image the batch may be no axis
//! at all; then it stays first, and the file has the others.

use std::{collections::HashMap, rc::Rc};

use peerlight_models::ops::{Op, Reshape};

use super::{
    Along,
    shape::{reshape::to_extents, without_axis},
};
use crate::{
    constant::{Constant, Int, known},
    draft::{Data, position},
    error::{Fault, refuse},
    import::{Call, Import, Merged, Value},
    proto::{Attribute, Node},
};

type Results<'a> = Result<Vec<Value<'a>>, Fault>;

/// The extents that the file has for a value.
pub fn extents(import: &Import, value: &Value) -> Result<Vec<Int>, Fault> {
    let Merged { data, first, count } = match value {
        Value::Data(data) | Value::Turned(data) => return Ok(import.extents(data)),
        Value::Constant(constant) => return Ok(known(&constant.shape)),
        Value::Merged(merged) => merged,
    };
    let mut extents = import.extents(data);
    let product = extents[*first..first + count].iter().try_fold(1i64, |all, i| all.checked_mul(i.of_one()));
    let product = product.ok_or_else(|| Fault::new("counts too much as one axis"))?;
    match count {
        0 => drop(extents.remove(0)),
        _ => drop(extents.splice(*first..first + count, [Int::Batch(product)])),
    }
    Ok(extents)
}

/// What a node gives whose batch has to be another axis's equal: a file that was made for one image may do that.
pub fn alone<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    if import.batch != Int::Known(1) {
        return refuse("works along the axis of the batch");
    }
    let mut inputs = call.inputs.clone();
    if let Some(Some(value)) = inputs.first_mut() {
        *value = Value::Merged(Merged { data: of_alone(import, call, value)?, first: 0, count: 0 });
    }
    super::convert(import, &Call { node: call.node, inputs })
}

/// A result whose axes are those of the file, behind the batch.
pub fn of_one<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>, data: Data) -> Result<Value<'a>, Fault> {
    match data.order.len() > 2 && import.extents(&data)[1] == Int::Known(1) {
        true => Ok(Value::of(without_axis(import, call, &data, 1)?)),
        false => Ok(Value::Merged(Merged { data, first: 0, count: 0 })),
    }
}

/// The view of a result that has all axes of the file behind the batch.
fn of_alone<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>, value: &Value<'a>) -> Result<Data, Fault> {
    match value {
        Value::Merged(Merged { data, count: 0, .. }) => Ok(data.clone()),
        Value::Data(data) | Value::Turned(data) => {
            let x = import.draft.in_order(data)?;
            let mut shape = import.draft.shape(&x);
            shape.insert(x.batch(), 1);
            let node = import.node(call, Op::Reshape(Reshape { shape }), vec![x.node], Vec::new())?;
            Ok(import.draft.data(node))
        }
        _ => refuse("joins the images of a batch and one image"),
    }
}

/// Adds what a node computes of such results.
pub fn convert<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>, along: Along) -> Results<'a> {
    let merged = |value: &Option<Value<'a>>| match value {
        Some(Value::Merged(merged)) => Some(merged.clone()),
        _ => None,
    };
    let all: Vec<Merged> = call.inputs.iter().filter_map(merged).collect();
    let Some(merged) = all.iter().find(|merged| merged.count == 0).or(all.first()).cloned() else {
        return refuse("takes nothing of the kind");
    };
    if let ("Gather", Some(value @ Value::Merged(_))) = (call.node.op, call.optional(0))
        && extents(import, value)?.len() == 1
        && let Some(results) = in_order(import, call, value)?
    {
        return Ok(results);
    }
    let mut inputs = match merged.count {
        0 => all_alone(import, call, along)?,
        _ => all_merged(import, call, along, &merged)?,
    };
    let apart = Apart { first: merged.first, count: merged.count };
    let node = apart.node(import, call, along, &mut inputs)?;
    let offset = merged.data.batch() - merged.first;
    let mut values = Vec::new();
    for value in super::convert(import, &Call { node: &node, inputs })? {
        values.push(match (value, merged.count) {
            (Value::Data(data) | Value::Turned(data), 0) => of_one(import, call, data)?,
            (Value::Data(data) | Value::Turned(data), count) => {
                let first = data.batch().checked_sub(offset).filter(|first| first + count <= data.order.len());
                let first = first.ok_or_else(|| Fault::new("takes the batch apart from what is counted with it"))?;
                Value::Merged(Merged { data, first, count })
            }
            (Value::Constant(constant), _) => Value::Constant(constant),
            (Value::Merged(_), _) => return refuse("counts the batch with other axes twice"),
        });
    }
    Ok(values)
}

/// The inputs of a node of one image, of as many axes each where the node works on each element.
fn all_alone<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>, along: Along) -> Result<Vec<Option<Value<'a>>>, Fault> {
    let mut inputs = Vec::new();
    for input in &call.inputs {
        inputs.push(match input {
            Some(Value::Constant(_)) | None => input.clone(),
            Some(value) => Some(Value::Data(of_alone(import, call, value)?)),
        });
    }
    let ranks = inputs.iter().map(|input| match input {
        Some(Value::Data(data)) => data.order.len() - 1,
        Some(Value::Constant(constant)) => constant.shape.len(),
        _ => 0,
    });
    let most = match along {
        Along::Each => ranks.max().unwrap_or(0),
        Along::Target => call.constant(1)?.len(),
        _ => 0,
    };
    for input in &mut inputs {
        if let Some(Value::Data(data)) = input
            && let Some(missing) = most.checked_sub(data.order.len() - 1).filter(|missing| *missing > 0)
        {
            let x = import.draft.in_order(data)?;
            let shape = [vec![1; missing], import.draft.shape(&x)].concat();
            let node = import.node(call, Op::Reshape(Reshape { shape }), vec![x.node], Vec::new())?;
            *data = import.draft.data(node);
        }
    }
    Ok(inputs)
}

/// The inputs of a node whose axes are counted together in the same way.
fn all_merged<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    along: Along,
    merged: &Merged,
) -> Result<Vec<Option<Value<'a>>>, Fault> {
    let behind = merged.data.order.len() - merged.first - merged.count;
    let is_product = matches!(call.node.op, "MatMul" | "Gemm");
    let is_elementwise = matches!(along, Along::Each) && !is_product || call.node.op == "Concat";
    let results = call.inputs.iter().flatten().filter(|input| !matches!(input, Value::Constant(_))).count();
    if is_product && behind < results {
        return refuse("multiplies the images of a batch with each other");
    }
    let mut inputs = Vec::new();
    for input in &call.inputs {
        inputs.push(match input {
            Some(Value::Merged(other)) if (other.first, other.count) == (merged.first, merged.count) => {
                Some(Value::of(other.data.clone()))
            }
            Some(Value::Constant(constant)) if is_elementwise && constant.shape.len() > behind => {
                Some(Value::Constant(Rc::new(split(import, constant, merged, behind)?)))
            }
            // What multiplies all rows of a matrix multiplies those of each of its parts.
            Some(Value::Constant(constant)) if is_product && constant.shape.len() > 2 && behind == 1 => {
                let mut shape = constant.shape.clone();
                shape.splice(shape.len() - 2..shape.len() - 2, vec![1; merged.count - 1]);
                Some(Value::Constant(Rc::new(Constant { shape, ..Constant::clone(constant) })))
            }
            Some(Value::Constant(_)) | None => input.clone(),
            Some(_) => return refuse("joins windows of an image and the whole of it"),
        });
    }
    Ok(inputs)
}

/// A constant whose axes are those of a result whose axes are apart.
fn split<'a>(
    import: &Import<'a>,
    constant: &Constant<'a>,
    merged: &Merged,
    behind: usize,
) -> Result<Constant<'a>, Fault> {
    let of_group = &import.extents(&merged.data)[merged.first..merged.first + merged.count];
    let others: Vec<usize> = of_group.iter().map(|i| i.known().map_or(1, |extent| extent as usize)).collect();
    let place = constant.shape.len() - 1 - behind;
    let mut shape = constant.shape.clone();
    let parts = match shape[place] {
        1 => vec![1; merged.count],
        extent if extent == others.iter().product::<usize>() => others,
        extent => return refuse(format!("takes a constant of {extent} beside an axis of {of_group:?}")),
    };
    shape.splice(place..=place, parts);
    Ok(Constant { shape, ..constant.clone() })
}

/// All elements in a row, picked again in the same order: PyTorch's newer exporter writes that to change a shape. None
/// if others are picked.
fn in_order<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    value: &Value<'a>,
) -> Result<Option<Vec<Value<'a>>>, Fault> {
    let places = call.constant(1)?;
    let count = extents(import, value)?[0].of_one();
    let is_all = places.shape.first() == Some(&1) && places.to_known()?.into_iter().eq(0..count);
    if !is_all {
        return Ok(None);
    }
    let target = [vec![import.batch], known(&places.shape[1..])].concat();
    to_extents(import, call, value, &target).map(Some)
}

/// Where axes of the file are several of a view.
#[derive(Clone, Copy)]
struct Apart {
    first: usize,
    count: usize,
}

impl Apart {
    /// The node for results whose axes are apart.
    fn node<'a>(
        self,
        import: &Import<'a>,
        call: &Call<'_, 'a>,
        along: Along,
        inputs: &mut [Option<Value<'a>>],
    ) -> Result<Node<'a>, Fault> {
        let node = call.node;
        let mut attributes: HashMap<_, _> =
            node.attributes.iter().map(|(name, value)| (*name, value.clone())).collect();
        let own = extents(import, call.value(0)?)?;
        let rank = own.len();
        match along {
            Along::Each | Along::Composed | Along::Unknown => {}
            Along::Axis(default) => {
                let default = if import.opset < 13 && default == -1 && node.op.ends_with("max") { 1 } else { default };
                attributes.insert("axis", Attribute::Int(self.axis(call.int("axis", default)?, rank)?));
            }
            Along::Channels => drop(attributes.insert("axis", Attribute::Int(self.axis(1, rank)?))),
            Along::Order => {
                let reversed: Vec<i64> = (0..rank as i64).rev().collect();
                let mut order: Vec<i64> = if self.count == 0 { vec![0] } else { Vec::new() };
                for &axis in call.ints("perm")?.unwrap_or(&reversed) {
                    match position(axis, rank)? {
                        axis if self.count > 0 && axis == self.first => {
                            order.extend((axis..axis + self.count).map(|axis| axis as i64));
                        }
                        axis => order.push(self.axis(axis as i64, rank)?),
                    }
                }
                attributes.insert("perm", Attribute::Ints(order));
            }
            Along::Axes(place) => {
                let axes = self.axes(call, &own, place)?;
                match inputs.get_mut(place).filter(|input| input.is_some()) {
                    Some(input) => *input = Some(ints(&axes)),
                    None => drop(attributes.insert("axes", Attribute::Ints(axes))),
                }
            }
            Along::Target => {
                let target = call.constant(1)?.to_ints()?;
                let missing = rank.saturating_sub(target.len());
                let mut whole: Vec<i64> = vec![1; missing];
                whole.extend(target.iter().map(|i| i.of_one()));
                match self.count {
                    0 => whole.insert(0, 1),
                    // All ones leave these axes as they are, and whatever else is asked for they have.
                    count => drop(whole.splice(self.first..=self.first, vec![1; count])),
                }
                if let Some(input) = inputs.get_mut(1) {
                    *input = Some(ints(&whole));
                }
            }
            Along::Pads => {
                let pads = call.constant(1)?.to_known()?;
                if call.optional(3).is_some() || pads.len() != 2 * rank {
                    return refuse("pads some axes of what is counted with the batch");
                }
                let mut whole = Vec::new();
                for pads in pads.chunks(rank.max(1)) {
                    let mut pads = pads.to_vec();
                    match self.count {
                        0 => pads.insert(0, 0),
                        _ if pads[self.first] != 0 => return refuse("works along the axis of the batch"),
                        count => drop(pads.splice(self.first..=self.first, vec![0; count])),
                    }
                    whole.extend(pads);
                }
                if let Some(input) = inputs.get_mut(1) {
                    *input = Some(ints(&whole));
                }
            }
        }
        let (inputs, outputs) = (node.inputs.clone(), node.outputs.clone());
        Ok(Node { name: node.name, op: node.op, domain: node.domain, inputs, outputs, attributes })
    }

    /// An axis of the file, of `rank` ones, where all are apart.
    fn axis(self, axis: i64, rank: usize) -> Result<i64, Fault> {
        let axis = position(axis, rank)?;
        match self.count {
            0 => Ok(axis as i64 + 1),
            _ if axis == self.first => refuse("works along the axis of the batch"),
            count => Ok((if axis < self.first { axis } else { axis + count - 1 }) as i64),
        }
    }

    /// The axes that a node names, where all are apart.
    fn axes(self, call: &Call<'_, '_>, own: &[Int], place: usize) -> Result<Vec<i64>, Fault> {
        let rank = own.len();
        let axes = match (call.ints_or_input("axes", place)?, call.node.op) {
            (Some(axes), "Unsqueeze") => {
                let whole = rank + axes.len();
                let new: Vec<usize> = axes.iter().map(|&axis| position(axis, whole)).collect::<Result<_, _>>()?;
                // Where the axes that are counted together come to stand.
                let first = (0..whole).filter(|axis| !new.contains(axis)).nth(self.first).unwrap_or(0);
                let moved = Self { first, ..self };
                return new.into_iter().map(|axis| moved.axis(axis as i64, whole)).collect();
            }
            (Some(axes), _) => axes,
            (None, "Squeeze") => (0..rank).filter(|&axis| own[axis] == Int::Known(1)).map(|axis| axis as i64).collect(),
            (None, "Slice") => {
                let starts = call.ints_or_input("starts", 1)?.map_or(0, |starts| starts.len());
                (0..starts as i64).collect()
            }
            (None, _) => (0..rank as i64).collect(),
        };
        axes.into_iter().map(|axis| self.axis(axis, rank)).collect()
    }
}

/// Whole numbers as an input of a node.
fn ints<'a>(values: &[i64]) -> Value<'a> {
    let known = values.iter().copied().map(Int::Known).collect();
    Value::Constant(Rc::new(Constant::ints(vec![values.len()], known)))
}
