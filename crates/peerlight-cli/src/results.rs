//! Files that were there before: results overwrite results, and nothing else.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use peerlight_core::{Code, Error, Result};
use serde_json::Value;

use crate::files::{self, text};

/// What a folder for results held before any were written.
pub struct Before {
    folder: PathBuf,
    names: BTreeSet<String>,
}

impl Before {
    /// Reads the names in a folder; there are none where it does not exist yet.
    pub fn of(folder: &Path) -> Self {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        Self { folder: folder.into(), names: entries.map(|entry| text(Path::new(&entry.file_name()))).collect() }
    }

    /// Checks that results of these names, and of names with these beginnings, overwrite nobody's files. Earlier
    /// results are known by their JSON, or by the journal of their run.
    ///
    /// # Errors
    /// `ask-invalid` names a file that would be overwritten.
    pub fn spare(&self, json: &str, names: &[String], beginnings: &[String]) -> Result<()> {
        let exact = names.iter().map(String::as_str).chain([json]).filter(|name| self.names.contains(*name));
        let first = beginnings.iter().filter_map(|begin| {
            let next =
                self.names.range::<str, _>((std::ops::Bound::Included(&**begin), std::ops::Bound::Unbounded)).next();
            next.map(String::as_str).filter(|name| name.starts_with(&**begin))
        });
        let Some(name) = exact.chain(first).next() else { return Ok(()) };
        if is_own(&self.folder.join(json)) {
            return Ok(());
        }
        let text = format!(
            "'{}' would be overwritten, and is no result of this program. Name another folder for the results.",
            self.folder.join(name).display()
        );
        Err(Error::new(Code::AskInvalid, text))
    }

    /// As [`Before::spare`], for a table and a page of all images. An earlier table is known by its first columns.
    ///
    /// # Errors
    /// As [`Before::spare`].
    pub fn spare_sheet(&self, table: &str, head: [&str; 5], page: &str) -> Result<()> {
        let is_own = files::read(&self.folder.join(table)).is_ok_and(|csv| csv.starts_with(head.join(",").as_bytes()));
        if is_own { Ok(()) } else { self.spare(table, &[page.to_owned()], &[]) }
    }

    /// As [`Before::spare`], for the report of a run, unless its journal is there.
    ///
    /// # Errors
    /// As [`Before::spare`].
    pub fn spare_report(&self, journal: &str, json: &str, others: &[&str]) -> Result<()> {
        let others: Vec<String> = others.iter().map(|name| (*name).to_owned()).collect();
        if self.names.contains(journal) { Ok(()) } else { self.spare(json, &others, &[]) }
    }
}

/// Whether a file holds results of this program: every one of them names the bundle by its sha256.
fn is_own(json: &Path) -> bool {
    let Ok(value) = files::read(json).map(|bytes| serde_json::from_slice::<Value>(&bytes).unwrap_or_default()) else {
        return false;
    };
    value["bundle_sha256"].is_string() || value["bundle"]["sha256"].is_string()
}

/// Checks that a file that is to be written is neither a folder nor a file that is read.
///
/// # Errors
/// `ask-invalid`.
pub fn check_file(out: &Path, inputs: &[PathBuf]) -> Result<()> {
    let refused = |text: String| Err(Error::new(Code::AskInvalid, text));
    if out.is_dir() {
        return refused(format!("'{}' is a folder. Name a file in it.", out.display()));
    }
    let Ok(place) = out.canonicalize() else { return Ok(()) };
    match inputs.iter().find(|input| input.canonicalize().is_ok_and(|input| input == place)) {
        Some(input) => refused(format!("'{}' is read, and would be overwritten. Name another file.", input.display())),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_overwrite_results_alone() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let strings = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let spare = |json: &str, names: &[&str], begin: &[&str]| {
            Before::of(folder.path()).spare(json, &strings(names), &strings(begin)).map_err(|e| e.to_string())
        };
        assert!(Before::of(&at("missing")).spare("a.json", &[], &[]).is_ok());
        fs::write(at("a.mutual.png"), "").unwrap();
        fs::write(at("a.cam.x.png"), "").unwrap();
        assert!(spare("a.json", &["a.mutual.png"], &[]).unwrap_err().contains("a.mutual.png' would be overwritten"));
        assert!(spare("a.json", &[], &["a.cam."]).is_err());
        assert!(spare("a.json", &["a.guided.png"], &["a.grad-cam.", "a.caz."]).is_ok());
        fs::write(at("a.json"), r#"{"shapes": []}"#).unwrap();
        assert!(spare("a.json", &[], &[]).unwrap_err().contains("a.json' would be overwritten"));
        for own in [r#"{"bundle": {"sha256": "0a"}}"#, r#"{"bundle_sha256": "0a"}"#] {
            fs::write(at("a.json"), own).unwrap();
            assert_eq!(spare("a.json", &["a.mutual.png"], &["a.cam."]), Ok(()));
        }
        assert!(Before::of(folder.path()).spare_report("r.jsonl", "r.json", &["a.mutual.png"]).is_err());
        fs::write(at("r.jsonl"), "").unwrap();
        assert!(Before::of(folder.path()).spare_report("r.jsonl", "r.json", &["a.mutual.png"]).is_ok());
    }

    #[test]
    fn a_file_to_write_is_no_folder_and_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("boxes.csv");
        fs::write(&file, "").unwrap();
        assert!(check_file(folder.path(), &[]).unwrap_err().to_string().contains("is a folder"));
        let same = folder.path().join("../").join(folder.path().file_name().unwrap()).join("boxes.csv");
        assert!(check_file(&same, &[PathBuf::from("gone"), file.clone()]).unwrap_err().to_string().contains("is read"));
        assert!(check_file(&file, &[]).is_ok() && check_file(&folder.path().join("new"), &[file]).is_ok());
    }
}
