//! Tensors that do not depend on the image: weights, and what shapes are computed from.

use std::fmt;

use half::{bf16, f16};

use crate::{
    error::{Fault, refuse},
    proto,
};

/// A number of a shape: known, or so many times the size of the batch, which differs from run to run.
#[derive(Clone, Copy, PartialEq)]
pub enum Int {
    Known(i64),
    Batch(i64),
}

impl Int {
    pub const BATCH: Self = Self::Batch(1);

    pub fn known(self) -> Result<i64, Fault> {
        match self {
            Self::Known(value) => Ok(value),
            Self::Batch(_) => refuse("computes with the size of the batch"),
        }
    }

    /// The number for a batch of one image.
    pub fn of_one(self) -> i64 {
        let (Self::Known(value) | Self::Batch(value)) = self;
        value
    }
}

impl fmt::Debug for Int {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(value) => write!(f, "{value}"),
            Self::Batch(1) => write!(f, "n"),
            Self::Batch(times) => write!(f, "{times} n"),
        }
    }
}

/// A shape whose every extent is known.
pub fn known(shape: &[usize]) -> Vec<Int> {
    shape.iter().map(|&extent| Int::Known(extent as i64)).collect()
}

/// A tensor that does not depend on the image.
#[derive(Debug, Clone)]
pub struct Constant<'a> {
    /// The name in the file, for those that stand there.
    pub name: &'a str,
    pub shape: Vec<usize>,
    pub numbers: Numbers<'a>,
    /// The `TensorProto.DataType`, for those that stand in the file.
    pub kind: Option<i64>,
}

/// Numbers in single precision: as they lie in a file's bytes, little-endian, or others.
#[derive(Debug)]
pub enum Floats<'a> {
    InFile(&'a [u8]),
    Own(Vec<f32>),
}

impl Floats<'_> {
    pub fn into_vec(self) -> Vec<f32> {
        match self {
            Self::InFile(bytes) => each(bytes, f32::from_le_bytes),
            Self::Own(values) => values,
        }
    }
}

/// The elements of a constant.
#[derive(Debug, Clone)]
pub enum Numbers<'a> {
    /// Still in the file, of this `TensorProto.DataType`.
    Raw(i64, &'a [u8]),
    Floats(Vec<f32>),
    Ints(Vec<Int>),
}

/// `TensorProto.DataType`.
pub mod data_type {
    pub const FLOAT: i64 = 1;
    pub const UINT8: i64 = 2;
    pub const INT8: i64 = 3;
    pub const UINT16: i64 = 4;
    pub const INT16: i64 = 5;
    pub const INT32: i64 = 6;
    pub const INT64: i64 = 7;
    pub const BOOL: i64 = 9;
    pub const FLOAT16: i64 = 10;
    pub const DOUBLE: i64 = 11;
    pub const UINT32: i64 = 12;
    pub const UINT64: i64 = 13;
    pub const BFLOAT16: i64 = 16;
}
use data_type::*;

impl<'a> Constant<'a> {
    pub fn of(tensor: &proto::Tensor<'a>) -> Result<Self, Fault> {
        if tensor.is_external {
            return Err(Fault::new(format!("keeps the tensor '{}' in another file", tensor.name)).advise(
                "Save it as one file: torch.onnx.export(.., external_data=False), or \
                 onnx.save(onnx.load('model.onnx'), 'one.onnx').",
            ));
        }
        let shape = shape(&tensor.dims)
            .ok_or_else(|| format!("has the tensor '{}' of the shape {:?}", tensor.name, tensor.dims))?;
        let count: usize = shape.iter().product();
        let wrong = || Fault::new(format!("has the tensor '{}' with too few numbers, or too many", tensor.name));
        let numbers = match tensor.raw {
            Some(raw) => {
                if size_of_type(tensor.data_type)?.checked_mul(count) != Some(raw.len()) {
                    return Err(wrong());
                }
                Numbers::Raw(tensor.data_type, raw)
            }
            None => numbers(tensor, count)?,
        };
        match &numbers {
            Numbers::Floats(values) if values.len() != count => Err(wrong()),
            Numbers::Ints(values) if values.len() != count => Err(wrong()),
            _ => Ok(Self { name: tensor.name, shape, numbers, kind: Some(tensor.data_type) }),
        }
    }

    pub fn floats(shape: Vec<usize>, values: Vec<f32>) -> Self {
        Self { name: "", shape, numbers: Numbers::Floats(values), kind: None }
    }

    pub fn ints(shape: Vec<usize>, values: Vec<Int>) -> Self {
        Self { name: "", shape, numbers: Numbers::Ints(values), kind: None }
    }

    /// Other values of the same kind: whole numbers stay whole.
    pub fn like(&self, shape: Vec<usize>, values: Vec<f32>) -> Self {
        match self.is_int() {
            true => Self::ints(shape, values.into_iter().map(|v| Int::Known(v as i64)).collect()),
            false => Self::floats(shape, values),
        }
    }

    /// The number of elements.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether the elements are whole numbers.
    pub fn is_int(&self) -> bool {
        match self.numbers {
            Numbers::Raw(kind, _) => !matches!(kind, FLOAT | FLOAT16 | DOUBLE | BFLOAT16),
            Numbers::Floats(_) => false,
            Numbers::Ints(_) => true,
        }
    }

