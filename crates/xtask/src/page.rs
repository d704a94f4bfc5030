//! `cargo xtask build`: the page, put together by Trunk from web/ and pkg/.

use crate::setup::tools;
use crate::shell::{Result, command, exec_quietly, path_with, root, say};
use crate::wasm;
use std::path::PathBuf;

/// Where the finished page lies.
pub fn dist() -> PathBuf {
    root().join("dist")
}

pub fn run() -> Result {
    wasm::build_all()?;
    let trunk = tools::trunk()?;
    let bindgen = tools::wasm_bindgen()?;
    let mut build = command(&trunk);
    build
        .args(["--config", "trunk.toml", "--offline", "build", "--release"])
        .env("PATH", path_with(bindgen.parent().map(PathBuf::from)))
        // Trunk reads this variable as a flag and refuses the value 1.
        .env_remove("NO_COLOR");
    exec_quietly(&mut build)?;
    say(format!("page: {}", dist().display()));
    Ok(())
}
