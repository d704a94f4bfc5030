//! Networks that were quantized statically (QDQ) run in single precision, and their results are rounded and cut off as
//! 8 bits have it: exporters leave out a ReLU that the cutting does as well.

use peerlight_models::ops::{Op, Unary};

use super::activation::apply;
use crate::{
    constant::Constant,
    constant::data_type::{INT8, INT16, UINT8, UINT16},
    error::{Fault, refuse},
    import::{Call, Import, Value},
};

type Results<'a> = Result<Vec<Value<'a>>, Fault>;

pub fn quantize<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let scale = call.constant(1)?;
    if scale.len() != 1 {
        return refuse("quantizes each channel by itself, which is supported for weights only");
    }
    let zero = call.optional_constant(2)?;
    let (low, high) = bounds(zero.map(|zero| &**zero))?;
    let zero = zero.map_or(Ok(0.0), |zero| zero.scalar())?;
    let scale = scale.scalar()?;
    let [low, high] = [low, high].map(|bound| (bound - zero) * scale);
    apply(import, call, call.view(0)?, Op::Unary(Unary::Quantize { step: scale, low, high }))
}

/// The least and the greatest number of the type of a zero point; without one, of 8 bits without a sign.
pub fn bounds(zero: Option<&Constant>) -> Result<(f32, f32), Fault> {
    match zero.map_or(Some(UINT8), |zero| zero.kind) {
        Some(UINT8) => Ok((0.0, 255.0)),
        Some(INT8) => Ok((-128.0, 127.0)),
        Some(UINT16) => Ok((0.0, 65535.0)),
        Some(INT16) => Ok((-32768.0, 32767.0)),
        _ => refuse("has a zero point of a type that is not supported"),
    }
}

/// The way back from a quantized result, which was never taken.
pub fn dequantize<'a>(_: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    Ok(vec![call.same(0)?])
}
