//! `peerlight`: explains images from the command line, and makes the bundles that the page ships.

mod boxes;
mod bundle;
mod choice;
mod cli;
mod command;
mod decode;
mod files;
#[cfg(test)]
mod fuzz;
mod html;
mod images;
mod json;
mod kind;
mod left_out;
mod memory;
mod own;
mod session;
mod table;
mod terminal;
mod walk;

use std::process::ExitCode;

use clap::Parser;

use crate::left_out::End;

fn main() -> ExitCode {
    match command::run(cli::Cli::parse()) {
        Ok(End::Whole) => ExitCode::SUCCESS,
        Ok(End::Partial) => ExitCode::from(3),
        Err(error) => {
            eprintln!("peerlight: {} [{}]", files::lines(&error.to_string()), error.code());
            ExitCode::FAILURE
        }
    }
}
