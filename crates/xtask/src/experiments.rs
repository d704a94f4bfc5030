//! `cargo xtask experiments`: trains and measures everything that docs/RESULTS.md tells, in one command. What is done
//! already is not done again, and what was stopped goes on.

mod plan;
pub mod planted;
pub mod study;

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use self::plan::{Experiment, FOUR, Family, MEASURES, Measure, PAIRS, PLAN, PRETRAINED, TUNED, UNTOUCHED};
use crate::{
    pages,
    shell::{self, Result, cargo, command, exec, root},
};

/// What to run, and on which images.
#[derive(clap::Args)]
pub struct Args {
    /// Folder with the images: imagenette/train, imagenette/val, caltech101, imagenet-val/val1000,
    /// imagenet-val/imagenette500 and imagenet-val/boxes.csv
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Where runs and their results go; results are small and are kept in docs/results too
    #[arg(long, default_value = "target/experiments", value_name = "DIR")]
    out: PathBuf,
    /// Folder with mobilenet-v1.onnx and mobilenet-v2.onnx, for what is measured of unlike networks
    #[arg(long, value_name = "DIR")]
    networks: Option<PathBuf>,
    /// Only the experiments whose names begin so (may be given more than once)
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Train, measure, or both; and at the end write the tables of docs/RESULTS.md
    #[arg(long, value_enum, default_value_t)]
    stage: Stage,
    /// Measure on no more images than this
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Program to run; otherwise one is built
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Stage {
    Train,
    Evaluate,
    #[default]
    Both,
}

pub fn run(args: &Args) -> Result {
    let peerlight = match &args.program {
        Some(program) => std::path::absolute(program).map_err(|e| e.to_string())?,
        None => built()?,
    };
    let wanted = |name: &str| args.only.is_empty() || args.only.iter().any(|only| name.starts_with(only.as_str()));
    if args.stage != Stage::Evaluate {
        // The first seed of everything before the second of anything: an image of the whole comes early.
        for seed in FOUR {
            for experiment in PLAN.iter().filter(|e| wanted(e.name) && e.seeds.contains(seed)) {
                train(&peerlight, args, experiment, *seed)?;
            }
        }
        planted::train(&peerlight, args, wanted)?;
    }
    if args.stage == Stage::Train {
        return Ok(());
    }
    for measure in MEASURES {
        if wanted(UNTOUCHED) {
            evaluate(&peerlight, args, measure, UNTOUCHED, &root().join(PRETRAINED), &TUNED)?;
        }
        for experiment in PLAN.iter().filter(|e| wanted(e.name)) {
            for seed in experiment.seeds {
                let name = format!("{}-{seed}", experiment.name);
                let bundle = args.out.join(&name).join("bundle.safetensors");
                if args.stage != Stage::Evaluate || bundle.exists() {
                    evaluate(&peerlight, args, measure, &name, &bundle, experiment.family)?;
                }
            }
        }
    }
    study::measure(&peerlight, args, wanted)?;
    planted::measure(&peerlight, args, wanted)?;
    if wanted("planted") {
        planted::keep(args)?;
    }
    for (a, b) in PAIRS.iter().filter(|(a, b)| wanted(a) && wanted(b)) {
        compare(&peerlight, args, a, b)?;
    }
    match PLAN.iter().any(|e| wanted(e.name)) || wanted(UNTOUCHED) {
        true => pages::write_results(),
        false => Ok(()),
    }
}

/// The program, compiled as a user's.
fn built() -> Result<PathBuf> {
    exec(cargo().args(["build", "--release", "--package", "peerlight-cli"]))?;
    Ok(shell::target_dir().join("release/peerlight"))
}

/// Trains, or goes on, unless there is a bundle.
fn train(peerlight: &Path, args: &Args, experiment: &Experiment, seed: u64) -> Result {
    let out = args.out.join(format!("{}-{seed}", experiment.name));
    if out.join("bundle.safetensors").exists() {
        return Ok(());
    }
    shell::say(format!("training {}", out.display()));
    let mut train = command(peerlight);
    train.arg("train").arg("--out").arg(&out);
    if out.join("recipe.toml").exists() {
        return exec(train.arg("--resume"));
    }
    let family = experiment.family;
    train.args(family.train.iter().map(|folder| args.data.join(folder)));
    train.arg("--val").arg(args.data.join("imagenette/val")).arg(format!("--seed={seed}"));
    if family.pretrained {
        train.arg("--from").arg(root().join(PRETRAINED));
    }
    exec(train.args(family.networks).args(family.flags).args(experiment.flags))
}

/// Runs the protocol, or goes on with it, and keeps the small part of what it found.
fn evaluate(peerlight: &Path, args: &Args, measure: &Measure, name: &str, bundle: &Path, family: &Family) -> Result {
    if measure.of.is_some_and(|of| !of.contains(&name)) {
        return Ok(());
    }
    let (set, result) = (family.set, format!("{}{}", family.set, measure.name));
    shell::say(format!("measuring {name}, {result}"));
    let out = args.out.join(name).join(&result);
    let mut evaluate = command(peerlight);
    evaluate.arg("evaluate").arg(args.data.join("imagenet-val").join(set)).arg("--bundle").arg(bundle);
    evaluate.arg("--out").arg(&out).args(["--set", set, "--method", measure.methods, "--metrics", measure.metrics]);
    evaluate.arg("--boxes").arg(args.data.join("imagenet-val/boxes.csv"));
    // What agreement is worth is the study's to measure.
    evaluate.args(["--agreement", "none"]).args(args.limit.or(measure.limit).map(|limit| format!("--limit={limit}")));
    // 3: it did its work, and tells of something to look at, such as boxes that reach outside their image.
    shell::exec_with(&mut evaluate, &[0, 3])?;
    if family.kept {
        let kept = kept()?.join(format!("{name}-{result}.json"));
        std::fs::copy(out.join("report.json"), kept).map_err(|e| e.to_string())?;
    }
    Ok(())
}

/// Compares two experiments, all seeds of each.
fn compare(peerlight: &Path, args: &Args, a: &str, b: &str) -> Result {
    let of = |name: &str| PLAN.iter().find(|e| e.name == name).ok_or(format!("no experiment {name}"));
    let set = of(a)?.family.set;
    let side = |name: &str| -> Result<String> {
        let folders = of(name)?.seeds.iter().map(|seed| args.out.join(format!("{name}-{seed}")).join(set));
        Ok(folders.map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(","))
    };
    let mut compare = command(peerlight);
    compare.args(["compare", "--json", "--a", &side(a)?, "--b", &side(b)?]);
    let json = shell::output(&mut compare).ok_or_else(|| format!("peerlight compare: {a} against {b} failed"))?;
    std::fs::write(kept()?.join(format!("{a}-against-{b}.json")), json).map_err(|e| e.to_string())
}

/// Where results are kept.
fn kept() -> Result<PathBuf> {
    let kept = root().join("docs/results");
    shell::make_dir(&kept)?;
    Ok(kept)
}
