//! `peerlight audit`

mod heat;
mod journal;
mod page;

use std::{collections::BTreeMap, time::Instant};

use peerlight_core::{Code, Error, Framing, Result, argmax};
use peerlight_explain::{Explanation, Needs, REGIONS, Request, STATISTICS, Session, Statistic, statistic};
use peerlight_models::distinct_name;
use serde::{Deserialize, Serialize};

use self::journal::Journal;
use crate::{
    cli::Audit,
    decode::{decode, pages},
    files::{self, Lock, shown},
    images, json,
    left_out::{End, LeftOut, counted},
    output,
    results::Before,
    session,
    terminal::{Terminal, remaining},
};

/// What was found about one image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The image's name.
    pub image: String,
    /// Each network's first class, as the network calls it.
    pub answers: Vec<String>,
    /// The same classes, by their indices in the bundle's list. Equal ones are one class, whatever its names.
    pub classes: Vec<usize>,
    /// The probability that each network gives to its first class.
    pub probabilities: Vec<f32>,
    /// Whether all networks give the same answer.
    pub same: bool,
    /// Statistics of agreement of the networks' maps, by their ids.
    pub statistics: BTreeMap<String, f64>,
    /// Brightest place of each network's map: column and row, 0 to 1 of the square.
    pub brightest: Vec<[f32; 2]>,
    /// Difference of the networks' maps by region, row by row: the largest minus the smallest mean.
    pub difference: Vec<f32>,
}

/// How often the networks of one class's images disagree on the place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OfClass {
    pub class: String,
    /// Images with this answer by all networks.
    pub images: usize,
    /// Those among the lowest tenth of all.
    pub suspicious: usize,
    /// Mean of the statistic.
    pub mean: f64,
}

/// The whole result.
#[derive(Debug, Clone, Serialize)]
pub struct Audited {
    pub bundle: String,
    pub bundle_sha256: String,
    /// The method whose maps are compared, with its settings.
    pub method: String,
    /// The statistic that images are ranked by.
    pub by: String,
    pub images: usize,
    /// Images on which the networks' answers differ: these are not ranked.
    pub different_answers: usize,
    pub skipped: Vec<(String, String)>,
    /// By class, the class with most suspicious images first.
    pub classes: Vec<OfClass>,
    /// Mean difference of the maps by region, of the lowest tenth less that of the others.
    pub heat: Vec<f32>,
    /// Images with one answer, the least agreement first.
    pub ranked: Vec<Finding>,
}

pub fn run(options: &Audit) -> Result<End> {
    let ranking = statistic(&options.by)?;
    let known: Vec<&str> = free().iter().map(|statistic| statistic.meta().id).collect();
    if !known.contains(&ranking.meta().id) {
        let text = format!(
            "The statistic '{}' takes further passes, and an audit makes none: rank by one of {}.",
            options.by,
            known.join(", ")
        );
        return Err(Error::new(Code::AskInvalid, text));
    }
    let session = session::open(&options.networks, options.device)?;
    let request = Request { grid: REGIONS, ..options.method.clone() };
    session.check(&request)?;
    let mut left_out = LeftOut::default();
    let listed = images::list(&options.images, &session.info().classes, &mut left_out)?.images;
    Before::of(&options.out).spare_report("audit.jsonl", "audit.json", &["audit.csv", "audit.html"])?;
    let _lock = Lock::take(&options.out)?;
    let mut journal = Journal::open(&options.out.join("audit.jsonl"), &session.info().sha256, request.spec())?;
    let mut left = listed.iter().filter(|image| !journal.knows(&image.name)).count();
    if left < listed.len() {
        let all = counted(listed.len(), "image");
        eprintln!("Going on: {} of {all} examined before; changed ones are examined again.", listed.len() - left);
    }
    let (start, mut told, mut done) = (Instant::now(), Instant::now(), 0);
    for image in &listed {
        let bytes = files::read_image(&image.path);
        let sha256 = bytes.as_ref().ok().map(|bytes| files::sha256(bytes));
        left_out.pages(&image.name, bytes.as_ref().map_or(1, |bytes| pages(bytes)));
        if sha256.as_ref().is_some_and(|sha256| journal.has(&image.name, sha256)) {
            continue;
        }
        if journal.knows(&image.name) {
            left += 1;
            eprintln!("{} has changed since the run began, so it is examined again.", shown(&image.name));
        }
        let found = bytes.and_then(|bytes| decode(&bytes));
        let found = found.and_then(|pixels| pollster::block_on(find(&session, &request, &image.name, &pixels)));
        let sha256 = sha256.filter(|_| found.is_ok());
        journal.add(&image.name, found.map_err(|e| e.to_string()), sha256)?;
        done += 1;
        if told.elapsed().as_secs() >= 2 || done == left {
            told = Instant::now();
            let each = start.elapsed().as_secs_f64() / f64::from(done as u32);
            eprintln!(
                "{done}/{left} {}: {each:.2} s per image, {}",
                shown(&image.name),
                remaining(each * (left - done) as f64)
            );
        }
    }
    let audited = rank(&session, request.spec(), ranking, listed.iter().filter_map(|image| journal.take(&image.name)));
    let shown = page::shown(&session, &request, &audited.ranked[..audited.ranked.len().min(options.sheet)], &listed)?;
    let text = json::pretty(&audited)? + "\n";
    files::write(&options.out.join("audit.json"), text.as_bytes())?;
    files::write(&options.out.join("audit.csv"), page::csv(&audited)?.as_bytes())?;
    files::write(&options.out.join("audit.html"), page::html(&audited, &shown).as_bytes())?;
    output::print(if options.json { text } else { page::table(&audited) })?;
    eprintln!("Wrote audit.html, audit.csv and audit.json to '{}'.", options.out.display());
    audited.skipped.iter().for_each(|(image, why)| left_out.image(image.clone(), why.clone()));
    left_out.tell();
    Ok(left_out.end())
}

