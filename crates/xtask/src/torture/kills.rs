//! Kills at random moments.

use std::{thread, time::Duration};

use super::{
    Random,
    place::{Job, Place},
};
use crate::shell::Result;

/// Kills the job at `count` random moments, each in a run of its own, and lets each go on to its end.
pub fn run(place: &Place, job: &Job, count: usize, random: &mut Random) -> Result {
    let (mut before, mut during, mut after) = (0, 0, 0);
    for i in 0..count {
        let out = place.path(&format!("{}-killed-{i}", job.name));
        let mut child = place.start(job, &out)?;
        let moment = Duration::from_secs_f64(job.time.as_secs_f64() * random.fraction());
        thread::sleep(moment);
        let over = child.try_wait().map_err(|e| e.to_string())?.is_some();
        // SIGKILL: nothing in the process hears of it.
        child.kill().map_err(|e| e.to_string())?;
        child.wait().map_err(|e| e.to_string())?;
        *match (over, out.join(job.begun).exists()) {
            (true, _) => &mut after,
            (false, false) => &mut before,
            (false, true) => &mut during,
        } += 1;
        place.same_in_the_end(job, &out, &format!("a kill after {:.3} s", moment.as_secs_f64()))?;
        if (i + 1) % 10 == 0 && i + 1 < count {
            println!("{}: {} kills", job.name, i + 1);
        }
    }
    println!(
        "{}: {count} of {count} kills ended in the same bits ({before} before there was anything to go on with, \
         {during} on the way, {after} after the end)",
        job.name
    );
    Ok(())
}
