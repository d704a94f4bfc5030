//! From an ONNX file to a peer of a bundle.

use std::collections::BTreeMap;

use peerlight_core::{Code, Error, Result};
use peerlight_models::{Array, Builder, Graph, Manifest, Model, PeerManifest};
use serde_json::Value;

use crate::{
    Options, Preparation,
    constant::Floats,
    json, keys, labels,
    model::{self, InFile},
};

/// What a person says of a network, or a JSON file beside it.
#[derive(Debug, Clone, Default)]
pub struct PeerOptions {
    /// Name of the network, shown to people.
    pub name: Option<String>,
    /// Names of its classes, in the order of its logits.
    pub labels: Option<Labels>,
    /// How it wants its images.
    pub preparation: Option<Preparation>,
    /// Height and width of its image, if the file takes any.
    pub side: Option<usize>,
    /// The output with the logits.
    pub output: Option<String>,
    /// License of the weights, and whose they are.
    pub license: Option<String>,
    /// Source of the weights, in words for people.
    pub source: Option<String>,
    /// What a JSON file says that is not understood, in whole sentences.
    pub notes: Vec<String>,
}

/// Names of the classes.
#[derive(Debug, Clone, PartialEq)]
pub enum Labels {
    /// By names.
    Names(Vec<String>),
    /// By ImageNet's 1,000 names.
    Imagenet,
    /// By numbers.
    Numbers,
}

/// A peer that was read from an ONNX file.
#[derive(Debug)]
pub struct ImportedPeer {
    /// What a bundle says of it: its own preprocessing and classes.
    pub manifest: PeerManifest,
    /// Its tensors, by their names in a bundle.
    pub tensors: BTreeMap<String, Array>,
    /// What was not understood and what was guessed, in whole sentences.
    pub guesses: Vec<String>,
    /// License of the weights, or that it is not known.
    pub license: String,
    /// Source of the weights, in words for people.
    pub source: String,
}

/// What is said of weights whose file says nothing.
const UNSTATED: &str = "The license of the weights is not stated.";

impl PeerOptions {
    /// Reads the JSON beside an ONNX file: a list of labels, an object of them by number, or an object with these
    /// keys, none of which must be there: `name`, `license`, `source`, `output`, `size`; `labels`, a list of names, an
    /// object of them by number, or the name of a file, which `read` reads; `preprocess`, a preset's id or an object
    /// with `mean`, `std`, `crop` and `channels`. The files of timm (`pretrained_cfg`, `label_names`) and of Hugging
    /// Face (`id2label`, `image_mean`) will do. Other keys are told in the notes; of those programs' files only the
    /// ones that look like a slip of the pen.
    ///
    /// # Errors
    /// `ask-invalid` for JSON that cannot be read, a key that is there twice or of another kind; those of `read`.
    pub fn of_json(text: &str, read: &dyn Fn(&str) -> Result<String>) -> Result<Self> {
        let invalid = |e: serde_json::Error| Error::new(Code::AskInvalid, format!("It is not valid JSON: {e}."));
        let json: Value = serde_json::from_str(text).map_err(invalid)?;
        json::once_each(text)?;
        if is_list_of_labels(&json) {
            return Ok(Self { labels: Some(Labels::Names(labels::of_json(&json)?)), ..Self::default() });
        }
        let Value::Object(object) = &json else {
            let text = "It must hold an object, such as {\"labels\": \"names.txt\"}, or a list of labels.";
            return Err(Error::new(Code::AskInvalid, text));
        };
        let is_foreign = keys::is_foreign(object);
        let text = |key: &'static str| match json.get(key) {
            Some(Value::String(text)) => Ok(Some(text.clone())),
            None | Some(Value::Null) => Ok(None),
            Some(_) if is_foreign => Ok(None),
            Some(other) => Err(keys::wrong(key, "a text", other)),
        };
        let nested = ["preprocess", "pretrained_cfg"].iter().find_map(|key| json.get(key));
        if let Some(other) =
            nested.filter(|nested| !matches!(nested, Value::String(_) | Value::Object(_) | Value::Null))
        {
            return Err(keys::wrong("preprocess", "a preset's id or an object", other));
        }
        let preparation = Preparation::of_json(nested.unwrap_or(&json))?;
        let named = labels::KEYS.iter().find_map(|key| json.get(key));
        let labels = match named {
            Some(other @ Value::Number(_)) if !is_foreign && json.get("labels").is_some() => {
                return Err(keys::wrong("labels", "a list of names or a file's name", other));
            }
            None | Some(Value::Number(_) | Value::Null) => None,
            Some(Value::String(file)) if leads_away(file) => {
                let text = format!("Its labels name '{file}'. Only a file beside it, or in a folder there, is read.");
                return Err(Error::new(Code::AskInvalid, text));
            }
            Some(Value::String(file)) => Some(Labels::parse(file, read)?),
            Some(value) => Some(Labels::Names(labels::of_json(value)?)),
        };
        let size = json.get("size").filter(|size| !size.is_null());
        let side = size.and_then(Value::as_u64).and_then(|side| usize::try_from(side).ok());
        if let Some(other) = size.filter(|_| side.is_none() && !is_foreign) {
            return Err(keys::wrong("size", "a number of pixels", other));
        }
        Ok(Self {
            name: text("name")?,
            labels,
            preparation,
            side,
            output: text("output")?,
            license: text("license")?,
            source: text("source")?,
            notes: keys::notes(object, is_foreign),
        })
    }

    /// The options with those of `other` where they say nothing.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            name: self.name.or(other.name),
            labels: self.labels.or(other.labels),
            preparation: self.preparation.or(other.preparation),
            side: self.side.or(other.side),
            output: self.output.or(other.output),
            license: self.license.or(other.license),
            source: self.source.or(other.source),
            notes: [self.notes, other.notes].concat(),
        }
    }
}

