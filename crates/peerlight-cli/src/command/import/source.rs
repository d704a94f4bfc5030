//! What a person wants imported.

use std::path::{Path, PathBuf};

use peerlight_core::{Code, Error, Result};
use peerlight_models::architecture;

use crate::{bundle, files, own};

/// A network and its id in the bundle that is made.
#[derive(Debug, PartialEq)]
pub struct Wanted {
    pub id: String,
    pub source: Source,
}

/// Where a network comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// An ONNX file.
    Onnx(PathBuf),
    /// PyTorch's weights of an architecture that is built in code, in a file or to be fetched.
    Architecture { id: String, file: Option<PathBuf> },
    /// A peer of a bundle.
    Bundle { file: PathBuf, peer: String },
}

impl Wanted {
    /// What the arguments name: each `[ID=]FILE.onnx`, `[ID=]BUNDLE.safetensors[:PEER]` or `[ID=]ARCHITECTURE[:FILE]`.
    /// Of a bundle without a peer all are taken. Two without ids do not get the same one.
    ///
    /// # Errors
    /// `ask-invalid` for what is none of these, or one id for several peers; those of reading a bundle.
    pub fn all(arguments: &[String]) -> Result<Vec<Self>> {
        let mut wanted: Vec<Self> = Vec::new();
        for argument in arguments {
            // A file's name may hold an equals sign.
            let split = argument.split_once('=').filter(|_| !Path::new(argument).exists());
            let (id, what) = split.map_or((None, argument.as_str()), |(id, what)| (Some(id), what));
            let found = found(what)?;
            if id.is_some() && found.len() > 1 {
                let text = format!("'{argument}' names {} peers. Name one: {what}:PEER.", found.len());
                return Err(Error::new(Code::AskInvalid, text));
            }
            for (own, source) in found {
                let id = id.map_or_else(|| free(&own, &wanted), str::to_owned);
                wanted.push(Self { id, source });
            }
        }
        Ok(wanted)
    }
}

/// The networks of an argument without its id, each with the id that it has of itself.
fn found(what: &str) -> Result<Vec<(String, Source)>> {
    let ends_with = |ending: &str| what.to_ascii_lowercase().ends_with(ending);
    if ends_with(".onnx") {
        let file = PathBuf::from(what);
        return Ok(vec![(own::id_of(&file), Source::Onnx(file))]);
    }
    if let Some((file, peer)) = what.rsplit_once(':').filter(|(file, _)| file.ends_with(".safetensors")) {
        return Ok(vec![(peer.into(), Source::Bundle { file: file.into(), peer: peer.into() })]);
    }
    if ends_with(".safetensors") {
        let bytes = files::read(Path::new(what))?;
        let peers = bundle::parse(Path::new(what), &bytes)?.manifest.peers.into_iter().map(|peer| peer.id);
        return Ok(peers.map(|peer| (peer.clone(), Source::Bundle { file: what.into(), peer })).collect());
    }
    let (id, file) = what.split_once(':').map_or((what, None), |(id, file)| (id, Some(PathBuf::from(file))));
    architecture(id).map_err(|e| {
        let text = format!("'{what}' is neither an ONNX file (.onnx) nor a bundle (.safetensors). {e}");
        Error::caused_by(e.code(), text, e)
    })?;
    Ok(vec![(id.into(), Source::Architecture { id: id.into(), file })])
}

/// The id, with a number if another peer has it.
fn free(id: &str, wanted: &[Wanted]) -> String {
    let numbered = (2..).map(|number| format!("{id}-{number}"));
    let is_free = |id: &String| wanted.iter().all(|other| other.id != *id);
    std::iter::once(id.to_owned()).chain(numbered).find(is_free).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(arguments: &[&str]) -> Result<Vec<(String, Source)>> {
        let arguments: Vec<String> = arguments.iter().map(|a| (*a).to_owned()).collect();
        Ok(Wanted::all(&arguments)?.into_iter().map(|wanted| (wanted.id, wanted.source)).collect())
    }

    #[test]
    fn every_form_is_told_from_the_others() {
        let lite = |file: Option<&str>| Source::Architecture {
            id: "efficientnet-lite0".into(),
            file: file.map(PathBuf::from),
        };
        let bundle = Source::Bundle { file: "b.safetensors".into(), peer: "p".into() };
        let found = all(&["a=x/my net.v2.onnx", "x/my net.v2.onnx", "y/my net.v2.onnx"]).unwrap();
        let ids = [("a", "x"), ("my-net-v2", "x"), ("my-net-v2-2", "y")];
        let onnx = |folder: &str| Source::Onnx(format!("{folder}/my net.v2.onnx").into());
        assert_eq!(found, ids.map(|(id, folder)| (id.into(), onnx(folder))));
        assert_eq!(all(&["efficientnet-lite0"]).unwrap(), [("efficientnet-lite0".into(), lite(None))]);
        assert_eq!(all(&["a=efficientnet-lite0:w.pth"]).unwrap(), [("a".into(), lite(Some("w.pth")))]);
        assert_eq!(all(&["b.safetensors:p"]).unwrap(), [("p".into(), bundle)]);
        assert!(all(&["resnet50"]).unwrap_err().to_string().contains("neither an ONNX file"));
    }
}
