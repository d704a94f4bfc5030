//! `peerlight train`

use std::{
    collections::BTreeMap,
    io::{IsTerminal, Write, stderr},
    time::{Duration, Instant},
};

use burn::tensor::Device as BurnDevice;
use peerlight_core::{Code, Error, Result};
use peerlight_explain::open_device;
use serde::Serialize;

use crate::{
    cli::{Device, Train},
    train::{Done, Progress, Row, Run, Seen, Training, train},
};

pub fn run(options: &Train) -> Result<()> {
    let devices = options.device.iter().map(|&wanted| device(wanted)).collect::<Result<_>>()?;
    let run = Run {
        folder: &options.out,
        checkpoint_every: options.checkpoint_every,
        validate_every: options.validate_every,
        validate_most: options.validate_most,
        devices,
    };
    let recipe = if options.resume { None } else { Some(options.recipe.clone()) };
    let mut line = Line::default();
    let done = train(&run, recipe, &mut line);
    line.clear();
    report(options, &done?)
}

fn device(wanted: Device) -> Result<BurnDevice> {
    pollster::block_on(open_device(wanted.into())).map(|(device, _)| device)
}

#[derive(Serialize)]
struct Report<'a> {
    bundle: String,
    sha256: &'a str,
    #[serde(flatten)]
    training: &'a Training,
}

fn report(options: &Train, Done { bundle, sha256, training }: &Done) -> Result<()> {
    if options.json {
        let report = Report { bundle: bundle.display().to_string(), sha256, training };
        let text = serde_json::to_string_pretty(&report).map_err(|e| Error::new(Code::Crashed, e.to_string()))?;
        println!("{text}");
        return Ok(());
    }
    let found = &training.validation;
    let right: Vec<String> = found.right.iter().map(|part| format!("{:.1} %", part * 100.0)).collect();
    println!("{} steps over {} images; {} could not be read.", training.steps, training.images, training.skipped);
    println!("On {} other images: right on {}; mean correlation {:.3}.", found.images, right.join(", "), found.rho);
    println!("{sha256}  {}", bundle.display());
    println!("Losses, correlation and the regions over time are beside it, as SVG; every step is in log.jsonl.");
    Ok(())
}

/// Tells how far a run is: on a terminal on one line that is written again and again, elsewhere on a line now and then.
#[derive(Default)]
struct Line {
    steps: usize,
    /// When this run began, and at which step.
    start: Option<(Instant, usize)>,
    told: Option<Instant>,
    shown: bool,
}

impl Line {
    fn every(&self) -> Duration {
        Duration::from_millis(if stderr().is_terminal() { 200 } else { 10_000 })
    }

    fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            eprint!("\r\x1b[K");
        }
    }

    fn tell(&mut self, text: &str, lasting: bool) {
        self.clear();
        if stderr().is_terminal() && !lasting {
            eprint!("{text}");
            let _ = stderr().flush();
            self.shown = true;
        } else {
            eprintln!("{text}");
        }
    }
}

impl Progress for Line {
    fn begins(&mut self, steps: usize, done: usize, train: usize, val: usize, labels: usize) {
        let on = if done > 0 { format!(", {done} of them done before") } else { String::new() };
        eprintln!("{steps} steps{on}; {train} images to learn from, {val} to validate with, {labels} classes");
        (self.steps, self.start) = (steps, Some((Instant::now(), done)));
    }

    fn row(&mut self, row: &Row) {
        match &row.seen {
            Seen::Validation(found) => {
                let right: Vec<String> = found.right.iter().map(|part| format!("{:.1} %", part * 100.0)).collect();
                let text =
                    format!("step {}: right on {}; mean correlation {:.3}", row.step, right.join(", "), found.rho);
                self.tell(&text, true);
            }
            Seen::Step { outcome, .. } => {
                if self.told.is_some_and(|told| told.elapsed() < self.every()) {
                    return;
                }
                self.told = Some(Instant::now());
                let Some((start, from)) = self.start else { return };
                let each = start.elapsed().as_secs_f64() / (row.step - from).max(1) as f64;
                let of = |value: &dyn Fn(&crate::train::Losses) -> f32| {
                    outcome.peers.iter().map(|peer| format!("{:.3}", value(peer))).collect::<Vec<_>>().join("/")
                };
                let rho = outcome.rho.iter().sum::<f32>() / outcome.rho.len().max(1) as f32;
                let text = format!(
                    "{}/{}  cross-entropy {}  transfer {}  masked {}  correlation {rho:.3}  {each:.2} s a step, {:.0} min left",
                    row.step,
                    self.steps,
                    of(&|peer| peer.ce),
                    of(&|peer| peer.transfer),
                    of(&|peer| peer.masked),
                    each * (self.steps - row.step) as f64 / 60.0
                );
                self.tell(&text, false);
            }
        }
    }

    fn skipped(&mut self, skipped: &BTreeMap<String, String>) {
        if let Some((path, why)) = skipped.iter().next_back() {
            self.tell(&format!("{} images skipped so far, such as {path}: {why}", skipped.len()), true);
        }
    }
}
