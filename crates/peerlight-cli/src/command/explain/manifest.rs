//! Manifests: how the page got what it saved, so that the program gets the same.

use std::path::Path;

use peerlight_core::{Code, Error, Framing, Result, Rgba8};
use peerlight_explain::{Request, Session};
use peerlight_metrics::WhatIf;
use serde::Deserialize;

use crate::files::{self, shown};

/// The version that this program reads.
const VERSION: u32 = 1;

/// The part of a manifest that decides the numbers.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Manifest {
    version: u32,
    bundle: Name,
    image: Image,
    /// Square of the image that the networks saw.
    #[serde(flatten)]
    pub framing: Framing,
    /// Request that was explained.
    pub request: Request,
    /// Question that was asked, if any.
    pub what_if: Option<WhatIf>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Name {
    name: String,
    sha256: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Image {
    width: u32,
    height: u32,
    /// The file's name, and the sha256 of its bytes; empty where the manifest does not say it.
    #[serde(default)]
    file: String,
    #[serde(default)]
    sha256: String,
}

impl Manifest {
    /// Reads a manifest about the networks of a session.
    ///
    /// # Errors
    /// `file-unreadable` for what is no manifest of this version, `ask-invalid` if it is about other networks.
    pub fn read(file: &Path, session: &Session) -> Result<Self> {
        let unfit = |why: String| Error::new(Code::FileUnreadable, format!("'{}' {why}.", file.display()));
        let manifest: Self =
            serde_json::from_slice(&files::read(file)?).map_err(|e| unfit(format!("is no manifest: {e}")))?;
        if manifest.version != VERSION {
            return Err(unfit(format!("is of version {}, and this program reads {VERSION}", manifest.version)));
        }
        if manifest.bundle.sha256 != session.info().sha256 {
            let Name { name, sha256 } = &manifest.bundle;
            let text = format!("The manifest is about the networks '{name}' (sha256 {sha256}). Give that bundle.");
            return Err(Error::new(Code::AskInvalid, text));
        }
        Ok(manifest)
    }

    /// Checks that an image, of a file of these bytes, is the one that the manifest is about.
    ///
    /// # Errors
    /// `ask-invalid` for an image of another size, or of another file.
    pub fn check(&self, image: &Rgba8, bytes: &[u8]) -> Result<()> {
        let Image { width, height, file, sha256 } = &self.image;
        let text = if (image.width(), image.height()) != (*width, *height) {
            format!("The manifest is about another image, of {width} x {height} pixels.")
        } else if !sha256.is_empty() && *sha256 != files::sha256(bytes) {
            format!("The manifest is about another file, '{}' (sha256 {}).", shown(file), shown(sha256))
        } else {
            return Ok(());
        };
        Err(Error::new(Code::AskInvalid, text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests_changed_at_random_are_read_or_refused() {
        let text = serde_json::json!({
            "version": 1,
            "bundle": { "name": "two", "sha256": "0a" },
            "image": { "name": "a.png", "width": 640, "height": 480 },
            "crop": 0.875, "across": 0.25, "down": null,
            "request": Request::default(),
            "what_if": { "regions": [{ "row": 1, "column": 2 }], "boxes": [[0.1, 0.2, 0.5, 0.6]], "brush": [0, 1, 1, 0],
                "keep": true, "baseline": "mean", "effects": false },
        });
        let text = serde_json::to_vec(&text).unwrap();
        let framing = serde_json::from_slice::<Manifest>(&text).unwrap().framing;
        assert_eq!(framing, Framing { crop: Some(0.875), across: Some(0.25), down: None });
        crate::fuzz::each(&[&text], |bytes| {
            let Ok(manifest) = serde_json::from_slice::<Manifest>(bytes) else { return };
            drop(manifest.what_if.map(|question| question.hidden(7, 32)));
        });
    }
}
