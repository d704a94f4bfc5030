//! The bundle that is used where none is named.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use peerlight_core::{Code, Error, Result};
use peerlight_models::Bundle;

use crate::{
    kind::{HEAD, Kind, kind},
    own::is_onnx,
};

/// Reads the bytes of a bundle's file, or those that an ONNX file became.
///
/// # Errors
/// As [`Bundle::parse`], with the file's name.
pub fn parse<'a>(file: &Path, bytes: &'a [u8]) -> Result<Bundle<'a>> {
    Bundle::parse(bytes).map_err(|e| {
        let what = match kind(&bytes[..bytes.len().min(HEAD)]) {
            Kind::Readable | Kind::Foreign(_) => {
                "This is an image, where a bundle or an ONNX file is wanted.".to_owned()
            }
            _ if is_onnx(file) => "A bundle is wanted here: `peerlight import` makes one of ONNX files.".to_owned(),
            // An ONNX file begins with its version, a small number.
            Kind::Other(_) if matches!(bytes, [8, 1..=20, ..]) && bytes.get(8) != Some(&b'{') => {
                "This seems to be an ONNX file: its name has to end in .onnx.".to_owned()
            }
            Kind::Other(_) => e.to_string(),
        };
        Error::caused_by(e.code(), format!("'{}': {what}", file.display()), e)
    })
}

/// The given bundle, or the one in the given folder; without either that of the environment variable
/// `PEERLIGHT_BUNDLE`, if it is not empty; or the first that is found beside the program, in
/// `share/peerlight` beside the program's folder, and in `web/models` of the source tree that the program or the
/// current folder lies in. In a folder it is the one that `index.json` calls the default, or else the only one.
///
/// # Errors
/// `file-unreadable` if there is none.
pub fn find(given: Option<&Path>) -> Result<PathBuf> {
    let named = env::var_os("PEERLIGHT_BUNDLE").filter(|name| !name.is_empty()).map(PathBuf::from);
    match given.or(named.as_deref()) {
        Some(folder) if folder.is_dir() => in_folder(folder).ok_or_else(|| {
            let text = format!("The folder '{}' holds no bundle, or several: name the file.", folder.display());
            Error::new(Code::FileUnreadable, text)
        }),
        Some(file) => Ok(file.into()),
        None => places().iter().find_map(|place| in_folder(place)).ok_or_else(|| {
            let text = "No bundle was found beside the program, in ../share/peerlight or in web/models. Name one with \
                        --bundle FILE, or in the environment variable PEERLIGHT_BUNDLE.";
            Error::new(Code::FileUnreadable, text)
        }),
    }
}

fn places() -> Vec<PathBuf> {
    let program = env::current_exe().and_then(fs::canonicalize).ok();
    let beside = program.as_deref().and_then(Path::parent);
    let mut places = Vec::new();
    if let Some(beside) = beside {
        places.push(beside.to_path_buf());
        places.push(beside.join("share/peerlight"));
        places.extend(beside.parent().map(|above| above.join("share/peerlight")));
    }
    let here = env::current_dir().ok();
    let trees = [beside, here.as_deref()].into_iter().flatten().flat_map(Path::ancestors);
    places.extend(trees.filter(|tree| tree.join("Cargo.toml").is_file()).map(|tree| tree.join("web/models")));
    places
}

fn in_folder(folder: &Path) -> Option<PathBuf> {
    if let Ok(text) = fs::read_to_string(folder.join("index.json")) {
        let index: serde_json::Value = serde_json::from_str(&text).ok()?;
        let default = index["bundles"].as_array()?.iter().find(|bundle| bundle["id"] == index["default"])?;
        // A name, not a path that leads elsewhere.
        let name = Path::new(default["file"].as_str()?).file_name()?;
        return Some(folder.join(name)).filter(|file| file.is_file());
    }
    let entries = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    let mut bundles = entries.filter(|path| path.extension().is_some_and(|ending| ending == "safetensors"));
    match (bundles.next(), bundles.next()) {
        (Some(one), None) => Some(one),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folders_bundle_is_the_only_one_or_the_default() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        assert_eq!(find(Some(folder.path())).unwrap_err().code(), Code::FileUnreadable);
        fs::write(at("a.safetensors"), "").unwrap();
        assert_eq!(find(Some(folder.path())).unwrap(), at("a.safetensors"));
        fs::write(at("b.safetensors"), "").unwrap();
        assert!(find(Some(folder.path())).is_err());
        let index = r#"{"default": "b", "bundles": [{"id": "a", "file": "a"}, {"id": "b", "file": "b.safetensors"}]}"#;
        fs::write(at("index.json"), index).unwrap();
        assert_eq!(find(Some(folder.path())).unwrap(), at("b.safetensors"));
        assert_eq!(find(Some(&at("missing"))).unwrap(), at("missing"), "told when it is read");
    }

    #[test]
    fn the_source_tree_has_a_default() {
        assert!(find(None).unwrap().ends_with("web/models/lite0-lite1-peers.int8.safetensors"));
    }
}
