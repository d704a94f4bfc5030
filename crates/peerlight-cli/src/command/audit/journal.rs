//! What was found, one line for each image, so that a run can continue that was stopped at any moment.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
};

use peerlight_core::{Code, Error, Result};
use serde::{Deserialize, Serialize};

use super::Finding;
use crate::{files, json};

/// What the lines are of.
#[derive(PartialEq, Serialize, Deserialize)]
struct Head {
    audit: String,
    bundle_sha256: String,
}

/// One line.
#[derive(Serialize, Deserialize)]
struct Line {
    image: String,
    found: Option<Finding>,
    why: Option<String>,
}

/// The file of a run.
pub struct Journal {
    path: PathBuf,
    file: File,
    /// By the image's name.
    pub done: BTreeMap<String, std::result::Result<Finding, String>>,
}

impl Journal {
    /// Begins a run, or goes on with the same one.
    ///
    /// # Errors
    /// `ask-invalid` if the file is of another bundle or version, `file-unreadable` or `file-unwritable`.
    pub fn open(path: &Path, sha256: &str) -> Result<Self> {
        let head = Head { audit: env!("CARGO_PKG_VERSION").into(), bundle_sha256: sha256.into() };
        let text = if path.exists() { files::read_text(path)? } else { String::new() };
        // A line that was not finished when the run was stopped is written anew.
        let whole = &text[..text.rfind('\n').map_or(0, |end| end + 1)];
        let mut lines = whole.lines();
        if lines.next().is_some_and(|first| serde_json::from_str::<Head>(first).ok().as_ref() != Some(&head)) {
            let text =
                format!("'{}' is of another bundle or version. Choose another folder, or delete it.", path.display());
            return Err(Error::new(Code::AskInvalid, text));
        }
        let mut done = BTreeMap::new();
        for (i, line) in lines.enumerate() {
            let Line { image, found, why } = serde_json::from_str(line).map_err(|e| {
                let text = format!("'{}', line {}: {e}. Delete the file to begin anew.", path.display(), i + 2);
                Error::new(Code::FileUnreadable, text)
            })?;
            done.insert(image, found.ok_or_else(|| why.unwrap_or_default()));
        }
        let unwritable = |e| files::unwritable(path, e);
        let file = OpenOptions::new().create(true).append(true).open(path).map_err(unwritable)?;
        file.set_len(whole.len() as u64).map_err(unwritable)?;
        let mut journal = Self { path: path.into(), file, done };
        if whole.is_empty() {
            journal.write(&head)?;
        }
        Ok(journal)
    }

    /// Keeps what came of an image.
    pub fn add(&mut self, image: &str, found: std::result::Result<Finding, String>) -> Result<()> {
        let (kept, why) = (found.as_ref().ok().cloned(), found.as_ref().err().cloned());
        self.write(&Line { image: image.into(), found: kept, why })?;
        self.done.insert(image.into(), found);
        Ok(())
    }

    /// What came of an image, if it was looked at.
    pub fn take(&mut self, image: &str) -> Option<(String, std::result::Result<Finding, String>)> {
        self.done.remove_entry(image)
    }

    fn write(&mut self, line: &impl Serialize) -> Result<()> {
        let line = json::line(line)? + "\n";
        self.file.write_all(line.as_bytes()).map_err(|e| files::unwritable(&self.path, e))
    }
}