/// Whether a file's name leads out of the folder that it is read from: whoever made the JSON would choose what is read.
fn leads_away(file: &str) -> bool {
    file.starts_with(['/', '\\']) || file.contains(':') || file.split(['/', '\\']).any(|part| part == "..")
}

/// Whether JSON is a list of labels, or an object of them by number.
fn is_list_of_labels(json: &Value) -> bool {
    match json {
        Value::Array(_) => true,
        Value::Object(object) => !object.is_empty() && object.keys().all(|key| key.parse::<usize>().is_ok()),
        _ => false,
    }
}

impl Labels {
    /// `imagenet`, `none` for numbers, or the name of a file, which `read` reads.
    ///
    /// # Errors
    /// Those of `read`, or `ask-invalid` if the file holds no names.
    pub fn parse(text: &str, read: &dyn Fn(&str) -> Result<String>) -> Result<Self> {
        match text {
            "imagenet" => Ok(Self::Imagenet),
            "none" => Ok(Self::Numbers),
            file => {
                let named = |e: Error| Error::caused_by(e.code(), format!("'{file}': {e}"), e);
                Ok(Self::Names(labels::parse(&read(file)?).map_err(named)?))
            }
        }
    }

    /// The names of so many classes.
    ///
    /// # Errors
    /// `ask-invalid` if there are more names or fewer.
    pub fn names(self, classes: usize) -> Result<Vec<String>> {
        let names = match self {
            Self::Names(names) => names,
            Self::Imagenet => labels::imagenet(),
            Self::Numbers => (0..classes).map(|class| format!("class {class}")).collect(),
        };
        match names.len() {
            count if count == classes => Ok(names),
            // TensorFlow's networks of ImageNet have a class more, before the others.
            count if count + 1 == classes && count == 1000 => {
                Ok(std::iter::once("background".to_owned()).chain(names).collect())
            }
            count => {
                let text = format!("The network has {classes} classes, and there are {count} names of them.");
                Err(Error::new(Code::AskInvalid, text))
            }
        }
    }
}

impl ImportedPeer {
    /// Reads a network as a peer. What is said nowhere is guessed, and the guess is told.
    ///
    /// # Errors
    /// Those of [`import`](crate::import), or `ask-invalid` for labels or a preprocessing that do not fit.
    pub fn read(id: &str, bytes: &[u8], options: PeerOptions) -> Result<Self> {
        let PeerInFile { manifest, graph, values, guesses, license, source } = PeerInFile::read(id, bytes, options)?;
        let arrays = graph.parameters().iter().zip(values).map(|(parameter, values)| {
            let array = Array { shape: parameter.shape.clone(), values: values.into_vec() };
            (format!("{id}.{}", parameter.name), array)
        });
        Ok(Self { manifest, tensors: arrays.collect(), guesses, license, source })
    }
}

