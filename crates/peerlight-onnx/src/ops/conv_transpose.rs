//! Convolutions that enlarge, and windows that are put back into an image: along each axis, a product with a matrix of
//! noughts and ones moves the pixels to their places.

use std::rc::Rc;

use super::{
    composed::{reshaped, run, turned},
    conv::size,
    merged::extents,
    resample::Matrix,
    resize::mapped,
};
use crate::{
    constant::{Constant, Int},
    error::{Fault, refuse},
    import::{Call, Import, Value, extent},
    proto::Attribute,
};

type Results<'a> = Result<Vec<Value<'a>>, Fault>;

/// The most pixels along an axis.
const LONGEST: usize = 1 << 14;

/// Taps of a window that is put down several times: how many and how far apart, and how often and how far apart.
struct Windows {
    taps: [usize; 2],
    steps: [usize; 2],
}

impl Windows {
    /// The sums, at each of `to` places, of the taps that come there; the first tap comes to a place that may be
    /// outside.
    fn matrix(&self, first: i64, to: usize) -> Result<Matrix, Fault> {
        let ([taps, apart], [steps, stride]) = (self.taps, self.steps);
        let mut matrix = Matrix::new(taps.saturating_mul(steps), to)?;
        for tap in 0..taps {
            for step in 0..steps {
                let within = tap.saturating_mul(apart).saturating_add(step.saturating_mul(stride));
                let place = i64::try_from(within).ok().and_then(|within| within.checked_add(first));
                if let Some(place) = place.and_then(|place| usize::try_from(place).ok()).filter(|&place| place < to) {
                    matrix.values[(tap * steps + step) * to + place] = 1.0;
                }
            }
        }
        Ok(matrix)
    }

    /// The length from the first tap to the last.
    fn reach(&self) -> Result<usize, Fault> {
        let ([taps, apart], [steps, stride]) = (self.taps, self.steps);
        let last = |count: usize, each: usize| count.checked_sub(1)?.checked_mul(each);
        let reach = last(taps, apart).and_then(|tap| tap.checked_add(last(steps, stride)?)?.checked_add(1));
        reach.filter(|&reach| reach <= LONGEST).ok_or_else(|| Fault::new("has no pixels, or too many"))
    }
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
    let (pads, auto) = (call.ints("pads")?.unwrap_or(&[0; 4]), call.text("auto_pad", "NOTSET")?);
    let (shape, groups) = (call.ints("output_shape")?, extent(call.int("group", 1)?)?);
    if groups == 0 || channels % groups != 0 || pads.len() != 4 || shape.is_some_and(|shape| shape.len() < 2) {
        return refuse("has groups, pads or an output shape that do not fit");
    }
    let along = |axis: usize, taps: usize| -> Result<Matrix, Fault> {
        let windows = Windows { taps: [taps, dilation[axis]], steps: [from[axis], stride[axis]] };
        let whole = windows.reach()?.saturating_add(more[axis]);
        let given = match (shape, auto) {
            (Some(shape), _) => Some(extent(shape[shape.len() - 2 + axis])?),
            (None, "NOTSET" | "VALID") => None,
            (None, _) => Some(from[axis].saturating_mul(stride[axis])),
        };
        // How much is cut off before the first pixel of the result, and how many pixels that has.
        let (cut, to) = match given {
            Some(to) if auto == "SAME_UPPER" => (whole.saturating_sub(to) / 2, to),
            Some(to) => (whole.saturating_sub(to).div_ceil(2), to),
            None => {
                let (first, last) = (extent(pads[axis])?, extent(pads[axis + 2])?);
                (first, whole.saturating_sub(first.saturating_add(last)))
            }
        };
        // The convolution takes the kernel's own length away again.
        let kernel = (taps - 1) * dilation[axis];
        Windows { taps: [1, 1], ..windows }.matrix(kernel as i64 - cut as i64, to.saturating_add(kernel))
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

/// `Col2Im`: the sums of windows where they overlap in the image.
pub fn windows<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let pair = |place: usize| match *call.constant(place)?.to_known()? {
        [down, across] => Ok([extent(down)?, extent(across)?]),
        _ => refuse("puts windows into something else than images"),
    };
    let (size, taps) = (pair(1)?, pair(2)?);
    let (stride, dilation) = (call.pair("strides", [1, 1])?, call.pair("dilations", [1, 1])?);
    let pads = match call.ints("pads")?.unwrap_or(&[0; 4]) {
        &[top, left, bottom, right] => [[extent(top)?, extent(bottom)?], [extent(left)?, extent(right)?]],
        pads => return refuse(format!("has the pads {pads:?}")),
    };
    let mut count = [0; 2];
    let mut matrices = [None, None];
    for axis in 0..2 {
        let one = Windows { taps: [taps[axis], dilation[axis]], steps: [1, 1] };
        let room = size[axis].saturating_add(pads[axis][0]).saturating_add(pads[axis][1]);
        let steps = room.checked_sub(one.reach()?).and_then(|room| room.checked_div(stride[axis]));
        count[axis] = steps.ok_or("has windows that do not fit the image")?.saturating_add(1);
        let all = Windows { steps: [count[axis], stride[axis]], ..one };
        matrices[axis] = Some(all.matrix(-(pads[axis][0] as i64), size[axis])?);
    }
    // [n, channels x taps, places] as [n, channels, taps down x places down, taps across x places across].
    let own = extents(import, call.value(0)?)?;
    let &[batch, rows, _] = own.as_slice() else { return refuse(format!("takes {own:?} as windows")) };
    let known = |extents: [usize; 2]| extents.map(|extent| Int::Known(extent as i64));
    let ([taps_down, taps_across], [down, across]) = (known(taps), known(count));
    let channels = Int::Known(rows.known()? / (taps[0] * taps[1]) as i64);
    let apart = vec![batch, channels, taps_down, taps_across, down, across];
    let apart = reshaped(import, call, call.value(0)?, apart)?;
    let apart = turned(import, call, &apart, vec![0, 1, 2, 4, 3, 5])?;
    let [rows, columns] = known([taps[0] * count[0], taps[1] * count[1]]);
    match reshaped(import, call, &apart, vec![batch, channels, rows, columns])? {
        Value::Data(data) => {
            let x = import.draft.settled(&data)?;
            let node = mapped(import, call, x, matrices)?;
            Ok(vec![Value::Data(import.draft.data(node))])
        }
        _ => refuse("takes the windows of an image as images of their own"),
    }
}
