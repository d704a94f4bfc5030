//! Results of the images, one line each, so that a run can continue that was stopped at any moment.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
};

use peerlight_core::{Code, Error, Rect, Result};
use peerlight_metrics::{AgreementPlan, MetricId, Record};
use serde::{Deserialize, Serialize};

use crate::{boxes::BoxPixels, files, json};

/// Settings of a run. Runs of equal settings continue each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    pub protocol: String,
    pub version: String,
    pub bundle_sha256: String,
    pub device: String,
    pub methods: Vec<String>,
    pub peers: Vec<usize>,
    pub metrics: Vec<MetricId>,
    #[serde(default)]
    pub agreement: AgreementPlan,
}

impl Run {
    /// What differs from another run, such as `methods (cam, now grad-cam)`.
    fn differences(&self, now: &Self) -> String {
        let list = |all: &[String]| all.join("+");
        let peers = |run: &Self| run.peers.iter().map(|peer| (peer + 1).to_string()).collect::<Vec<_>>();
        let metrics = |run: &Self| run.metrics.iter().map(ToString::to_string).collect::<Vec<_>>();
        let short = |sha: &str| sha.chars().take(12).collect::<String>();
        let parts = [
            ("protocol", self.protocol.clone(), now.protocol.clone()),
            ("version of peerlight", self.version.clone(), now.version.clone()),
            ("weights", short(&self.bundle_sha256), short(&now.bundle_sha256)),
            ("device", self.device.clone(), now.device.clone()),
            ("methods", list(&self.methods), list(&now.methods)),
            ("networks", list(&peers(self)), list(&peers(now))),
            ("metrics", list(&metrics(self)), list(&metrics(now))),
            ("statistics of agreement", self.agreement.to_string(), now.agreement.to_string()),
        ];
        let differing = parts.iter().filter(|(_, then, now)| then != now);
        differing.map(|(what, then, now)| format!("{what} ({then}, now {now})")).collect::<Vec<_>>().join(", ")
    }
}

/// What an image's result was made of. A result of anything else is measured anew.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// sha256 of the file.
    pub sha256: String,
    /// The class that it is said to show.
    pub class: Option<usize>,
    /// The boxes as they were given.
    pub boxes: Vec<Rect>,
    /// What the boxes' pixels are of, if there are boxes.
    pub box_pixels: Option<BoxPixels>,
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

/// A line of the file.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    #[serde(flatten)]
    outcome: Outcome,
    /// None in files of versions that did not keep it, and of images that could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
}

/// Results by the names of the images, each with what it was made of, if the file says so.
pub type Outcomes = BTreeMap<String, (Outcome, Option<Source>)>;

/// Settings of a run, and its results.
///
/// # Errors
/// `file-unreadable` for what is no such file.
pub fn read(path: &Path) -> Result<(Run, Outcomes)> {
    if !path.exists() {
        files::read(path)?;
    }
    let text = files::whole_lines(path)?;
    let (head, lines) = text.split_once('\n').unwrap_or_default();
    let run = serde_json::from_str(head).map_err(|e| {
        let text = format!("'{}' is not a file of a run of peerlight evaluate: {e}.", path.display());
        Error::new(Code::FileUnreadable, text)
    })?;
    let lines = parsed(path, lines)?;
    Ok((run, lines.into_iter().map(|(image, line)| (image, (line.outcome, line.source))).collect()))
}

fn parsed(path: &Path, lines: &str) -> Result<BTreeMap<String, Line>> {
    let mut outcomes = BTreeMap::new();
    for (i, line) in lines.lines().enumerate() {
        let line: Line = serde_json::from_str(line).map_err(|e| {
            let text = format!("'{}', line {}: {e}. Delete the file to begin anew.", path.display(), i + 2);
            Error::new(Code::FileUnreadable, text)
        })?;
        // A later line is of an image that was measured anew.
        outcomes.insert(line.outcome.image().to_string(), line);
    }
    Ok(outcomes)
}

/// The file of a run: a line that says what it is of, and a line for each image.
pub struct Journal {
    path: PathBuf,
    file: File,
    /// By the image's name.
    done: BTreeMap<String, Line>,
}

impl Journal {
    /// Begins a run, or goes on with the same one.
    ///
    /// # Errors
    /// `ask-invalid` if the file is of a run with other settings, `file-unreadable` if it cannot be read,
    /// `file-unwritable` if it cannot be written.
    pub fn open(path: &Path, run: &Run) -> Result<Self> {
        let head = line(run)?;
        // A line that was not finished when the run was stopped is written anew.
        let mut whole = files::whole_lines(path)?;
        let (first, lines) = whole.split_once('\n').unzip();
        let then = first.map(serde_json::from_str::<Run>);
        let differences = match &then {
            Some(Ok(then)) => then.differences(run),
            Some(Err(_)) => "head line, which this program did not write".into(),
            None => String::new(),
        };
        let mut done = parsed(path, lines.unwrap_or_default());
        let holds = |line: &Line| matches!(line.outcome, Outcome::Record(_));
        let is_run = matches!(then, Some(Ok(_)));
        if !differences.is_empty() && is_run && done.as_ref().is_ok_and(|done| !done.values().any(holds)) {
            // A run that came to nothing keeps no other from its folder.
            whole.clear();
            done = Ok(BTreeMap::new());
        } else if !differences.is_empty() {
            let text = format!(
                "'{}' holds another run, with other {differences}. Choose another folder, or delete it.",
                path.display()
            );
            return Err(Error::new(Code::AskInvalid, text));
        }
        let done = done?;
        let unwritable = |e| files::unwritable(path, e);
        let mut file = OpenOptions::new().create(true).append(true).open(path).map_err(unwritable)?;
        file.set_len(whole.len() as u64).map_err(unwritable)?;
        if whole.is_empty() {
            file.write_all(head.as_bytes()).map_err(unwritable)?;
        }
        Ok(Self { path: path.into(), file, done })
    }

