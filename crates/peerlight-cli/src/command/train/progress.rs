//! Progress of a run: on a terminal on one line that is written again and again, elsewhere on a line now and then.

use std::{
    collections::BTreeMap,
    io::{IsTerminal, Write, stderr},
    time::{Duration, Instant},
};

use peerlight_train::{Event, PeerLosses, Row, Step, Validation};

use crate::files::shown;
use crate::output::wipe_line;
use crate::terminal::{each, percentages, remaining};

pub struct Progress {
    steps: usize,
    /// When this process began, and after how many steps.
    start: (Instant, usize),
    /// When a step was last reported.
    told: Option<Instant>,
    /// Whether a line is shown that the next one replaces.
    shown: bool,
    skipped: usize,
}

impl Progress {
    /// Begins, or continues after `done` steps.
    pub fn new(steps: usize, done: usize) -> Self {
        Self { steps, start: (Instant::now(), done), told: None, shown: false, skipped: 0 }
    }

    fn every() -> Duration {
        Duration::from_millis(if stderr().is_terminal() { 200 } else { 10_000 })
    }

    fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            wipe_line();
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

    /// Reports a row of the log.
    pub fn row(&mut self, row: &Row) {
        match &row.event {
            Event::Validation(Validation { accuracy, rho, .. }) => {
                let accuracy = percentages(accuracy);
                self.tell(&format!("step {}: accuracy {accuracy}; mean correlation {rho:.3}", row.step), true);
            }
            Event::Step(step) => {
                if self.told.is_none_or(|told| told.elapsed() >= Self::every()) {
                    self.told = Some(Instant::now());
                    self.tell(&self.line(row.step, step), false);
                }
            }
        }
    }

    fn line(&self, number: usize, Step { report, .. }: &Step) -> String {
        let (start, from) = self.start;
        let seconds = start.elapsed().as_secs_f64() / (number - from).max(1) as f64;
        let of = |value: fn(&PeerLosses) -> f32| {
            report.peers.iter().map(|peer| format!("{:.3}", value(peer))).collect::<Vec<_>>().join("/")
        };
        let rho = report.rho.iter().sum::<f32>() / report.rho.len().max(1) as f32;
        format!(
            "{number}/{}  cross-entropy {}  transfer {}  consistency {}  correlation {rho:.3}  {}, {}",
            self.steps,
            of(|peer| peer.terms.cross_entropy),
            of(|peer| peer.terms.transfer),
            of(|peer| peer.terms.consistency),
            each(seconds, "step"),
            remaining(seconds * (self.steps - number) as f64)
        )
    }

    /// Reports images that could not be loaded, when there are more of them.
    pub fn skipped(&mut self, skipped: &BTreeMap<String, String>) {
        if skipped.len() > self.skipped
            && let Some((name, why)) = skipped.iter().next_back()
        {
            self.skipped = skipped.len();
            self.tell(
                &format!("{} images skipped so far, such as {}: {}", skipped.len(), shown(name), shown(why)),
                true,
            );
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}
