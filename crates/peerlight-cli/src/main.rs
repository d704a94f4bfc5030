//! `peerlight`: explains images from the command line, and makes the bundles that the page ships.

mod choice;
mod cli;
mod command;
mod decode;
mod files;
mod images;
mod json;
mod memory;
mod own;
mod session;
mod table;
mod terminal;

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
