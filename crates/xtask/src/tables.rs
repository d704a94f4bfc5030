//! The tables of docs/RESULTS.md, docs/BENCHMARKS.md, docs/networks.md and docs/agreement.md, written from the files
//! that hold the figures, so that neither the page nor the file can say what the other does not.
//!
//! Those of docs/RESULTS.md are made by a test of peerlight-metrics, the crate that knows what stands in a result
//! file. The test fails where the page is out of date; for the others `cargo xtask tidy` does.

use crate::shell::Result;
use crate::{
    benchmarks,
    experiments::{planted, study},
    networks,
    pages::{self, Table, filled, write_page},
};

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
    pages::write_results()
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
