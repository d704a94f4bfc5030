//! Convolutions and pools of images that are counted with the batch: windows of an image, heads, or places of a third
//! axis. Convolutions know them as images; for pools and norms those of one image become channels, each window a group
//! of its own.

use std::rc::Rc;

use peerlight_models::ops::{Op, Reshape};

use super::{conv, merged::of_one};
use crate::{
    constant::Constant,
    draft::Data,
    error::{Fault, refuse},
    import::{Call, Import, Merged, Value},
    proto::{Attribute, Node},
};

/// Operations that do the same to each channel, or to each group of them.
const OPERATIONS: [&str; 6] =
    ["AveragePool", "GlobalAveragePool", "GlobalMaxPool", "InstanceNormalization", "MaxPool", "Resize"];

/// Adds what a node computes of windows.
pub fn convert<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Result<Vec<Value<'a>>, Fault> {
    if call.node.op == "Conv" {
        call.constant(1).map_err(|fault| fault.advise("Its filters must be the same for every image."))?;
    }
    let Some(Value::Merged(Merged { data, first: 0, count })) = call.optional(0) else {
        return refuse("takes the windows of an image as images of their own");
    };
    let x = import.draft.settled(data)?;
    let shape = import.draft.nodes[x].shape.clone();
    let (outer, image) = shape.split_at(count.checked_sub(1).unwrap_or(1).min(shape.len()));
    let &[channels, height, width] = image else { return refuse("takes windows that are no images") };
    if call.node.op == "Conv" {
        // The filters stay one parameter for all windows.
        let node = conv::of_images(import, call, x)?;
        return Ok(vec![apart(import, call, data, *count, node)?]);
    }
    if !OPERATIONS.contains(&call.node.op) {
        return refuse("takes the windows of an image as images of their own");
    }
    let windows: usize = outer.iter().product();
    let flat = Reshape { shape: vec![windows * channels, height, width] };
    let flat = import.node(call, Op::Reshape(flat), vec![x], Vec::new())?;
    let mut inputs = vec![Some(Value::Data(import.draft.data(flat)))];
    for input in &call.inputs[1..] {
        inputs.push(match input {
            Some(Value::Constant(constant)) if call.node.op != "Resize" => {
                import.allow(constant.len().saturating_mul(windows))?;
                let mut shape = constant.shape.clone();
                shape.iter_mut().take(1).for_each(|extent| *extent = extent.saturating_mul(windows));
                let values = constant.to_floats()?.repeat(windows);
                Some(Value::Constant(Rc::new(Constant { name: constant.name, ..Constant::floats(shape, values) })))
            }
            other => other.clone(),
        });
    }
    let attributes = call.node.attributes.clone();
    let node = Node { name: call.node.name, op: call.node.op, attributes, ..Node::default() };
    let mut values = Vec::new();
    for value in super::convert(import, &Call { node: &node, inputs })? {
        let Value::Data(result) = value else { return refuse("gives something else than windows") };
        let result = import.draft.settled(&result)?;
        let &[channels, height, width] = &*import.draft.nodes[result].shape else {
            return refuse("gives something else than windows");
        };
        let shape = [outer, &[channels / windows, height, width]].concat();
        let node = import.node(call, Op::Reshape(Reshape { shape }), vec![result], Vec::new())?;
        values.push(apart(import, call, data, *count, node)?);
    }
    Ok(values)
}

/// The result of a node whose axes are those of one image of the file, and before them those that count windows.
fn apart<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    from: &Data,
    count: usize,
    node: usize,
) -> Result<Value<'a>, Fault> {
    let mut order: Vec<usize> = (1..=import.draft.nodes[node].shape.len()).collect();
    order.insert(from.batch(), 0);
    let data = Data { node, order };
    match count {
        0 => of_one(import, call, data),
        _ => Ok(Value::Merged(Merged { data, first: 0, count })),
    }
}

/// A convolution or a pool along three axes that sees one place alone of one of them, which so counts images of their
/// own.
pub fn of_three<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Result<Vec<Value<'a>>, Fault> {
    let data = call.data(0)?.clone();
    let weight = call.optional_constant(1)?;
    let numbers = |name: &str, each: i64, count: usize| -> Result<Vec<i64>, Fault> {
        Ok(call.ints(name)?.map_or_else(|| vec![each; count], <[i64]>::to_vec))
    };
    let kernel = match weight {
        Some(weight) => weight.shape[2..].iter().map(|&extent| extent as i64).collect(),
        None => numbers("kernel_shape", 0, 3)?,
    };
    let mut all = [kernel, numbers("strides", 1, 3)?, numbers("dilations", 1, 3)?, numbers("pads", 0, 6)?];
    let is_whole = data.order.len() == 5 && all.iter().zip([3, 3, 3, 6]).all(|(own, count)| own.len() == count);
    let is_alone =
        |&axis: &usize| is_whole && [all[0][axis], all[1][axis], all[3][axis], all[3][axis + 3]] == [1, 1, 0, 0];
    let Some(alone) =
        [2, 0, 1].into_iter().find(is_alone).filter(|_| matches!(call.text("auto_pad", "NOTSET"), Ok("NOTSET")))
    else {
        let advice = "Along one of three axes it may see one place alone: a network of images has two.";
        return Err(Fault::new("works along three axes at once").advise(advice));
    };
    let mut order = data.order.clone();
    let counted = order.remove(alone + 2);
    order.insert(1, counted);
    all[3].remove(alone + 3);
    for numbers in &mut all {
        numbers.remove(alone);
    }
    let mut attributes = call.node.attributes.clone();
    for (name, numbers) in ["kernel_shape", "strides", "dilations", "pads"].into_iter().zip(all) {
        attributes.insert(name, Attribute::Ints(numbers));
    }
    let node = Node { name: call.node.name, op: call.node.op, attributes, ..Node::default() };
    let mut inputs = call.inputs.clone();
    inputs[0] = Some(Value::Merged(Merged { data: Data { order, ..data }, first: 0, count: 2 }));
    if let Some(weight) = weight {
        let mut shape = weight.shape.clone();
        shape.remove(alone + 2);
        inputs[1] = Some(Value::Constant(Rc::new(Constant { shape, ..Constant::clone(weight) })));
    }
    let mut results = convert(import, &Call { node: &node, inputs })?;
    for result in &mut results {
        if let Value::Merged(Merged { data, .. }) = result {
            let counted = data.order.remove(1);
            data.order.insert(alone + 2, counted);
            *result = Value::of(data.clone());
        }
    }
    Ok(results)
}
