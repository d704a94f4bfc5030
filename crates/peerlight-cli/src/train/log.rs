//! What happened in a run, a line of JSON for each step and each validation.

use std::{
    fs::{File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
};

use peerlight_core::Result;
use serde::{Deserialize, Serialize};

use super::{step::Outcome, validate::Validation};
use crate::files;

/// A line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Steps done by then.
    pub step: usize,
    /// What was seen.
    #[serde(flatten)]
    pub seen: Seen,
}

/// What a line is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Seen {
    /// A step of training.
    Step {
        /// The learning rate.
        rate: f64,
        /// Images a second, of this step alone.
        speed: f64,
        #[serde(flatten)]
        outcome: Outcome,
    },
    /// A validation.
    Validation(Validation),
}

/// The log of a run, in memory and in its file.
pub struct Log {
    path: PathBuf,
    file: File,
    /// All lines, in order.
    pub rows: Vec<Row>,
}

impl Log {
    /// The log of the run in this folder, of which the lines of steps after `done` are dropped: they will be written anew.
    ///
    /// # Errors
    /// `file-unwritable`.
    pub fn open(run: &Path, done: usize) -> Result<Self> {
        let path = run.join("log.jsonl");
        let text = if path.exists() { files::read_text(&path)? } else { String::new() };
        // A line that a kill cut short is not JSON, and is written anew too.
        let rows: Vec<Row> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let rows: Vec<Row> = rows.into_iter().filter(|row| row.step <= done).collect();
        let kept: Vec<String> = rows.iter().map(line).collect();
        files::write(&path, kept.concat().as_bytes())?;
        let file = OpenOptions::new().append(true).open(&path).map_err(|e| files::unwritable(&path, e))?;
        Ok(Self { path, file, rows })
    }

    /// Adds a line.
    ///
    /// # Errors
    /// `file-unwritable`.
    pub fn add(&mut self, row: Row) -> Result<()> {
        self.file.write_all(line(&row).as_bytes()).map_err(|e| files::unwritable(&self.path, e))?;
        self.rows.push(row);
        Ok(())
    }
}

fn line(row: &Row) -> String {
    serde_json::to_string(row).unwrap_or_default() + "\n"
}
