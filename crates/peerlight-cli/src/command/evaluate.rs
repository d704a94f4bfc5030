//! `peerlight evaluate`

mod csv;
mod html;
mod journal;
mod table;

use std::{
    cell::RefCell,
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

use peerlight_core::{Code, Error, Preprocess, Result};
use peerlight_explain::{Explanation, Request, Session};
use peerlight_metrics::{
    CROP, LabeledImage, Observer, PROTOCOL, Protocol, Record, ResultFile, metric_ids, metrics_with_parts, report,
};

use self::journal::Journal;
pub use self::journal::{Outcome, Run, read};
use crate::{
    cli::Evaluate,
    decode::decode,
    files,
    images::{self, Listed},
    json, memory, session,
    terminal::{Terminal, remaining},
};

pub fn run(options: &Evaluate) -> Result<()> {
    let session = session::open(&options.bundle, &options.own, options.device)?;
    let protocol = protocol(options, &session)?;
    let mut listed = images::list(&options.images, &session.info().classes)?;
    if let Some(limit) = options.limit {
        listed = images::limited(listed, limit, options.seed);
    }
    if let Some(boxes) = &options.boxes {
        images::add_boxes(&mut listed, boxes)?;
    }
    files::make_dir(&options.out)?;
    let mut journal = Journal::open(&options.out.join("records.jsonl"), &what(&protocol, &session))?;
    let shown = measure(options, &session, &protocol, &listed, &mut journal)?;

    let (mut records, mut skipped): (Vec<Record>, Vec<(String, String)>) = Default::default();
    for image in &listed {
        match journal.done.remove(&image.name) {
            Some(Outcome::Record(record)) => records.push(*record),
            Some(Outcome::Skipped { image, why }) => skipped.push((image, why)),
            None => {}
        }
    }
    if records.is_empty() {
        return Err(Error::new(Code::ImageBroken, format!("None of the {} images could be read.", listed.len())));
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
        report: report(&protocol, &records, &ids, options.seed)?,
    };
    let text = json::pretty(&result)? + "\n";
    files::write(&options.out.join("report.json"), text.as_bytes())?;
    files::write(&options.out.join("report.csv"), csv::csv(&result.report)?.as_bytes())?;
    files::write(&options.out.join("report.html"), html::page(&result, &shown).as_bytes())?;
    print!("{}", if options.json { text } else { table::table(&result) });
    eprintln!("Wrote report.json, report.csv and report.html to '{}'.", options.out.display());
    Ok(())
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
        ids => metrics_with_parts(ids)?,
    };
    let mut methods: Vec<Request> = Vec::new();
    for method in &options.method {
        if methods.iter().any(|other| other.spec() == method.spec()) {
            return Err(Error::new(Code::AskInvalid, format!("'{}' is there twice.", method.spec())));
        }
        methods.push(method.clone());
    }
    Ok(Protocol { methods, peers, metrics })
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

/// Measures every image that the journal does not have yet. Gives the images whose maps the report shows.
fn measure(
    options: &Evaluate,
    session: &Session,
    protocol: &Protocol,
    listed: &[Listed],
    journal: &mut Journal,
) -> Result<Vec<html::Shown>> {
    let known = listed.iter().filter(|image| journal.done.contains_key(&image.name)).count();
    if known > 0 {
        eprintln!("Going on: {known} of {} images are done.", listed.len());
    }
    let mut tally = Tally::new(listed.len() - known);
    let mut shown = Vec::new();
    for (i, image) in listed.iter().enumerate() {
        let maps = i < options.maps;
        let done = journal.done.contains_key(&image.name);
        if done && !maps {
            continue;
        }
        let outcome = match files::read(&image.path).and_then(|bytes| decode(&bytes)) {
            Ok(pixels) => {
                let Listed { name, class, boxes, .. } = image.clone();
                let image = LabeledImage { name, image: pixels, class, boxes };
                let preprocess = Preprocess { crop: CROP, ..session.info().preprocess.clone() };
                let watching = Watching { maps: maps.then_some(preprocess), shown: RefCell::default() };
                // Maps are not kept in the journal: an image whose maps are shown is measured again.
                let record = pollster::block_on(protocol.evaluate(session, &image, &Terminal::quiet(), &watching))?;
                shown.extend(watching.shown.into_inner());
                Outcome::Record(Box::new(record))
            }
            Err(error) => {
                eprintln!("\rskipped: {error} [{}]", error.code());
                Outcome::Skipped { image: image.name.clone(), why: error.to_string() }
            }
        };
        if !done {
            journal.add(&outcome)?;
            tally.tick(&image.name);
        }
    }
    Ok(shown)
}

/// Tells how far the run is, every so often.
struct Tally {
    start: Instant,
    told: Instant,
    done: usize,
    total: usize,
}

impl Tally {
    /// Between two lines.
    const EVERY: Duration = Duration::from_secs(2);

    fn new(total: usize) -> Self {
        let now = Instant::now();
        Self { start: now, told: now, done: 0, total }
    }

    fn tick(&mut self, name: &str) {
        self.done += 1;
        if self.told.elapsed() < Self::EVERY && self.done < self.total {
            return;
        }
        self.told = Instant::now();
        let each = self.start.elapsed().as_secs_f64() / self.done as f64;
        let left = each * (self.total - self.done) as f64;
        eprintln!("{}/{} {name}: {each:.2} s per image, {}", self.done, self.total, remaining(left));
    }
}

/// Measures memory, and keeps the maps that the report shows.
struct Watching {
    /// How images are prepared, if maps are shown.
    maps: Option<Preprocess>,
    shown: RefCell<Option<html::Shown>>,
}

impl Observer for Watching {
    fn begins(&self) {
        memory::reset_peak();
    }

    fn memory(&self) -> Option<u64> {
        memory::peak()
    }

    fn mapped(&self, image: &LabeledImage, request: &Request, map: &Explanation) -> Result<()> {
        let Some(preprocess) = self.maps.as_ref().filter(|_| map.explained().first() == Some(&0)) else {
            return Ok(());
        };
        let crop = preprocess.crop_of(image.image.width(), image.image.height());
        let mut shown = self.shown.borrow_mut();
        if shown.is_none() {
            let seen = html::shown(&image.image, crop, None)?;
            let (image, class) = (image.name.clone(), map.target.label.clone());
            *shown = Some(html::Shown { image, class, seen, maps: Vec::new() });
        }
        let over = html::shown(&image.image, crop, Some(map))?;
        shown.as_mut().expect("it was just made").maps.push((request.spec(), over));
        Ok(())
    }
}
