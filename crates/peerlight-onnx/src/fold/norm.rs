//! Norms of constants: networks without batch norms standardize their weights so (Brock et al., ICML 2021).

use std::rc::Rc;

use crate::{
    constant::Constant,
    error::{Fault, refuse},
    import::{Call, Import, Value},
};

/// `(x - mean) / sqrt(variance + epsilon) scale + bias` by the channels of axis 1: in training mode with the mean and
/// the variance of the constant itself, and otherwise with those that are given.
pub fn batch<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Result<Vec<Value<'a>>, Fault> {
    let x = call.constant(0)?;
    let Some(&channels) = x.shape.get(1) else { return refuse("takes a constant without channels") };
    let inner: usize = x.shape.iter().skip(2).product();
    let channel = |i: usize| i / inner.max(1) % channels;
    let epsilon = call.float("epsilon", 1e-5)?;
    let numbers = |place: usize| -> Result<Vec<f32>, Fault> {
        let values = call.constant(place)?.to_floats()?;
        let count = values.len();
        if count == channels { Ok(values) } else { refuse(format!("has {count} numbers for {channels} channels")) }
    };
    import.allow(x.len())?;
    let values = x.to_floats()?;
    let is_training = call.int("training_mode", 0)? != 0;
    let (mean, variance) = match is_training {
        false => (numbers(3)?, numbers(4)?),
        true => {
            let mean_of = |of: &dyn Fn(usize) -> f32| {
                let mut sums = vec![0.0; channels];
                (0..values.len()).for_each(|i| sums[channel(i)] += of(i));
                sums.into_iter().map(|sum: f32| sum / (values.len() / channels) as f32).collect::<Vec<f32>>()
            };
            let mean = mean_of(&|i| values[i]);
            let variance = mean_of(&|i| (values[i] - mean[channel(i)]).powi(2));
            (mean, variance)
        }
    };
    let (scale, bias) = (numbers(1)?, numbers(2)?);
    let normed = values.iter().enumerate().map(|(i, value)| {
        let c = channel(i);
        (value - mean[c]) / (variance[c] + epsilon).sqrt() * scale[c] + bias[c]
    });
    Ok(vec![Value::Constant(Rc::new(Constant::floats(x.shape.clone(), normed.collect())))])
}
