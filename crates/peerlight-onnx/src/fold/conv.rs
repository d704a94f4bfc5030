//! Convolutions of constants: encodings of places that a network computes from nothing.

use std::rc::Rc;

use super::count;
use crate::{
    constant::Constant,
    error::{Fault, refuse},
    import::{Call, Import, Value, extent},
    ops::conv::padding,
};

pub fn conv<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Result<Vec<Value<'a>>, Fault> {
    let (x, weight) = (call.constant(0)?, call.constant(1)?);
    let (&[n, channels, height, width], &[out, group, rows, columns]) = (x.shape.as_slice(), weight.shape.as_slice())
    else {
        return refuse("takes a constant that is no image");
    };
    if x.len() == 0 || weight.len() == 0 {
        return refuse("takes an empty constant");
    }
    let groups = extent(call.int("group", 1)?)?;
    let (stride, dilation) = (call.pair("strides", [1, 1])?, call.pair("dilations", [1, 1])?);
    let padding = padding(call, [height, width], [rows, columns], stride, dilation)?;
    let geometry = peerlight_models::kernels::Geometry { stride, dilation, padding, groups };
    let shape = peerlight_models::ops::Op::Conv(geometry).shape(&[&[channels, height, width]], &[&weight.shape])?;
    let [down, across] = [shape[1], shape[2]];
    let shape = [&[n], &*shape].concat();
    import.allow(count(&[&*shape, &[group, rows, columns]].concat())?)?;
    let bias = match call.optional_constant(2)? {
        Some(bias) if bias.len() == out => bias.to_floats()?,
        Some(bias) => return refuse(format!("has a bias of {} numbers for {out} filters", bias.len())),
        None => vec![0.0; out],
    };
    let (x, weight) = (x.to_floats()?, weight.to_floats()?);
    let (top, _) = geometry.zeros(0, height, rows);
    let (left, _) = geometry.zeros(1, width, columns);
    let mut values = Vec::new();
    for place in 0..n * out * down * across {
        let (image, filter) = (place / (out * down * across), place / (down * across) % out);
        let corner = [place / across % down * stride[0], place % across * stride[1]];
        let mut sum = bias[filter];
        for (i, weight) in weight[filter * group * rows * columns..][..group * rows * columns].iter().enumerate() {
            let channel = filter / (out / groups) * group + i / (rows * columns);
            let y = (corner[0] + i / columns % rows * dilation[0]).checked_sub(top).filter(|&y| y < height);
            let z = (corner[1] + i % columns * dilation[1]).checked_sub(left).filter(|&z| z < width);
            if let (Some(y), Some(z)) = (y, z) {
                sum += weight * x[((image * channels + channel) * height + y) * width + z];
            }
        }
        values.push(sum);
    }
    Ok(vec![Value::Constant(Rc::new(Constant::floats(shape, values)))])
}
