//! The tables of docs/RESULTS.md and docs/BENCHMARKS.md, written from the files that hold the figures, so that
//! neither the page nor the file can say what the other does not.
//!
//! Those of docs/RESULTS.md are made by a test of peerlight-metrics, the crate that knows what stands in a result
//! file. The test fails where the page is out of date; for docs/BENCHMARKS.md `cargo xtask tidy` does.

use std::fs;

use crate::shell::{self, Result, cargo, exec, root};
use crate::{benchmarks, fill, wasm};

const PAGE: &str = "docs/BENCHMARKS.md";

/// Writes every table anew.
pub fn write() -> Result {
    let (_, new) = page()?;
    fs::write(root().join(PAGE), new).map_err(|e| format!("{PAGE}: {e}"))?;
    // In the whole workspace, so that nothing is compiled a second time with other features.
    let test = ["test", "--workspace", "--exclude", wasm::CRATE, "--test", "results", "the_page"];
    exec(cargo().args(test).env("UPDATE_RESULTS", "1"))
}

/// Whether a table does not say what its file does.
pub fn faults() -> Result<Option<String>> {
    let (old, new) = page()?;
    Ok((old != new).then(|| format!("{PAGE}: a table is out of date: run `cargo xtask results`")))
}

/// The page as it stands, and with its tables written anew.
fn page() -> Result<(String, String)> {
    let text = shell::read(&root().join(PAGE))?;
    let new = fill::filled(&text, benchmarks::table).map_err(|error| format!("{PAGE}: {error}"))?;
    Ok((text, new))
}
