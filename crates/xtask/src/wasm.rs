//! `cargo xtask wasm`: one WebAssembly module for each device, small and ready to be served.

use crate::setup::{target, tools};
use crate::shell::{Result, cargo, command, exec, exec_quietly, fresh, make_dir, root, say};
use crate::{metadata, node, sizes};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

/// Each is a download of its own: the page starts with the first and fetches the second when a GPU is there.
pub const KINDS: [&str; 2] = [FIRST, "webgpu"];
/// The device whose engine a page starts with.
pub const FIRST: &str = "cpu";
/// The Cargo profile, and the name of its folder under the target folder.
pub const PROFILE: &str = "wasm";
/// The crate that a module is made of.
pub const CRATE: &str = "peerlight-wasm";

/// What every crate of a module is compiled with. SIMD: every browser has had it since 2023, and the CPU kernels need
/// it to be fast. Names for the folders of other people's crates: no path of this machine is left in the module.
pub fn flags() -> Vec<String> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo"))).unwrap_or_default();
    let folders = fs::read_dir(home.join("registry/src")).into_iter().flatten().flatten();
    let names = folders.map(|folder| format!("--remap-path-prefix={}=crates", folder.path().display()));
    ["-Ctarget-feature=+simd128".to_string()].into_iter().chain(names).collect()
}

/// What rustc and wasm-bindgen put into their modules, and browsers with WebGPU or SIMD all know.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-simd",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// What to build and how to report it.
#[derive(clap::Args)]
pub struct Args {
    /// Build only this device's module
    #[arg(long, value_parser = KINDS)]
    only: Option<String>,
    /// Print the sizes as JSON
    #[arg(long)]
    json: bool,
}

pub fn run_sizes(json: bool) -> Result {
    sizes::print(&KINDS.map(|kind| (kind, out(kind).join("peerlight_bg.wasm"), raw(kind))), json)
}

pub fn run(args: &Args) -> Result {
    match args.only.as_deref() {
        Some(kind) => build(kind)?,
        None => build_all()?,
    }
    run_sizes(args.json)
}

/// Builds both modules.
pub fn build_all() -> Result {
    KINDS.into_iter().try_for_each(build)
}

/// Cargo's folder for WebAssembly, apart from native builds so that neither undoes the other.
pub fn target_dir() -> PathBuf {
    root().join("target/wasm")
}

/// Where a device's module and its JavaScript are put.
pub fn out(kind: &str) -> PathBuf {
    root().join("pkg/wasm").join(kind)
}

/// What cargo made of one device, kept to tell whether it changed.
fn raw(kind: &str) -> PathBuf {
    target_dir().join(format!("{kind}.wasm"))
}

/// Builds one device's module.
pub fn build(kind: &str) -> Result {
    if is_current(kind)? {
        say(format!("{kind}: up to date"));
        return Ok(());
    }
    let raw = raw(kind);
    let (began, start) = (SystemTime::now(), Instant::now());
    compile(kind, &raw)?;
    let compiled = start.elapsed().as_secs();
    if !is_bound(kind) {
        bind(kind, &raw)?;
        say(format!("{kind}: compiled in {compiled} s, optimized in {} s", start.elapsed().as_secs() - compiled));
    }
    let stamp = stamp(kind);
    let file = fs::File::create(&stamp).and_then(|file| file.set_modified(began));
    file.map_err(|e| format!("{}: {e}", stamp.display()))
}

/// Removes modules that are older than what they are made from, but for the first device's. Tells whether one is to be
/// built.
pub fn remove_old() -> Result<bool> {
    let mut lacks = false;
    for kind in KINDS.into_iter().filter(|kind| *kind != FIRST) {
        if !is_current(kind)? {
            lacks = true;
            // What is not there need not be removed.
            let _ = fs::remove_dir_all(out(kind));
        }
    }
    Ok(lacks)
}

fn is_current(kind: &str) -> Result<bool> {
    Ok(fresh(&stamp(kind), &inputs()?) && is_bound(kind))
}

fn is_bound(kind: &str) -> bool {
    fresh(&out(kind).join("peerlight_bg.wasm"), &[raw(kind)])
}

/// A file whose time is when the last build began: a source that was saved meanwhile counts as changed.
fn stamp(kind: &str) -> PathBuf {
    target_dir().join(format!("{kind}.stamp"))
}

/// Everything a module is made from.
fn inputs() -> Result<Vec<PathBuf>> {
    let mut inputs = metadata::folders_of(CRATE)?;
    inputs.extend(["Cargo.toml", "Cargo.lock"].map(|file| root().join(file)));
    Ok(inputs)
}

fn compile(kind: &str, raw: &Path) -> Result {
    say(format!("{kind}: compiling"));
    let folder = target_dir().join(target::TRIPLE).join(PROFILE);
    let file = folder.join("deps/peerlight_wasm.wasm");
    // Both devices' modules have the same name, so cargo would take one's file for the other's: each waits elsewhere
    // and, renamed, keeps the time by which cargo knows it.
    let _ = fs::remove_file(folder.join("peerlight_wasm.wasm"));
    let _ = fs::remove_file(&file);
    if raw.is_file() {
        fs::rename(raw, &file).map_err(|e| format!("{}: {e}", raw.display()))?;
    }
    let mut cargo = target::ready(cargo(), &flags())?;
    // One crate type alone: a crate that is also an rlib gets no link-time optimization.
    cargo
        .args(["rustc", "--package", CRATE, "--lib", "--crate-type", "cdylib", "--profile", PROFILE])
        .args(["--target", target::TRIPLE, "--no-default-features", "--features", kind, "--target-dir"])
        .arg(target_dir());
    exec(&mut cargo)?;
    fs::rename(&file, raw).map_err(|e| format!("{}: {e}", file.display()))
}

fn bind(kind: &str, raw: &Path) -> Result {
    let (bound, out) = (target_dir().join("bound").join(kind), out(kind));
    make_dir(&bound)?;
    make_dir(&out)?;
    let mut bindgen = command(tools::wasm_bindgen()?);
    bindgen.args(["--target", "web", "--out-name", "peerlight", "--out-dir"]).arg(&bound).arg(raw);
    exec_quietly(&mut bindgen)?;
    for file in ["peerlight.js", "peerlight.d.ts", "peerlight_bg.wasm.d.ts"] {
        fs::copy(bound.join(file), out.join(file)).map_err(|e| format!("{file}: {e}"))?;
    }
    // Not even a function with one caller becomes part of it unless it is tiny: a browser optimizes whole functions,
    // and a large one costs it a tenth of a second for the sake of the few lines that are busy.
    let inline = ["--one-caller-inline-max-function-size", "16"];
    // Straight into place and last: a module that is there is a finished one.
    let mut opt = command(node::tool("wasm-opt")?);
    // The second round knows what each function leaves alone, and functions that are called most get the shortest
    // numbers: three thousandths less to download, at the same speed.
    opt.args(FEATURES)
        .args(["-O2", "--generate-global-effects", "-O2", "--reorder-functions"])
        .args(inline)
        .arg(bound.join("peerlight_bg.wasm"))
        .arg("-o")
        .arg(out.join("peerlight_bg.wasm"));
    exec_quietly(&mut opt)
}
