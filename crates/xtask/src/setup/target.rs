//! A compiler with a standard library for WebAssembly.
//!
//! Rustup brings one where it can download. Where it cannot, Debian's `rustc-web` does: its package holds the
//! compiler and the library's source, and the library is built once into a sysroot of our own.

use super::apt;
use crate::shell::{self, Result, command, exec_quietly, make_dir, output, say, which};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The target all WebAssembly is built for.
pub const TRIPLE: &str = "wasm32-unknown-unknown";

const PACKAGES: [&str; 5] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "lld-22"];
/// The oldest compiler the workspace accepts, as in Cargo.toml's `rust-version`.
const OLDEST_MINOR: u32 = 95;

/// A cargo and a compiler that build for [`TRIPLE`].
pub enum Target {
    /// The one that runs this command.
    Own,
    /// Debian's, with the sysroot that was built for it.
    Debian {
        /// The folder given to the compiler as `--sysroot`.
        sysroot: PathBuf,
    },
}

impl Target {
    /// A cargo command with the environment it needs; `flags` go to every crate built for the target.
    pub fn cargo(&self, flags: &[String]) -> Command {
        // Encoded, so that a path with spaces stays one flag.
        let encoded = |flags: &[String]| flags.join("\x1f");
        let Target::Debian { sysroot } = self else {
            let mut cargo = shell::cargo();
            cargo.env("CARGO_ENCODED_RUSTFLAGS", encoded(flags));
            return cargo;
        };
        let mut cargo = command("/usr/bin/cargo");
        // What rustup and the outer cargo set for their own compiler would mislead this one.
        for name in ["RUSTUP_TOOLCHAIN", "LD_LIBRARY_PATH", "CARGO", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"] {
            cargo.env_remove(name);
        }
        let flags = [flags, &[format!("--sysroot={}", sysroot.display())]].concat();
        cargo.env("RUSTC", "/usr/bin/rustc").env("RUSTDOC", "/usr/bin/rustdoc");
        cargo.env("CARGO_ENCODED_RUSTFLAGS", encoded(&flags));
        if let Some(linker) = which("wasm-ld-22").or_else(|| which("wasm-ld")) {
            cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
        cargo
    }

    /// For set-up's report.
    pub fn describe(&self) -> String {
        match self {
            Target::Own => format!("{TRIPLE} of the toolchain in use"),
            Target::Debian { sysroot } => format!("Debian's rustc with {}", sysroot.display()),
        }
    }
}

/// Finds the target, or installs it.
pub fn ensure() -> Result<Target> {
    if let Some(target) = find()? {
        return Ok(target);
    }
    if which("rustup").is_some() {
        say(format!("rustup target add {TRIPLE}"));
        let mut rustup = command("rustup");
        // A report of failure would alarm for nothing: the next way follows.
        if output(rustup.args(["target", "add", TRIPLE])).is_some() && own_has_target() {
            return Ok(Target::Own);
        }
        say("rustup has no such download here; taking Debian's compiler");
    }
    if debian_version().is_none() || !source().join("std").is_dir() || which("wasm-ld-22").is_none() {
        apt::install("a compiler for WebAssembly", &PACKAGES)?;
    }
    let (version, minor) = debian_version().ok_or("rustc-web was installed but /usr/bin/rustc does not answer")?;
    if minor < OLDEST_MINOR {
        return Err(format!(
            "Debian's rustc {version} is too old: 1.{OLDEST_MINOR} is needed (its security suite has it)"
        ));
    }
    let sysroot = sysroot(&version)?;
    build_std(&sysroot)?;
    Ok(Target::Debian { sysroot })
}

fn find() -> Result<Option<Target>> {
    if own_has_target() {
        return Ok(Some(Target::Own));
    }
    let Some((version, _)) = debian_version() else { return Ok(None) };
    let sysroot = sysroot(&version)?;
    Ok(has_target(&sysroot).then_some(Target::Debian { sysroot }))
}

fn own_has_target() -> bool {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    output(command(rustc).args(["--print", "sysroot"])).is_some_and(|dir| has_target(Path::new(&dir)))
}

fn has_target(sysroot: &Path) -> bool {
    let Ok(dir) = fs::read_dir(lib(sysroot)) else { return false };
    dir.flatten().any(|file| file.file_name().to_string_lossy().starts_with("libtest-"))
}

fn lib(sysroot: &Path) -> PathBuf {
    sysroot.join("lib/rustlib").join(TRIPLE).join("lib")
}

/// Debian's compiler: its version, and the middle number of it.
fn debian_version() -> Option<(String, u32)> {
    let text = output(command("/usr/bin/rustc").env_remove("LD_LIBRARY_PATH").arg("--version"))?;
    let version = text.split(' ').nth(1)?.to_owned();
    let minor = version.split('.').nth(1)?.parse().ok()?;
    Some((version, minor))
}

/// Our own folder and not `/usr`: no root is needed, and removing the cache undoes it.
fn sysroot(version: &str) -> Result<PathBuf> {
    Ok(shell::cache()?.join(format!("sysroot-{version}")))
}

fn source() -> PathBuf {
    PathBuf::from("/usr/lib/rustlib/src/rust/library")
}

/// Builds the standard library with the stable compiler, as the compiler's own build would.
fn build_std(sysroot: &Path) -> Result {
    say("building the standard library for WebAssembly (about a minute)");
    let work = shell::cache()?.join("build-std");
    make_dir(&work)?;
    let copy = work.join("library");
    let _ = fs::remove_dir_all(&copy);
    // Cargo writes beside the manifest, and Debian's copy belongs to root.
    exec_quietly(command("cp").arg("-RL").arg(source()).arg(&copy))?;
    let mut cargo = command("/usr/bin/cargo");
    for name in ["RUSTUP_TOOLCHAIN", "LD_LIBRARY_PATH", "CARGO"] {
        cargo.env_remove(name);
    }
    cargo
        .current_dir(&copy)
        .env("RUSTC", "/usr/bin/rustc")
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_DIR", work.join("target"))
        // Tells apart the library's crates from those of the same name in a program's own tree.
        .env("__CARGO_DEFAULT_LIB_METADATA", "peerlight-std")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
        .env(
            "RUSTFLAGS",
            format!(
                "-Zforce-unstable-if-unmarked -Cembed-bitcode=yes --remap-path-prefix={}=/rustc/library",
                copy.display()
            ),
        )
        .args(["build", "--release", "--target", TRIPLE, "--manifest-path", "sysroot/Cargo.toml"])
        .args(["--features", "panic-unwind backtrace compiler-builtins-mem"]);
    exec_quietly(&mut cargo)?;
    install_std(&work.join("target").join(TRIPLE).join("release/deps"), &lib(sysroot))?;
    fs::remove_dir_all(&work).map_err(|e| format!("{}: {e}", work.display()))
}

fn install_std(from: &Path, to: &Path) -> Result {
    let error = |e: std::io::Error| format!("{}: {e}", to.display());
    let half = to.with_extension("part");
    make_dir(&half)?;
    for file in fs::read_dir(from).map_err(error)?.flatten() {
        if file.path().extension().is_some_and(|ext| ext == "rlib") {
            fs::copy(file.path(), half.join(file.file_name())).map_err(error)?;
        }
    }
    // Renamed when complete, so an interrupted set-up is not taken for a finished one.
    fs::rename(&half, to).map_err(error)
}
