//! Other heights and widths.

use peerlight_models::ops::{Op, Reshape, Resize, ResizeMode, Transpose};

use super::conv::size;
use crate::{
    error::{Fault, refuse},
    import::{Call, Import, Value, extent},
};

type Results<'a> = Result<Vec<Value<'a>>, Fault>;

pub fn resize<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let x = import.draft.settled(call.data(0)?)?;
    let from = size(&import.draft.nodes[x].shape)?;
    let place = if call.node.op == "Upsample" { 1 } else { 2 };
    let scales = call.optional_constant(place)?.filter(|scales| scales.len() > 0);
    let sizes = if place == 2 { call.optional_constant(3)?.filter(|sizes| sizes.len() > 0) } else { None };
    let factors: Vec<f64> = match (scales, sizes) {
        (Some(scales), _) => scales.to_floats()?.into_iter().map(f64::from).collect(),
        (None, Some(sizes)) => {
            let sizes = sizes.to_ints()?;
            let known = |at: usize| -> Result<f64, Fault> {
                let size = sizes.get(at).ok_or_else(|| Fault::new("has sizes for too few axes"))?;
                Ok(size.known()? as f64 / from[at - 2] as f64)
            };
            vec![1.0, 1.0, known(2)?, known(3)?]
        }
        _ => return refuse("does not say how large its result is"),
    };
    let &[1.0, 1.0, down, across] = factors.as_slice() else {
        return refuse(format!("enlarges {factors:?} times; only height and width are supported"));
    };
    let whole = |factor: f64| match factor.fract() == 0.0 && (1.0..=64.0).contains(&factor) {
        true => Ok(factor as usize),
        false => refuse(format!("enlarges {factor} times; only whole factors are supported")),
    };
    let factors = [whole(down)?, whole(across)?];
    let is_upsample = place == 1;
    let coordinates =
        call.text("coordinate_transformation_mode", if is_upsample { "asymmetric" } else { "half_pixel" })?;
    let rounding = call.text("nearest_mode", if is_upsample { "floor" } else { "round_prefer_floor" })?;
    let mode = match (call.text("mode", "nearest")?, coordinates, rounding) {
        // All of these find the pixel that the place lies in.
        ("nearest", "half_pixel" | "pytorch_half_pixel", "round_prefer_floor" | "round_prefer_ceil")
        | ("nearest", "asymmetric", "floor") => ResizeMode::Nearest,
        ("nearest", "asymmetric", "round_prefer_floor") if factors.iter().all(|factor| *factor <= 2) => {
            ResizeMode::Nearest
        }
        ("linear", "half_pixel" | "pytorch_half_pixel", _) => ResizeMode::Bilinear,
        (mode, coordinates, rounding) => return refuse(format!("enlarges by '{mode}', '{coordinates}', '{rounding}'")),
    };
    import.result(call, Op::Resize(Resize { factors, mode }), vec![x], Vec::new())
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
