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
    measure(args.json.then_some("--json").into_iter().chain(args.rest.iter().map(String::as_str)))
}

/// Every part of the benchmark, once and on small settings: a test that each still works, and no measurement.
pub fn once() -> Result {
    measure(["--quick"])
}

fn measure<'a>(args: impl IntoIterator<Item = &'a str>) -> Result {
    node::ensure()?;
    let mut bench = node();
    bench.arg("tests/bench/run.mjs").args(args).env("CHROME", browser::chromium()?.program);
    shell::exec(&mut bench)
}
