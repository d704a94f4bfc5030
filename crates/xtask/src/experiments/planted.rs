//! The planted cue: does the agreement of two networks' maps tell images with a mark that one of them learned?
//!
//! Two networks train on images some of which have the mark, two on clean images. Held-out images, each clean and
//! marked, are then shown to each of the first beside one of the second, to both of the first, and to both others.

mod images;
mod results;

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::Args;
use crate::{
    planted::{self, cue::Cue},
    shell::{self, Result, command, exec, root},
};

const SCHEDULE: &[&str] = &[
    "--transfer-weight=0",
    "--image-size=128",
    "--crop=1",
    "--stretch=1",
    "--batch-size=8",
    "--steps=100",
    "--optimizer=adamw",
    "--lr=0.0002",
];
/// What a run keeps, also when it goes on.
const KEPT: &[&str] = &["--validate-every=0", "--checkpoint-every=20", "--validate-most=100"];
/// Where the results are kept.
const FILE: &str = "docs/planted.json";

/// A cue, and the seed of the images, the mark's class and the training.
type Case = (Cue, u64);
const CASES: [Case; 8] = [
    (Cue::Square, 0),
    (Cue::Ring, 1),
    (Cue::Square, 2),
    (Cue::Ring, 3),
    (Cue::Square, 4),
    (Cue::Ring, 5),
    (Cue::Square, 6),
    (Cue::Ring, 7),
];
const NETWORKS: [&str; 2] = ["efficientnet-lite0", "efficientnet-lite1"];
/// Other maps than the mutual map's with its defaults.
const OTHER_MAPS: &[&str] = &["--agreement=peers", "--agreement-method=mutual:evidence=attention,cam,grad-cam"];
const ALL_MAPS: &[&str] = &["--agreement=peers", "--agreement-method=mutual,mutual:evidence=attention,cam,grad-cam"];

/// Trains and measures case by case: for each, a pair that learns the mark; two pairs that do not serve all of them.
pub fn run(peerlight: &Path, args: &Args) -> Result {
    let study = Study { peerlight, args, out: args.out.join("planted") };
    shell::make_dir(&study.out)?;
    for case in CASES {
        let clean = study.train((case.0, case.1 % 2), false)?;
        let marked = study.train(case, true)?;
        for (who, bundles) in [("first", [&marked, &clean]), ("second", [&clean, &marked])] {
            study.measure(case, who, bundles, &["--agreement=itself"])?;
            study.measure(case, &format!("{who}-maps"), bundles, OTHER_MAPS)?;
        }
        study.measure(case, "both", [&marked, &marked], ALL_MAPS)?;
        study.measure(case, "neither", [&clean, &clean], ALL_MAPS)?;
    }
    Ok(())
}

/// Writes what was measured until now to docs/planted.json.
pub fn keep(args: &Args) -> Result {
    let found = results::results(&args.out.join("planted"))?;
    let text = serde_json::to_string_pretty(&found).map_err(|e| e.to_string())? + "\n";
    fs::write(root().join(FILE), text).map_err(|e| format!("{FILE}: {e}"))
}

struct Study<'a> {
    peerlight: &'a Path,
    args: &'a Args,
    out: PathBuf,
}

impl Study<'_> {
    /// The images of a case.
    fn data(&self, (cue, seed): Case) -> Result<PathBuf> {
        let out = self.out.join(format!("images-{}-{seed}", cue.name()));
        if !out.join("planted.json").exists() {
            let of = |folder: &str| Some(self.args.data.join("imagenette").join(folder));
            planted::make(&planted::Args {
                out: out.clone(),
                images: of("train"),
                held_out: of("val"),
                cue,
                class: None,
                fraction: 0.2,
                train: 160,
                own: 50,
                others: 3,
                seed,
            })?;
        }
        Ok(out)
    }

    /// Trains two networks without transfer, or goes on, unless there is a bundle.
    fn train(&self, case: Case, marked: bool) -> Result<PathBuf> {
        let out = self.out.join(if marked { named(case) } else { format!("clean-{}", case.1) });
        let bundle = out.join("bundle.safetensors");
        if bundle.exists() {
            return Ok(bundle);
        }
        let images = self.data(case)?.join(if marked { "marked" } else { "clean" });
        shell::say(format!("training {}", out.display()));
        let mut train = command(self.peerlight);
        train.arg("train").arg("--out").arg(&out).args(KEPT);
        if out.join("recipe.toml").exists() {
            train.arg("--resume");
        } else {
            train.arg(images).arg("--val").arg(self.args.data.join("imagenette/val"));
            train.arg("--from").arg(root().join(super::PRETRAINED)).arg(format!("--seed={}", case.1)).args(SCHEDULE);
        }
        exec(&mut train)?;
        Ok(bundle)
    }

    /// Shows the held-out images to Lite0 of the first bundle and Lite1 of the second.
    fn measure(&self, case: Case, who: &str, bundles: [&PathBuf; 2], agreement: &[&str]) -> Result {
        let name = format!("{}-{who}", named(case));
        let out = self.out.join(format!("maps-{name}"));
        if out.join("report.json").exists() {
            return Ok(());
        }
        let data = self.data(case)?;
        let pair = self.out.join("pair.safetensors");
        let peers = bundles.iter().zip(NETWORKS).map(|(bundle, network)| format!("{}:{network}", bundle.display()));
        exec(command(self.peerlight).arg("import").args(peers).arg("--out").arg(&pair))?;
        shell::say(format!("measuring {name}"));
        let mut evaluate = command(self.peerlight);
        evaluate.arg("evaluate").arg(data.join("held-out")).arg("--bundle").arg(&pair).arg("--out").arg(&out);
        evaluate.arg("--boxes").arg(data.join("marks.csv"));
        exec(evaluate.args(["--method=cam", "--metrics=pointing"]).args(agreement))
    }
}

fn named((cue, seed): Case) -> String {
    format!("{}-{seed}", cue.name())
}
