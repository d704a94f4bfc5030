//! `peerlight`: explains images from the command line, and makes the bundles that the page ships.

/// Prints to standard error as std does, but goes on where it cannot be written.
macro_rules! eprint {
    ($($text:tt)*) => { $crate::output::note(format_args!($($text)*)) };
}

/// As `eprint!`, with the end of a line.
macro_rules! eprintln {
    ($($text:tt)*) => { $crate::output::note(format_args!("{}\n", format_args!($($text)*))) };
}

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
mod output;
mod own;
mod results;
mod session;
mod table;
mod terminal;
mod walk;

use std::process::ExitCode;

use crate::left_out::End;

fn main() -> ExitCode {
    match command::run(cli::parse()) {
        Ok(End::Whole) => ExitCode::SUCCESS,
        Ok(End::Partial) => ExitCode::from(3),
        Err(error) if output::is_closed(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("peerlight: {} [{}]", error.to_string().trim_end(), error.code());
            ExitCode::FAILURE
        }
    }
}
