//! `cargo xtask types`: the npm package's declarations, made from the Rust types.

use crate::node;
use crate::shell::{Result, cargo, command, exec_quietly, output, read, root};
use std::fs;

const FILE: &str = "pkg/types.d.ts";

/// Writes the declarations.
pub fn write() -> Result {
    let made = made()?;
    fs::write(root().join(FILE), made).map_err(|e| format!("{FILE}: {e}"))
}

/// Compares the declarations that are there with those that the Rust types make, byte by byte.
pub fn check() -> Result {
    match read(&root().join(FILE))? == made()? {
        true => Ok(()),
        false => Err(format!("{FILE} is not what the Rust types say: run `cargo xtask types`")),
    }
}

fn made() -> Result<String> {
    let raw = root().join("target/types.d.ts");
    let test = ["test", "--quiet", "--workspace", "--exclude", "peerlight-wasm", "--test", "typescript"];
    exec_quietly(cargo().args(test).env("PEERLIGHT_TYPES", &raw))?;
    let mut prettier = command(node::tool("prettier")?);
    prettier.arg("--config").arg(root().join(".prettierrc.json")).arg("--ignore-path").arg("none").arg(&raw);
    output(&mut prettier).map(|text| text + "\n").ok_or_else(|| format!("prettier could not format {}", raw.display()))
}
