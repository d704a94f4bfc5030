//! What was found, one line for each image, so that a run can continue that was stopped at any moment.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
};

use peerlight_core::{Code, Error, Result};
use peerlight_explain::Request;
use serde::{Deserialize, Serialize};

use super::Finding;
use crate::{files, json};

/// What the lines are of.
#[derive(PartialEq, Serialize, Deserialize)]
struct Head {
    audit: String,
    bundle_sha256: String,
    /// The method whose maps are compared; none in files of versions that knew the mutual map alone.
    #[serde(default = "mutual")]
    method: String,
}

fn mutual() -> String {
    Request::default().spec()
}

/// One line.
#[derive(Serialize, Deserialize)]
struct Line {
    image: String,
    found: Option<Finding>,
    why: Option<String>,
    /// Of the image's file; none of one that could not be read, or in files of versions that did not keep it.
    #[serde(default)]
    sha256: Option<String>,
}

/// What came of an image.
type Outcome = std::result::Result<Finding, String>;

/// The file of a run.
pub struct Journal {
    path: PathBuf,
    file: File,
    /// By the image's name, with the sha256 of its file.
    done: BTreeMap<String, (Outcome, Option<String>)>,
}

impl Journal {
    /// Begins a run, or goes on with the same one.
    ///
    /// # Errors
    /// `ask-invalid` if the file is of another bundle, method or version, `file-unreadable` or `file-unwritable`.
    pub fn open(path: &Path, sha256: &str, method: String) -> Result<Self> {
        let head = Head { audit: env!("CARGO_PKG_VERSION").into(), bundle_sha256: sha256.into(), method };
        // A line that was not finished when the run was stopped is written anew.
        let whole = files::whole_lines(path)?;
        let mut lines = whole.lines();
        if lines.next().is_some_and(|first| serde_json::from_str::<Head>(first).ok().as_ref() != Some(&head)) {
            let text = format!(
                "'{}' is of another bundle, method or version. Choose another folder, or delete it.",
                path.display()
            );
            return Err(Error::new(Code::AskInvalid, text));
        }
        let mut done = BTreeMap::new();
        for (i, line) in lines.enumerate() {
            let Line { image, found, why, sha256 } = serde_json::from_str(line).map_err(|e| {
                let text = format!("'{}', line {}: {e}. Delete the file to begin anew.", path.display(), i + 2);
                Error::new(Code::FileUnreadable, text)
            })?;
            // A later line is of an image that was looked at anew.
            done.insert(image, (found.ok_or_else(|| why.unwrap_or_default()), sha256));
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

    /// Whether there is a finding about an image.
    pub fn knows(&self, image: &str) -> bool {
        self.done.get(image).is_some_and(|(found, _)| found.is_ok())
    }

    /// Whether the finding about an image is of a file with this sha256.
    pub fn has(&self, image: &str, sha256: &str) -> bool {
        self.knows(image) && self.done.get(image).is_some_and(|(_, of)| of.as_deref() == Some(sha256))
    }

    /// Keeps what came of an image.
    pub fn add(&mut self, image: &str, found: Outcome, sha256: Option<String>) -> Result<()> {
        let (kept, why) = (found.as_ref().ok().cloned(), found.as_ref().err().cloned());
        self.write(&Line { image: image.into(), found: kept, why, sha256: sha256.clone() })?;
        self.done.insert(image.into(), (found, sha256));
        Ok(())
    }

    /// What came of an image, if it was looked at.
    pub fn take(&mut self, image: &str) -> Option<(String, Outcome)> {
        self.done.remove_entry(image).map(|(image, (found, _))| (image, found))
    }

    fn write(&mut self, line: &impl Serialize) -> Result<()> {
        let line = json::line(line)? + "\n";
        self.file.write_all(line.as_bytes()).map_err(|e| files::unwritable(&self.path, e))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn journals_changed_at_random_are_read_or_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        let mut journal = Journal::open(&path, "0a", "mutual".into()).unwrap();
        let found = r#"{"image":"a","answers":["cat"],"classes":[1],"probabilities":[0.5],"same":true,
            "statistics":{"regional":0.5},"brightest":[[0.5,0.25]],"difference":[0.1]}"#;
        journal.add("a", Ok(serde_json::from_str(found).unwrap()), Some("1b".into())).unwrap();
        journal.add("b", Err("broken".into()), None).unwrap();
        let seed = std::fs::read(&path).unwrap();
        crate::fuzz::each(&[&seed], |bytes| {
            std::fs::write(&path, bytes).unwrap();
            drop(Journal::open(&path, "0a", "mutual".into()).map(|mut journal| journal.take("a")));
        });
    }
}
