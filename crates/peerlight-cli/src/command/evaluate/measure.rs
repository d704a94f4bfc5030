//! Measuring the images of a run that have no result yet.

use std::{
    cell::RefCell,
    collections::HashMap,
    time::{Duration, Instant},
};

use peerlight_core::{Framing, Preprocess, Rect, Result, Rgba8};
use peerlight_explain::{Explanation, Request, Session, explainer};
use peerlight_metrics::{CROP, LabeledImage, MetricId, Observer, Protocol, metric, metric_ids};

use super::{
    html,
    journal::{Journal, Outcome, Source},
};
use crate::{
    boxes::BoxPixels,
    cli::Evaluate,
    decode::{Decoded, decode_stored, pages, sizes},
    files::{self, shown as printable},
    images::Listed,
    left_out::{LeftOut, counted},
    memory,
    terminal::{Terminal, duration, each, remaining},
};

/// Measures every image that the journal has no result of, made of what is there now. Gives the images whose maps the
/// report shows.
pub fn all(
    options: &Evaluate,
    session: &Session,
    protocol: &Protocol,
    listed: &[Listed],
    journal: &mut Journal,
    left: &mut LeftOut,
) -> Result<Vec<html::Shown>> {
    let known = listed.iter().filter(|image| journal.knows(&image.name)).count();
    if known > 0 {
        let all = counted(listed.len(), "image");
        eprintln!("Going on: {known} of {all} measured before; changed ones are measured again.");
    }
    let mut tally = Tally::new(listed.len() - known);
    let mut shown = Vec::new();
    let mut changed = Vec::new();
    let mut outside = 0;
    let (mut files_seen, mut again) = (HashMap::new(), Vec::new());
    for (i, listed) in listed.iter().enumerate() {
        let maps = i < options.maps;
        let known = journal.knows(&listed.name);
        let read = files::read_image(&listed.path).map(|bytes| (source(listed, &bytes, options.box_pixels), bytes));
        left.pages(&listed.name, read.as_ref().map_or(1, |(_, bytes)| pages(bytes)));
        outside += read.as_ref().map_or(0, |(_, bytes)| beyond(listed, bytes, options.box_pixels));
        if let Ok((source, _)) = &read
            && let Some(first) = files_seen.insert(source.sha256.clone(), &listed.name)
        {
            again.push([first, &listed.name]);
        }
        let done = read.as_ref().is_ok_and(|(source, _)| journal.has(&listed.name, source));
        if known && !done {
            changed.push(&listed.name);
            tally.total += 1;
        }
        if done && !maps {
            continue;
        }
        let (outcome, source) = match read.and_then(|(source, bytes)| Ok((source, decode_stored(&bytes)?))) {
            Ok((source, decoded)) => {
                let image = labeled(listed, decoded, options.box_pixels);
                tally.foretell(session, protocol, &image.image)?;
                let preprocess = Preprocess { crop: CROP, ..session.info().preprocess.clone() };
                let watching = Watching { maps: maps.then_some(preprocess), shown: RefCell::default() };
                // Maps are not kept in the journal: an image whose maps are shown is measured again.
                let record = pollster::block_on(protocol.evaluate(session, &image, &Terminal::quiet(), &watching))?;
                shown.extend(watching.shown.into_inner());
                (Outcome::Record(Box::new(record)), Some(source))
            }
            Err(error) => {
                let name = printable(&listed.name);
                eprintln!("skipped: {name}: {error} [{}]", error.code());
                (Outcome::Skipped { image: listed.name.clone(), why: error.to_string() }, None)
            }
        };
        if !done {
            journal.add(outcome, source)?;
            tally.tick(&printable(&listed.name));
        }
    }
    if !changed.is_empty() {
        let names: Vec<_> = changed.iter().take(5).map(|name| printable(name)).collect();
        let more = if changed.len() > names.len() { ", ..." } else { "" };
        eprintln!(
            "{} had changed (file, class or boxes) since the run began, or was kept by an earlier version, and was \
             measured anew: {}{more}",
            counted(changed.len(), "image"),
            names.join(", ")
        );
    }
    if let Some([first, second]) = again.first().map(|pair| pair.map(|name| printable(name))) {
        let (images, count) = (counted(again.len(), "image"), if again.len() == 1 { "counts" } else { "count" });
        left.note(format!("{images} with the same bytes as another {count}, too, such as {second} and {first}."));
    }
    if outside > 0 {
        let reach = if outside == 1 { "box reaches outside its" } else { "boxes reach outside their" };
        left.doubt(format!("{outside} {reach} image: are they measured on another size?"));
    }
    Ok(shown)
}

