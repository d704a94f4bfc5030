//! The messages of an ONNX file, as far as they matter here. Names and numbers are those of onnx.proto
//! (<https://github.com/onnx/onnx/blob/main/onnx/onnx.proto>). Texts and numbers stay in the file's bytes.

use std::collections::HashMap;

use crate::{
    error::{Fault, broken},
    wire::{Wire, fields},
};

/// The most nodes, tensors, inputs and the like of a file.
const MOST: usize = 20_000;
/// The most numbers of an attribute.
const MOST_NUMBERS: usize = 20_000;
/// The most inputs or outputs of a node.
const MOST_INPUTS: usize = 2048;
/// The most pieces that a tensor's elements come in: one, as every writer has it, and some to spare.
const MOST_PIECES: usize = 16;
/// The most axes.
const MOST_AXES: usize = 8;

/// `ModelProto`.
#[derive(Debug, Default)]
pub struct Model<'a> {
    /// The version of the standard operations.
    pub opset: i64,
    /// The program that wrote the file.
    pub producer: &'a str,
    /// Key and value of each entry of its metadata.
    pub metadata: Vec<(&'a str, &'a str)>,
    pub graph: Graph<'a>,
    /// Whether it defines operations of its own.
    pub has_functions: bool,
}

/// `GraphProto`.
#[derive(Debug, Default)]
pub struct Graph<'a> {
    pub nodes: Vec<Node<'a>>,
    pub initializers: Vec<Tensor<'a>>,
    pub inputs: Vec<ValueInfo<'a>>,
    pub outputs: Vec<ValueInfo<'a>>,
}

/// `NodeProto`.
#[derive(Debug, Default)]
pub struct Node<'a> {
    pub name: &'a str,
    pub op: &'a str,
    pub domain: &'a str,
    pub inputs: Vec<&'a str>,
    pub outputs: Vec<&'a str>,
    pub attributes: HashMap<&'a str, Attribute<'a>>,
}

/// `AttributeProto`.
#[derive(Debug, Clone)]
pub enum Attribute<'a> {
    Float(f32),
    Int(i64),
    Text(&'a [u8]),
    Tensor(Tensor<'a>),
    Floats(Vec<f32>),
    Ints(Vec<i64>),
    /// A `GraphProto`, which is read when it is needed.
    Graph(&'a [u8]),
    /// Texts, or whatever no operation here has.
    Other,
}

/// `TensorProto`.
#[derive(Debug, Default, Clone)]
pub struct Tensor<'a> {
    pub name: &'a str,
    pub dims: Vec<i64>,
    /// `TensorProto.DataType`.
    pub data_type: i64,
    /// The elements in a row, little-endian.
    pub raw: Option<&'a [u8]>,
    /// The fields that hold elements otherwise.
    pub fields: Vec<(u64, Wire<'a>)>,
    /// Whether the elements are in another file.
    pub is_external: bool,
}

/// `ValueInfoProto`.
#[derive(Debug, Default)]
pub struct ValueInfo<'a> {
    pub name: &'a str,
    /// `TensorProto.DataType`.
    pub data_type: i64,
    /// The extents; none for one that is not fixed.
    pub shape: Vec<Option<i64>>,
}

impl<'a> Model<'a> {
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Fault> {
        let mut model = Self::default();
        let mut has_graph = false;
        for field in fields(bytes) {
            let field = field?;
            match field.number {
                2 => model.producer = field.value.text()?,
                7 if !has_graph => {
                    has_graph = true;
                    model.graph = Graph::parse(field.value.bytes()?)?;
                }
                8 => {
                    let (domain, version) = opset(field.value.bytes()?)?;
                    if matches!(domain, "" | "ai.onnx") {
                        model.opset = version;
                    }
                }
                14 => push(&mut model.metadata, entry(field.value.bytes()?)?, MOST)?,
                25 => model.has_functions = true,
                _ => {}
            }
        }
        if has_graph && model.opset > 0 { Ok(model) } else { Err(broken()) }
    }

    /// The value of a key of the metadata.
    pub fn metadata(&self, key: &str) -> Option<&'a str> {
        self.metadata.iter().find(|(own, _)| *own == key).map(|(_, value)| *value)
    }
}

impl<'a> Graph<'a> {
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Fault> {
        let mut graph = Self::default();
        for field in fields(bytes) {
            let field = field?;
            match field.number {
                1 => push(&mut graph.nodes, Node::parse(field.value.bytes()?)?, MOST)?,
                5 => push(&mut graph.initializers, Tensor::parse(field.value.bytes()?)?, MOST)?,
                11 => push(&mut graph.inputs, ValueInfo::parse(field.value.bytes()?)?, MOST)?,
                12 => push(&mut graph.outputs, ValueInfo::parse(field.value.bytes()?)?, MOST)?,
                15 => return Err(Fault::new("holds sparse tensors, which are not supported")),
                _ => {}
            }
        }
        Ok(graph)
    }
}

