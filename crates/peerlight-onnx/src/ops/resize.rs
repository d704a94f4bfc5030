//! Other heights and widths.

use peerlight_models::ops::{MatMul, Op, Reshape, Transpose};

use super::{
    conv::size,
    resample::{Axis, Matrix, Resampling},
};
use crate::{
    error::{Fault, refuse},
    import::{Call, Import, Value, extent},
};

type Results<'a> = Result<Vec<Value<'a>>, Fault>;

pub fn resize<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let x = import.draft.settled(call.data(0)?)?;
    let from = size(&import.draft.nodes[x].shape)?;
    let is_old = call.node.op == "Upsample" || import.opset < 11;
    let axes = axes(call, from, if is_old { 1 } else { 2 })?;
    let how = Resampling::of(call, is_old)?;
    if let Some(plain) = how.plain(axes) {
        return import.result(call, Op::Resize(plain), vec![x], Vec::new());
    }
    let is_new = |axis: &Axis| axis.from != axis.to || axis.factor != 1.0;
    let [down, across] = axes.map(|axis| is_new(&axis).then(|| how.matrix(axis)).transpose());
    let node = mapped(import, call, x, [down?, across?])?;
    Ok(vec![Value::Data(import.draft.data(node))])
}

/// The product of each column with the first matrix, and of each row with the second.
pub fn mapped<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    x: usize,
    [down, across]: [Option<Matrix>; 2],
) -> Result<usize, Fault> {
    let mut y = x;
    if let Some(Matrix { shape: [from, to], values }) = down {
        import.allow(values.len())?;
        let turned =
            (0..to).flat_map(|column| (0..from).map(move |row| row * to + column)).map(|i| values[i]).collect();
        let matrix = import.fixed(call, &[1, to, from], turned)?;
        y = import.node(call, Op::MatMul(MatMul {}), vec![matrix, y], Vec::new())?;
    }
    if let Some(Matrix { shape: [from, to], values }) = across {
        import.allow(values.len())?;
        let matrix = import.fixed(call, &[1, from, to], values)?;
        y = import.node(call, Op::MatMul(MatMul {}), vec![y, matrix], Vec::new())?;
    }
    Ok(y)
}

/// Height and width, by factors or by sizes. The inputs at `place` and after it are the factors and the sizes.
fn axes(call: &Call<'_, '_>, from: [usize; 2], place: usize) -> Result<[Axis; 2], Fault> {
    let scales = call.optional_constant(place)?.filter(|scales| scales.len() > 0);
    let sizes = call.optional_constant(place + 1)?.filter(|sizes| sizes.len() > 0);
    // From opset 18 on a node may name the axes that it resizes.
    let named = call.ints("axes")?.map_or_else(|| vec![0, 1, 2, 3], <[i64]>::to_vec);
    let at = |axis: i64| named.iter().position(|&named| named == axis || named == axis - 4);
    if scales.is_none() && sizes.is_some() && call.text("keep_aspect_ratio_policy", "stretch")? != "stretch" {
        return refuse("keeps the ratio of height and width (keep_aspect_ratio_policy), which is not supported");
    }
    let given = |axis: usize| -> Result<Axis, Fault> {
        let from = from[axis - 2];
        let (factor, to) = match (at(axis as i64), scales, sizes) {
            (None, ..) => (1.0, from),
            (Some(at), Some(scales), _) => {
                let all = scales.to_floats()?;
                let factor = *all.get(at).ok_or_else(too_few)?;
                (factor, (from as f32 * factor).floor() as usize)
            }
            (Some(at), None, Some(sizes)) => {
                let to = extent(sizes.to_ints()?.get(at).ok_or_else(too_few)?.known()?)?;
                (to as f32 / from as f32, to)
            }
            (Some(_), None, None) => return refuse("does not say how large its result is"),
        };
        match to > 0 && factor.is_finite() {
            true => Ok(Axis { from, to, factor }),
            false => refuse(format!("is enlarged {factor} times, to {to} pixels")),
        }
    };
    if let Some(scales) = scales {
        let scales = scales.to_floats()?;
        let others = [0, 1].into_iter().filter_map(|axis| scales.get(at(axis)?));
        if others.into_iter().any(|&scale| scale != 1.0) {
            return refuse(format!("enlarges {scales:?} times; only height and width are supported"));
        }
    }
    Ok([given(2)?, given(3)?])
}

fn too_few() -> Fault {
    Fault::new("has sizes for too few axes")
}

/// The side of a block of pixels.
fn block_of(call: &Call<'_, '_>) -> Result<usize, Fault> {
    match extent(call.int("blocksize", 0)?)? {
        block @ 1..=256 => Ok(block),
        block => refuse(format!("makes blocks of {block} x {block} pixels")),
    }
}

/// Channels become pixels.
pub fn depth_to_space<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let block = block_of(call)?;
    let x = import.draft.settled(call.data(0)?)?;
    let &[channels, height, width] = import.draft.nodes[x].shape.as_slice() else { return refuse("takes no image") };
    let depth = channels / (block * block);
    let (split, order) = match call.text("mode", "DCR")? {
        "CRD" => (vec![depth, block, block, height, width], vec![0, 1, 4, 2, 5, 3]),
        _ => (vec![block, block, depth, height, width], vec![0, 3, 4, 1, 5, 2]),
    };
    through(import, call, x, split, order, vec![depth, height * block, width * block])
}

/// Pixels become channels.
pub fn space_to_depth<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let block = block_of(call)?;
    let x = import.draft.settled(call.data(0)?)?;
    let &[channels, height, width] = import.draft.nodes[x].shape.as_slice() else { return refuse("takes no image") };
    let split = vec![channels, height / block, block, width / block, block];
    let whole = vec![channels * block * block, height / block, width / block];
    through(import, call, x, split, vec![0, 3, 5, 1, 2, 4], whole)
}

/// A transpose between two reshapes.
fn through<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    x: usize,
    split: Vec<usize>,
    order: Vec<usize>,
    whole: Vec<usize>,
) -> Results<'a> {
    let split = import.node(call, Op::Reshape(Reshape { shape: split }), vec![x], Vec::new())?;
    let turned = import.node(call, Op::Transpose(Transpose { order }), vec![split], Vec::new())?;
    import.result(call, Op::Reshape(Reshape { shape: whole }), vec![turned], Vec::new())
}
