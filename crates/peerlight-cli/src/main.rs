//! `peerlight`: explains images from the command line, and makes the bundles that the page ships.

mod choice;
mod cli;
mod command;
mod decode;
mod files;
mod images;
mod memory;
mod session;
mod terminal;
mod train;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::parse().and_then(command::run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("peerlight: {error} [{}]", error.code());
            ExitCode::FAILURE
        }
    }
}
