//! What is in a file, also in one that cannot be imported.

use std::collections::{BTreeMap, HashSet};

use peerlight_core::Result;
use peerlight_models::Head;
use serde::Serialize;

use crate::{
    Options,
    import::name_of,
    model::{begin, convert, import, inputs, parse},
};

/// Content of an ONNX file.
#[derive(Debug, Clone, Serialize)]
pub struct Inspection {
    /// The program that wrote the file.
    pub producer: String,
    /// The version of the standard operations.
    pub opset: i64,
    /// Inputs of the file.
    pub inputs: Vec<InputInfo>,
    /// Names of what it gives.
    pub outputs: Vec<String>,
    /// The preset of the likeliest preprocessing, if the network can be imported.
    pub guess: Option<&'static str>,
    /// How many nodes of each kind the file has.
    pub operations: BTreeMap<String, usize>,
    /// The nodes that cannot be run.
    pub unsupported: Vec<Unsupported>,
    /// The network, if it can be imported.
    pub network: Option<NetworkInfo>,
    /// Why it cannot be imported, otherwise.
    pub refusal: Option<String>,
}

/// Input of a file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InputInfo {
    /// Name of the input.
    pub name: String,
    /// Extents of the input, as far as the file says them.
    pub shape: Vec<Option<i64>>,
}

/// A node that cannot be run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Unsupported {
    /// Type of the operation, such as `ArgMax`.
    pub op: String,
    /// The node's name.
    pub name: String,
    /// Why, and what to do.
    pub why: String,
}

/// A network that can be run.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct NetworkInfo {
    /// Channels, height and width of its image.
    pub input: [usize; 3],
    /// The number of classes.
    pub classes: usize,
    /// The number of weights.
    pub parameters: usize,
    /// Multiplications and additions, counted in pairs, of one pass over one image.
    pub cost: u64,
    /// What comes after the last layer: `linear`, `average` or `opaque`.
    #[cfg_attr(feature = "typescript", ts(type = "'linear' | 'average' | 'opaque'"))]
    pub head: &'static str,
    /// The places that can be looked at, in order.
    pub layers: Vec<LayerInfo>,
    /// The layer that methods of one layer read by default, counted from 1.
    pub target: usize,
    /// The layers that methods of several layers read by default, counted from 1.
    pub several: Vec<usize>,
}

/// A place of a network that can be looked at.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct LayerInfo {
    /// Name of the layer.
    pub name: String,
    /// Channels, height and width.
    pub shape: Vec<usize>,
}

/// Says what is in a file.
///
/// # Errors
/// `bundle-invalid` if the file is damaged.
pub fn inspect(bytes: &[u8], options: &Options) -> Result<Inspection> {
    let model = parse(bytes)?;
    let mut operations = BTreeMap::new();
    for node in &model.graph.nodes {
        *operations.entry(node.op.to_owned()).or_default() += 1;
    }
    let mut found = Inspection {
        producer: model.producer.to_owned(),
        opset: model.opset,
        inputs: inputs(&model)
            .iter()
            .map(|input| InputInfo { name: input.name.to_owned(), shape: input.shape.clone() })
            .collect(),
        outputs: model.graph.outputs.iter().map(|output| output.name.to_owned()).collect(),
        guess: None,
        operations,
        unsupported: Vec::new(),
        network: None,
        refusal: None,
    };
    match import(bytes, options) {
        Ok(imported) => {
            found.network = Some(NetworkInfo::of(&imported.graph));
            found.guess = imported.guess.preset.map(|preset| preset.id);
        }
        Err(error) => {
            found.refusal = Some(error.to_string());
            found.unsupported = unsupported(bytes, options)?;
        }
    }
    Ok(found)
}

/// Every node that cannot be run, though what comes before it can.
fn unsupported(bytes: &[u8], options: &Options) -> Result<Vec<Unsupported>> {
    let model = parse(bytes)?;
    let mut import = begin(&model, bytes.len(), options)?;
    let (mut unsupported, mut unknown) = (Vec::new(), HashSet::<&str>::new());
    for node in &model.graph.nodes {
        let follows = node.inputs.iter().any(|name| unknown.contains(name));
        let result = if follows { Ok(()) } else { convert(&mut import, node) };
        if let Err(error) = &result {
            unsupported.push(Unsupported { op: node.op.into(), name: name_of(node).into(), why: error.to_string() });
        }
        if follows || result.is_err() {
            unknown.extend(&node.outputs);
        }
    }
    Ok(unsupported)
}

impl NetworkInfo {
    /// Description of a graph.
    pub fn of(graph: &peerlight_models::Graph) -> Self {
        let layers = graph.layers().iter();
        Self {
            input: graph.input(),
            classes: graph.classes(),
            parameters: graph.parameter_count(),
            cost: graph.cost(),
            head: match graph.head() {
                Head::Linear(_) => "linear",
                Head::Average => "average",
                Head::Opaque => "opaque",
            },
            layers: layers
                .map(|cut| LayerInfo { name: cut.name.clone(), shape: graph.shape(cut.node).to_vec() })
                .collect(),
            target: graph.target().0,
            several: graph.several().iter().map(|layer| layer.0).collect(),
        }
    }
}
