//! From a file's bytes to a network.

use std::collections::HashSet;

use peerlight_core::Error;
use peerlight_models::{
    Graph,
    ops::{Binary, Op, Reduce, Reduction, Unary},
    other_kind,
};

use crate::{
    constant::{Floats, Int, data_type},
    draft::{Data, Draft},
    error::{Fault, refuse},
    import::{Call, Import, Merged, Value, name_of},
    ops::{branch::taken, resample::smoothed, resize::mapped},
    preprocess::{Guess, guess},
    proto::{Model, Node, ValueInfo},
};

/// The versions of the standard operations that are read.
const OPSETS: std::ops::RangeInclusive<i64> = 9..=25;
/// The size of an image where the file leaves it open and nobody says otherwise.
const SIZE: usize = 224;
/// The largest height and width of an image.
const LARGEST: usize = 2048;

/// What a file leaves open.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Height and width of the image, if the file takes any; 224 otherwise.
    pub side: Option<usize>,
    /// The output with the logits, if there are several; the first that fits otherwise.
    pub output: Option<String>,
}

/// A network from a file.
#[derive(Debug)]
pub struct Imported {
    /// The operations. They take [n, 3, height, width] and give logits: a softmax at the end is left out.
    pub graph: Graph,
    /// The values of the graph's parameters, in order.
    pub values: Vec<Vec<f32>>,
    /// What the file says of its preprocessing and its classes, or lets guess.
    pub guess: Guess,
}

/// Reads a network.
///
/// # Errors
/// `bundle-invalid` if the file is damaged, or `network-unsupported` with the operation and the name of a node that
/// is not supported.
pub fn import(bytes: &[u8], options: &Options) -> Result<Imported, Error> {
    let InFile { graph, values, guess } = read(bytes, options)?;
    Ok(Imported { graph, values: values.into_iter().map(Floats::into_vec).collect(), guess })
}

/// A network whose numbers are still in its file.
pub struct InFile<'a> {
    pub graph: Graph,
    /// The values of the graph's parameters, in order.
    pub values: Vec<Floats<'a>>,
    pub guess: Guess,
}

/// As [`import`], without a copy of the numbers.
pub fn read<'a>(bytes: &'a [u8], options: &Options) -> Result<InFile<'a>, Error> {
    let model = parse(bytes)?;
    let mut import = begin(&model, bytes.len(), options)?;
    let mut failed = None;
    for output in candidates(&model, options)? {
        let output = before_choice(&model, output.name);
        let nodes = needed(&model, output);
        let done = nodes.iter().try_for_each(|&node| convert(&mut import, &model.graph.nodes[node]));
        let logits = done.and_then(|()| logits(&mut import, output).map_err(Fault::of_file));
        match logits {
            Ok(logits) => {
                let guess = guess(&model, &import.draft);
                let (graph, values) = import.draft.finish(logits)?;
                return Ok(InFile { graph, values, guess });
            }
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    Err(failed.unwrap_or_else(|| Fault::new("has no output").of_file()))
}

pub fn parse(bytes: &[u8]) -> Result<Model<'_>, Error> {
    if let Some(what) = other_kind(bytes) {
        return Err(Fault::new(format!("is {what}")).of_file());
    }
    let model = Model::parse(bytes).map_err(Fault::of_file)?;
    let advice = "Export it with opset 17: torch.onnx.export(.., opset_version=17).";
    if !OPSETS.contains(&model.opset) {
        let what = format!("has opset {}; {} to {} are supported", model.opset, OPSETS.start(), OPSETS.end());
        return Err(Fault::new(what).advise(advice).of_file());
    }
    if model.has_functions {
        let advice =
            "In PyTorch, export it with torch.onnx.export(.., dynamo=True, optimize=True) or with dynamo=False.";
        return Err(Fault::new("defines operations of its own, which are not supported").advise(advice).of_file());
    }
    Ok(model)
}

/// What a file takes: its inputs but for those that it has values for itself.
pub fn inputs<'m, 'a>(model: &'m Model<'a>) -> Vec<&'m ValueInfo<'a>> {
    let own: HashSet<&str> = model.graph.initializers.iter().map(|tensor| tensor.name).collect();
    model.graph.inputs.iter().filter(|input| !own.contains(input.name)).collect()
}

