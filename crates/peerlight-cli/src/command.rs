//! The commands.

mod catalog;
mod compare;
mod evaluate;
mod explain;
mod import;
mod inspect;
mod sanity;
mod train;

use peerlight_core::Result;

use crate::cli::{Cli, Command};

pub fn run(cli: Cli) -> Result<()> {
    match cli.command {
        Command::Explain(options) => explain::run(&options),
        Command::Evaluate(options) => evaluate::run(&options),
        Command::Compare(options) => compare::run(&options),
        Command::Sanity(options) => sanity::run(&options),
        Command::Train(options) => train::run(&options),
        Command::Import(options) => import::run(&options),
        Command::Inspect(options) => inspect::run(&options),
        Command::Catalog { json } => catalog::run(json),
    }
}
