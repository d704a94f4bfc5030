//! The commands.

mod audit;
mod calibrate;
mod catalog;
mod compare;
mod evaluate;
mod explain;
mod import;
mod inspect;
#[cfg(test)]
mod properties;
mod sanity;
mod train;

use peerlight_core::Result;

use crate::{
    cli::{Cli, Command},
    left_out::End,
};

pub fn run(cli: Cli) -> Result<End> {
    let whole = |()| End::Whole;
    match cli.command {
        Command::Explain(options) => explain::run(&options),
        Command::Evaluate(options) => evaluate::run(&options),
        Command::Audit(options) => audit::run(&options),
        Command::Calibrate(options) => calibrate::run(&options),
        Command::Compare(options) => compare::run(&options),
        Command::Sanity(options) => sanity::run(&options).map(whole),
        Command::Train(options) => train::run(&options),
        Command::Import(options) => import::run(&options).map(whole),
        Command::Inspect(options) => inspect::run(&options).map(whole),
        Command::Catalog(options) => catalog::run(&options).map(whole),
    }
}
