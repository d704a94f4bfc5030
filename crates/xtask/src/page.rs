//! `cargo xtask build`: the page, put together by Trunk from web/ and pkg/.

use crate::node::{self, node};
use crate::setup::tools;
use crate::shell::{Result, command, exec_quietly, path_with, read, root, say};
use crate::wasm;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

/// Where the finished page lies.
pub fn dist() -> PathBuf {
    root().join("dist")
}

pub fn run() -> Result {
    with_tools(wasm::build_all)?;
    put_together()
}

/// The page as soon as it can be had: with the CPU's engine, and without the others if they are still to be built.
/// Tells whether they are.
pub fn run_first() -> Result<bool> {
    with_tools(|| wasm::build(wasm::FIRST))?;
    let lacks = wasm::remove_old()?;
    put_together()?;
    Ok(lacks)
}

/// Builds engines and, beside them, the tools that the page needs: for minutes an engine keeps one core alone busy.
fn with_tools(engines: impl FnOnce() -> Result) -> Result {
    thread::scope(|scope| {
        let tools = scope.spawn(|| {
            tools::wasm_bindgen()?;
            node::ensure()?;
            tools::trunk()
        });
        engines()?;
        tools.join().map_err(|_| "the tools could not be built")?.map(|_| ())
    })
}

fn put_together() -> Result {
    let trunk = tools::trunk()?;
    let bindgen = tools::wasm_bindgen()?;
    let mut build = command(&trunk);
    build
        .args(["build", "--config", "trunk.toml", "--offline=true", "--release"])
        .env("PATH", path_with(bindgen.parent().map(PathBuf::from)))
        // Trunk reads this variable as a flag and refuses the value 1.
        .env_remove("NO_COLOR");
    exec_quietly(&mut build)?;
    prune(&dist())?;
    prune_models(&dist().join("models"))?;
    // Few files of many, which is what a visitor waits for; then the build's version goes into every address.
    node::ensure()?;
    exec_quietly(node().arg("web/bundle.mjs").arg(dist()))?;
    exec_quietly(node().arg("web/stamp.mjs").arg(dist()))?;
    say(format!("page: {}", dist().display()));
    Ok(())
}

/// Takes out the weights that the page's list does not name: those that the ones it names were made from.
fn prune_models(folder: &Path) -> Result {
    let list = read(&folder.join("index.json"))?;
    let error = |e: std::io::Error| format!("{}: {e}", folder.display());
    for entry in fs::read_dir(folder).map_err(error)? {
        let path = entry.map_err(error)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(".safetensors") && !list.contains(&format!("\"file\": \"{name}\"")) {
            fs::remove_file(&path).map_err(error)?;
        }
    }
    Ok(())
}

/// Takes out what lies beside the page's files for developers alone.
fn prune(dir: &Path) -> Result {
    let error = |e: std::io::Error| format!("{}: {e}", dir.display());
    for entry in fs::read_dir(dir).map_err(error)? {
        let path = entry.map_err(error)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            prune(&path)?;
        } else if name.starts_with("LICENSE")
            || [".test.js", ".d.ts", ".md", "package.json"].iter().any(|end| name.ends_with(end))
        {
            fs::remove_file(&path).map_err(error)?;
        }
    }
    Ok(())
}
