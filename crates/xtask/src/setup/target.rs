//! The standard library for WebAssembly, of the toolchain in use.

use crate::shell::{Result, command, exec_quietly, output, say, which};
use std::env;
use std::path::PathBuf;
use std::process::Command;

/// The target all WebAssembly is built for.
pub const TRIPLE: &str = "wasm32-unknown-unknown";

/// Cargo, or a command that calls it, made able to build for [`TRIPLE`]; `flags` go to every crate built for it.
pub fn ready(mut command: Command, flags: &[String]) -> Result<Command> {
    ensure()?;
    // Encoded, so that a path with spaces stays one flag.
    command.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
    Ok(command)
}

/// Finds the target's standard library, or has rustup install it. Returns its folder.
pub fn ensure() -> Result<PathBuf> {
    if let Some(folder) = find() {
        return Ok(folder);
    }
    if which("rustup").is_none() {
        return Err(format!("this Rust has no standard library for {TRIPLE}: install it, or use rustup (rustup.rs)"));
    }
    say(format!("rustup target add {TRIPLE}"));
    exec_quietly(command("rustup").args(["target", "add", TRIPLE]))?;
    find().ok_or_else(|| format!("rustup installed {TRIPLE}, but for another toolchain than the one in use"))
}

fn find() -> Option<PathBuf> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let folder = output(command(rustc).args(["--print", "target-libdir", "--target", TRIPLE]))?;
    Some(PathBuf::from(folder)).filter(|folder| folder.is_dir())
}