/// An import that knows the file's constants and its image.
pub fn begin<'a>(model: &Model<'a>, size: usize, options: &Options) -> Result<Import<'a>, Error> {
    let inputs = inputs(model);
    let [input] = inputs[..] else {
        let names: Vec<&str> = inputs.iter().map(|input| input.name).collect();
        let advice = "Export it with one input, the image. With Keras: model.export('folder'), then \
                      python -m tf2onnx.convert --saved-model folder --output model.onnx.";
        let what = match names.as_slice() {
            [] => "takes no image".to_owned(),
            names => format!("takes {} inputs instead of one image: {}", names.len(), names.join(", ")),
        };
        return Err(Fault::new(what).advise(advice).of_file());
    };
    let ([height, width], order, is_gray) = image(input, options).map_err(Fault::of_file)?;
    let batch = if input.shape.first() == Some(&Some(1)) { Int::Known(1) } else { Int::BATCH };
    let side = height.max(width);
    let mut import = Import::new(model, Draft::new([3, side, side]), size, batch)?;
    let node = stretched(&mut import, [height, width]).map_err(Fault::of_file)?;
    let node = if is_gray { gray(&mut import, node).map_err(Fault::of_file)? } else { node };
    import.define(input.name, Value::Data(Data { node, order: order.to_vec() }));
    Ok(import)
}

/// The square image with the height and width of the file's. Along the longer axis it stays as it is.
fn stretched(import: &mut Import<'_>, [height, width]: [usize; 2]) -> Result<usize, Fault> {
    let side = height.max(width);
    let matrix = |extent: usize| (extent < side).then(|| smoothed(side, extent)).transpose();
    let node = Node { name: "stretch", ..Node::default() };
    mapped(import, &Call { node: &node, inputs: Vec::new() }, 0, [matrix(height)?, matrix(width)?])
}

/// The light of the image, as Pillow and others have it (ITU-R BT.601), for a network that sees no colors.
fn gray(import: &mut Import<'_>, image: usize) -> Result<usize, Fault> {
    let node = Node { name: "gray", ..Node::default() };
    let call = Call { node: &node, inputs: Vec::new() };
    let parts = import.fixed(&call, &[3, 1, 1], vec![0.299, 0.587, 0.114])?;
    let parts = import.node(&call, Op::Binary(Binary::Mul), vec![image, parts], Vec::new())?;
    let sum = Reduce { kind: Reduction::Sum, axes: vec![1], keep: true };
    import.node(&call, Op::Reduce(sum), vec![parts], Vec::new())
}

/// The image's height and width, the order in which the file has its axes, and whether it is gray.
fn image(input: &ValueInfo<'_>, options: &Options) -> Result<([usize; 2], [usize; 4], bool), Fault> {
    let what = || {
        let extent = |extent: &Option<i64>| extent.map_or_else(|| "?".to_owned(), |extent| extent.to_string());
        let shape: Vec<String> = input.shape.iter().map(extent).collect();
        let (name, shape) = (input.name, shape.join(" x "));
        match shape.is_empty() {
            true => format!("takes the input '{name}' without a shape, which is not that of images"),
            false => format!(
                "takes the input '{name}' of the shape {shape}, which is not that of images: they have \
                 three channels, or one, and a height and a width"
            ),
        }
    };
    let is_number = matches!(
        input.data_type,
        data_type::FLOAT | data_type::FLOAT16 | data_type::DOUBLE | data_type::BFLOAT16 | data_type::UINT8 | 0
    );
    let &[batch, second, third, last] = input.shape.as_slice() else { return refuse(what()) };
    if !is_number || batch.is_some_and(|batch| batch == 0) {
        return refuse(what());
    }
    let (height, width, order, is_gray) = match (second, last) {
        (Some(3), _) => (third, last, [0, 1, 2, 3], false),
        (_, Some(3)) => (second, third, [0, 2, 3, 1], false),
        (Some(1), _) => (third, last, [0, 1, 2, 3], true),
        (_, Some(1)) => (second, third, [0, 2, 3, 1], true),
        (None, _) => (third, last, [0, 1, 2, 3], false),
        _ => return refuse(what()),
    };
    let side = |extent: Option<i64>| match extent {
        None | Some(0 | -1) => Ok(options.side.unwrap_or(SIZE)),
        Some(extent) => usize::try_from(extent).map_err(|_| Fault::new(what())),
    };
    let (height, width) = (side(height)?, side(width)?);
    if [height, width].iter().any(|extent| !(1..=LARGEST).contains(extent)) {
        return refuse(format!("takes images of {height} x {width} pixels; there may be 1 to {LARGEST} each way"));
    }
    Ok(([height, width], order, is_gray))
}

