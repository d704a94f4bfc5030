//! Tools kept in the cache: wasm-bindgen and Trunk, built from source, and ruff, in a Python environment of its own.

use crate::shell::{self, Result, command, exec_quietly, output, read, root, say, which};
use std::path::{Path, PathBuf};

/// The newest Trunk that this workspace's compiler builds.
const TRUNK: &str = "0.21.14";

/// `wasm-bindgen` of exactly the version that Cargo.lock holds: its format differs between versions.
pub fn wasm_bindgen() -> Result<PathBuf> {
    let version = locked("wasm-bindgen")?;
    tool("wasm-bindgen", "wasm-bindgen-cli", &version, "1", &[])
}

/// The runner for wasm tests, which comes with `wasm-bindgen`.
pub fn wasm_test_runner() -> Result<PathBuf> {
    Ok(wasm_bindgen()?.with_file_name(format!("wasm-bindgen-test-runner{}", std::env::consts::EXE_SUFFIX)))
}

/// Trunk, which puts the page together. Its default features ask the network for news of itself.
pub fn trunk() -> Result<PathBuf> {
    tool("trunk", "trunk", TRUNK, "0", &["--no-default-features", "--features", "rustls"])
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

fn is_version(program: &Path, version: &str) -> bool {
    output(command(program).arg("--version")).is_some_and(|text| text.split(' ').any(|word| word == version))
}

fn tool(program: &str, package: &str, version: &str, level: &str, features: &[&str]) -> Result<PathBuf> {
    let dir = shell::cache()?.join(format!("{package}-{version}"));
    let own = dir.join("bin").join(format!("{program}{}", std::env::consts::EXE_SUFFIX));
    if own.is_file() {
        return Ok(own);
    }
    if let Some(path) = which(program).filter(|path| is_version(path, version)) {
        return Ok(path);
    }
    say(format!("building {package} {version} (about two minutes)"));
    let install = |locked: bool| {
        let mut cargo = shell::cargo();
        cargo.args(["install", package, "--version", version, "--root"]).arg(&dir);
        cargo.args(locked.then_some("--locked")).args(features);
        // Built once and run for seconds: without optimization the wait is halved.
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
