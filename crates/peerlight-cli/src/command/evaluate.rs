//! `peerlight evaluate`

mod agreement;
mod csv;
mod html;
mod journal;
mod measure;
mod table;

use std::{collections::BTreeMap, path::Path};

use peerlight_core::{Code, Error, Result};
use peerlight_explain::{Request, Session, explainer};
use peerlight_metrics::{
    AgreementPlan, MetricId, PROTOCOL, Protocol, Record, ResultFile, agreement_report, metric, metric_ids,
    metrics_with_parts, report,
};
use serde::Serialize;

use self::journal::Journal;
pub use self::{
    csv::{cell, lines},
    html::square_jpeg,
    journal::{Outcome, Run, Source, read},
};
use crate::{
    boxes::add_boxes,
    cli::{AgreementLevel, Evaluate},
    files::{self, Lock},
    images, json,
    left_out::{End, Entry, LeftOut, counted},
    output,
    results::Before,
    session,
};

pub fn run(options: &Evaluate) -> Result<End> {
    if options.limit == Some(0) {
        return Err(Error::new(Code::AskInvalid, "--limit 0 leaves no image: it is 1 or more."));
    }
    let session = session::open(&options.networks, options.device)?;
    let protocol = protocol(options, &session)?;
    let mut left = LeftOut::default();
    let list = images::list(&options.images, &session.info().classes, &mut left)?;
    let unknown = list.unknown();
    if !unknown.is_empty() {
        left.doubt(format!("without a class that the networks have, and so left out of the accuracy: {unknown}."));
    }
    list.tell_indices(&session.info().classes, &mut left);
    let mut listed = list.images;
    // Before any limit: rows of images that are not drawn are none too many.
    if let Some(boxes) = &options.boxes {
        add_boxes(&mut listed, boxes, &mut left)?;
    }
    if let Some(limit) = options.limit {
        listed = images::limited(listed, limit, options.seed);
    }
    let files = ["report.csv", "report.html", "agreement.csv"];
    Before::of(&options.out).spare_report("records.jsonl", "report.json", &files)?;
    let _lock = Lock::take(&options.out)?;
    let mut journal = Journal::open(&options.out.join("records.jsonl"), &what(&protocol, &session))?;
    let shown = measure::all(options, &session, &protocol, &listed, &mut journal, &mut left)?;

    let (mut records, mut skipped): (Vec<Record>, Vec<(String, String)>) = Default::default();
    for image in &listed {
        match journal.take(&image.name) {
            Some(Outcome::Record(record)) => {
                // What was not asked for is not told.
                let agreement = record.agreement.filter(|_| options.agreement != Some(AgreementLevel::None));
                records.push(Record { agreement, ..*record });
            }
            Some(Outcome::Skipped { image, why }) => {
                left.image(image.clone(), why.clone());
                skipped.push((image, why));
            }
            None => {}
        }
    }
    if records.is_empty() {
        left.tell();
        return Err(Error::new(Code::ImageBroken, format!("None of the {} images could be read.", listed.len())));
    }
    let gone = journal.images().count();
    if gone > 0 && options.limit.is_none() {
        left.note(format!(
            "{} of earlier runs are not among those given now, and not in the report.",
            counted(gone, "image")
        ));
    }
    let ids: Vec<String> = session.info().peers.iter().map(|peer| peer.id.clone()).collect();
    let result = ResultFile {
        protocol: PROTOCOL.into(),
        images: records.len(),
        set: options.set.clone().unwrap_or_else(|| named(&options.images)),
        bundle: session.info().name.clone(),
        bundle_sha256: session.info().sha256.clone(),
        seed: options.seed,
        device: session.device_name().into(),
        crates: versions(),
        skipped,
        agreement_worth: agreement_report(&protocol.agreement, &records, &ids, options.seed)?,
        report: report(&protocol, &records, &ids, options.seed)?,
    };
    let text = json::pretty(&Written { result: &result, left_out: left.files() })? + "\n";
    files::write(&options.out.join("report.json"), text.as_bytes())?;
    files::write(&options.out.join("report.csv"), csv::csv(&result.report)?.as_bytes())?;
    files::write(&options.out.join("report.html"), html::page(&result, &shown, left.files()).as_bytes())?;
    let mut table = table::table(&result);
    if let Some(worth) = &result.agreement_worth {
        files::write(&options.out.join("agreement.csv"), agreement::csv(worth)?.as_bytes())?;
        table += &agreement::table(worth);
    }
    if !options.quiet_report {
        output::print(if options.json { text } else { table })?;
    }
    eprintln!("Wrote report.json, report.csv and report.html to '{}'.", options.out.display());
    left.tell();
    Ok(left.end())
}