/// The outputs that may be the logits, the likeliest first.
fn candidates<'m, 'a>(model: &'m Model<'a>, options: &Options) -> Result<Vec<&'m ValueInfo<'a>>, Error> {
    let outputs = &model.graph.outputs;
    let Some(wanted) = &options.output else {
        let is_logits = |output: &&ValueInfo| output.name.to_ascii_lowercase().contains("logits");
        let (mut first, others): (Vec<_>, Vec<_>) = outputs.iter().partition(is_logits);
        first.extend(others);
        return Ok(first);
    };
    match outputs.iter().find(|output| output.name == wanted) {
        Some(output) => Ok(vec![output]),
        None => {
            let names: Vec<_> = outputs.iter().map(|output| output.name).collect();
            let what = format!("has no output '{wanted}'; it has {}", names.join(", "));
            Err(Fault::new(what).of_file())
        }
    }
}

/// What an output chooses from, if it is the best classes, their names or their numbers; else the output itself.
fn before_choice<'a>(model: &Model<'a>, output: &'a str) -> &'a str {
    let (mut logits, mut name) = (output, output);
    for node in model.graph.nodes.iter().rev() {
        // Names are taken from a list by their places, which come second.
        let place = usize::from(node.op == "ArrayFeatureExtractor");
        let Some(&input) = node.inputs.get(place).filter(|_| node.outputs.contains(&name)) else { continue };
        name = input;
        match node.op {
            "ArgMax" | "Hardmax" | "TopK" | "ZipMap" => logits = input,
            "ArrayFeatureExtractor" | "Cast" | "Flatten" | "Identity" | "LabelEncoder" | "Reshape" | "Squeeze" => {}
            _ => break,
        }
    }
    logits
}

/// The nodes that an output needs, in the order of the file.
pub fn needed(model: &Model<'_>, output: &str) -> Vec<usize> {
    let mut names = HashSet::from([output]);
    let mut nodes = Vec::new();
    for (i, node) in model.graph.nodes.iter().enumerate().rev() {
        if node.outputs.iter().any(|name| names.contains(name)) {
            names.extend(taken(node));
            nodes.push(i);
        }
    }
    nodes.reverse();
    nodes
}

/// Converts a node, unless that is done.
pub fn convert<'a>(import: &mut Import<'a>, node: &Node<'a>) -> Result<(), Error> {
    if node.outputs.iter().any(|name| !name.is_empty() && import.value(name).is_some()) {
        return Ok(());
    }
    import.add(node).map_err(|fault| fault.of_node(node.op, name_of(node)))
}

/// The node whose result is the logits: an output without the softmax at its end.
pub fn logits(import: &mut Import<'_>, output: &str) -> Result<usize, Fault> {
    let data = match import.value(output).cloned() {
        Some(Value::Data(data)) => data,
        // The logits of the one image that there is.
        Some(Value::Merged(Merged { data, count: 0, .. })) => data,
        Some(Value::Turned(_) | Value::Merged(_)) => {
            return refuse(format!(
                "has an output '{output}' whose first axis is not the batch: it must stay the first"
            ));
        }
        _ => return refuse(format!("has an output '{output}' that does not depend on its image")),
    };
    let node = import.draft.settled(&data)?;
    let nodes = &import.draft.nodes;
    let is_one_axis = |node: usize| nodes[node].shape.iter().filter(|extent| **extent != 1).count() == 1;
    if !is_one_axis(node) {
        let shape = &nodes[node].shape;
        if shape.iter().all(|&extent| extent == 1) {
            let advice = "Give it two, one for each answer: torch.cat([-y, y], 1) / 2 of what comes before a sigmoid.";
            return refuse(format!("has an output '{output}' of one number, where there is to be one for each class"))
                .map_err(|fault: Fault| fault.advise(advice));
        }
        return refuse(format!(
            "has an output '{output}' of the shape {shape:?}, which is not a number for each class"
        ))
        .map_err(|fault: Fault| {
            fault.advise("Only classifiers can be explained: export the network with its classifier.")
        });
    }
    // Upwards from the output, over what changes nothing but the axes.
    let mut top = node;
    loop {
        let input = nodes[top].inputs.first().copied();
        match (&nodes[top].op, input) {
            (Op::Flatten(_) | Op::Reshape(_) | Op::Unary(Unary::Quantize { .. }), Some(input))
                if is_one_axis(input) =>
            {
                top = input
            }
            (Op::Softmax(_), Some(input)) => return Ok(input),
            (Op::Unary(Unary::Log), Some(input)) if matches!(nodes[input].op, Op::Softmax(_)) => top = input,
            _ => return Ok(node),
        }
    }
}
