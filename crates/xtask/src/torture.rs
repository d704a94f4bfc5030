//! `cargo xtask torture`: what happens to the commands that write files when the machine does its worst.
//!
//! Every trial ends in the bits of a run that nothing disturbed, or in a refusal; anything else fails the command.

mod faults;
mod kills;
mod place;
mod soak;

use std::path::PathBuf;

use crate::{
    random::Random,
    shell::{Result, cargo, exec, target_dir},
    wasm,
};
use place::{Job, Place};

#[derive(clap::Args)]
pub struct Args {
    /// Number of kills for each command, each at a random moment of a run of its own
    #[arg(long, default_value_t = 50)]
    kills: usize,
    /// Torture one command alone
    #[arg(
        long,
        value_parser = ["train", "evaluate", "audit", "explain", "import", "calibrate"],
        value_name = "COMMAND"
    )]
    only: Option<String>,
    /// Number of images in the run that is watched for memory
    #[arg(long, default_value_t = 2000)]
    soak: u32,
    /// Decides the moments
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Program to torture; otherwise one is built
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

pub fn run(args: &Args) -> Result {
    let program = match &args.program {
        Some(program) => std::path::absolute(program).map_err(|e| e.to_string())?,
        None => {
            exec(cargo().args(["build", "--quiet", "--workspace", "--exclude", wasm::CRATE, "--bin", "peerlight"]))?;
            target_dir().join("debug").join(format!("peerlight{}", std::env::consts::EXE_SUFFIX))
        }
    };
    let place = Place::new(&program)?;
    println!("Networks and images are made in {}", place.folder().display());
    // The networks that the others read are those that are trained first.
    let jobs = [
        place.train_unbroken()?,
        place.evaluate_unbroken()?,
        place.audit_unbroken()?,
        place.explain_unbroken()?,
        place.import_unbroken()?,
        place.calibrate_unbroken()?,
    ];
    let mut random = Random::new(args.seed);
    let wanted = |job: &&Job| args.only.as_deref().is_none_or(|only| only == job.name);
    for job in jobs.iter().filter(wanted) {
        kills::run(&place, job, args.kills, &mut random)?;
        faults::run(&place, job)?;
        if job.name == "evaluate" {
            soak::run(&place, job, args.soak)?;
        }
    }
    place.remove();
    println!("Every trial ended in the bits of an unbroken run, or in a refusal.");
    Ok(())
}
