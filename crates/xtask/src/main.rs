//! `cargo xtask`: everything a person does with this project besides plain cargo.

mod bench;
mod benchmarks;
mod bundlers;
mod experiments;
mod fill;
mod format;
mod fuzz;
mod metadata;
mod networks;
mod node;
mod page;
mod pages;
mod pasted;
mod planted;
mod random;
mod serve;
mod setup;
mod shell;
mod sizes;
mod tables;
mod test;
mod tidy;
mod torture;
mod types;
mod wasm;

// This program uses no crate of the project, so that it is built in seconds and without Burn. These files of the crates
// need nothing else.
#[path = "../../peerlight-metrics/src/agreement/stats/ranking.rs"]
mod ranking;
#[path = "../../peerlight-core/src/rng/splitmix.rs"]
mod splitmix;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Set up, build, show, test and measure Peerlight")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Find or install the tools that the other commands need
    Setup(setup::Args),
    /// Build the WebAssembly (one for the CPU, one for WebGPU) and print its sizes
    Wasm(wasm::Args),
    /// Build the page into dist/
    Build,
    /// Build the page and serve it on this machine
    Demo(serve::Args),
    /// Run every check and test
    Test(test::Args),
    /// Build the package into projects of every bundler, and ask each in a browser (needs the npm registry)
    Bundlers(bundlers::Args),
    /// Measure speed and size
    Bench(bench::Args),
    /// Kill, starve and disturb the commands that write files, and see that nothing is lost
    Torture(torture::Args),
    /// Train and measure what docs/RESULTS.md tells
    Experiments(experiments::Args),
    /// Make images with a planted mark, whose truth is known
    Planted(planted::Args),
    /// Make images with one of another class pasted in, whose truth is known
    Pasted(pasted::Args),
    /// Import networks of many makers and compare them with onnxruntime and torch-cam
    Networks(networks::Args),
    /// Read files that were changed at random
    Fuzz(fuzz::Args),
    /// Write the tables of docs/RESULTS.md and docs/BENCHMARKS.md from the files that hold the figures
    Results,
    /// Format Rust, JavaScript, CSS, HTML and Python
    Format(format::Args),
    /// Write pkg/types.d.ts from the Rust types
    Types,
    /// Check the rules of the source tree
    Tidy,
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Setup(args) => setup::run(&args),
        Command::Wasm(args) => wasm::run(&args),
        Command::Build => page::run(),
        Command::Demo(args) => serve::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Bundlers(args) => bundlers::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Torture(args) => torture::run(&args),
        Command::Experiments(args) => experiments::run(&args),
        Command::Planted(args) => planted::run(&args),
        Command::Pasted(args) => pasted::run(&args),
        Command::Networks(args) => networks::run(&args),
        Command::Fuzz(args) => fuzz::run(&args),
        Command::Results => tables::write(),
        Command::Format(args) => format::run(&args),
        Command::Types => types::write(),
        Command::Tidy => tidy::run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