/// The report, with what was left out of it.
#[derive(Serialize)]
struct Written<'a> {
    #[serde(flatten)]
    result: &'a ResultFile,
    left_out: &'a [Entry],
}

fn protocol(options: &Evaluate, session: &Session) -> Result<Protocol> {
    let peers = match options.peer.as_deref() {
        None => vec![0],
        Some("all") => (0..session.info().peers.len()).collect(),
        Some(wanted) => vec![session::peer(session, wanted)?],
    };
    let metrics = match options.metrics.as_slice() {
        [one] if one == "all" => metric_ids(false),
        [one] if one == "fast" => metric_ids(true),
        ids if ids.iter().any(|id| id == "all" || id == "fast") => {
            let text = "--metrics all and --metrics fast stand alone: they name whole lists.";
            return Err(Error::new(Code::AskInvalid, text));
        }
        ids => metrics_with_parts(ids)?,
    };
    let methods: Vec<Request> = session::fitting(session, &options.method)?.into_iter().cloned().collect();
    session::once_each(&options.agreement_method)?;
    if options.agreement == Some(AgreementLevel::None) {
        let given = [
            (!options.agreement_method.is_empty(), "--agreement-method says whose agreement is measured"),
            (!options.agreement_also.is_empty(), "--agreement-also says what else is measured of it"),
        ];
        if let Some((_, flag)) = given.into_iter().find(|(given, _)| *given) {
            return Err(Error::new(Code::AskInvalid, format!("{flag}, and --agreement none measures none.")));
        }
    }
    let mutual = [Request::default()];
    let asked = if options.agreement_method.is_empty() { &mutual[..] } else { &options.agreement_method };
    let mut studied: Vec<Request> = Vec::new();
    for method in asked {
        // A network alone agrees with itself: mirrored, rescaled, with noise.
        let joint = session.info().peers.len() == 1 && explainer(&method.method)?.meta().joint;
        let method = if joint { session::alone(method.clone())? } else { method.clone() };
        if !studied.contains(&method) {
            studied.push(method);
        }
    }
    // What cannot be asked is said before any image is worked on, and before the run has a file.
    for method in methods.iter().chain(&studied) {
        session.check(method)?;
    }
    let is_group = matches!(options.metrics.as_slice(), [one] if ["all", "fast"].contains(&one.as_str()));
    let boxed = |id: &&MetricId| metric(id.as_str()).is_ok_and(|metric| metric.meta().boxes);
    if let Some(id) = metrics.iter().find(boxed).filter(|_| options.boxes.is_none() && !is_group) {
        let text = format!("The metric '{id}' needs boxes around what the images show: give them by --boxes.");
        return Err(Error::new(Code::AskInvalid, text));
    }
    let also = options.agreement_also.iter().map(|also| (*also).into()).collect();
    let level = options.agreement.unwrap_or(AgreementLevel::for_peers(session.info().peers.len()));
    let agreement = AgreementPlan { methods: studied, effort: level.into(), also };
    Ok(Protocol { methods, peers, metrics, agreement })
}

fn what(protocol: &Protocol, session: &Session) -> Run {
    Run {
        protocol: PROTOCOL.into(),
        version: env!("CARGO_PKG_VERSION").into(),
        bundle_sha256: session.info().sha256.clone(),
        device: session.device_name().into(),
        methods: protocol.methods.iter().map(Request::spec).collect(),
        peers: protocol.peers.clone(),
        metrics: protocol.metrics.clone(),
        agreement: protocol.agreement.clone(),
    }
}

/// The versions of the crates that the figures depend on.
fn versions() -> BTreeMap<String, String> {
    [("peerlight", env!("CARGO_PKG_VERSION")), ("burn", peerlight_models::BURN_VERSION)]
        .map(|(name, of)| (name.into(), of.into()))
        .into()
}

/// The name of the set: the last part of the path.
fn named(path: &Path) -> String {
    path.canonicalize().ok().as_deref().unwrap_or(path).file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
