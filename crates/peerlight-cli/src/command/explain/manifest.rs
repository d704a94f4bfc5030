//! Manifests: how the page got what it saved, so that the program gets the same.

use std::{collections::BTreeMap, path::Path};

use peerlight_core::{Code, Error, Framing, Rect, Result, Rgba8};
use peerlight_explain::{Request, Session};
use peerlight_metrics::WhatIf;
use serde::{Deserialize, de::IgnoredAny};

use crate::files::{self, shown};

/// The version that this program reads.
const VERSION: u32 = 1;
/// What the page writes.
const KEYS: [&str; 10] =
    ["version", "command", "peerlight", "bundle", "image", "crop", "across", "down", "request", "what_if"];

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
        let text = files::read_text(file)?;
        let manifest: Self = serde_json::from_str(&text).map_err(|e| unfit(format!("is no manifest: {e}")))?;
        if manifest.version != VERSION {
            return Err(unfit(format!("is of version {}, and this program reads {VERSION}", manifest.version)));
        }
        let keys: BTreeMap<String, IgnoredAny> = serde_json::from_str(&text).unwrap_or_default();
        if let Some(key) = keys.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(unfit(format!("has a key '{}', which manifests do not have", shown(key))));
        }
        if let Some(question) = &manifest.what_if {
            check(question, manifest.request.grid)?;
        }
        if !manifest.bundle.sha256.eq_ignore_ascii_case(&session.info().sha256) {
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
        } else if !sha256.is_empty() && !sha256.eq_ignore_ascii_case(&files::sha256(bytes)) {
            format!("The manifest is about another file, '{}' (sha256 {}).", shown(file), shown(sha256))
        } else {
            return Ok(());
        };
        Err(Error::new(Code::AskInvalid, text))
    }
}

/// Checks that a question is about places of the square.
fn check(question: &WhatIf, grid: usize) -> Result<()> {
    question.hidden(grid, 1)?;
    let refused = |text: String| Err(Error::new(Code::AskInvalid, text));
    let is_place = |rect: &&Rect| {
        let inside = [rect.x0, rect.y0, rect.x1, rect.y1].iter().all(|edge| (0.0..=1.0).contains(edge));
        inside && rect.x0 < rect.x1 && rect.y0 < rect.y1
    };
    if let Some(Rect { x0, y0, x1, y1 }) = question.boxes.iter().find(|rect| !is_place(rect)) {
        return refused(format!(
            "In the manifest's what_if the box {x0}, {y0}, {x1}, {y1} is no place: left, top, right and bottom are \
             fractions of the square, 0 to 1, in this order."
        ));
    }
    let nothing =
        question.regions.is_empty() && question.boxes.is_empty() && question.brush.iter().all(|cell| *cell == 0.0);
    match nothing && !question.effects {
        true => refused("The manifest's what_if names no place to hide or to keep.".into()),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_about_places_of_the_square() {
        let checked = |text: &str| check(&serde_json::from_str(text).unwrap(), 7).map_err(|e| e.to_string());
        for good in
            [r#"{"regions":[{"row":6,"column":0}]}"#, r#"{"boxes":[[0,0.5,1,1]],"keep":true}"#, r#"{"effects":true}"#]
        {
            assert_eq!(checked(good), Ok(()), "{good}");
        }
        for (bad, words) in [
            (r#"{"regions":[{"row":7,"column":0}]}"#, "no row 8"),
            (r#"{"boxes":[[0.5,0.5,0.1,0.1]]}"#, "box 0.5, 0.5, 0.1, 0.1 is no place"),
            (r#"{"boxes":[[10,10,50,60]]}"#, "0 to 1"),
            (r#"{"regions":[],"brush":[0,0,0,0]}"#, "names no place"),
            (r#"{"brush":[1,0,1]}"#, "square of cells"),
        ] {
            assert!(checked(bad).is_err_and(|e| e.contains(words)), "{bad}");
        }
    }

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
