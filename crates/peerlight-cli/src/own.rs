//! Networks of one's own: ONNX files, and what a person says of them by flags or in a JSON file beside each.

use std::path::Path;

use peerlight_core::{Code, Error, Result};
use peerlight_models::{Bundle, Precision};
use peerlight_onnx::{ImportedPeer, Labels, PeerOptions, Preparation, manifest_of};

use crate::{cli::OwnArgs, files};

/// The bytes of a bundle: those of a file, or those that an ONNX file becomes.
///
/// # Errors
/// `file-unreadable`, those of reading an ONNX file, or `ask-invalid` for flags that a bundle answers itself.
pub fn bundle_bytes(file: &Path, own: &OwnArgs) -> Result<Vec<u8>> {
    if !is_onnx(file) {
        if !own.is_empty() {
            let text = "--labels, --preprocess, --size and --output are for ONNX files. A bundle says these itself; \
                        peerlight import makes another one of it.";
            return Err(Error::new(Code::AskInvalid, text));
        }
        return files::read(file);
    }
    let id = id_of(file);
    let given = own.of(&id, &[&id])?;
    let ImportedPeer { manifest, tensors, guesses, license, source } = read_onnx(&id, file, given)?;
    guesses.iter().for_each(|guess| eprintln!("{guess}"));
    let name = manifest.display_name().to_owned();
    let manifest = manifest_of(vec![manifest], name, license, source)?;
    Bundle::write(&manifest, &tensors, Precision::Single)
}

/// Whether a file is an ONNX file by its name.
pub fn is_onnx(file: &Path) -> bool {
    file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("onnx"))
}

/// Reads an ONNX file as a peer. What is not given is taken from the JSON file beside it, and from the file itself.
///
/// # Errors
/// As [`ImportedPeer::read`], with the file's name.
pub fn read_onnx(id: &str, file: &Path, given: PeerOptions) -> Result<ImportedPeer> {
    let bytes = files::read(file)?;
    let named = |file: &Path, e: Error| Error::caused_by(e.code(), format!("'{}': {e}", file.display()), e);
    let beside = file.with_extension("json");
    let said = match beside.is_file() {
        false => PeerOptions::default(),
        true => {
            let text = files::read_text(&beside)?;
            let read = |name: &str| files::read_text(&beside.with_file_name(name));
            PeerOptions::of_json(&text, &read).map_err(|e| named(&beside, e))?
        }
    };
    let name = file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let named_so = PeerOptions { name, source: Some(file_name(file)), ..PeerOptions::default() };
    ImportedPeer::read(id, &bytes, given.or(said).or(named_so)).map_err(|e| of_onnx(file, &bytes, e))
}

/// The error of an ONNX file of these bytes, with its name; and of a bundle that is named like one.
pub fn of_onnx(file: &Path, bytes: &[u8], error: Error) -> Error {
    let text = match bytes.get(8) {
        // A bundle has the length of its header in front, and then the header as JSON.
        Some(b'{') => "This is a safetensors file: its name has to end in .safetensors.".to_owned(),
        _ => error.to_string(),
    };
    Error::caused_by(error.code(), format!("'{}': {text}", file.display()), error)
}

/// The id of a peer by its file's name: letters, digits and dashes.
pub fn id_of(file: &Path) -> String {
    let stem = file.file_stem().map_or(String::new(), |stem| stem.to_string_lossy().into_owned());
    let id: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(64).collect();
    let id = id.trim_matches('-');
    if id.is_empty() { "network".into() } else { id.into() }
}

/// The name of a file without its folder.
pub fn file_name(file: &Path) -> String {
    file.file_name().map_or(String::new(), |name| name.to_string_lossy().into_owned())
}

