//! Pooling over windows and over whole axes.

use peerlight_models::{
    kernels::Padding,
    ops::{Binary, Op, Pool, PoolKind, Reduce, Reduction, Reshape, Transpose, Unary},
};

use super::{
    composed::{reshaped, run},
    conv::{padding, size},
    merged::extents,
    windows,
};
use crate::{
    constant::Int,
    draft::Data,
    error::{Fault, refuse},
    import::{Call, Import, Value},
    proto::Attribute,
};

type Results<'a> = Result<Vec<Value<'a>>, Fault>;

pub fn window<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    if call.node.outputs.get(1).is_some_and(|name| !name.is_empty()) {
        return refuse("gives the places of the greatest values, which is not supported");
    }
    match call.ints("kernel_shape")? {
        Some([_]) => return along_one(import, call),
        Some([_, _, _]) => return windows::of_three(import, call),
        _ => {}
    }
    let x = import.draft.settled(call.data(0)?)?;
    let size = size(&import.draft.nodes[x].shape)?;
    let kernel = call.pair("kernel_shape", [0, 0])?;
    let stride = call.pair("strides", [1, 1])?;
    let dilation = call.pair("dilations", [1, 1])?;
    let padding = padding(call, size, kernel, stride, dilation)?;
    let (kind, reduction) = match call.node.op {
        "MaxPool" => (PoolKind::Max, Reduction::Max),
        _ => (PoolKind::Mean { count_padding: call.int("count_include_pad", 0)? != 0 }, Reduction::Mean),
    };
    let is_bare = matches!(padding, Padding::Same | Padding::VALID) && dilation == [1, 1];
    if is_bare && kernel == [1, 1] && stride == [1, 1] {
        return Ok(vec![Value::Data(import.draft.data(x))]);
    }
    // A window over everything is a global one.
    if padding == Padding::VALID && kernel == size && dilation == [1, 1] && !stride.contains(&0) {
        let reduce = Reduce { kind: reduction, axes: vec![2, 3], keep: true };
        return import.result(call, Op::Reduce(reduce), vec![x], Vec::new());
    }
    let ceil_mode = call.int("ceil_mode", 0)? != 0;
    let pool = Pool { kind, kernel, stride, padding, dilation, ceil_mode };
    import.result(call, Op::Pool(pool), vec![x], Vec::new())
}

/// Windows along one axis, as those of images of height 1.
fn along_one<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let mut attributes: Vec<_> = call.node.attributes.iter().map(|(&name, value)| (name, value.clone())).collect();
    for (name, value) in &mut attributes {
        if let Attribute::Ints(each) = value {
            // Of the height, before the length; pads have both twice.
            let (none, pairs) = if *name == "pads" { (0, 2) } else { (1, 1) };
            *each = each.iter().take(pairs).flat_map(|&own| [none, own]).collect();
        }
    }
    let mut shape = extents(import, call.value(0)?)?;
    shape.insert(2.min(shape.len()), Int::Known(1));
    let flat = reshaped(import, call, call.value(0)?, shape)?;
    let pooled = run(import, call, call.node.op, &[&flat], &attributes)?;
    let mut shape = extents(import, &pooled)?;
    shape.remove(2);
    Ok(vec![reshaped(import, call, &pooled, shape)?])
}

pub fn global<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let x = import.draft.settled(call.data(0)?)?;
    let kind = if call.node.op == "GlobalMaxPool" { Reduction::Max } else { Reduction::Mean };
    let axes: Vec<usize> = (2..=import.draft.nodes[x].shape.len()).collect();
    import.result(call, Op::Reduce(Reduce { kind, axes, keep: true }), vec![x], Vec::new())
}