    /// The elements in single precision, which stay in the file if they have it there.
    pub fn floats_in_place(&self) -> Result<Floats<'a>, Fault> {
        match self.numbers {
            Numbers::Raw(FLOAT, raw) => Ok(Floats::InFile(raw)),
            _ => Ok(Floats::Own(self.to_floats()?)),
        }
    }

    /// The elements in single precision.
    pub fn to_floats(&self) -> Result<Vec<f32>, Fault> {
        match &self.numbers {
            Numbers::Floats(values) => Ok(values.clone()),
            Numbers::Ints(values) => values.iter().map(|v| Ok(v.known()? as f32)).collect(),
            &Numbers::Raw(kind, raw) => Ok(match kind {
                FLOAT => each(raw, f32::from_le_bytes),
                FLOAT16 => each(raw, |b| f16::from_le_bytes(b).to_f32()),
                BFLOAT16 => each(raw, |b| bf16::from_le_bytes(b).to_f32()),
                DOUBLE => each(raw, |b| f64::from_le_bytes(b) as f32),
                _ => self.to_ints()?.into_iter().map(|v| Ok(v.known()? as f32)).collect::<Result<_, Fault>>()?,
            }),
        }
    }

    /// The elements as whole numbers; floats are cut off.
    pub fn to_ints(&self) -> Result<Vec<Int>, Fault> {
        let known = |values: Vec<i64>| values.into_iter().map(Int::Known).collect();
        match &self.numbers {
            Numbers::Ints(values) => Ok(values.clone()),
            Numbers::Floats(values) => Ok(values.iter().map(|&v| Int::Known(v as i64)).collect()),
            &Numbers::Raw(kind, raw) => Ok(known(match kind {
                UINT8 | BOOL => each(raw, |[b]: [u8; 1]| b.into()),
                INT8 => each(raw, |b| i8::from_le_bytes(b).into()),
                UINT16 => each(raw, |b| u16::from_le_bytes(b).into()),
                INT16 => each(raw, |b| i16::from_le_bytes(b).into()),
                INT32 => each(raw, |b| i32::from_le_bytes(b).into()),
                UINT32 => each(raw, |b| u32::from_le_bytes(b).into()),
                INT64 => each(raw, i64::from_le_bytes),
                UINT64 => each(raw, |b| u64::from_le_bytes(b) as i64),
                _ => self.to_floats()?.into_iter().map(|v| v as i64).collect(),
            })),
        }
    }

    /// The elements as whole numbers that are known.
    pub fn to_known(&self) -> Result<Vec<i64>, Fault> {
        self.to_ints()?.into_iter().map(Int::known).collect()
    }

    /// The only element.
    pub fn scalar(&self) -> Result<f32, Fault> {
        match self.len() {
            1 => Ok(self.to_floats()?[0]),
            count => refuse(format!("takes one number where there are {count}")),
        }
    }
}

/// A shape of the file as ours, if its extents can be and their product is a number of elements.
fn shape(dims: &[i64]) -> Option<Vec<usize>> {
    let shape: Option<Vec<usize>> = dims.iter().map(|&extent| usize::try_from(extent).ok()).collect();
    shape.filter(|shape| shape.iter().try_fold(1usize, |product, &extent| product.checked_mul(extent)).is_some())
}

/// Bytes of an element.
fn size_of_type(data_type: i64) -> Result<usize, Fault> {
    match data_type {
        UINT8 | INT8 | BOOL => Ok(1),
        UINT16 | INT16 | FLOAT16 | BFLOAT16 => Ok(2),
        FLOAT | INT32 | UINT32 => Ok(4),
        DOUBLE | INT64 | UINT64 => Ok(8),
        other => refuse(format!("has a tensor of the type {other}, which is not supported")),
    }
}

fn each<const N: usize, T>(raw: &[u8], of: impl Fn([u8; N]) -> T) -> Vec<T> {
    raw.as_chunks().0.iter().map(|bytes| of(*bytes)).collect()
}

/// The elements that stand in fields of their own.
fn numbers<'a>(tensor: &proto::Tensor<'a>, count: usize) -> Result<Numbers<'a>, Fault> {
    let (mut floats, mut ints) = (Vec::new(), Vec::new());
    for &(number, value) in &tensor.fields {
        match (number, tensor.data_type) {
            (4, FLOAT) => value.floats(&mut floats, count)?,
            (10, DOUBLE) => {
                let bytes = value.bytes()?;
                if bytes.len() / 8 > count {
                    return refuse("has a tensor with too many numbers");
                }
                floats.extend(each(bytes, |b| f64::from_le_bytes(b) as f32));
            }
            (5 | 7 | 11, _) => value.ints(&mut ints, count)?,
            _ => return refuse(format!("has a tensor of the type {}, which is not supported", tensor.data_type)),
        }
    }
    let half = |bits: &i64| f16::from_bits(*bits as u16).to_f32();
    Ok(match tensor.data_type {
        FLOAT | DOUBLE => Numbers::Floats(floats),
        FLOAT16 => Numbers::Floats(ints.iter().map(half).collect()),
        BFLOAT16 => Numbers::Floats(ints.iter().map(|bits| bf16::from_bits(*bits as u16).to_f32()).collect()),
        other => {
            size_of_type(other)?;
            Numbers::Ints(ints.into_iter().map(Int::Known).collect())
        }
    })
}