    /// Whether there is a result of an image.
    pub fn knows(&self, image: &str) -> bool {
        self.done.get(image).is_some_and(|line| matches!(line.outcome, Outcome::Record(_)))
    }

    /// Whether the result of an image was made of this.
    pub fn has(&self, image: &str, source: &Source) -> bool {
        self.knows(image) && self.done.get(image).is_some_and(|line| line.source.as_ref() == Some(source))
    }

    /// Names of the images with results, of this run and earlier ones.
    pub fn images(&self) -> impl Iterator<Item = &str> {
        self.done.keys().map(String::as_str)
    }

    /// Keeps what came of an image.
    pub fn add(&mut self, outcome: Outcome, source: Option<Source>) -> Result<()> {
        let line = line(&Line { outcome, source })?;
        self.file.write_all(line.as_bytes()).map_err(|e| files::unwritable(&self.path, e))?;
        // As it will be read: a run that was resumed then comes to the same figures as one that was not.
        let kept: Line = serde_json::from_str(&line)?;
        self.done.insert(kept.outcome.image().to_string(), kept);
        Ok(())
    }

    /// Takes the result of an image.
    pub fn take(&mut self, image: &str) -> Option<Outcome> {
        self.done.remove(image).map(|line| line.outcome)
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
            agreement: AgreementPlan::default(),
        }
    }

    fn record(name: &str) -> Outcome {
        let text = format!(
            r#"{{"image":"{name}","class":null,"boxes":[],"small":false,"agreement":0.1,"predicted":[1],"entries":[]}}"#
        );
        Outcome::Record(serde_json::from_str(&text).unwrap())
    }

    fn source(sha256: &str) -> Source {
        Source { sha256: sha256.into(), class: None, boxes: vec![[0.1, 1.0, 2.0, 3.3].into()], box_pixels: None }
    }

    #[test]
    fn a_torn_line_is_written_anew_and_another_run_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("records.jsonl");
        let mut journal = Journal::open(&path, &run()).unwrap();
        journal.add(record("a"), Some(source("1"))).unwrap();
        let one = fs::read_to_string(&path).unwrap();
        journal.add(record("é"), Some(source("1"))).unwrap();
        let two = fs::read_to_string(&path).unwrap();

        // Also within the letter of two bytes.
        for end in one.len()..two.len() {
            fs::write(&path, &two.as_bytes()[..end]).unwrap();
            let mut journal = Journal::open(&path, &run()).unwrap();
            assert_eq!(journal.images().collect::<Vec<_>>(), ["a"], "{end}");
            journal.add(record("é"), Some(source("1"))).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), two, "{end}");
        }
        let other = Run { methods: vec!["grad-cam".into()], version: "2".into(), ..run() };
        let error = Journal::open(&path, &other).err().unwrap();
        assert_eq!(error.code(), Code::AskInvalid);
        assert!(error.to_string().contains("version of peerlight (1, now 2), methods (cam, now grad-cam)"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), two, "nothing is lost");
        fs::write(&path, two.replace("record\"", "rcord\"")).unwrap();
        assert!(Journal::open(&path, &run()).err().unwrap().to_string().contains("line 2"));
    }

    #[test]
    fn a_result_is_of_the_same_bytes_class_and_boxes_or_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("records.jsonl");
        let mut journal = Journal::open(&path, &run()).unwrap();
        journal.add(record("a"), Some(source("1"))).unwrap();
        journal.add(Outcome::Skipped { image: "b".into(), why: "broken".into() }, None).unwrap();
        let journal = Journal::open(&path, &run()).unwrap();
        assert!(journal.has("a", &source("1")));
        for other in [
            source("2"),
            Source { class: Some(1), ..source("1") },
            Source { boxes: Vec::new(), ..source("1") },
            Source { box_pixels: Some(BoxPixels::Upright), ..source("1") },
        ] {
            assert!(!journal.has("a", &other), "{other:?}");
        }
        assert!(!journal.has("b", &source("1")) && !journal.knows("b"), "what was skipped is tried again");
        // A file of an earlier version.
        let old = fs::read_to_string(&path).unwrap().replace("\"source\"", "\"older\"");
        fs::write(&path, old).unwrap();
        let journal = Journal::open(&path, &run()).unwrap();
        assert!(journal.knows("a") && !journal.has("a", &source("1")));
    }

    #[test]
    fn journals_changed_at_random_are_read_or_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("records.jsonl");
        let mut journal = Journal::open(&path, &run()).unwrap();
        journal.add(record("a"), Some(source("1"))).unwrap();
        journal.add(Outcome::Skipped { image: "b".into(), why: "broken".into() }, None).unwrap();
        let seed = fs::read(&path).unwrap();
        crate::fuzz::each(&[&seed], |bytes| {
            fs::write(&path, bytes).unwrap();
            let _ = (read(&path), Journal::open(&path, &run()).map(drop));
        });
    }
}
