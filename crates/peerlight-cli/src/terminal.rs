//! Progress and numbers for a person at a terminal.

use std::{
    cell::Cell,
    io::{IsTerminal, Write, stderr},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use peerlight_core::Result;
use peerlight_explain::{Progress, Step};

use crate::output::wipe_line;

/// Shorter computations are not reported.
const PATIENCE: Duration = Duration::from_millis(500);

/// Shows how far a long computation is, on one line that is written again and again and wiped at the end. Where
/// standard error is no terminal, it says nothing.
pub struct Terminal {
    start: Instant,
    /// When the running computation began.
    since: Cell<Instant>,
    /// Whether a line is shown.
    shown: Cell<bool>,
    reports: bool,
}

impl Terminal {
    pub fn new() -> Self {
        let start = Instant::now();
        Self { start, since: Cell::new(start), shown: Cell::new(false), reports: stderr().is_terminal() }
    }

    /// Reports nothing but tells the time, for a command that reports its progress in lines of its own.
    pub fn quiet() -> Self {
        let mut quiet = Self::new();
        quiet.reports = false;
        quiet
    }

    /// Wipes the line.
    pub fn clear(&self) {
        if self.shown.replace(false) {
            wipe_line();
        }
    }
}

#[async_trait(?Send)]
impl Progress for Terminal {
    async fn checkpoint(&self, Step { name, done, total }: Step) -> Result<()> {
        if done == 0 {
            self.since.set(Instant::now());
        }
        let spent = self.since.get().elapsed();
        if self.reports && done > 0 && spent > PATIENCE {
            let left = spent.as_secs_f64() / done as f64 * (total - done) as f64;
            wipe_line();
            eprint!("{name}: {done} of {total}, {}", remaining(left));
            let _ = stderr().flush();
            self.shown.set(true);
        }
        Ok(())
    }

    fn now(&self) -> f64 {
        self.start.elapsed().as_secs_f64() * 1e3
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.clear();
    }
}

/// Time that is left, such as `15 s left` or `4 min left`.
pub fn remaining(seconds: f64) -> String {
    duration(seconds) + " left"
}

/// A length of time, such as `15 s`, `4 min` or `3.5 h`.
pub fn duration(seconds: f64) -> String {
    match seconds {
        _ if seconds < 100.0 => format!("{:.0} s", seconds.max(0.0).ceil()),
        _ if seconds < 6000.0 => format!("{:.0} min", seconds / 60.0),
        _ => format!("{:.1} h", seconds / 3600.0),
    }
}

/// The time of one of many, such as `1.3 s per image`.
pub fn each(seconds: f64, what: &str) -> String {
    let digits = if seconds < 0.95 { 2 } else { 1 };
    format!("{seconds:.digits$} s per {what}")
}

/// Fractions as percentages, such as `77.6%, 80.8%`.
pub fn percentages(fractions: &[f32]) -> String {
    fractions.iter().map(|fraction| format!("{:.1}%", fraction * 100.0)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_as_a_person_tells_them() {
        assert_eq!(each(1.34, "image") + ", " + &remaining(14.2), "1.3 s per image, 15 s left");
        assert_eq!((each(0.012, "step"), remaining(0.0)), ("0.01 s per step".into(), "0 s left".into()));
        assert_eq!((duration(240.0), duration(12_600.0)), ("4 min".into(), "3.5 h".into()));
    }
}
