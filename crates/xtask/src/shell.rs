//! Running other programs, and the folders they work in.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

/// An error is a sentence for the person at the terminal.
pub type Result<T = ()> = std::result::Result<T, String>;

/// How a step ended that did not fail.
pub enum Outcome {
    /// It ran.
    Passed,
    /// It did not run, for this reason.
    Skipped(String),
}

/// The workspace's root, whatever folder the command was given in.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("xtask lies two folders below the root").to_path_buf()
}

/// Cargo's folder for what it builds for this machine.
pub fn target_dir() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The files that are or would be committed, relative to the root.
pub fn files() -> Result<Vec<String>> {
    let list = output(command("git").args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]));
    let list = list.ok_or("git could not list the files")?;
    let there = |file: &&str| !file.is_empty() && root().join(file).is_file();
    Ok(list.split('\0').filter(there).map(str::to_owned).collect())
}

/// Where tools are kept between runs: `PEERLIGHT_CACHE`, or the user's cache folder.
pub fn cache() -> Result<PathBuf> {
    if let Some(dir) = env::var_os("PEERLIGHT_CACHE").filter(|dir| !dir.is_empty()) {
        return std::path::absolute(PathBuf::from(dir)).map_err(|e| format!("PEERLIGHT_CACHE: {e}"));
    }
    let base = env::var_os("XDG_CACHE_HOME").filter(|dir| !dir.is_empty()).map(PathBuf::from);
    let home =
        || env::var_os("HOME").or_else(|| env::var_os("USERPROFILE")).map(|home| PathBuf::from(home).join(".cache"));
    let base = base.or_else(home).ok_or("no home folder: set PEERLIGHT_CACHE")?;
    Ok(base.join("peerlight"))
}

/// A command without standard input, started in the workspace's root.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root()).stdin(Stdio::null());
    command
}

/// The cargo that runs this command.
pub fn cargo() -> Command {
    command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs a command with its output shown; an exit code other than 0 is an error.
pub fn exec(command: &mut Command) -> Result {
    exec_with(command, &[0])
}

/// Runs a command with its output shown; an exit code other than these is an error.
pub fn exec_with(command: &mut Command, fine: &[i32]) -> Result {
    let name = name(command);
    match command.status() {
        Ok(status) if status.code().is_some_and(|code| fine.contains(&code)) => Ok(()),
        Ok(status) => Err(format!("{name} failed ({status})")),
        Err(error) => Err(format!("{name} could not be started: {error}")),
    }
}

/// Runs a command and shows its output only if it fails.
pub fn exec_quietly(command: &mut Command) -> Result {
    let name = name(command);
    let output = command.output().map_err(|e| format!("{name} could not be started: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    eprint!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Err(format!("{name} failed ({})", output.status))
}

/// A command's standard output, or nothing when it cannot be run or fails.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn name(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    match command.get_args().next() {
        Some(first) => format!("{program} {}", first.to_string_lossy()),
        None => program,
    }
}

/// The full path of a program on `PATH`.
pub fn which(program: &str) -> Option<PathBuf> {
    let file = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).map(|dir| dir.join(&file)).find(|path| path.is_file())
}

/// `PATH` with these folders in front, so that other tools find ours first.
pub fn path_with(dirs: impl IntoIterator<Item = PathBuf>) -> std::ffi::OsString {
    let old = env::var_os("PATH").unwrap_or_default();
    let all: Vec<PathBuf> = dirs.into_iter().chain(env::split_paths(&old)).collect();
    env::join_paths(all).unwrap_or(old)
}

/// When a file, or the newest file in a folder, was last changed.
pub fn modified(path: &Path) -> Option<SystemTime> {
    let meta = fs::metadata(path).ok()?;
    if !meta.is_dir() {
        return meta.modified().ok();
    }
    fs::read_dir(path).ok()?.flatten().filter_map(|entry| modified(&entry.path())).max()
}

/// Whether `made` exists and is no older than any of the things it was made from.
pub fn fresh(made: &Path, from: &[PathBuf]) -> bool {
    let Some(made) = modified(made) else { return false };
    from.iter().all(|path| modified(path).is_some_and(|time| time <= made))
}

/// Reads a text file, naming it in the error.
pub fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))
}

/// Makes a folder and those above it.
pub fn make_dir(path: &Path) -> Result {
    fs::create_dir_all(path).map_err(|e| format!("{}: {e}", path.display()))
}

/// One line of progress.
pub fn say(line: impl AsRef<str>) {
    eprintln!("peerlight: {}", line.as_ref());
}
