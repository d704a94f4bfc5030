//! The planted cue: does the agreement of two networks' maps tell images with a mark that one of them learned?
//!
//! Two networks train on images some of which have the mark, two on clean images. Held-out images, each clean and
//! marked, are then shown to each of the first beside one of the second, to both of the first, and to both others.

mod images;
mod results;
mod table;

pub use results::{estimate, ranked};
pub use table::table;

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::Args;
use crate::{
    pages,
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

/// Trains case by case: for each a pair that learns the mark; two pairs that do not serve all of them.
pub fn train(peerlight: &Path, args: &Args, wanted: impl Fn(&str) -> bool) -> Result {
    let study = Study::new(peerlight, args)?;
    for case in cases(wanted) {
        study.train((case.0, case.1 % 2), false)?;
        study.train(case, true)?;
    }
    Ok(())
}

/// Measures the cases whose networks are trained.
pub fn measure(peerlight: &Path, args: &Args, wanted: impl Fn(&str) -> bool) -> Result {
    let study = Study::new(peerlight, args)?;
    for case in cases(wanted) {
        let [clean, marked] = [study.bundle((case.0, case.1 % 2), false), study.bundle(case, true)];
        if !clean.exists() || !marked.exists() {
            continue;
        }
        for (who, bundles) in [("first", [&marked, &clean]), ("second", [&clean, &marked])] {
            study.measure(case, who, bundles, &["--agreement=itself"])?;
            study.measure(case, &format!("{who}-maps"), bundles, OTHER_MAPS)?;
        }
        study.measure(case, "both", [&marked, &marked], ALL_MAPS)?;
        study.measure(case, "neither", [&clean, &clean], ALL_MAPS)?;
    }
    Ok(())
}

fn cases(wanted: impl Fn(&str) -> bool) -> impl Iterator<Item = Case> {
    CASES.into_iter().filter(move |case| wanted(&format!("planted-{}", named(*case))))
}

/// Writes what was measured until now to docs/planted.json, and its tables.
pub fn keep(args: &Args) -> Result {
    let found = results::results(&args.out.join("planted"))?;
    let text = serde_json::to_string_pretty(&found).map_err(|e| e.to_string())? + "\n";
    fs::write(root().join(FILE), text).map_err(|e| format!("{FILE}: {e}"))?;
    pages::write_page("docs/agreement.md", table)
}

struct Study<'a> {
    peerlight: &'a Path,
    args: &'a Args,
    out: PathBuf,
}

impl<'a> Study<'a> {
    fn new(peerlight: &'a Path, args: &'a Args) -> Result<Self> {
        let out = args.out.join("planted");
        shell::make_dir(&out)?;
        Ok(Self { peerlight, args, out })
    }

    /// Where a case's networks are: those that learn the mark, or those that do not.
    fn bundle(&self, case: Case, marked: bool) -> PathBuf {
        let name = if marked { named(case) } else { format!("clean-{}", case.1) };
        self.out.join(name).join("bundle.safetensors")
    }

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
    fn train(&self, case: Case, marked: bool) -> Result {
        let bundle = self.bundle(case, marked);
        if bundle.exists() {
            return Ok(());
        }
        let out = bundle.parent().expect("a bundle in a folder");
        let images = self.data(case)?.join(if marked { "marked" } else { "clean" });
        shell::say(format!("training {}", out.display()));
        let mut train = command(self.peerlight);
        train.arg("train").arg("--out").arg(out).args(KEPT);
        if out.join("recipe.toml").exists() {
            train.arg("--resume");
        } else {
            train.arg(images).arg("--val").arg(self.args.data.join("imagenette/val"));
            train.arg("--from").arg(root().join(super::PRETRAINED)).arg(format!("--seed={}", case.1)).args(SCHEDULE);
        }
        exec(&mut train)
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
        // 3: the table has rows of images that are not measured, too.
        shell::exec_with(evaluate.args(["--method=cam", "--metrics=pointing"]).args(agreement), &[0, 3])
    }
}

fn named((cue, seed): Case) -> String {
    format!("{}-{seed}", cue.name())
}
