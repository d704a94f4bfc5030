//! `cargo xtask test`: every check and test, each announced with its time, and a count at the end.

use crate::node::{self, node};
use crate::setup::{browser, target, tools};
use crate::shell::{self, Outcome, Result, cargo, command, exec, files, path_with, root, say};
use crate::{bench, format, metadata, page, tidy, types, wasm};
use std::path::PathBuf;
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
    /// Formatters, rules of the tree, clippy, documentation, licenses of dependencies
    Lint,
    /// JavaScript without a browser
    Js,
    /// Everything that runs on this machine's processor, examples too
    Native,
    /// The modules, and their tests in browsers by wasm-pack
    Wasm,
    /// The page in browsers
    E2e,
    /// Every benchmark, once and small
    Bench,
}

struct Step(Group, &'static str, fn() -> Result<Outcome>);

/// Quick ones first. A step that needs what another builds builds it itself if it is not there.
const STEPS: [Step; 19] = [
    Step(Group::Lint, "format, Rust", || passed(format::rust(true))),
    Step(Group::Lint, "format, web", || passed(format::web(true))),
    Step(Group::Lint, "format, Python", || format::python(true)),
    Step(Group::Lint, "tidy", || passed(tidy::run())),
    Step(Group::Lint, "licenses and sources", deny),
    Step(Group::Lint, "clippy", || passed(clippy())),
    Step(Group::Lint, "documentation", || passed(documentation())),
    Step(Group::Native, "native tests", || passed(native())),
    Step(Group::Native, "TypeScript, from Rust", || passed(types::check())),
    Step(Group::Native, "examples", || passed(examples())),
    Step(Group::Wasm, "wasm for the page", || passed(wasm_page())),
    Step(Group::Js, "JavaScript tests", || passed(javascript())),
    Step(Group::Js, "JavaScript types", || passed(javascript_types())),
    Step(Group::Wasm, "wasm-pack, CPU", || passed(wasm_pack("cpu", &["--chrome", "--firefox"]))),
    Step(Group::Wasm, "wasm-pack, WebGPU", || passed(wasm_pack("webgpu", &["--chrome"]))),
    Step(Group::E2e, "page", || passed(page::run())),
    Step(Group::E2e, "end-to-end, Chromium", || passed(end_to_end(&["--browser", "chromium"]))),
    Step(Group::E2e, "end-to-end, Firefox", || passed(end_to_end(&["--browser", "firefox", "--essential"]))),
    Step(Group::Bench, "benchmarks, once", || passed(bench::once())),
];

fn passed(done: Result) -> Result<Outcome> {
    done.map(|()| Outcome::Passed)
}

pub fn run(args: &Args) -> Result {
    let chosen = STEPS.iter().filter(|step| args.only.is_empty() || args.only.contains(&step.0));
    let mut table = Vec::new();
    for Step(_, name, step) in chosen {
        println!("\n== {name}");
        let start = Instant::now();
        let word = match step() {
            Ok(Outcome::Passed) => "passed",
            Ok(Outcome::Skipped(why)) => {
                println!("{why}");
                "skipped"
            }
            Err(error) => {
                println!("{error}");
                "FAILED"
            }
        };
        let seconds = start.elapsed().as_secs_f64();
        println!("== {name}: {word} in {seconds:.0} s");
        table.push((name, word, seconds));
    }
    println!();
    for (name, word, seconds) in &table {
        println!("{name:<22}{word:<8}{seconds:>6.0} s");
    }
    let count = |wanted| table.iter().filter(|(_, word, _)| *word == wanted).count();
    let (failed, skipped) = (count("FAILED"), count("skipped"));
    println!("\n{} passed, {failed} failed, {skipped} skipped", count("passed"));
    if failed == 0 { Ok(()) } else { Err("not every step passed".into()) }
}

/// What deny.toml asks. Advisories are not asked for: they would need the network at every test.
fn deny() -> Result<Outcome> {
    if shell::which("cargo-deny").is_none() {
        return Ok(Outcome::Skipped("cargo-deny is not installed (cargo install cargo-deny)".into()));
    }
    exec(cargo().args(["deny", "--offline", "--log-level", "warn", "check", "licenses", "bans", "sources"]))?;
    Ok(Outcome::Passed)
}

fn clippy() -> Result {
    exec(cargo().args(["clippy", "--workspace", "--all-targets", "--quiet", "--", "--deny", "warnings"]))
}

/// The pages of docs.rs; a link that leads nowhere is an error.
fn documentation() -> Result {
    let mut doc = cargo();
    doc.args(["doc", "--workspace", "--no-deps", "--quiet"]).env("RUSTDOCFLAGS", "--deny warnings");
    exec(&mut doc)
}

/// Everything but the crate that only a browser can run.
fn native() -> Result {
    exec(cargo().args(["test", "--workspace", "--exclude", wasm::CRATE]))
}

/// Every example runs by itself, without arguments. They are built as `cargo test` builds them, so nothing is built
/// twice.
fn examples() -> Result {
    exec(cargo().args(["build", "--workspace", "--exclude", wasm::CRATE, "--examples", "--quiet"]))?;
    let folder = shell::target_dir().join("debug/examples");
    for example in metadata::packages()?.iter().flat_map(metadata::Package::examples) {
        let start = Instant::now();
        let program = folder.join(format!("{}{}", example.name, std::env::consts::EXE_SUFFIX));
        shell::exec_quietly(&mut command(program)).map_err(|error| format!("example {}: {error}", example.name))?;
        say(format!("example {}: {:.1} s", example.name, start.elapsed().as_secs_f64()));
    }
    Ok(())
}

fn wasm_page() -> Result {
    wasm::build_all()?;
    wasm::run_sizes(false)
}

fn javascript() -> Result {
    let test = |file: &String| file.ends_with(".test.js") || file.ends_with(".test.mjs");
    let files: Vec<PathBuf> = files()?.into_iter().filter(test).map(|file| root().join(file)).collect();
    if files.is_empty() {
        return Err("no *.test.js or *.test.mjs was found".into());
    }
    exec(node().arg("--test").args(files))
}

/// The page's JSDoc types against the declarations that wasm-bindgen made.
fn javascript_types() -> Result {
    wasm::build_all()?;
    exec(command(node::tool("tsc")?).args(["--noEmit", "--project", "tsconfig.json"]))
}

/// The crate's own tests, in headless browsers, compiled as the page's module is so that dependencies are shared.
/// WebGPU is tested in Chromium alone: Firefox has none on Linux.
fn wasm_pack(kind: &str, browsers: &[&str]) -> Result {
    let (chromium, firefox) = (browser::chromium()?, browser::firefox()?);
    // wasm-pack takes wasm-bindgen from PATH, and would ask the network for it otherwise.
    let found = [tools::wasm_bindgen()?, firefox.program].map(|path| path.parent().map(PathBuf::from));
    let mut pack = target::ready(command(tools::wasm_pack()?), &wasm::flags())?;
    pack.args(["test", "--headless", "--mode", "no-install"]).args(browsers);
    pack.arg("--chromedriver").arg(chromium.driver).arg("--geckodriver").arg(firefox.driver);
    pack.args([&format!("crates/{}", wasm::CRATE), "--profile", wasm::PROFILE, "--target-dir"]);
    pack.arg(wasm::target_dir()).args(["--no-default-features", "--features", kind]);
    pack.env("PATH", path_with(found.into_iter().flatten()));
    // The test's runner would ask these before the driver that wasm-pack names.
    pack.env_remove("CHROMEDRIVER").env_remove("GECKODRIVER");
    exec(&mut pack)
}

/// A machine that others use, too, stalls now and then: what failed has a second try, and is named if it passes then.
fn end_to_end(args: &[&str]) -> Result {
    node::ensure()?;
    let mut run = node();
    run.args(["tests/e2e/run.mjs", "--again"]).args(args).env("CHROME", browser::chromium()?.program);
    exec(run.env("FIREFOX", browser::firefox()?.program))
}