/// The statistics that take no further pass.
fn free() -> Vec<&'static dyn Statistic> {
    STATISTICS.iter().copied().filter(|statistic| statistic.meta().needs != Needs::Itself).collect()
}

async fn find(session: &Session, request: &Request, name: &str, pixels: &peerlight_core::Rgba8) -> Result<Finding> {
    let progress = Terminal::quiet();
    let pass = session.forward(pixels, Framing::default(), &progress).await?;
    let made = session.explain_maps(&pass, request, &progress).await?;
    let statistics = session.statistics(&pass, request, &made, &free(), &progress).await?;
    let first: Vec<_> = made.peers.iter().map(|peer| peer.top[0].clone()).collect();
    let classes: Vec<usize> = made.peers.iter().map(|peer| pass.likeliest(&[peer.peer])).collect();
    let spread = |attention: &[f32]| {
        let most = attention.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        most - attention.iter().copied().fold(f32::INFINITY, f32::min)
    };
    Ok(Finding {
        image: name.into(),
        same: classes.iter().all(|class| *class == classes[0]),
        probabilities: first.iter().map(|answer| answer.probability).collect(),
        answers: first.into_iter().map(|answer| answer.label).collect(),
        classes,
        statistics: statistics[0].values.iter().map(|(id, value)| ((*id).to_owned(), *value)).collect(),
        brightest: brightest(&made),
        difference: made.regions.iter().map(|region| spread(&region.attention)).collect(),
    })
}

fn brightest(made: &Explanation) -> Vec<[f32; 2]> {
    let at = |pixel: usize| [pixel % made.side, pixel / made.side].map(|v| (v as f32 + 0.5) / made.side as f32);
    made.peers.iter().map(|peer| at(argmax(&peer.map.values))).collect()
}

/// Ranks what was found.
fn rank(
    session: &Session,
    method: String,
    by: &dyn Statistic,
    found: impl Iterator<Item = (String, std::result::Result<Finding, String>)>,
) -> Audited {
    let (mut all, mut skipped) = (Vec::new(), Vec::new());
    for (image, found) in found {
        match found {
            Ok(found) => all.push(found),
            Err(why) => skipped.push((image, why)),
        }
    }
    let images = all.len();
    let meta = by.meta();
    let value = |found: &Finding| meta.oriented(found.statistics.get(meta.id).copied().unwrap_or(0.0));
    let mut ranked: Vec<Finding> = all.into_iter().filter(|found| found.same).collect();
    ranked.sort_by(|a, b| value(a).total_cmp(&value(b)));
    let suspicious = ranked.len().div_ceil(10);
    let mut classes: BTreeMap<usize, OfClass> = BTreeMap::new();
    for (place, found) in ranked.iter().enumerate() {
        let class = found.classes[0];
        let own = classes.entry(class).or_insert_with(|| {
            let class = distinct_name(&session.info().classes, class);
            OfClass { class, images: 0, suspicious: 0, mean: 0.0 }
        });
        own.images += 1;
        own.suspicious += usize::from(place < suspicious);
        own.mean += found.statistics.get(meta.id).copied().unwrap_or(0.0);
    }
    let mut classes: Vec<OfClass> = classes.into_values().collect();
    classes.iter_mut().for_each(|class| class.mean /= class.images as f64);
    classes.sort_by(|a, b| b.suspicious.cmp(&a.suspicious).then(a.mean.total_cmp(&b.mean)));
    Audited {
        bundle: session.info().name.clone(),
        bundle_sha256: session.info().sha256.clone(),
        method,
        by: meta.id.into(),
        images,
        different_answers: images - ranked.len(),
        skipped,
        classes,
        heat: heat::heat(&ranked, suspicious),
        ranked,
    }
}
