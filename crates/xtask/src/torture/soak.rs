//! Many images in one run: memory must stay flat, and no image may take longer than those before it did.

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use super::place::{Job, Place};
use crate::shell::Result;

/// By how many times the length of an image's record in the file memory may grow with each image: the record is kept
/// for the report, and nothing else. Text of a number is about as long as the number; its name and place come to it.
const GROWTH: f64 = 3.0;

/// Evaluates `count` images and watches memory and pace.
pub fn run(place: &Place, job: &Job, count: u32) -> Result {
    place.draw_many("many", count)?;
    let out = place.path("soak");
    let mut child = place.start(&job.over(&place.path("many")), &out)?;
    let (start, mut quarters) = (Instant::now(), Vec::new());
    while child.try_wait().map_err(|e| e.to_string())?.is_none() {
        thread::sleep(Duration::from_millis(100));
        let done = fs::read(out.join("records.jsonl")).map_or(0, |text| text.iter().filter(|b| **b == b'\n').count());
        // A little before the end, since the process may be gone after it.
        if (done + count as usize / 50) * 4 >= (quarters.len() + 1) * count as usize
            && let Some(memory) = memory(child.id())
        {
            quarters.push((start.elapsed().as_secs_f64(), memory));
        }
    }
    let [(first, early), .., (before, _), (end, late)] = quarters[..] else {
        return Err("the system does not tell a process's memory".into());
    };
    let growth = (late - early) * 1024.0 / (0.75 * f64::from(count));
    let written = fs::metadata(out.join("records.jsonl")).map_err(|e| e.to_string())?.len();
    let record = written as f64 / 1024.0 / f64::from(count);
    println!(
        "{}: {count} images; {early:.0} MB after the first quarter, {late:.0} MB after the last, {growth:.1} kB for \
         each image, whose record has {record:.1} kB; {:.1} ms per image in the first quarter, {:.1} ms in the last",
        job.name,
        first * 4e3 / f64::from(count),
        (end - before) * 4e3 / f64::from(count)
    );
    if growth <= GROWTH * record { Ok(()) } else { Err(format!("memory grew from {early:.0} to {late:.0} MB")) }
}

/// Megabytes that a process holds.
fn memory(process: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok().map(|kilobytes: f64| kilobytes / 1024.0)
}
