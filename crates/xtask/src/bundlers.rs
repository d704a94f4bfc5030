//! `cargo xtask bundlers`: the packed package, built by each bundler, opened in a browser and asked.

use crate::node::{self, node};
use crate::setup::browser;
use crate::shell::{Result, exec};
use crate::wasm;

/// Which projects to build.
#[derive(clap::Args)]
pub struct Args {
    /// Only the projects whose names contain this
    #[arg(long, default_value = "")]
    only: String,
}

pub fn run(args: &Args) -> Result {
    wasm::build_all()?;
    node::ensure()?;
    let chrome = browser::chromium()?.program;
    exec(node().args(["tests/bundlers/run.mjs", "--only", &args.only]).env("CHROME", chrome))
}
