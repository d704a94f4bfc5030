//! Tensors of a safetensors file: read with every doubt, written.

use std::collections::{BTreeMap, HashMap};

use half::f16;
use peerlight_core::{Code, Error, Result};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};

/// The tensors of one peer inside a file.
pub struct Weights<'a> {
    file: &'a SafeTensors<'a>,
    prefix: &'a str,
}

impl<'a> Weights<'a> {
    /// The tensors whose names begin with `prefix` and a dot.
    pub fn new(file: &'a SafeTensors<'a>, prefix: &'a str) -> Self {
        Self { file, prefix }
    }

    /// The names of the peer's tensors, without its prefix.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let own = |name: &'a str| name.strip_prefix(self.prefix)?.strip_prefix('.');
        self.file.names().into_iter().filter_map(own)
    }

    /// One tensor's values in single precision, row-major.
    ///
    /// # Errors
    /// `bundle-invalid` if it is missing, of another shape or type, or holds a number that is not finite.
    pub fn values(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let name = format!("{}.{name}", self.prefix);
        let view = self.file.tensor(&name).map_err(|_| invalid(format!("The tensor '{name}' is missing.")))?;
        if view.shape() != shape {
            return Err(invalid(format!("The tensor '{name}' has the shape {:?}, not {shape:?}.", view.shape())));
        }
        let values = numbers(&view).ok_or_else(|| {
            invalid(format!("The tensor '{name}' holds {:?}, neither 16-bit nor 32-bit floats.", view.dtype()))
        })?;
        finite(&name, &values, shape.iter().product())?;
        Ok(values)
    }
}

/// Checks that there are `count` values, all of them finite.
pub(crate) fn finite(name: &str, values: &[f32], count: usize) -> Result<()> {
    if values.len() != count {
        return Err(invalid(format!("The tensor '{name}' has {} values, not {count}.", values.len())));
    }
    match values.iter().all(|v| v.is_finite()) {
        true => Ok(()),
        false => Err(invalid(format!("The tensor '{name}' holds numbers that are not finite."))),
    }
}

/// A bundle that does not hold what it should.
pub(crate) fn invalid(what: String) -> Error {
    Error::new(Code::BundleInvalid, format!("The weight file cannot be used. {what}"))
}

/// The values of a tensor of 16-bit or 32-bit floats, little-endian.
fn numbers(view: &TensorView) -> Option<Vec<f32>> {
    let data = view.data();
    match view.dtype() {
        Dtype::F16 => Some(data.as_chunks().0.iter().map(|b| f16::from_le_bytes(*b).to_f32()).collect()),
        Dtype::F32 => Some(data.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect()),
        _ => None,
    }
}

/// A tensor in memory, on its way into a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// Its extents.
    pub shape: Vec<usize>,
    /// Its values, row-major.
    pub values: Vec<f32>,
}

/// How numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// 16 bits: what bundles ship.
    Half,
    /// 32 bits: while training.
    Single,
}

/// Writes tensors and metadata as a safetensors file.
///
/// # Errors
/// `bundle-invalid` if a value is not finite, or does not fit the precision.
pub fn to_safetensors(
    tensors: &BTreeMap<String, Array>,
    precision: Precision,
    metadata: HashMap<String, String>,
) -> Result<Vec<u8>> {
    let dtype = match precision {
        Precision::Half => Dtype::F16,
        Precision::Single => Dtype::F32,
    };
    let stored = tensors.iter().map(|(name, array)| Ok((name, &array.shape, encode(name, &array.values, precision)?)));
    let stored = stored.collect::<Result<Vec<_>>>()?;
    let views = stored.iter().map(|(name, shape, bytes)| {
        let view = TensorView::new(dtype, shape.to_vec(), bytes).map_err(|e| invalid(e.to_string()))?;
        Ok((name.as_str(), view))
    });
    let views = views.collect::<Result<Vec<_>>>()?;
    safetensors::serialize(views, Some(metadata.into_iter().collect())).map_err(|e| invalid(e.to_string()))
}

fn encode(name: &str, values: &[f32], precision: Precision) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(values.len() * 4);
    for &value in values {
        let half = f16::from_f32(value);
        let stored = match precision {
            Precision::Half => half.to_f32(),
            Precision::Single => value,
        };
        if !stored.is_finite() {
            return Err(invalid(format!("{value} in '{name}' cannot be stored.")));
        }
        match precision {
            Precision::Half => bytes.extend(half.to_le_bytes()),
            Precision::Single => bytes.extend(value.to_le_bytes()),
        }
    }
    Ok(bytes)
}
