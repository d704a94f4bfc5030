//! What each command does.

mod catalog;
mod explain;
mod import;

use peerlight_core::Result;

use crate::cli::{Cli, Command};

pub fn run(cli: Cli) -> Result<()> {
    match cli.command {
        Command::Explain(options) => explain::run(&options),
        Command::Import(options) => import::run(&options),
        Command::Catalog { json } => catalog::run(json),
    }
}
