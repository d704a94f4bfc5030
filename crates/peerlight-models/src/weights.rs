//! Tensors of a safetensors file: read with every doubt, written.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
};

use half::f16;
use peerlight_core::{Code, Error, Result};
use safetensors::{Dtype, SafeTensors, View, tensor::TensorView};

use crate::eight_bits;

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
        let values = match view.dtype() {
            Dtype::I8 => eight_bits::widen(view.data(), &self.scales(&name, shape)?),
            _ => floats(&view).ok_or_else(|| {
                let known = "neither floats of 16 or 32 bits nor whole numbers of 8";
                invalid(format!("The tensor '{name}' holds {:?}, {known}.", view.dtype()))
            })?,
        };
        finite(&name, &values, shape.iter().product())?;
        Ok(values)
    }

    /// The scales of a tensor of whole numbers: a float for each of the first axis.
    fn scales(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let scales = eight_bits::scales_of(name);
        let view = self.file.tensor(&scales).map_err(|_| invalid(format!("The tensor '{scales}' is missing.")))?;
        let values = floats(&view).filter(|_| Some(view.shape()) == shape.get(..1));
        values.ok_or_else(|| invalid(format!("The tensor '{scales}' does not hold a float for each row of '{name}'.")))
    }
}

/// Checks that there are `count` values, all of them finite.
pub(crate) fn finite(name: &str, values: &[f32], count: usize) -> Result<()> {
    if values.len() != count {
        return Err(invalid(format!("The tensor '{name}' has {} values, not {count}.", values.len())));
    }
    // In pieces: a browser runs a function of a module optimized from one of its next calls on, not within a call.
    match values.chunks(PIECE).all(all_finite) {
        true => Ok(()),
        false => Err(invalid(format!("The tensor '{name}' holds numbers that are not finite."))),
    }
}

/// Numbers that are looked at in one call.
const PIECE: usize = 1 << 12;

/// Without a way out of the loop, so that it runs on several values at once.
#[inline(never)]
fn all_finite(values: &[f32]) -> bool {
    values.iter().fold(true, |all, value| all & value.is_finite())
}

/// A bundle that does not hold what it should.
pub(crate) fn invalid(what: String) -> Error {
    Error::new(Code::BundleInvalid, format!("The weight file cannot be used. {what}"))
}

/// The values of a tensor of 16-bit or 32-bit floats, little-endian.
fn floats(view: &TensorView) -> Option<Vec<f32>> {
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
    /// Extents of the tensor.
    pub shape: Vec<usize>,
    /// Values of the tensor, row-major.
    pub values: Vec<f32>,
}

/// How numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// The large weights of convolutions and linear layers in 8 bits, with a scale for each output channel; the rest
    /// in 16.
    Int8,
    /// 16 bits.
    Half,
    /// 32 bits: while training.
    Single,
}

/// A tensor as it lies in a file.
struct Stored {
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl View for &Stored {
    fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.bytes)
    }

    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}

/// Writes tensors and metadata as a safetensors file. Those that `narrow` names become whole numbers of 8 bits.
///
/// # Errors
/// `bundle-invalid` if a value is not finite, or does not fit the precision.
pub fn to_safetensors(
    tensors: &BTreeMap<String, Array>,
    precision: Precision,
    narrow: &HashSet<String>,
    metadata: HashMap<String, String>,
) -> Result<Vec<u8>> {
    let mut stored = BTreeMap::new();
    for (name, array) in tensors {
        let scales = eight_bits::scales_of(name);
        // A tensor whose scales would take another's name stays as it is.
        if !narrow.contains(name) || tensors.contains_key(&scales) {
            stored.insert(name.clone(), Stored::of(name, &array.shape, &array.values, precision)?);
            continue;
        }
        finite(name, &array.values, array.shape.iter().product())?;
        let (bytes, values) = eight_bits::narrow(&array.shape, &array.values);
        stored.insert(scales, Stored::of(name, &[values.len()], &values, Precision::Single)?);
        stored.insert(name.clone(), Stored { dtype: Dtype::I8, shape: array.shape.clone(), bytes });
    }
    safetensors::serialize(&stored, Some(metadata.into_iter().collect())).map_err(|e| invalid(e.to_string()))
}

impl Stored {
    /// Values as floats: of 32 bits in single precision, of 16 otherwise. It is a function of its own, so that a
    /// browser that finds it busy optimizes no more than this.
    #[inline(never)]
    fn of(name: &str, shape: &[usize], values: &[f32], precision: Precision) -> Result<Self> {
        let mut bytes = Vec::with_capacity(values.len() * 4);
        for &value in values {
            let half = f16::from_f32(value);
            let is_single = precision == Precision::Single;
            if !(if is_single { value } else { half.to_f32() }).is_finite() {
                return Err(invalid(format!("{value} in '{name}' cannot be stored.")));
            }
            match is_single {
                true => bytes.extend(value.to_le_bytes()),
                false => bytes.extend(half.to_le_bytes()),
            }
        }
        let dtype = if precision == Precision::Single { Dtype::F32 } else { Dtype::F16 };
        Ok(Self { dtype, shape: shape.to_vec(), bytes })
    }
}