/// The number of boxes that reach outside their image by more than the pixel that ways of counting differ by.
fn beyond(listed: &Listed, bytes: &[u8], box_pixels: BoxPixels) -> usize {
    let Some(sizes) = (!listed.boxes.is_empty()).then(|| sizes(bytes)).flatten() else { return 0 };
    let (width, height) = match box_pixels {
        BoxPixels::Stored => sizes[0],
        BoxPixels::Upright => sizes[1],
    };
    listed.boxes.iter().filter(|rect| rect.leaves(width.into(), height.into(), 1.0)).count()
}

fn source(listed: &Listed, bytes: &[u8], box_pixels: BoxPixels) -> Source {
    let boxes = listed.boxes.clone();
    let box_pixels = (!boxes.is_empty()).then_some(box_pixels);
    Source { sha256: files::sha256(bytes), class: listed.class, boxes, box_pixels }
}

fn labeled(listed: &Listed, decoded: Decoded, box_pixels: BoxPixels) -> LabeledImage {
    let upright = |rect: &Rect| match box_pixels {
        BoxPixels::Stored => decoded.upright(*rect),
        BoxPixels::Upright => *rect,
    };
    let boxes = listed.boxes.iter().map(upright).collect();
    LabeledImage { name: listed.name.clone(), image: decoded.image, class: listed.class, boxes }
}

/// Tells how far the run is, every so often.
struct Tally {
    start: Instant,
    told: Instant,
    done: usize,
    total: usize,
    foretold: bool,
}

impl Tally {
    /// Between two lines.
    const EVERY: Duration = Duration::from_secs(2);

    fn new(total: usize) -> Self {
        let now = Instant::now();
        Self { start: now, told: now, done: 0, total, foretold: false }
    }

    fn tick(&mut self, name: &str) {
        self.done += 1;
        // The first tells what the others will take.
        if self.done > 1 && self.told.elapsed() < Self::EVERY && self.done < self.total {
            return;
        }
        self.told = Instant::now();
        let per_image = self.start.elapsed().as_secs_f64() / self.done as f64;
        let left = per_image * (self.total - self.done) as f64;
        eprintln!("{}/{} {name}: {}, {}", self.done, self.total, each(per_image, "image"), remaining(left));
    }

    /// Tells before the first image what the run will cost, from the time of one forward pass.
    fn foretell(&mut self, session: &Session, protocol: &Protocol, image: &Rgba8) -> Result<()> {
        if std::mem::replace(&mut self.foretold, true) {
            return Ok(());
        }
        let forward = || pollster::block_on(session.forward(image, Framing::centered(CROP), &Terminal::quiet()));
        // The first pass sets things up that later ones find.
        forward()?;
        let clock = Instant::now();
        forward()?;
        let pass = clock.elapsed().as_secs_f64() / session.info().peers.len().max(1) as f64;
        let cost = |metrics: &[MetricId]| passes(protocol, metrics) as f64 * pass;
        let all = cost(&protocol.metrics);
        let total = duration(all * self.total as f64);
        eprintln!(
            "About {} through a network for each image: roughly {}, {total} in all.",
            counted(passes(protocol, &protocol.metrics), "pass"),
            each(all, "image")
        );
        let fast = cost(&metric_ids(true));
        if fast * 2.0 < all {
            eprintln!("--metrics fast takes roughly {}.", duration(fast * self.total as f64));
        }
        self.start = Instant::now();
        Ok(())
    }
}

/// Passes through one network for an image, roughly: those of the methods and those of the metrics.
fn passes(protocol: &Protocol, metrics: &[MetricId]) -> usize {
    let own = |method: &Request| explainer(&method.method).map_or(1, |method| method.meta().passes as usize);
    let each: usize = metrics.iter().filter_map(|id| metric(id.as_str()).ok()).map(|m| m.meta().passes).sum();
    let methods: usize = protocol.methods.iter().map(|method| own(method) + each).sum();
    methods * protocol.peers.len()
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
            let seen = html::square_jpeg(&image.image, crop, None)?;
            let (image, class) = (image.name.clone(), map.target.label.clone());
            *shown = Some(html::Shown { image, class, seen, maps: Vec::new() });
        }
        let over = html::square_jpeg(&image.image, crop, Some((&map.map.values, map.side)))?;
        shown.as_mut().expect("it was just made").maps.push((request.spec(), over));
        Ok(())
    }
}
