//! Convolutions, and the padding before them.

use peerlight_models::{
    Role,
    kernels::{Geometry, Padding},
    ops::{Op, Reshape},
};

use super::windows::of_three;
use crate::{
    draft::Node,
    error::{Fault, refuse},
    import::{Call, Import, Value, extent},
};

type Results<'a> = Result<Vec<Value<'a>>, Fault>;

pub fn conv<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let (data, weight) = (call.data(0)?, call.constant(1)?);
    match weight.shape.len() {
        3 => conv_1d(import, call),
        5 => of_three(import, call),
        _ => {
            let x = import.draft.settled(data)?;
            let node = of_images(import, call, x)?;
            Ok(vec![Value::Data(import.draft.data(node))])
        }
    }
}

/// The node of a convolution of one image, or of several that are counted by axes before the channels.
pub fn of_images<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>, mut x: usize) -> Result<usize, Fault> {
    let weight = call.constant(1)?;
    let &[out, group, down, across] = weight.shape.as_slice() else {
        return refuse(format!("has a weight of the shape {:?}; images have two axes", weight.shape));
    };
    let kernel = call.pair("kernel_shape", [down, across])?;
    if kernel != [down, across] {
        return refuse(format!("has the kernel {kernel:?} and a weight of the shape {:?}", weight.shape));
    }
    let (stride, dilation) = (call.pair("strides", [1, 1])?, call.pair("dilations", [1, 1])?);
    let shape = &import.draft.nodes[x].shape;
    let size = size(&shape[shape.len().saturating_sub(3)..])?;
    let mut padding = padding(call, size, kernel, stride, dilation)?;
    // Zeros that are written out as a node of their own.
    if let (Padding::Explicit { top, left, bottom, right }, Node { op: Op::Pad(pad), inputs, .. }) =
        (&mut padding, &import.draft.nodes[x])
        && pad.value == 0.0
    {
        for (own, more) in [top, left, bottom, right].into_iter().zip(pad.sides) {
            *own = own.saturating_add(more);
        }
        x = inputs[0];
    }
    let groups = extent(call.int("group", 1)?)?;
    let name = call.name();
    let mut own =
        vec![import.draft.parameter(&format!("{name}.weight"), &[out, group, down, across], Role::Weight, weight)];
    if let Some(bias) = call.optional_constant(2)? {
        if bias.len() != out {
            return refuse(format!("has a bias of {} numbers for {out} filters", bias.len()));
        }
        own.push(import.draft.parameter(&format!("{name}.bias"), &[out], Role::Bias, bias));
    }
    import.node(call, Op::Conv(Geometry { stride, dilation, padding, groups }), vec![x], own)
}

/// A convolution along one axis, as one of images of height 1.
fn conv_1d<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let one = |name: &str, default: usize| match call.ints(name)? {
        None => Ok(default),
        Some(&[value]) => extent(value),
        Some(values) => refuse(format!("has {name} {values:?} for one axis")),
    };
    let weight = call.constant(1)?;
    let x = import.draft.settled(call.data(0)?)?;
    let (&[channels, length], &[out, group, taps]) = (import.draft.nodes[x].shape.as_slice(), weight.shape.as_slice())
    else {
        return refuse("has a weight of three axes on an image");
    };
    let pads = match (call.text("auto_pad", "NOTSET")?, call.ints("pads")?) {
        ("NOTSET", Some(&[before, after])) => [extent(before)?, extent(after)?],
        ("NOTSET" | "VALID", _) => [0, 0],
        _ => return refuse("pads by itself along one axis"),
    };
    let name = call.name();
    let flat = import.node(call, Op::Reshape(Reshape { shape: vec![channels, 1, length] }), vec![x], Vec::new())?;
    let mut own = vec![import.draft.parameter(&format!("{name}.weight"), &[out, group, 1, taps], Role::Weight, weight)];
    if let Some(bias) = call.optional_constant(2)? {
        own.push(import.draft.parameter(&format!("{name}.bias"), &[bias.len()], Role::Bias, bias));
    }
    let conv = Geometry {
        stride: [1, one("strides", 1)?],
        dilation: [1, one("dilations", 1)?],
        padding: Padding::Explicit { top: 0, left: pads[0], bottom: 0, right: pads[1] },
        groups: extent(call.int("group", 1)?)?,
    };
    let y = import.node(call, Op::Conv(conv), vec![flat], own)?;
    let length = import.draft.nodes[y].shape[2];
    import.result(call, Op::Reshape(Reshape { shape: vec![out, length] }), vec![y], Vec::new())
}

/// Height and width of an image.
pub fn size(shape: &[usize]) -> Result<[usize; 2], Fault> {
    match *shape {
        [_, height, width] => Ok([height, width]),
        _ => refuse(format!("takes a result of the shape {shape:?}, which is not an image's")),
    }
}

/// The padding of a window.
pub fn padding(
    call: &Call<'_, '_>,
    size: [usize; 2],
    kernel: [usize; 2],
    stride: [usize; 2],
    dilation: [usize; 2],
) -> Result<Padding, Fault> {
    match call.text("auto_pad", "NOTSET")? {
        "NOTSET" => match call.ints("pads")? {
            None => Ok(Padding::VALID),
            Some(&[top, left, bottom, right]) => Ok(Padding::Explicit {
                top: extent(top)?,
                left: extent(left)?,
                bottom: extent(bottom)?,
                right: extent(right)?,
            }),
            Some(pads) => refuse(format!("has the pads {pads:?}")),
        },
        "VALID" => Ok(Padding::VALID),
        "SAME_UPPER" => Ok(Padding::Same),
        "SAME_LOWER" => {
            // The odd zero goes before.
            let along = |axis: usize| -> Option<[usize; 2]> {
                let reach = kernel[axis].checked_sub(1)?.checked_mul(dilation[axis])?.checked_add(1)?;
                let last = size[axis].div_ceil(Some(stride[axis]).filter(|&s| s > 0)?).checked_sub(1)?;
                let total = last.checked_mul(stride[axis])?.checked_add(reach)?.saturating_sub(size[axis]);
                Some([total - total / 2, total / 2])
            };
            match (along(0), along(1)) {
                (Some([top, bottom]), Some([left, right])) => Ok(Padding::Explicit { top, left, bottom, right }),
                _ => refuse("has a kernel, stride or dilation of 0, or too large"),
            }
        }
        other => refuse(format!("pads by '{other}'")),
    }
}
