//! How a network wants its images: presets, and what a file says of it.

use peerlight_models::ops::{Binary, Op};
use serde::Serialize;

use crate::{
    draft::{Draft, Node},
    labels,
    proto::Model,
};

/// A way to prepare images that many networks share.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Preset {
    /// Id of the preset.
    pub id: &'static str,
    /// Other words for it.
    pub aliases: &'static [&'static str],
    /// The preset in a few words.
    pub name: &'static str,
    /// The mean of red, green and blue, where black is 0 and white is 1.
    pub mean: [f64; 3],
    /// Numbers that the pixels are divided by after the mean is subtracted.
    pub std: [f64; 3],
    /// Whether the network reads blue, green, red.
    pub bgr: bool,
}

/// Every preset.
pub const PRESETS: &[Preset] = &[
    Preset {
        id: "torchvision",
        aliases: &["imagenet", "timm", "paddle"],
        name: "ImageNet's mean and deviation (PyTorch, timm, Paddle)",
        mean: [0.485, 0.456, 0.406],
        std: [0.229, 0.224, 0.225],
        bgr: false,
    },
    Preset {
        id: "tf",
        aliases: &["-1..1"],
        name: "-1 to 1 (TensorFlow, Keras MobileNet)",
        mean: [0.5; 3],
        std: [0.5; 3],
        bgr: false,
    },
    Preset { id: "0..1", aliases: &["unit"], name: "0 to 1", mean: [0.0; 3], std: [1.0; 3], bgr: false },
    Preset {
        id: "0..255",
        aliases: &["raw"],
        name: "0 to 255 (Keras EfficientNet)",
        mean: [0.0; 3],
        std: [1.0 / 255.0; 3],
        bgr: false,
    },
    Preset {
        id: "caffe",
        aliases: &["caffe-bgr", "bgr"],
        name: "blue, green, red less their mean, 0 to 255 (Caffe, Keras ResNet)",
        mean: [123.68 / 255.0, 116.779 / 255.0, 103.939 / 255.0],
        std: [1.0 / 255.0; 3],
        bgr: true,
    },
];

/// The preset of this id, or of another word for it.
pub fn preset(id: &str) -> Option<&'static Preset> {
    let id = id.trim().to_ascii_lowercase();
    PRESETS.iter().find(|preset| preset.id == id || preset.aliases.contains(&id.as_str()))
}

/// What a file says of its preprocessing and its classes, or lets guess.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Guess {
    /// The likeliest preset.
    pub preset: Option<&'static Preset>,
    /// What makes it likely, after "because".
    pub because: &'static str,
    /// Names of the classes.
    pub labels: Option<Vec<String>>,
}

/// What a file lets guess.
pub fn guess(model: &Model<'_>, draft: &Draft<'_>) -> Guess {
    let keys = ["labels", "classes", "class_names", "names"];
    let labels = keys.into_iter().find_map(|key| model.metadata(key)).and_then(|text| labels::parse(text).ok());
    let stated = by_metadata(model).map(|id| (id, "its metadata says so"));
    match stated.or_else(|| by_graph(model, draft)) {
        Some((id, because)) => Guess { preset: preset(id), because, labels },
        None => Guess { labels, ..Guess::default() },
    }
}

/// Windows' keys for images: <https://github.com/onnx/onnx/blob/main/docs/MetadataProps.md>.
fn by_metadata(model: &Model<'_>) -> Option<&'static str> {
    let is_bgr = model.metadata("Image.BitmapPixelFormat").is_some_and(|format| format.starts_with("Bgr"));
    match model.metadata("Image.NominalPixelRange")? {
        _ if is_bgr => None,
        "NominalRange_0_255" => Some("0..255"),
        "Normalized_0_1" => Some("0..1"),
        "Normalized_1_1" => Some("tf"),
        _ => None,
    }
}

/// A network that begins by subtracting, dividing or multiplying prepares its images itself; others go by who wrote
/// them.
fn by_graph(model: &Model<'_>, draft: &Draft<'_>) -> Option<(&'static str, &'static str)> {
    let first_conv = draft.nodes.iter().position(|node| matches!(node.op, Op::Conv(_)))?;
    let (gray, own): (Vec<&Node>, Vec<&Node>) =
        draft.nodes[..first_conv].iter().partition(|node| node.name.starts_with("gray"));
    let numbers = own.into_iter().filter_map(|node| match node.op {
        Op::Binary(Binary::Sub | Binary::Div | Binary::Mul | Binary::Add) => constant_of(draft, node),
        _ => None,
    });
    let numbers: Vec<f32> = numbers.collect();
    let inside = "it prepares its images itself";
    match numbers.first() {
        Some(_) if numbers.iter().any(|number| number.abs() > 30.0 || number.abs() < 0.02) => Some(("0..255", inside)),
        Some(_) => Some(("0..1", inside)),
        None if !gray.is_empty() => Some(("0..1", "most networks of gray images take them so")),
        None if model.producer.starts_with("tf2onnx") => Some(("tf", "tf2onnx wrote it")),
        None => Some(("torchvision", "most networks from PyTorch and Paddle were trained so")),
    }
}

/// The first number of the constant that a node takes.
fn constant_of(draft: &Draft<'_>, node: &Node) -> Option<f32> {
    let constant = node.inputs.iter().find(|input| matches!(draft.nodes[**input].op, Op::Constant(_)))?;
    let parameter = draft.nodes[*constant].parameters.first()?;
    draft.parameters[*parameter].to_floats().ok()?.into_iter().find(|value| *value != 0.0)
}
