//! Convolutions that enlarge: along each axis, a product with a matrix of noughts and ones moves the pixels apart.

use std::rc::Rc;

use super::{composed::run, conv::size, resample::Matrix, resize::mapped};
use crate::{
    constant::Constant,
    error::{Fault, refuse},
    import::{Call, Import, Value, extent},
    proto::Attribute,
};

type Results<'a> = Result<Vec<Value<'a>>, Fault>;

/// The most pixels along an axis.
const LONGEST: usize = 1 << 14;

/// Pixels with a stride between them, on `to` places: the first comes to a place that may be outside.
fn spread(count: usize, stride: usize, first: i64, to: usize) -> Result<Matrix, Fault> {
    let mut matrix = Matrix::new(count, to)?;
    for step in 0..count {
        if let Ok(place) = usize::try_from((step * stride) as i64 + first)
            && place < to
        {
            matrix.values[step * to + place] = 1.0;
        }
    }
    Ok(matrix)
}

/// The length of some steps.
fn length(steps: usize, each: usize) -> Result<usize, Fault> {
    let length = steps.checked_sub(1).and_then(|steps| steps.checked_mul(each)).filter(|&length| length < LONGEST);
    length.ok_or_else(|| Fault::new("has no pixels, or too many"))
}

/// `ConvTranspose`: noughts between the pixels, and a convolution with the kernel turned around.
pub fn conv<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let weight = call.constant(1)?.clone();
    let &[channels, _, down, across] = weight.shape.as_slice() else {
        return refuse(format!("has a weight of the shape {:?}; images have two axes", weight.shape));
    };
    let x = import.draft.settled(call.data(0)?)?;
    let from = size(&import.draft.nodes[x].shape)?;
    let (stride, dilation) = (call.pair("strides", [1, 1])?, call.pair("dilations", [1, 1])?);
    let more = call.pair("output_padding", [0, 0])?;
    let (pads, groups) = (call.ints("pads")?.unwrap_or(&[0; 4]), extent(call.int("group", 1)?)?);
    if groups == 0 || channels % groups != 0 || pads.len() != 4 {
        return refuse("has groups or pads that do not fit");
    }
    if call.ints("output_shape")?.is_some() || call.text("auto_pad", "NOTSET")? != "NOTSET" {
        return refuse("pads by itself, which is not supported: write its pads out");
    }
    let along = |axis: usize, taps: usize| -> Result<Matrix, Fault> {
        let kernel = length(taps, dilation[axis])?;
        let whole = (length(from[axis], stride[axis])? + kernel + 1).saturating_add(more[axis]);
        // What is cut off on both sides.
        let (first, last) = (extent(pads[axis])?, extent(pads[axis + 2])?);
        let to = whole.saturating_sub(first.saturating_add(last));
        spread(
            from[axis],
            stride[axis],
            (kernel as i64).saturating_sub_unsigned(first as u64),
            to.saturating_add(kernel),
        )
    };
    let apart = [Some(along(0, down)?), Some(along(1, across)?)];
    let apart = mapped(import, call, x, apart)?;
    import.allow(weight.len())?;
    let kernel = Value::Constant(Rc::new(turned_around(&weight, groups)?));
    let mut inputs = vec![Value::Data(import.draft.data(apart)), kernel];
    inputs.extend(call.optional(2).cloned());
    let dilations = Attribute::Ints(dilation.map(|step| step as i64).to_vec());
    let attributes = [("group", Attribute::Int(groups as i64)), ("dilations", dilations)];
    Ok(vec![run(import, call, "Conv", &inputs.iter().collect::<Vec<_>>(), &attributes)?])
}

/// The weight [in, out / groups, height, width] as that of a convolution, [out, in / groups, height, width], its taps
/// from the last to the first.
fn turned_around<'a>(weight: &Constant<'a>, groups: usize) -> Result<Constant<'a>, Fault> {
    let (ins, outs) = (weight.shape[0] / groups, weight.shape[1]);
    let taps: usize = weight.shape[2..].iter().product();
    let (old, mut values) = (weight.to_floats()?, Vec::with_capacity(weight.len()));
    for (group, out) in (0..groups).flat_map(|group| (0..outs).map(move |out| (group, out))) {
        for own in 0..ins {
            let first = ((group * ins + own) * outs + out) * taps;
            values.extend(old[first..first + taps].iter().rev());
        }
    }
    let shape = [&[outs * groups, ins], &weight.shape[2..]].concat();
    Ok(Constant { name: weight.name, ..Constant::floats(shape, values) })
}
