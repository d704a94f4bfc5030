//! CSV files.

use std::path::{Path, PathBuf};

use peerlight_core::{Code, Error, Result};

use crate::files;

/// A CSV with a head line.
pub struct Table {
    file: PathBuf,
    head: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// Reads a file.
    ///
    /// # Errors
    /// `file-unreadable` if it cannot be read, or is not a CSV whose rows are of one length.
    pub fn read(file: &Path) -> Result<Self> {
        let bytes = files::read(file)?;
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let refused = |e: csv::Error| Error::new(Code::FileUnreadable, format!("'{}': {e}.", file.display()));
        let owned = |row: &csv::StringRecord| row.iter().map(String::from).collect::<Vec<_>>();
        let head = owned(reader.headers().map_err(refused)?);
        let rows = reader.records().map(|row| row.map(|row| owned(&row))).collect::<std::result::Result<_, _>>();
        Ok(Self { file: file.into(), head, rows: rows.map_err(refused)? })
    }

    /// The place of a column.
    ///
    /// # Errors
    /// `file-unreadable` if there is none of this name.
    pub fn column(&self, name: &str) -> Result<usize> {
        self.head.iter().position(|column| column.trim() == name).ok_or_else(|| {
            let text = format!("'{}' has no column '{name}'.", self.file.display());
            Error::new(Code::FileUnreadable, text)
        })
    }
}
