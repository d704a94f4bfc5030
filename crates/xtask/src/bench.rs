//! `cargo xtask bench`: speed and size of what is shipped, measured in a real browser.

use crate::node::{self, node};
use crate::page;
use crate::setup::browser;
use crate::shell::{self, Result};

/// How to report.
#[derive(clap::Args)]
pub struct Args {
    /// Print the results as JSON
    #[arg(long)]
    json: bool,
    /// Arguments for tests/bench/run.mjs
    #[arg(last = true)]
    rest: Vec<String>,
}

pub fn run(args: &Args) -> Result {
    page::run()?;
    node::ensure()?;
    let mut bench = node();
    bench.arg("tests/bench/run.mjs").args(args.json.then_some("--json")).args(&args.rest);
    shell::exec(bench.env("CHROME", browser::ensure()?.chrome))
}
