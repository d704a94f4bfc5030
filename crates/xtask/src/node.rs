//! Node.js and the packages under tests/ (wasm-opt, the browser's driver, the type checker).

use crate::shell::{Result, command, exec_quietly, fresh, root, say, which};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;

/// The folder of installed packages, brought up to date with the lock file.
pub fn ensure() -> Result<PathBuf> {
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock();
    let tests = root().join("tests");
    let modules = tests.join("node_modules");
    if which("node").is_none() || which("npm").is_none() {
        return Err("Node.js 20 or newer with npm is needed (on Debian: sudo apt-get install nodejs npm)".into());
    }
    // npm writes this file last.
    if !fresh(&modules.join(".package-lock.json"), &[tests.join("package-lock.json")]) {
        say("npm ci in tests/");
        exec_quietly(command("npm").current_dir(&tests).args(["ci", "--no-audit", "--no-fund"]))?;
    }
    Ok(modules)
}

/// A program that one of the packages brings.
pub fn tool(name: &str) -> Result<PathBuf> {
    Ok(ensure()?.join(".bin").join(name))
}

/// Node itself, in the workspace's root.
pub fn node() -> Command {
    command("node")
}
