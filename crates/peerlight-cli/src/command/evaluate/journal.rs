//! Results of the images, one line each, so that a run can continue that was stopped at any moment.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
};

use peerlight_core::{Code, Error, Result};
use peerlight_metrics::{MetricId, Record};
use serde::{Deserialize, Serialize};

use crate::{files, json};

/// Identity of a run. Runs of equal identity continue each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    pub protocol: String,
    pub version: String,
    pub bundle_sha256: String,
    pub device: String,
    pub methods: Vec<String>,
    pub peers: Vec<usize>,
    pub metrics: Vec<MetricId>,
}

/// Result of an image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was measured.
    Record(Box<Record>),
    /// It could not be read.
    Skipped {
        #[serde(alias = "picture")]
        image: String,
        why: String,
    },
}

impl Outcome {
    fn image(&self) -> &str {
        match self {
            Self::Record(record) => &record.image,
            Self::Skipped { image, .. } => image,
        }
    }
}

/// Identity of a run, and the results by the names of the images.
///
/// # Errors
/// `file-unreadable` for what is no such file.
pub fn read(path: &Path) -> Result<(Run, BTreeMap<String, Outcome>)> {
    let text = files::read_text(path)?;
    let (head, lines) = text.split_once('\n').unwrap_or_default();
    let run = serde_json::from_str(head).map_err(|e| {
        let text = format!("'{}' is no file of a run of peerlight evaluate: {e}.", path.display());
        Error::new(Code::FileUnreadable, text)
    })?;
    Ok((run, outcomes(path, &lines[..lines.rfind('\n').map_or(0, |end| end + 1)])?))
}

fn outcomes(path: &Path, lines: &str) -> Result<BTreeMap<String, Outcome>> {
    let mut outcomes = BTreeMap::new();
    for (i, line) in lines.lines().enumerate() {
        let outcome: Outcome = serde_json::from_str(line).map_err(|e| {
            let text = format!("'{}', line {}: {e}. Delete the file to begin anew.", path.display(), i + 2);
            Error::new(Code::FileUnreadable, text)
        })?;
        outcomes.insert(outcome.image().to_string(), outcome);
    }
    Ok(outcomes)
}

/// The file of a run: a line that says what it is of, and a line for each image.
pub struct Journal {
    path: PathBuf,
    file: File,
    /// By the image's name.
    pub done: BTreeMap<String, Outcome>,
}

impl Journal {
    /// Begins a run, or goes on with the same one.
    ///
    /// # Errors
    /// `ask-invalid` if the file is of another run, `file-unreadable` if it cannot be read, `file-unwritable` if it
    /// cannot be written.
    pub fn open(path: &Path, run: &Run) -> Result<Self> {
        let head = line(run)?;
        let text = if path.exists() { files::read_text(path)? } else { String::new() };
        // A line that was not finished when the run was stopped is left out and written anew.
        let whole = &text[..text.rfind('\n').map_or(0, |end| end + 1)];
        let (first, lines) = whole.split_once('\n').unzip();
        if first.is_some_and(|first| serde_json::from_str::<Run>(first).ok().as_ref() != Some(run)) {
            let text = format!(
                "'{}' holds another run: with other methods, metrics, weights, peers or version. Choose another \
                 folder, \
                 or delete it.",
                path.display()
            );
            return Err(Error::new(Code::AskInvalid, text));
        }
        let done = outcomes(path, lines.unwrap_or_default())?;
        let unwritable = |e| files::unwritable(path, e);
        let mut file = OpenOptions::new().create(true).append(true).open(path).map_err(unwritable)?;
        file.set_len(whole.len() as u64).map_err(unwritable)?;
        if whole.is_empty() {
            file.write_all(head.as_bytes()).map_err(unwritable)?;
        }
        Ok(Self { path: path.into(), file, done })
    }

    /// Keeps what came of an image.
    pub fn add(&mut self, outcome: &Outcome) -> Result<()> {
        let line = line(outcome)?;
        self.file.write_all(line.as_bytes()).map_err(|e| files::unwritable(&self.path, e))?;
        // As it will be read: a run that was resumed then comes to the same figures as one that was not.
        let kept: Outcome = serde_json::from_str(&line)?;
        self.done.insert(kept.image().to_string(), kept);
        Ok(())
    }
}

fn line(value: &impl Serialize) -> Result<String> {
    Ok(json::line(value)? + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn run() -> Run {
        Run {
            protocol: "p".into(),
            version: "1".into(),
            bundle_sha256: "s".into(),
            device: "CPU".into(),
            methods: vec!["cam".into()],
            peers: vec![0],
            metrics: vec!["adcc".parse().unwrap()],
        }
    }

    fn skipped(name: &str) -> Outcome {
        Outcome::Skipped { image: name.into(), why: "broken".into() }
    }

    #[test]
    fn a_torn_line_is_written_anew_and_another_run_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("records.jsonl");
        let mut journal = Journal::open(&path, &run()).unwrap();
        journal.add(&skipped("a")).unwrap();
        let one = fs::read_to_string(&path).unwrap();
        journal.add(&skipped("b")).unwrap();
        let two = fs::read_to_string(&path).unwrap();

        for end in one.len()..two.len() {
            fs::write(&path, &two[..end]).unwrap();
            let mut journal = Journal::open(&path, &run()).unwrap();
            assert_eq!(journal.done.keys().collect::<Vec<_>>(), ["a"], "{end}");
            journal.add(&skipped("b")).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), two, "{end}");
        }
        let other = Run { methods: vec!["grad-cam".into()], ..run() };
        assert_eq!(Journal::open(&path, &other).err().unwrap().code(), Code::AskInvalid);
        assert_eq!(fs::read_to_string(&path).unwrap(), two, "nothing is lost");
        fs::write(&path, two.replace("skipped", "skpped")).unwrap();
        assert!(Journal::open(&path, &run()).err().unwrap().to_string().contains("line 2"));
    }
}