/// A peer whose numbers are still in its ONNX file.
pub struct PeerInFile<'a> {
    pub manifest: PeerManifest,
    pub graph: Graph,
    /// The values of the graph's parameters, in order.
    pub values: Vec<Floats<'a>>,
    pub guesses: Vec<String>,
    pub license: String,
    pub source: String,
}

impl<'a> PeerInFile<'a> {
    /// As [`ImportedPeer::read`], without a copy of the numbers.
    pub fn read(id: &str, bytes: &'a [u8], options: PeerOptions) -> Result<Self> {
        let given = &options.preparation;
        let side = options.side.or(given.as_ref().and_then(|given| given.side));
        let how = Options { side, output: options.output.clone() };
        let InFile { graph, values, guess } = model::read(bytes, &how)?;
        let mut guesses: Vec<String> = options.notes.iter().map(|note| format!("{id}: {note}")).collect();
        let [_, own_side, _] = graph.input();
        if let Some(side) = side.filter(|side| *side != own_side) {
            let text = format!("The network takes images of {own_side} x {own_side} pixels, not of {side} x {side}.");
            return Err(Error::new(Code::AskInvalid, text));
        }
        if graph.layers().iter().any(|layer| layer.name == Builder::IMAGE) {
            guesses.push(format!(
                "{id}: none of its layers holds all that its classifier sees, so that methods of layers read the image."
            ));
        }
        let preparation = match (options.preparation, guess.preset) {
            (Some(given), _) => given,
            (None, preset) => {
                let preset = preset.unwrap_or(&crate::PRESETS[0]);
                guesses.push(format!(
                    "{id}: its pixels are prepared by the preset {} ({}), because {}. Say --preprocess if that is \
                     wrong.",
                    preset.id, preset.name, guess.because
                ));
                Preparation::of(preset)
            }
        };
        let classes = graph.classes();
        let labels = match (options.labels, guess.labels.filter(|names| names.len() == classes)) {
            (Some(labels), _) => labels,
            (None, Some(names)) => Labels::Names(names),
            (None, None) if matches!(classes, 1000 | 1001) => {
                guesses.push(format!(
                    "{id}: its {classes} classes are taken for ImageNet's, in their usual order. Say --labels FILE, or \
                     --labels none for numbers, if that is wrong."
                ));
                Labels::Imagenet
            }
            (None, None) => {
                guesses.push(format!(
                    "{id}: its {classes} classes have no names and are called class 0 to class {}. Say --labels FILE \
                     to name them.",
                    classes - 1
                ));
                Labels::Numbers
            }
        };
        let manifest = PeerManifest {
            id: id.to_owned(),
            model: Model::Graph(Box::new(graph.spec().clone())),
            name: options.name,
            preprocess: Some(preparation.to_preprocess(own_side)?),
            labels: Some(labels.names(classes)?),
        };
        let license = options.license.unwrap_or_else(|| UNSTATED.into());
        let source = options.source.unwrap_or_else(|| "an ONNX file".into());
        Ok(Self { manifest, graph, values, guesses, license, source })
    }
}

/// The description of a bundle of peers each of which has its own preprocessing and classes. What the first has is the
/// bundle's, and is not repeated where another has the same.
///
/// # Errors
/// `ask-invalid` without a peer.
pub fn manifest_of(mut peers: Vec<PeerManifest>, name: String, license: String, source: String) -> Result<Manifest> {
    let first = peers.first().map(|first| (first.preprocess.clone(), first.labels.clone()));
    let Some((Some(preprocess), Some(labels))) = first else {
        return Err(Error::new(Code::AskInvalid, "A bundle needs a network."));
    };
    for peer in &mut peers {
        peer.preprocess.take_if(|own| *own == preprocess);
        peer.labels.take_if(|own| *own == labels);
    }
    Ok(Manifest { name, peers, labels, preprocess, license, source, training: None, calibration: None })
}
