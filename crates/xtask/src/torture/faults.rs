//! A full disk, a folder without rights, an image that vanishes, and two processes at once.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant, UNIX_EPOCH},
};

use super::place::{Job, Place};
use crate::shell::{self, Result};

pub fn run(place: &Place, job: &Job) -> Result {
    full_disk(place, job)?;
    read_only(place, job)?;
    vanished(place, job)?;
    clock(place, job)?;
    two(place, job)
}

/// Writing fails after a limit, as on a full disk. Each limit lets the run come further.
fn full_disk(place: &Place, job: &Job) -> Result {
    if cfg!(not(unix)) {
        return Ok(());
    }
    let mut refused = 0;
    for blocks in [0, 2, 8, 32, 128, 512] {
        let out = place.path(&format!("{}-full-{blocks}", job.name));
        // With the signal ignored a write past the limit is an error, as on a full disk.
        let limit = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let output = wrapped(&place.command(job, &out), &["sh", "-c", &limit])?;
        match output.status.code() {
            Some(0) => {}
            Some(1) => {
                refused += 1;
                expect(&output, job, &["[file-unwritable]", "cannot be written"])?;
            }
            _ => return Err(unexpected(&output, job, "a full disk")),
        }
        place.same_in_the_end(job, &out, &format!("a disk full at {blocks} blocks"))?;
    }
    println!("{}: refused {refused} times on a full disk, then the same bits", job.name);
    Ok(())
}

/// The folder of results may not be written to.
fn read_only(place: &Place, job: &Job) -> Result {
    let out = place.path(&format!("{}-read-only", job.name));
    fs::create_dir_all(&out).map_err(|e| e.to_string())?;
    let mut rights = fs::metadata(&out).map_err(|e| e.to_string())?.permissions();
    let before = rights.clone();
    rights.set_readonly(true);
    fs::set_permissions(&out, rights).map_err(|e| e.to_string())?;
    // The superuser may write everywhere: without that right it is as everybody else.
    let probe = out.join("probe");
    let command = place.command(job, &out);
    let output = match fs::write(&probe, "") {
        Err(_) => wrapped(&command, &["env"])?,
        Ok(()) => {
            let _ = fs::remove_file(&probe);
            wrapped(&command, &["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"])?
        }
    };
    expect(&output, job, &["[file-unwritable]"])?;
    fs::set_permissions(&out, before).map_err(|e| e.to_string())?;
    place.same_in_the_end(job, &out, "a folder without rights")?;
    println!("{}: refused in a read-only folder, then the same bits", job.name);
    Ok(())
}

/// An image goes away while a run is stopped, and comes back.
fn vanished(place: &Place, job: &Job) -> Result {
    let out = place.path(&format!("{}-vanished", job.name));
    let mut child = place.start(job, &out)?;
    wait_for(&out.join(job.begun), job)?;
    stop(&mut child)?;
    let (image, away) = (place.image(1, 1), place.path("away.bmp"));
    fs::rename(&image, &away).map_err(|e| e.to_string())?;
    let output = place.finish(job, &out);
    fs::rename(&away, &image).map_err(|e| e.to_string())?;
    let output = output?;
    match job.name {
        // Other images would be other weights.
        "train" => expect(&output, job, &["[run-invalid]", "missing, such as 1/1.bmp"])?,
        _ if output.status.code() == Some(0) => {}
        _ => return Err(unexpected(&output, job, "a vanished image")),
    }
    place.same_in_the_end(job, &out, "an image that vanished and came back")?;
    println!("{}: an image vanished and came back: the same bits", job.name);
    Ok(())
}

/// A run that began today goes on in the year 1971, a thousand times as fast, over images of the years 1960 and 2400.
fn clock(place: &Place, job: &Job) -> Result {
    if shell::which("faketime").is_none() {
        println!("{}: faketime is not installed, so that the clock did not jump", job.name);
        return Ok(());
    }
    const YEAR: Duration = Duration::from_secs(365 * 86_400);
    let times = [UNIX_EPOCH - 10 * YEAR, UNIX_EPOCH + 430 * YEAR];
    for (class, time) in (0..).zip(times) {
        let image = fs::File::options().append(true).open(place.image(class, 1)).map_err(|e| e.to_string())?;
        image.set_modified(time).map_err(|e| e.to_string())?;
    }
    let out = place.path(&format!("{}-clock", job.name));
    let mut child = place.start(job, &out)?;
    wait_for(&out.join(job.begun), job)?;
    stop(&mut child)?;
    let output = wrapped(&place.command(job, &out), &["faketime", "-f", "@1971-02-03 04:05:06 x1000"])?;
    if !output.status.success() {
        return Err(unexpected(&output, job, "a clock that jumps"));
    }
    place.same_in_the_end(job, &out, "a clock that jumped")?;
    println!("{}: the clock jumped back and ran fast: the same bits", job.name);
    Ok(())
}

/// SIGKILL.
fn stop(child: &mut Child) -> Result {
    child.kill().map_err(|e| e.to_string())?;
    child.wait().map(drop).map_err(|e| e.to_string())
}

/// Two processes have one folder.
fn two(place: &Place, job: &Job) -> Result {
    let out = place.path(&format!("{}-two", job.name));
    let mut first = place.start(job, &out)?;
    wait_for(&out.join(job.begun), job)?;
    let second = place.finish(job, &out)?;
    first.wait().map_err(|e| e.to_string())?;
    match job.locks {
        true => expect(&second, job, &["[run-invalid]", "Another process is writing"])?,
        false if second.status.success() => {}
        false => return Err(unexpected(&second, job, "a second process")),
    }
    place.same_in_the_end(job, &out, "a second process")?;
    let second = if job.locks { "was refused, and the first" } else { "was let, and both" };
    println!("{}: a second process {second} came to the same bits", job.name);
    Ok(())
}

fn wait_for(file: &Path, job: &Job) -> Result {
    let clock = Instant::now();
    while !file.exists() {
        if clock.elapsed() > job.time * 20 + Duration::from_secs(60) {
            return Err(format!("{} never wrote {}", job.name, file.display()));
        }
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

/// Runs a command through another program.
fn wrapped(command: &Command, by: &[&str]) -> Result<Output> {
    let mut outer = Command::new(by[0]);
    outer.args(&by[1..]).arg(command.get_program()).args(command.get_args());
    outer.stdin(Stdio::null()).output().map_err(|e| format!("{}: {e}", by[0]))
}

fn expect(output: &Output, job: &Job, words: &[&str]) -> Result {
    let error = String::from_utf8_lossy(&output.stderr);
    let fine = output.status.code() == Some(1) && words.iter().all(|word| error.contains(word));
    if fine { Ok(()) } else { Err(unexpected(output, job, &format!("{words:?} was expected"))) }
}

fn unexpected(output: &Output, job: &Job, what: &str) -> String {
    format!("{}: {what}: {}: {}", job.name, output.status, String::from_utf8_lossy(&output.stderr))
}
