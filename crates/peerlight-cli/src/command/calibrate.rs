//! `peerlight calibrate`

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use clap::Parser;
use peerlight_core::{Code, Error, Result};
use peerlight_metrics::{LEAST_IMAGES, Record, calibrate, calibration_error, halves};
use peerlight_models::Calibration;

use super::evaluate::{self, Outcome};
use crate::{
    boxes::add_boxes,
    bundle,
    cli::{Calibrate, Cli, Command, Evaluate, Half},
    files, images, json,
    left_out::{End, LeftOut, counted},
    output,
    results::check_file,
};

pub fn run(options: &Calibrate) -> Result<End> {
    let bytes = files::read(&options.bundle)?;
    let bundle = bundle::parse(&options.bundle, &bytes)?;
    let to = options.calibration.as_ref().or(options.out.as_ref()).unwrap_or(&options.bundle);
    let mut inputs = vec![options.boxes.clone(), options.images.clone()];
    // A bundle may take the place of the one that it is made of.
    inputs.extend(options.calibration.is_some().then(|| options.bundle.clone()));
    check_file(to, &inputs)?;
    let given = enough(options)?;
    let folder = options.records.clone().unwrap_or_else(|| beside(to));
    let method = if bundle.manifest.peers.len() > 1 { "mutual" } else { "guided" };
    let end = measure(options, method, &folder)?;
    let (_, outcomes) = evaluate::read(&folder.join("records.jsonl"))?;
    // A folder of records may hold those of images that earlier runs were given, and this one was not.
    let outcomes = outcomes.into_iter().filter(|(name, _)| given.contains(name));
    let records = outcomes.filter_map(|(_, (outcome, _))| match outcome {
        Outcome::Record(record) => Some(*record),
        Outcome::Skipped { .. } => None,
    });
    let records: Vec<Record> = records.collect();
    let [odd, even] = halves(&records);
    let (fitted, tested, which) = match options.half {
        None => (records, Vec::new(), String::new()),
        Some(Half::Odd) => (odd, even, ", those of odd numbers".into()),
        Some(Half::Even) => (even, odd, ", those of even numbers".into()),
    };
    let set = options.set.clone().unwrap_or_else(|| name_of(&options.images)) + &which;
    let found = calibrate(&fitted, method, &set, &bundle.sha256(), options.seed)?;
    let written = match options.calibration {
        Some(_) => (json::pretty(&found)? + "\n").into_bytes(),
        None => bundle.calibrated(&found)?,
    };
    files::write(to, &written)?;
    output::print(table(&found) + &test(&found, &tested))?;
    eprintln!("Wrote the calibration to '{}'; what it is made of is in '{}'.", to.display(), folder.display());
    Ok(end)
}

/// The names of the images. Those of which too few have boxes are refused, before any is worked on.
fn enough(options: &Calibrate) -> Result<BTreeSet<String>> {
    // What is left out is told when the images are measured.
    let mut left = LeftOut::default();
    let mut listed = images::list(&options.images, &[], &mut left)?.images;
    add_boxes(&mut listed, &options.boxes, &mut left)?;
    let count = listed.iter().filter(|image| !image.boxes.is_empty()).count();
    if count >= LEAST_IMAGES {
        return Ok(listed.into_iter().map(|image| image.name).collect());
    }
    let text = format!(
        "There are too few images for hit rates: {count} of {} have boxes, and it takes {LEAST_IMAGES} or more.",
        listed.len()
    );
    Err(Error::new(Code::AskInvalid, text))
}

/// The folder of records beside the file that is written.
fn beside(bundle: &Path) -> PathBuf {
    bundle.with_file_name(name_of(bundle) + "-calibration")
}

/// The last part of a path without its ending.
fn name_of(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Measures agreement on the images, as evaluate does; goes on where a run was stopped.
fn measure(options: &Calibrate, method: &str, folder: &Path) -> Result<End> {
    let text = |path: &Path| path.as_os_str().to_owned();
    let mut words = ["peerlight", "evaluate"].map(Into::into).to_vec();
    words.extend([text(&options.images), "--bundle".into(), text(&options.bundle), "--out".into(), text(folder)]);
    words.extend(["--boxes".into(), text(&options.boxes)]);
    words.extend(["--method", method, "--agreement-method", method, "--metrics", "pointing"].map(Into::into));
    words.push("--quiet-report".into());
    let parsed = Cli::try_parse_from(words).map_err(|e| Error::new(Code::AskInvalid, e.to_string()))?;
    match parsed.command {
        Command::Evaluate(evaluate) => evaluate::run(&Evaluate { device: options.device, ..evaluate }),
        _ => Ok(End::Whole),
    }
}

/// The score, and the hit rate of each step.
fn table(found: &Calibration) -> String {
    let mut text = format!(
        "{} of {}, boxes cover at most half; the brightest place of '{}' hits on {:.1} %\n\nscore = {:.3}",
        counted(found.images, "image"),
        found.set,
        found.method,
        100.0 * found.hits as f64 / found.images as f64,
        found.intercept
    );
    for input in &found.inputs {
        text += &format!(" {:+.3} ({} - {:.3}) / {:.3}", input.weight, input.id, input.mean, input.deviation);
    }
    text += "\n\n         score          images   hit rate   95 % interval\n";
    for step in &found.steps {
        let range = format!("{:.2} to {:.2}", step.from, step.to);
        let [rate, low, high] = [step.rate, step.low, step.high].map(|rate| rate * 100.0);
        text += &format!("{range:>20}{:>9}{rate:>9.1} %{low:>9.1} to {high:.1} %\n", step.images);
    }
    text
}

/// Tells how well the calibration foretells images that it was not fitted to.
fn test(found: &Calibration, tested: &[Record]) -> String {
    let of = |record: &Record| {
        let joint = record.judged.iter().find(|judged| judged.peer.is_none() && judged.method == found.method)?;
        let score = found.score(&joint.values)?.clamp(found.steps.first()?.from, found.steps.last()?.to);
        Some((found.step(score)?.rate, joint.hit?))
    };
    let pairs: Vec<(f64, bool)> = tested.iter().filter(|record| record.small).filter_map(of).collect();
    if pairs.is_empty() {
        return String::new();
    }
    let (foretold, hits): (Vec<f64>, Vec<bool>) = pairs.into_iter().unzip();
    let error = calibration_error(&foretold, &hits);
    format!("\nOn the {} of the other half: expected calibration error {error:.3}\n", counted(hits.len(), "image"))
}
