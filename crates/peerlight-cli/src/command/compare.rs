//! `peerlight compare`

use std::path::Path;

use peerlight_core::{Code, Error, Result};
use peerlight_metrics::{Comparison, Difference, Masking, Record, Statistic, compare};

use super::evaluate::{Outcome, Run, read};
use crate::{cli::Compare, json, output};

pub fn run(options: &Compare) -> Result<()> {
    let (a, b) = (side(&options.a)?, side(&options.b)?);
    let protocol = a[0].0.protocol.clone();
    let bundles = |side: &[(Run, Vec<Record>)]| side.iter().map(|(run, _)| run.bundle_sha256.clone()).collect();
    if let Some((run, _)) = a.iter().chain(&b).find(|(run, _)| run.protocol != protocol) {
        let text = format!("The runs are of two protocols, {protocol} and {}: they cannot be compared.", run.protocol);
        return Err(Error::new(Code::AskInvalid, text));
    }
    let (first, second) = (bundles(&a), bundles(&b));
    let records = |side: Vec<(Run, Vec<Record>)>| side.into_iter().map(|(_, records)| records).collect::<Vec<_>>();
    let differences = compare(&records(a), &records(b), options.seed)?;
    if differences.is_empty() {
        let text = "The two sides have no image, method and metric in common.";
        return Err(Error::new(Code::AskInvalid, text));
    }
    if options.json {
        let comparison = Comparison { protocol, a: first, b: second, seed: options.seed, differences };
        output::print_line(json::pretty(&comparison)?)
    } else {
        output::print(table(&differences))
    }
}

fn side(folders: &[std::path::PathBuf]) -> Result<Vec<(Run, Vec<Record>)>> {
    let of = |folder: &Path| {
        let (run, outcomes) = read(&folder.join("records.jsonl"))?;
        let record = |outcome| if let Outcome::Record(record) = outcome { Some(*record) } else { None };
        Ok((run, outcomes.into_values().filter_map(record).collect()))
    };
    folders.iter().map(|folder| of(folder)).collect()
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