impl OwnArgs {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        [&self.labels, &self.preprocess, &self.size, &self.output].iter().all(|flag| flag.is_empty())
    }

    /// What is said of a peer: what is said of it alone, or of all.
    ///
    /// # Errors
    /// `ask-invalid` for values of another form, `file-unreadable` for labels that cannot be read.
    pub fn of(&self, id: &str, ids: &[&str]) -> Result<PeerOptions> {
        self.said(id, ids, true)
    }

    /// What is said of a peer alone, for one that comes with all this, beside others that do not.
    ///
    /// # Errors
    /// As [`OwnArgs::of`].
    pub fn of_alone(&self, id: &str, ids: &[&str]) -> Result<PeerOptions> {
        self.said(id, ids, false)
    }

    fn said(&self, id: &str, ids: &[&str], of_all: bool) -> Result<PeerOptions> {
        let find = |flag: &str, values: &[String]| -> Result<Option<String>> {
            let all = pieces(values, ids);
            let only = |wanted: Option<&str>| {
                let mut values = all.iter().filter(|(of, _)| *of == wanted).map(|(_, value)| value.clone());
                let (value, further) = (values.next(), values.next());
                let whom = wanted.map_or(String::new(), |id| format!(" for '{id}'"));
                let twice = || Error::new(Code::AskInvalid, format!("--{flag} is given twice{whom}."));
                further.map_or(Ok(value), |_| Err(twice()))
            };
            let own = only(Some(id))?;
            let all_have = only(None)?;
            let is_own = own.is_some();
            let value = own.or(all_have);
            // Free values have equals signs, too: `mean=0.5`.
            let is_free =
                |key: &str| flag == "preprocess" && ["mean", "std", "crop", "size", "channels"].contains(&key);
            let text = value.as_deref().filter(|text| !is_own && !Path::new(text).exists()).unwrap_or_default();
            match text.split(',').next().and_then(|part| part.split_once('=')).filter(|(key, _)| !is_free(key)) {
                Some((other, _)) => {
                    let text =
                        format!("--{flag} is for '{other}'; there is no such peer. There are {}.", ids.join(", "));
                    Err(Error::new(Code::AskInvalid, text))
                }
                None => Ok(value.filter(|_| is_own || of_all)),
            }
        };
        let size = |text: String| {
            let wrong = || Error::new(Code::AskInvalid, format!("--size takes a number of pixels, not '{text}'."));
            text.parse().map_err(|_| wrong())
        };
        let read = |file: &str| files::read_text(Path::new(file));
        let preparation: Option<Preparation> =
            find("preprocess", &self.preprocess)?.map(|text| text.parse()).transpose()?;
        let side = find("size", &self.size)?.map(size).transpose()?;
        if let (Some(a), Some(b)) = (side, preparation.as_ref().and_then(|own| own.side)) {
            let text = format!("--size says {a} pixels for '{id}', and --preprocess says size={b}. Say one of them.");
            return Err(Error::new(Code::AskInvalid, text));
        }
        Ok(PeerOptions {
            labels: find("labels", &self.labels)?.map(|text| Labels::parse(&text, &read)).transpose()?,
            preparation,
            side,
            output: find("output", &self.output)?,
            ..PeerOptions::default()
        })
    }
}

/// Values with the peers that they are for, if they are for one: `a=x,b=y`. A comma before anything else than a peer's
/// id is part of a value.
fn pieces<'a>(values: &[String], ids: &[&'a str]) -> Vec<(Option<&'a str>, String)> {
    let mut pieces: Vec<(Option<&'a str>, String)> = Vec::new();
    for value in values {
        for (i, part) in value.split(',').enumerate() {
            let own = part.split_once('=').and_then(|(id, rest)| Some((*ids.iter().find(|own| **own == id)?, rest)));
            match (own, pieces.last_mut()) {
                (Some((id, rest)), _) => pieces.push((Some(id), rest.to_owned())),
                (None, Some((_, last))) if i > 0 => *last += &format!(",{part}"),
                (None, _) => pieces.push((None, part.to_owned())),
            }
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_for_one_peer_or_for_all() {
        let ids = ["a", "b"];
        let of = |values: &[&str]| pieces(&values.iter().map(|v| (*v).to_owned()).collect::<Vec<_>>(), &ids);
        let all = |text: &str| (None, text.to_owned());
        let one = |id, text: &str| (Some(id), text.to_owned());
        assert_eq!(of(&["tf"]), [all("tf")]);
        assert_eq!(of(&["mean=0.5,std=1,2,3"]), [all("mean=0.5,std=1,2,3")]);
        assert_eq!(of(&["a=tf,crop=1,b=0..1"]), [one("a", "tf,crop=1"), one("b", "0..1")]);
        assert_eq!(of(&["torchvision", "b=mean=0.5,std=0.5"]), [all("torchvision"), one("b", "mean=0.5,std=0.5")]);
        assert_eq!(of(&["c=names.txt"]), [all("c=names.txt")]);
    }

    #[test]
    fn a_value_for_a_peer_that_there_is_not_is_refused() {
        let own = OwnArgs {
            labels: Vec::new(),
            preprocess: vec!["0..1,crop=1".into()],
            size: vec!["c=96".into()],
            output: Vec::new(),
        };
        let error = own.of("a", &["a", "b"]).unwrap_err().to_string();
        assert!(error.contains("--size is for 'c'") && error.contains("a, b"), "{error}");
    }

    #[test]
    fn ids_are_those_that_a_bundle_takes() {
        let cases =
            [("x/resnet_50.v2.onnx", "resnet-50-v2"), ("mobilenet-v1.onnx", "mobilenet-v1"), ("_.onnx", "network")];
        for (file, id) in cases {
            assert_eq!(id_of(Path::new(file)), id);
        }
    }
}
