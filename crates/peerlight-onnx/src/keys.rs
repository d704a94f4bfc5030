//! Keys of the JSON file beside a network: which are known, and which are a slip of the pen.

use peerlight_core::{Code, Error};
use peerlight_models::edits;
use serde_json::{Map, Value};

/// The keys that are read, those of other programs among them.
const KNOWN: [&str; 22] = [
    "name",
    "license",
    "source",
    "output",
    "size",
    "labels",
    "label_names",
    "class_names",
    "classes",
    "id2label",
    "preprocess",
    "pretrained_cfg",
    "preset",
    "mean",
    "image_mean",
    "std",
    "image_std",
    "crop",
    "crop_pct",
    "input_size",
    "channels",
    "label2id",
];
/// The keys that a page adds.
const OF_THE_PAGE: [&str; 4] = ["id", "file", "peers", "beside"];
/// Keys that tell the files of timm and Hugging Face, which have many others.
const FOREIGN: [&str; 8] = [
    "architecture",
    "architectures",
    "pretrained_cfg",
    "model_type",
    "num_classes",
    "image_mean",
    "image_processor_type",
    "transformers_version",
];

/// Whether another program wrote the file.
pub fn is_foreign(object: &Map<String, Value>) -> bool {
    FOREIGN.iter().any(|key| object.contains_key(*key))
}

/// A sentence about each key that is not known; of another program's file only where it is near to a known one.
pub fn notes(object: &Map<String, Value>, is_foreign: bool) -> Vec<String> {
    let nested = object.get("preprocess").and_then(Value::as_object).into_iter().flat_map(Map::keys);
    object.keys().chain(nested).filter_map(|key| note(key, is_foreign)).collect()
}

fn note(key: &str, is_foreign: bool) -> Option<String> {
    if KNOWN.contains(&key) || OF_THE_PAGE.contains(&key) || key.starts_with(['_', '$']) {
        return None;
    }
    let lower = key.to_lowercase();
    let near = KNOWN.into_iter().map(|known| (edits(known, &lower), known)).min();
    match near.filter(|(letters, _)| *letters <= (lower.len() / 4).max(1)) {
        Some((_, known)) => Some(format!("The key '{key}' is not known and is passed over. Is '{known}' meant?")),
        None if is_foreign => None,
        None => Some(format!("The key '{key}' is not known and is passed over.")),
    }
}

/// The error of a value of another kind.
pub fn wrong(key: &str, kind: &str, value: &Value) -> Error {
    Error::new(Code::AskInvalid, format!("The value of '{key}' must be {kind}, not {value}."))
}
