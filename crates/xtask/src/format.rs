//! The formatters of every language: rustfmt, prettier and ruff. Each says which files it would change. Of Python, it
//! also tells names without a definition.

use crate::node;
use crate::setup::tools;
use crate::shell::{Outcome, Result, cargo, command, exec, files, root};

/// What to format.
#[derive(clap::Args)]
pub struct Args {
    /// Say which files are not formatted, and change nothing
    #[arg(long)]
    check: bool,
}

pub fn run(args: &Args) -> Result {
    rust(args.check)?;
    web(args.check)?;
    python(args.check).map(|_| ())
}

pub fn rust(check: bool) -> Result {
    exec(cargo().args(["fmt", "--all"]).args(check.then_some("--check")))
}

/// JavaScript, CSS and HTML.
pub fn web(check: bool) -> Result {
    let mode = if check { "--check" } else { "--write" };
    let ours = |file: &String| ["js", "mjs", "css", "html"].iter().any(|end| file.ends_with(&format!(".{end}")));
    let mut prettier = command(node::tool("prettier")?);
    exec(prettier.args(["--log-level", "warn", mode]).args(files()?.into_iter().filter(ours)))
}

/// The scripts that make golden values and the rivals of the benchmarks.
pub fn python(check: bool) -> Result<Outcome> {
    let Some(ruff) = tools::ruff()? else {
        return Ok(Outcome::Skipped("Python 3 with venv is not installed".into()));
    };
    // A name that nothing defines is found only where the script runs, which tests do not.
    exec(command(&ruff).args(["check", "--quiet", "--select", "F,E9"]).arg(root().join("tests")))?;
    let check = check.then_some("--check");
    exec(command(ruff).args(["format", "--quiet"]).args(check).arg(root().join("tests")))?;
    Ok(Outcome::Passed)
}
