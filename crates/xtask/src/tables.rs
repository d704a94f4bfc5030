//! The tables of docs/RESULTS.md, docs/BENCHMARKS.md, docs/networks.md and docs/agreement.md, written from the files
//! that hold the figures, so that neither the page nor the file can say what the other does not.
//!
//! Those of docs/RESULTS.md are made by a test of peerlight-metrics, the crate that knows what stands in a result
//! file. The test fails where the page is out of date; for the others `cargo xtask tidy` does.

use std::fs;

use crate::shell::{self, Result, cargo, exec, root};
use crate::{
    benchmarks,
    experiments::{planted, study},
    fill, networks, wasm,
};

/// What makes the table that the words of a marker ask for.
type Table = fn(&[&str]) -> Result<Option<String>>;

/// The pages whose tables are made here.
const PAGES: [(&str, Table); 5] = [
    ("docs/BENCHMARKS.md", benchmarks::table),
    ("docs/networks.md", networks::table),
    ("docs/agreement.md", planted::table),
    ("docs/agreement.md", study::table),
    ("docs/RESULTS.md", study::table),
];

/// Writes every table anew.
pub fn write() -> Result {
    for (page, table) in PAGES {
        write_page(page, table)?;
    }
    // In the whole workspace, so that nothing is compiled a second time with other features.
    let test = ["test", "--workspace", "--exclude", wasm::CRATE, "--test", "results", "the_page"];
    exec(cargo().args(test).env("UPDATE_RESULTS", "1"))
}

/// Writes the tables of one page anew.
pub fn write_page(page: &str, table: Table) -> Result {
    let (_, new) = filled(page, table)?;
    fs::write(root().join(page), new).map_err(|e| format!("{page}: {e}"))
}

/// Whether a table does not say what its file does.
pub fn faults() -> Result<Option<String>> {
    for (page, table) in PAGES {
        let (old, new) = filled(page, table)?;
        if old != new {
            return Ok(Some(format!("{page}: a table is out of date: run `cargo xtask results`")));
        }
    }
    Ok(None)
}

/// A page as it stands, and with its tables written anew.
fn filled(page: &str, table: Table) -> Result<(String, String)> {
    let text = shell::read(&root().join(page))?;
    let new = fill::filled(&text, table).map_err(|error| format!("{page}: {error}"))?;
    Ok((text, new))
}
