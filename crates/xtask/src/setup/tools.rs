//! Tools kept in the cache: those of Rust's, built from source, and ruff, in a Python environment of its own.

use crate::shell::{self, Result, command, exec_quietly, output, read, root, say, which};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// A tool that `cargo install` builds.
struct Tool<'a> {
    program: &'a str,
    package: &'a str,
    version: &'a str,
    /// How the version of a program on `PATH` has to begin for it to be used instead.
    like: &'a str,
    /// The level of optimization: most tools run for seconds, and are built in half the time without.
    level: &'a str,
    features: &'a [&'a str],
}

/// The newest Trunk that this workspace's compiler builds. Its default features ask the network for news of itself.
const TRUNK: Tool = Tool {
    program: "trunk",
    package: "trunk",
    version: "0.21.14",
    like: "0.21.",
    level: "0",
    features: &["--no-default-features", "--features", "rustls"],
};

const WASM_PACK: Tool =
    Tool { program: "wasm-pack", package: "wasm-pack", version: "0.15.1", like: "", level: "0", features: &[] };

const GECKODRIVER: Tool = Tool { program: "geckodriver", package: "geckodriver", version: "0.37.1", ..WASM_PACK };

/// `wasm-bindgen` of exactly the version that Cargo.lock holds: its format differs between versions.
pub fn wasm_bindgen() -> Result<PathBuf> {
    let version = locked("wasm-bindgen")?;
    let (version, like) = (version.as_str(), version.as_str());
    ensure(&Tool { program: "wasm-bindgen", package: "wasm-bindgen-cli", version, like, level: "1", features: &[] })
}

/// Trunk, which puts the page together.
pub fn trunk() -> Result<PathBuf> {
    ensure(&TRUNK)
}

/// wasm-pack, which runs the tests of the modules' crate in browsers.
pub fn wasm_pack() -> Result<PathBuf> {
    ensure(&WASM_PACK)
}

/// The program that speaks WebDriver to Firefox.
pub fn geckodriver() -> Result<PathBuf> {
    ensure(&GECKODRIVER)
}

/// The version of ruff that the scripts under tests/ are formatted with.
const RUFF: &str = "0.17.6";

/// ruff, which formats Python; nothing where there is no Python.
pub fn ruff() -> Result<Option<PathBuf>> {
    if let Some(path) = which("ruff").filter(|path| is_version(path, RUFF)) {
        return Ok(Some(path));
    }
    let Some(python) = which("python3").or_else(|| which("python")) else { return Ok(None) };
    let dir = shell::cache()?.join(format!("ruff-{RUFF}"));
    let bin = dir.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let ruff = bin.join(format!("ruff{}", std::env::consts::EXE_SUFFIX));
    if !ruff.is_file() {
        say(format!("installing ruff {RUFF}"));
        if output(command(python).args(["-m", "venv", "--clear"]).arg(&dir)).is_none() {
            return Ok(None);
        }
        let own = bin.join(format!("python{}", std::env::consts::EXE_SUFFIX));
        exec_quietly(command(own).args(["-m", "pip", "install", "--quiet"]).arg(format!("ruff=={RUFF}")))?;
    }
    Ok(Some(ruff))
}

fn is_version(program: &Path, like: &str) -> bool {
    output(command(program).arg("--version"))
        .is_some_and(|text| text.split_whitespace().any(|word| word.starts_with(like)))
}

/// The tool in the cache, or one on `PATH`, or a new one in the cache.
fn ensure(tool: &Tool) -> Result<PathBuf> {
    let Tool { program, package, version, like, level, features } = *tool;
    let dir = shell::cache()?.join(format!("{package}-{version}"));
    let own = dir.join("bin").join(format!("{program}{}", std::env::consts::EXE_SUFFIX));
    if own.is_file() {
        return Ok(own);
    }
    if let Some(path) = which(program).filter(|path| is_version(path, like)) {
        return Ok(path);
    }
    // Whoever comes second finds what the first one built.
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock();
    if own.is_file() {
        return Ok(own);
    }
    say(format!("building {package} {version} (about a minute)"));
    let install = |locked: bool| {
        let mut cargo = shell::cargo();
        cargo.args(["install", package, "--version", version, "--root"]).arg(&dir);
        cargo.args(locked.then_some("--locked")).args(features);
        cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", level).env("CARGO_PROFILE_RELEASE_LTO", "off");
        cargo
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
            .env_remove("RUSTFLAGS");
        cargo
    };
    // As its authors locked it; without, where a registry no longer serves one of those versions.
    if output(&mut install(true)).is_none() {
        exec_quietly(&mut install(false))?;
    }
    Ok(own)
}

/// The version of a package in Cargo.lock.
fn locked(package: &str) -> Result<String> {
    let lock = root().join("Cargo.lock");
    let text = read(&lock)?;
    let name = format!("name = \"{package}\"");
    let mut lines = text.lines().skip_while(|line| *line != name);
    lines
        .nth(1)
        .and_then(|line| line.strip_prefix("version = \"")?.strip_suffix('"'))
        .map(str::to_owned)
        .ok_or(format!("no {package} in {}", lock.display()))
}
