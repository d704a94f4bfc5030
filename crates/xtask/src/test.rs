//! `cargo xtask test`: every check and test, each announced with its time, and a count at the end.

use crate::node::{self, node};
use crate::setup::{browser, target, tools};
use crate::shell::{Result, cargo, command, exec, root};
use crate::{page, tidy, wasm};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What to run.
#[derive(clap::Args)]
pub struct Args {
    /// Run only this group (may be given more than once)
    #[arg(long, value_enum)]
    only: Vec<Group>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Group {
    Lint,
    Js,
    Native,
    Wasm,
    E2e,
}

struct Step(Group, &'static str, fn() -> Result);

/// Quick ones first. A step that needs what another builds builds it itself if it is not there.
const STEPS: [Step; 11] = [
    Step(Group::Lint, "format", format),
    Step(Group::Lint, "tidy", tidy::run),
    Step(Group::Lint, "clippy", clippy),
    Step(Group::Native, "native tests", native),
    Step(Group::Wasm, "wasm for the page", wasm_page),
    Step(Group::Js, "JavaScript tests", javascript),
    Step(Group::Js, "JavaScript types", types),
    Step(Group::Wasm, "wasm tests, CPU", || wasm_tests("cpu")),
    Step(Group::Wasm, "wasm tests, WebGPU", || wasm_tests("webgpu")),
    Step(Group::E2e, "page", page::run),
    Step(Group::E2e, "end-to-end tests", end_to_end),
];

fn run_all(groups: &[Group]) -> Result {
    let chosen = STEPS.iter().filter(|step| groups.is_empty() || groups.contains(&step.0));
    let mut table = Vec::new();
    for Step(_, name, step) in chosen {
        println!("\n== {name}");
        let start = Instant::now();
        let done = step();
        if let Err(error) = &done {
            println!("{error}");
        }
        let seconds = start.elapsed().as_secs_f64();
        println!("== {name}: {} in {seconds:.0} s", word(done.is_ok()));
        table.push((name, done.is_ok(), seconds));
    }
    println!();
    for (name, passed, seconds) in &table {
        println!("{:<22}{:<8}{seconds:>6.0} s", name, word(*passed));
    }
    let passed = table.iter().filter(|(_, passed, _)| *passed).count();
    let failed = table.len() - passed;
    println!("\n{passed} passed, {failed} failed");
    if failed == 0 { Ok(()) } else { Err("not every step passed".into()) }
}

pub fn run(args: &Args) -> Result {
    run_all(&args.only)
}

fn word(passed: bool) -> &'static str {
    if passed { "passed" } else { "FAILED" }
}

/// Files that a macro declares as modules, one line each, are not found by `cargo fmt`.
const DECLARED: [&str; 2] = ["crates/peerlight-explain/src/methods", "crates/peerlight-metrics/src/metrics"];

fn format() -> Result {
    exec(cargo().args(["fmt", "--all", "--check"]))?;
    let mut files = Vec::new();
    for dir in DECLARED {
        find(&root().join(dir), &|name| name.ends_with(".rs"), &mut files);
    }
    exec(command("rustfmt").args(["--edition", "2024", "--check"]).args(files))
}

fn clippy() -> Result {
    exec(cargo().args(["clippy", "--workspace", "--all-targets", "--quiet", "--", "--deny", "warnings"]))
}

/// Everything but the crate that only a browser can run.
fn native() -> Result {
    exec(cargo().args(["test", "--workspace", "--exclude", "peerlight-wasm"]))
}

fn wasm_page() -> Result {
    wasm::build_all()?;
    wasm::run_sizes(false)
}

fn javascript() -> Result {
    let mut files = Vec::new();
    for dir in ["pkg", "web", "tests"] {
        find(&root().join(dir), &|name| name.ends_with(".test.js") || name.ends_with(".test.mjs"), &mut files);
    }
    if files.is_empty() {
        return Err("no *.test.js or *.test.mjs was found".into());
    }
    exec(node().arg("--test").args(files))
}

/// Files whose name is `wanted`, in a folder and those in it.
fn find(dir: &Path, wanted: &dyn Fn(&str) -> bool, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && name != "node_modules" {
            find(&path, wanted, found);
        } else if wanted(&name) {
            found.push(path);
        }
    }
    found.sort();
}

/// The page's JSDoc types against the declarations that wasm-bindgen made.
fn types() -> Result {
    wasm::build_all()?;
    exec(command(node::tool("tsc")?).args(["--noEmit", "--project", "tests/tsconfig.json"]))
}

/// The crate's own tests, in headless Chromium, compiled as the page's module is so that dependencies are shared.
fn wasm_tests(kind: &str) -> Result {
    let browser = browser::ensure()?;
    let mut cargo = target::ensure()?.cargo(&wasm::flags());
    cargo
        .args([
            "test",
            "--package",
            "peerlight-wasm",
            "--test",
            "*",
            "--profile",
            wasm::PROFILE,
            "--target",
            target::TRIPLE,
        ])
        .args(["--no-default-features", "--features", kind, "--target-dir"])
        .arg(wasm::target_dir())
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", tools::wasm_test_runner()?)
        .env("CHROMEDRIVER", browser.driver)
        .env("WASM_BINDGEN_TEST_TIMEOUT", "300");
    exec(&mut cargo)
}

fn end_to_end() -> Result {
    node::ensure()?;
    exec(node().arg("tests/e2e/run.mjs").env("CHROME", browser::ensure()?.chrome))
}