pub fn reduce<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let mut data = prepared(import, call)?;
    let kind = match call.node.op {
        "ReduceMax" | "ReduceMin" => Reduction::Max,
        "ReduceMean" => Reduction::Mean,
        _ => Reduction::Sum,
    };
    let Some(asked) = call.ints_or_input("axes", 1)?.filter(|axes| !axes.is_empty()) else {
        if call.int("noop_with_empty_axes", 0)? != 0 {
            return Ok(vec![call.same(0)?]);
        }
        return refuse("works along all axes, that of the batch included");
    };
    let keep = call.int("keepdims", 1)? != 0;
    let axes_of = |data: &Data| -> Result<Vec<usize>, Fault> {
        let mut axes: Vec<usize> = asked.iter().map(|&axis| data.axis(axis)).collect::<Result<_, _>>()?;
        axes.sort_unstable();
        axes.dedup();
        Ok(axes)
    };
    let mut axes = axes_of(&data)?;
    // Places whose channels are last: with the channels first they are a layer that methods can read.
    if axes == [1, 2] && data.order.len() == 4 {
        let order = Op::Transpose(Transpose { order: vec![0, 3, 1, 2] });
        let node = import.node(call, order, vec![data.node], Vec::new())?;
        data = Data { node, order: data.order.iter().map(|&axis| [0, 2, 3, 1][axis]).collect() };
        axes = axes_of(&data)?;
    }
    if call.node.op == "ReduceMean"
        && let Some(node) = mean_of_tokens(import, call, &data, &axes, keep)?
    {
        return Ok(vec![Value::Data(import.draft.data(node))]);
    }
    // Of the axes that stay, each moves up by those before it that go.
    let left = data.order.iter().filter(|axis| keep || !axes.contains(axis));
    let moved = |axis: &usize| if keep { *axis } else { axis - axes.iter().filter(|gone| *gone < axis).count() };
    let order = left.map(moved).collect();
    let node = import.node(call, Op::Reduce(Reduce { kind, axes: axes.clone(), keep }), vec![data.node], Vec::new())?;
    let node = match call.node.op {
        "ReduceL2" => import.node(call, Op::Unary(Unary::Sqrt), vec![node], Vec::new())?,
        "ReduceMin" => import.node(call, Op::Unary(Unary::Neg), vec![node], Vec::new())?,
        _ => node,
    };
    Ok(vec![Value::of(Data { node, order })])
}

/// The mean of all tokens that are the places of a convolution's result, as one of an image: so they are a layer that
/// methods can read.
fn mean_of_tokens<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    data: &Data,
    axes: &[usize],
    keep: bool,
) -> Result<Option<usize>, Fault> {
    let &[tokens, channels] = import.draft.shape(data).as_slice() else { return Ok(None) };
    let places = import.draft.nodes.iter().rev().find_map(|node| match (&node.op, node.shape.as_slice()) {
        (Op::Conv(_), &[_, height, width]) if height * width == tokens => Some([height, width]),
        _ => None,
    });
    let Some([height, width]) = places.filter(|_| axes == [data.order[1]] && !keep && data.batch() == 0) else {
        return Ok(None);
    };
    let turned = Op::Transpose(Transpose { order: vec![0, 2, 1] });
    let tokens = import.draft.settled(data)?;
    let turned = import.node(call, turned, vec![tokens], Vec::new())?;
    let image = Op::Reshape(Reshape { shape: vec![channels, height, width] });
    let image = import.node(call, image, vec![turned], Vec::new())?;
    import.node(call, Op::Reduce(Reduce::global_average(false)), vec![image], Vec::new()).map(Some)
}

/// What is summed, or whose greatest is found, so that all reductions are sums, means and maxima.
fn prepared<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Result<Data, Fault> {
    let data = call.view(0)?.clone();
    let of = |x: usize| match call.node.op {
        "ReduceL1" => Some((Op::Unary(Unary::Abs), vec![x])),
        "ReduceL2" | "ReduceSumSquare" => Some((Op::Binary(Binary::Mul), vec![x, x])),
        "ReduceMin" => Some((Op::Unary(Unary::Neg), vec![x])),
        _ => None,
    };
    match of(data.node) {
        Some((op, inputs)) => Ok(Data { node: import.node(call, op, inputs, Vec::new())?, ..data }),
        None => Ok(data),
    }
}
