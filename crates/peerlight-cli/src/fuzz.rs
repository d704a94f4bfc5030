//! Files that were changed at random, for the tests of what reads them.

use std::{env, panic};

use peerlight_core::rng::uniform;

/// Reads files made of the seeds by random changes; whatever panics fails the test. The variable `PEERLIGHT_FUZZ` says
/// how many, and `PEERLIGHT_FUZZ_FIRST` the number of the first; the number of a run alone decides what it reads.
pub fn each(seeds: &[&[u8]], read: impl Fn(&[u8])) {
    let number = |name: &str| env::var(name).ok().and_then(|number| number.parse::<u64>().ok());
    let (first, runs) = (number("PEERLIGHT_FUZZ_FIRST").unwrap_or(0), number("PEERLIGHT_FUZZ").unwrap_or(1000));
    for run in first..first + runs {
        let bytes = changed(seeds, run);
        let done = panic::catch_unwind(panic::AssertUnwindSafe(|| read(&bytes)));
        assert!(done.is_ok(), "run {run} panicked on {:?}", String::from_utf8_lossy(&bytes));
    }
}

/// A seed with one to eight changes: a byte, a cut, a repeated part, or a part of another seed.
fn changed(seeds: &[&[u8]], run: u64) -> Vec<u8> {
    let mut numbers = (0..).map(|i| uniform(run, i));
    let mut next = |below: usize| (numbers.next().unwrap_or(0.0) * below as f64) as usize;
    let mut bytes = seeds[next(seeds.len())].to_vec();
    for _ in 0..=next(8) {
        let (from, to) = (next(bytes.len() + 1), next(bytes.len() + 1));
        let part = from.min(to)..from.max(to);
        match next(6) {
            0 => bytes.truncate(from),
            1 => drop(bytes.drain(part)),
            2 if part.len() < 4096 => bytes.splice(from..from, bytes[part].to_vec()).for_each(drop),
            3 => {
                let other = seeds[next(seeds.len())];
                let (a, b) = (next(other.len() + 1), next(other.len() + 1));
                bytes.splice(from..from, other[a.min(b)..a.max(b).min(a.min(b) + 4096)].to_vec()).for_each(drop);
            }
            4 => bytes.splice(from..from, [b",;\"\n\t\\{}[]=:-+.0\0\xff"[next(18)]]).for_each(drop),
            _ => {
                if let Some(byte) = bytes.get_mut(from) {
                    *byte ^= 1 << next(8);
                }
            }
        }
    }
    bytes
}
