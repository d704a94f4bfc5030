//! `cargo xtask fuzz`: reads files that were changed at random, and fails if one makes the reader panic, take too
//! long or take too much memory. It needs nothing but a stable toolchain.

use std::{fs, path::PathBuf};

use clap::ValueEnum;

use crate::{
    shell::{self, Result, cargo, command, exec, root},
    wasm,
};

/// What to read, and how often.
#[derive(clap::Args)]
pub struct Args {
    /// Kind of file
    #[arg(value_enum)]
    kind: Kind,
    /// How many files to read
    #[arg(long, default_value_t = 100_000, value_name = "N")]
    runs: u64,
    /// Number of the first run. A run depends on its number alone, and can be repeated: --first N --runs 1
    #[arg(long, default_value_t = 0, value_name = "N")]
    first: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// ONNX files, from those of tests/golden/onnx
    Onnx,
    /// Bundles, from networks made in code and from those of tests/golden/onnx
    Bundle,
}

pub fn run(args: &Args) -> Result {
    exec(cargo().args(["build", "--workspace", "--exclude", wasm::CRATE, "--example", "fuzz"]))?;
    let kind = match args.kind {
        Kind::Onnx => "onnx",
        Kind::Bundle => "bundle",
    };
    let fuzz = shell::target_dir().join("debug/examples/fuzz");
    exec(command(fuzz).arg(kind).args([args.runs, args.first].map(|n| n.to_string())).args(seeds()?))
}

/// The small networks of the tests.
fn seeds() -> Result<Vec<PathBuf>> {
    let folder = root().join("tests/golden/onnx");
    let entries = fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    Ok(files)
}
