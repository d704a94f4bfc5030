//! Pages of Markdown with tables that are made of the files that hold the figures.

use std::fs;

use crate::shell::{self, Result, cargo, exec, root};
use crate::{fill, wasm};

/// What makes the table that the words of a marker ask for.
pub type Table = fn(&[&str]) -> Result<Option<String>>;

/// Writes the tables of one page anew.
pub fn write_page(page: &str, table: Table) -> Result {
    let (_, new) = filled(page, table)?;
    fs::write(root().join(page), new).map_err(|e| format!("{page}: {e}"))
}

/// Writes the tables of docs/RESULTS.md that a test of peerlight-metrics makes.
pub fn write_results() -> Result {
    // In the whole workspace, so that nothing is compiled a second time with other features.
    let test = ["test", "--workspace", "--exclude", wasm::CRATE, "--test", "results", "the_page"];
    exec(cargo().args(test).env("UPDATE_RESULTS", "1"))
}

/// A page as it stands, and with its tables written anew.
pub fn filled(page: &str, table: Table) -> Result<(String, String)> {
    let text = shell::read(&root().join(page))?;
    let new = fill::filled(&text, table).map_err(|error| format!("{page}: {error}"))?;
    Ok((text, new))
}