impl<'a> Node<'a> {
    fn parse(bytes: &'a [u8]) -> Result<Self, Fault> {
        let mut node = Self::default();
        for field in fields(bytes) {
            let field = field?;
            match field.number {
                1 => push(&mut node.inputs, field.value.text()?, MOST_INPUTS)?,
                2 => push(&mut node.outputs, field.value.text()?, MOST_INPUTS)?,
                3 => node.name = field.value.text()?,
                4 => node.op = field.value.text()?,
                5 => {
                    let (name, attribute) = Attribute::parse(field.value.bytes()?)?;
                    node.attributes.insert(name, attribute);
                }
                7 => node.domain = field.value.text()?,
                _ => {}
            }
        }
        Ok(node)
    }
}

impl<'a> Attribute<'a> {
    fn parse(bytes: &'a [u8]) -> Result<(&'a str, Self), Fault> {
        let (mut name, mut kind) = ("", 0);
        let (mut float, mut int, mut text, mut tensor, mut graph) = (0.0, 0, &[][..], None, &[][..]);
        let (mut floats, mut ints) = (Vec::new(), Vec::new());
        for field in fields(bytes) {
            let field = field?;
            match field.number {
                1 => name = field.value.text()?,
                2 => float = field.value.float()?,
                3 => int = field.value.int()?,
                4 => text = field.value.bytes()?,
                5 => tensor = Some(Tensor::parse(field.value.bytes()?)?),
                6 => graph = field.value.bytes()?,
                7 => field.value.floats(&mut floats, MOST_NUMBERS)?,
                8 => field.value.ints(&mut ints, MOST_NUMBERS)?,
                20 => kind = field.value.int()?,
                _ => {}
            }
        }
        let value = match (kind, tensor) {
            (1, _) => Self::Float(float),
            (2, _) => Self::Int(int),
            (3, _) => Self::Text(text),
            (4, Some(tensor)) => Self::Tensor(tensor),
            (5, _) => Self::Graph(graph),
            (6, _) => Self::Floats(floats),
            (7, _) => Self::Ints(ints),
            _ => Self::Other,
        };
        Ok((name, value))
    }
}

impl<'a> Tensor<'a> {
    fn parse(bytes: &'a [u8]) -> Result<Self, Fault> {
        let mut tensor = Self::default();
        for field in fields(bytes) {
            let field = field?;
            match field.number {
                1 => field.value.ints(&mut tensor.dims, MOST_AXES)?,
                2 => tensor.data_type = field.value.int()?,
                // float_data, int32_data, int64_data, double_data, uint64_data
                4 | 5 | 7 | 10 | 11 => push(&mut tensor.fields, (field.number, field.value), MOST_PIECES)?,
                8 => tensor.name = field.value.text()?,
                9 => tensor.raw = Some(field.value.bytes()?),
                13 => tensor.is_external = true,
                14 => tensor.is_external |= field.value.int()? == 1,
                _ => {}
            }
        }
        Ok(tensor)
    }
}

impl<'a> ValueInfo<'a> {
    fn parse(bytes: &'a [u8]) -> Result<Self, Fault> {
        let mut info = Self::default();
        for field in fields(bytes) {
            let field = field?;
            match field.number {
                1 => info.name = field.value.text()?,
                // TypeProto, its tensor_type
                2 => {
                    for field in fields(field.value.bytes()?) {
                        let field = field?;
                        if field.number == 1 {
                            info.read_type(field.value.bytes()?)?;
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(info)
    }

    fn read_type(&mut self, bytes: &'a [u8]) -> Result<(), Fault> {
        for field in fields(bytes) {
            let field = field?;
            match field.number {
                1 => self.data_type = field.value.int()?,
                2 => {
                    for dim in fields(field.value.bytes()?) {
                        let dim = dim?.value.bytes()?;
                        let mut extent = None;
                        for field in fields(dim) {
                            let field = field?;
                            if field.number == 1 {
                                extent = Some(field.value.int()?);
                            }
                        }
                        push(&mut self.shape, extent, MOST_AXES)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// `OperatorSetIdProto`: domain and version.
fn opset(bytes: &[u8]) -> Result<(&str, i64), Fault> {
    let (mut domain, mut version) = ("", 0);
    for field in fields(bytes) {
        let field = field?;
        match field.number {
            1 => domain = field.value.text()?,
            2 => version = field.value.int()?,
            _ => {}
        }
    }
    Ok((domain, version))
}

/// `StringStringEntryProto`.
fn entry(bytes: &[u8]) -> Result<(&str, &str), Fault> {
    let (mut key, mut value) = ("", "");
    for field in fields(bytes) {
        let field = field?;
        match field.number {
            1 => key = field.value.text()?,
            2 => value = field.value.text()?,
            _ => {}
        }
    }
    Ok((key, value))
}

/// Appends, unless there are as many already.
fn push<T>(list: &mut Vec<T>, item: T, most: usize) -> Result<(), Fault> {
    if list.len() >= most {
        return Err(Fault::new(format!("holds more than {most} nodes, tensors, inputs or axes where fewer belong")));
    }
    list.push(item);
    Ok(())
}
