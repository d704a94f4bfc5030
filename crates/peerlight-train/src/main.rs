//! `peerlight`: explains photos from the command line, and makes the bundles that the page ships.

mod cli;
mod command;
mod decode;
mod files;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match command::run(cli::Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("peerlight: {error} [{}]", error.code());
            ExitCode::FAILURE
        }
    }
}
