//! The log of a run: a line of JSON for each step and each validation.

use std::{
    fs::{File, OpenOptions},
    io::Write,
    path::PathBuf,
};

use peerlight_core::Result;
use peerlight_train::{Event, Row};

use crate::files;

/// The log of a run, in memory and in its file.
pub struct Log {
    path: PathBuf,
    file: File,
    /// All rows, in order.
    pub rows: Vec<Row>,
}

impl Log {
    /// Opens the log in this file. Rows of steps after `done` are dropped: they will be written anew.
    ///
    /// # Errors
    /// `file-unreadable`, `file-unwritable`.
    pub fn open(path: PathBuf, done: usize) -> Result<Self> {
        let bytes = if path.exists() { files::read(&path)? } else { Vec::new() };
        // A line that a kill cut short, even within a letter, is not JSON, and is written anew too.
        let text = String::from_utf8_lossy(&bytes);
        let rows = text.lines().filter_map(|line| serde_json::from_str::<Row>(line).ok());
        let rows: Vec<Row> = rows.filter(|row| row.step <= done).collect();
        let kept: Vec<String> = rows.iter().map(line).collect();
        files::write(&path, kept.concat().as_bytes())?;
        let file = OpenOptions::new().append(true).open(&path).map_err(|e| files::unwritable(&path, e))?;
        Ok(Self { path, file, rows })
    }

    /// Adds an event after `step` steps, and returns its row.
    ///
    /// # Errors
    /// `file-unwritable`.
    pub fn add(&mut self, step: usize, event: Event) -> Result<&Row> {
        let row = Row { step, event };
        self.file.write_all(line(&row).as_bytes()).map_err(|e| files::unwritable(&self.path, e))?;
        self.rows.push(row);
        Ok(&self.rows[self.rows.len() - 1])
    }
}

fn line(row: &Row) -> String {
    serde_json::to_string(row).unwrap_or_default() + "\n"
}
