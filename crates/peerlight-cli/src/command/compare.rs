//! `peerlight compare`

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use peerlight_core::{Code, Error, Result};
use peerlight_metrics::{Comparison, Difference, Masking, Record, Statistic, compare};

use super::evaluate::{Outcome, Run, Source, read};
use crate::{
    cli::Compare,
    files, json,
    left_out::{End, LeftOut, counted},
    output,
};

/// A run's settings, and its results with what each was made of.
type Measured = (Run, Vec<(Record, Option<Source>)>);

pub fn run(options: &Compare) -> Result<End> {
    let mut left = LeftOut::default();
    let (mut a, mut b) = (side(&options.a, &mut left)?, side(&options.b, &mut left)?);
    let protocol = a[0].0.protocol.clone();
    let bundles = |side: &[Measured]| side.iter().map(|(run, _)| run.bundle_sha256.clone()).collect();
    if let Some((run, _)) = a.iter().chain(&b).find(|(run, _)| run.protocol != protocol) {
        let text = format!("The runs are of two protocols, {protocol} and {}: they cannot be compared.", run.protocol);
        return Err(Error::new(Code::AskInvalid, text));
    }
    let (first, second) = (bundles(&a), bundles(&b));
    same_alone(&mut a, &mut b, &mut left);
    let records = |side: Vec<Measured>| {
        let of = |(_, records): Measured| records.into_iter().map(|(record, _)| record).collect::<Vec<_>>();
        side.into_iter().map(of).collect::<Vec<_>>()
    };
    let (a, b) = (records(a), records(b));
    let differences = compare(&a, &b, options.seed)?;
    if differences.is_empty() {
        left.tell();
        let text = "The two sides have no image, method and metric in common.";
        return Err(Error::new(Code::AskInvalid, text));
    }
    note_images(&a, &b, &mut left);
    if options.json {
        let comparison = Comparison { protocol, a: first, b: second, seed: options.seed, differences };
        output::print_line(json::pretty(&comparison)?)?;
    } else {
        output::print(table(&differences))?;
    }
    left.tell();
    Ok(left.end())
}

fn side(folders: &[PathBuf], left: &mut LeftOut) -> Result<Vec<Measured>> {
    let mut seen = BTreeSet::new();
    let mut is_new = |folder: &&PathBuf| seen.insert(folder.canonicalize().unwrap_or_else(|_| (*folder).clone()));
    if let Some(twice) = folders.iter().find(|folder| !is_new(folder)) {
        let text = format!("'{}' stands twice on one side, where it would count twice.", twice.display());
        return Err(Error::new(Code::AskInvalid, text));
    }
    let mut of = |folder: &PathBuf| {
        let (run, outcomes) = read(&folder.join("records.jsonl"))?;
        let record = |(outcome, source)| match outcome {
            Outcome::Record(record) => Some((*record, source)),
            Outcome::Skipped { .. } => None,
        };
        let records: Vec<_> = outcomes.into_values().filter_map(record).collect();
        let reported = reported(&folder.join("report.json")).filter(|reported| *reported < records.len());
        if let Some(reported) = reported {
            left.doubt(format!(
                "'{}' has results of {}, and its report is of {reported}: the others, of earlier \
                 runs, are compared, too.",
                folder.display(),
                counted(records.len(), "image")
            ));
        }
        Ok((run, records))
    };
    folders.iter().map(&mut of).collect()
}

/// The number of images that a report is of; `None` where there is no report.
fn reported(file: &Path) -> Option<usize> {
    let report: serde_json::Value = serde_json::from_slice(&files::read(file).ok()?).ok()?;
    report["pictures"].as_u64()?.try_into().ok()
}

/// Leaves out the images that are one by their names alone: the runs measured different files, or other boxes.
fn same_alone(a: &mut [Measured], b: &mut [Measured], left: &mut LeftOut) {
    let (mut files, mut boxes) = (BTreeMap::new(), BTreeMap::new());
    let mut other: BTreeMap<String, &str> = BTreeMap::new();
    for (record, source) in a.iter().chain(&*b).flat_map(|(_, records)| records) {
        let Some(source) = source else { continue };
        if *files.entry(&record.image).or_insert(&source.sha256) != &source.sha256 {
            other.insert(record.image.clone(), "the runs measured different files of this name");
        }
        let own = (&source.boxes, source.box_pixels);
        if !source.boxes.is_empty() && *boxes.entry(&record.image).or_insert(own) != own {
            other.entry(record.image.clone()).or_insert("the runs measured it with different boxes");
        }
    }
    for (_, records) in a.iter_mut().chain(b) {
        records.retain(|(record, _)| !other.contains_key(&record.image));
    }
    other.into_iter().for_each(|(image, why)| left.image(image, why));
}

/// Tells how many images are compared, and of how many only one side has a result.
fn note_images(a: &[Vec<Record>], b: &[Vec<Record>], left: &mut LeftOut) {
    let names = |side: &[Vec<Record>]| -> BTreeSet<String> {
        side.iter().flatten().map(|record| record.image.clone()).collect()
    };
    let (a, b) = (names(a), names(b));
    let mut text = format!("compared on {}", counted(a.intersection(&b).count(), "image"));
    for (side, alone) in [("a", a.difference(&b).count()), ("b", b.difference(&a).count())] {
        if alone > 0 {
            text += &format!("; {} only side {side} has", counted(alone, "image"));
        }
    }
    left.note(text + ".");
}

/// A line for each figure, those of the primary masking and those that do not mask.
fn table(differences: &[Difference]) -> String {
    let mut text =
        format!("{:<28}{:>5}  {:<26}{:>9}{:>9}{:>9}   95 %\n", "method", "peer", "figure", "a", "b", "a - b");
    let shown = |d: &&Difference| match d.metric {
        Statistic::Figure(key) => key.masking.is_none_or(|masking| masking == Masking::PRIMARY),
        Statistic::Agreement | Statistic::Accuracy => true,
    };
    for d in differences.iter().filter(shown) {
        let peer = d.peer.map_or("-".into(), |peer| peer.saturating_add(1).to_string());
        let method = d.method.as_deref().unwrap_or("-");
        text += &format!(
            "{method:<28}{peer:>5}  {:<26}{:>9.3}{:>9.3}{:>+9.3}",
            d.metric.to_string(),
            d.a,
            d.b,
            d.difference
        );
        text += &d.ci.map_or(String::new(), |[low, high]| format!("   {low:+.3} to {high:+.3}"));
        text += "\n";
    }
    text
}
