//! Normalizations.

use std::rc::Rc;

use peerlight_models::{
    Role,
    ops::{BatchNorm, Binary, LayerNorm, Lrn, Op, Reshape},
};

use super::arithmetic::{constant_beside, join};
use crate::{
    constant::Constant,
    draft::Data,
    error::{Fault, refuse},
    import::{Call, Import, Value, extent},
};

type Results<'a> = Result<Vec<Value<'a>>, Fault>;

pub fn batch<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    if call.int("training_mode", 0)? != 0 {
        return Err(Fault::new("is in training mode").advise("Export the network in evaluation mode: model.eval()."));
    }
    let epsilon = call.float("epsilon", 1e-5)?;
    let data = call.view(0)?;
    // Where axes of the file are apart here, the channels are another one.
    let place = data.position(call.int("axis", 1)?)?;
    let parts = [call.constant(1)?, call.constant(2)?, call.constant(3)?, call.constant(4)?];
    let channels = parts[0].len();
    if parts.iter().any(|part| part.len() != channels) {
        return refuse("has parameters of different lengths");
    }
    if data.order.len() != 4 || place != 1 || data.batch() != 0 {
        return of_vectors(import, call, place, parts, epsilon);
    }
    let x = import.draft.settled(data)?;
    let [scale, bias, mean, variance] = parts;
    let name = call.name();
    let mut own = |part: &str, role, of| import.draft.parameter(&format!("{name}.{part}"), &[channels], role, of);
    let own = vec![
        own("bias", Role::Bias, bias),
        own("weight", Role::Scale, scale),
        own("mean", Role::Mean, mean),
        own("variance", Role::Variance, variance),
    ];
    import.result(call, Op::BatchNorm(BatchNorm { epsilon }), vec![x], own)
}

/// A batch norm of what is no image, as a factor and a summand for each channel.
fn of_vectors<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    place: usize,
    parts: [&Rc<Constant<'a>>; 4],
    epsilon: f32,
) -> Results<'a> {
    let data = call.view(0)?;
    let [scale, bias, mean, variance] = parts.map(|part| part.to_floats());
    let (scale, bias, mean, variance) = (scale?, bias?, mean?, variance?);
    let factor: Vec<f32> =
        scale.iter().zip(&variance).map(|(scale, variance)| scale / (variance + epsilon).sqrt()).collect();
    let summand =
        bias.iter().zip(mean.iter().zip(&factor)).map(|(bias, (mean, factor))| bias - mean * factor).collect();
    // What stands for a channel stands for all of it.
    let mut shape = vec![1; data.order.len()];
    shape[place] = factor.len();
    let wide = |values| Rc::new(Constant::floats(shape.clone(), values));
    let factor = constant_beside(import, call, data, &wide(factor))?;
    let scaled = join(import, call, Binary::Mul, data, factor, false)?;
    let summand = constant_beside(import, call, &scaled, &wide(summand))?;
    Ok(vec![Value::of(join(import, call, Binary::Add, &scaled, summand, false)?)])
}

pub fn layer<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let data = call.view(0)?.clone();
    let last = data.order.len() - 1;
    if data.position(call.int("axis", -1)?)? != last {
        return super::composed::layer(import, call);
    }
    let epsilon = call.float("epsilon", 1e-5)?;
    let name = call.name();
    let scale = call.constant(1)?;
    let channels = scale.len();
    let mut own = vec![import.draft.parameter(&format!("{name}.weight"), &[channels], Role::Scale, scale)];
    if let Some(bias) = call.optional_constant(2)? {
        own.push(import.draft.parameter(&format!("{name}.bias"), &[bias.len()], Role::Bias, bias));
    }
    let axis = data.order[last];
    let node = import.node(call, Op::LayerNorm(LayerNorm { axis, epsilon }), vec![data.node], own)?;
    Ok(vec![Value::of(Data { node, ..data })])
}

/// Instance normalization: as many groups as channels.
pub fn instance<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let channels = import.draft.shape(call.data(0)?).first().copied().unwrap_or(1);
    in_groups(import, call, channels)
}

/// Group normalization (Wu & He, ECCV 2018).
pub fn group<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    in_groups(import, call, extent(call.int("num_groups", 0)?)?)
}

/// Each group of channels as one axis, normalized; then a scale and a bias for each channel, or for each group.
fn in_groups<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>, groups: usize) -> Results<'a> {
    let x = import.draft.settled(call.data(0)?)?;
    let shape = import.draft.nodes[x].shape.clone();
    let count: usize = shape.iter().product();
    let channels = shape.first().copied().unwrap_or(0);
    if groups == 0 || channels % groups != 0 {
        return refuse(format!("makes {groups} groups of {channels} channels"));
    }
    let each = count / groups;
    import.allow(each)?;
    let flat = import.node(call, Op::Reshape(Reshape { shape: vec![groups, each] }), vec![x], Vec::new())?;
    let ones = import.draft.own_parameter(&format!("{}.ones", call.name()), &[each], Role::Constant, vec![1.0; each]);
    let norm = Op::LayerNorm(LayerNorm { axis: 2, epsilon: call.float("epsilon", 1e-5)? });
    let normal = import.node(call, norm, vec![flat], vec![ones])?;
    let back = import.node(call, Op::Reshape(Reshape { shape: shape.clone() }), vec![normal], Vec::new())?;
    let mut data = import.draft.data(back);
    for (place, op) in [(1, Binary::Mul), (2, Binary::Add)] {
        let constant = call.constant(place)?;
        let mut values = constant.to_floats()?;
        if values.len() == groups {
            values = values.into_iter().flat_map(|value| std::iter::repeat_n(value, channels / groups)).collect();
        }
        let mut shape = vec![1; shape.len()];
        shape[0] = channels;
        if values.len() != channels {
            return refuse(format!("has {} scales for {channels} channels", values.len()));
        }
        let constant = constant_beside(import, call, &data, &Rc::new(Constant::floats(shape, values)))?;
        data = join(import, call, op, &data, constant, false)?;
    }
    Ok(vec![Value::Data(data)])
}

pub fn local_response<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let x = import.draft.settled(call.data(0)?)?;
    let lrn = Lrn {
        size: extent(call.int("size", 0)?)?,
        alpha: call.float("alpha", 1e-4)?,
        beta: call.float("beta", 0.75)?,
        bias: call.float("bias", 1.0)?,
    };
    import.result(call, Op::Lrn(lrn), vec![x], Vec::new())
}
