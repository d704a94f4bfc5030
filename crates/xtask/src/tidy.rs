//! `cargo xtask tidy`: rules of the source tree that no compiler checks.

use crate::{
    results,
    shell::{Result, cargo, command, output, read, root, say},
};
use serde_json::Value;
use std::path::Path;

/// The longest a file of source may be.
const LINES: usize = 500;
const SOURCE: [&str; 8] = ["rs", "js", "mjs", "ts", "css", "html", "py", "sh"];
const TEXT: [&str; 5] = ["toml", "json", "md", "yml", "yaml"];

/// Which of our crates each may use. A crate that is not named here has no place in the design yet.
const USES: [(&str, &[&str]); 7] = [
    ("peerlight-core", &[]),
    ("peerlight-models", &["peerlight-core"]),
    ("peerlight-explain", &["peerlight-core", "peerlight-models"]),
    ("peerlight-metrics", &["peerlight-core", "peerlight-models", "peerlight-explain"]),
    ("peerlight-wasm", &["peerlight-core", "peerlight-models", "peerlight-explain", "peerlight-metrics"]),
    ("peerlight-cli", &["peerlight-core", "peerlight-models", "peerlight-explain", "peerlight-metrics"]),
    ("xtask", &[]),
];
/// The crates that know neither the browser nor the file system, and packages that would bring either in.
const PORTABLE: [&str; 4] = ["peerlight-core", "peerlight-models", "peerlight-explain", "peerlight-metrics"];
const NOT_PORTABLE: [&str; 7] = ["clap", "image", "wasm-bindgen", "wasm-bindgen-futures", "js-sys", "web-sys", "tokio"];
const NOT_PORTABLE_TEXT: [&str; 4] = ["target_arch", "wasm_bindgen", "std::fs", "std::net"];

// In halves, so that this file does not break its own rules.
const UNFINISHED: [&str; 3] = [concat!("to", "do!("), concat!("unimple", "mented!("), concat!("db", "g!(")];
const MACHINE: [&str; 4] =
    [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("C:\\", "Users")];
const REGISTRIES: [&str; 5] = [
    concat!("registry.", "npmjs"),
    concat!("crates", ".io/"),
    concat!("pypi", ".org"),
    concat!("python", "hosted.org"),
    concat!("deb.", "debian"),
];

pub fn run() -> Result {
    results::check()?;
    let mut faults = Vec::new();
    let files = files()?;
    for file in &files {
        check_file(file, &mut faults)?;
    }
    check_crates(&mut faults)?;
    for fault in &faults {
        println!("{fault}");
    }
    match faults.len() {
        0 => {
            say(format!("tidy: {} files and {} crates in order", files.len(), USES.len()));
            Ok(())
        }
        count => Err(format!("tidy: {count} faults")),
    }
}

/// The files that are or would be committed, relative to the root.
fn files() -> Result<Vec<String>> {
    let list = output(command("git").args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]));
    let list = list.ok_or("git could not list the files")?;
    let there = |file: &&str| !file.is_empty() && root().join(file).is_file();
    Ok(list.split('\0').filter(there).map(str::to_owned).collect())
}

fn check_file(file: &str, faults: &mut Vec<String>) -> Result {
    let ext = Path::new(file).extension().unwrap_or_default().to_string_lossy().into_owned();
    let source = SOURCE.contains(&ext.as_str()) || file == ".ci/run";
    if !source && !TEXT.contains(&ext.as_str()) {
        return Ok(());
    }
    let text = read(&root().join(file))?;
    if source && text.lines().count() > LINES {
        faults.push(format!("{file}: {} lines, and {LINES} are the most", text.lines().count()));
    }
    faults.extend(text_faults(file, &text));
    Ok(())
}

/// What must not stand in a file, line by line.
fn text_faults(file: &str, text: &str) -> Vec<String> {
    let rust = file.starts_with("crates/") && file.ends_with(".rs");
    let portable = rust && PORTABLE.iter().any(|name| file.starts_with(&format!("crates/{name}/src/")));
    let rules: [(bool, &[&str], &str); 4] = [
        (true, &MACHINE, "names a folder of one machine"),
        (true, &REGISTRIES, "names a registry's host"),
        (rust, &UNFINISHED, "is unfinished"),
        (portable, &NOT_PORTABLE_TEXT, "belongs in peerlight-wasm or peerlight-cli"),
    ];
    let mut faults = Vec::new();
    for (number, line) in text.lines().enumerate() {
        // A test may read its own files, and stands last in a file.
        if rust && line == "#[cfg(test)]" {
            break;
        }
        for (_, words, why) in rules.iter().filter(|(applies, ..)| *applies) {
            if let Some(word) = words.iter().find(|word| line.contains(**word)) {
                faults.push(format!("{file}:{}: `{word}` {why}", number + 1));
            }
        }
    }
    faults
}

fn check_crates(faults: &mut Vec<String>) -> Result {
    let text =
        output(cargo().args(["metadata", "--no-deps", "--format-version", "1"])).ok_or("cargo metadata failed")?;
    let metadata: Value = serde_json::from_str(&text).map_err(|e| format!("cargo metadata: {e}"))?;
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let Some((_, allowed)) = USES.iter().find(|(known, _)| *known == name) else {
            faults.push(format!("{name}: not in the list of crates in crates/xtask/src/tidy.rs"));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            // What only tests use cannot reach a person.
            if dependency["kind"] == "dev" {
                continue;
            }
            let used = dependency["name"].as_str().unwrap_or_default();
            if used.starts_with("peerlight-") && !allowed.contains(&used) {
                faults.push(format!("{name}: may not use {used}"));
            }
            if PORTABLE.contains(&name) && NOT_PORTABLE.contains(&used) {
                faults.push(format!("{name}: {used} belongs above it"));
            }
        }
        for target in package["targets"].as_array().into_iter().flatten() {
            let path = Path::new(target["src_path"].as_str().unwrap_or_default());
            if !read(path)?.starts_with("//!") {
                faults.push(format!(
                    "{}: does not begin with a `//!` comment",
                    path.strip_prefix(root()).unwrap_or(path).display()
                ));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbidden_words_are_found_with_their_line() {
        let text = format!("fn f() {{\n    {}\n}}\n#[cfg(test)]\n{}", UNFINISHED[0], UNFINISHED[1]);
        let faults = text_faults("crates/peerlight-core/src/a.rs", &text);
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].starts_with("crates/peerlight-core/src/a.rs:2:"), "{faults:?}");
        assert!(text_faults("README.md", &text).is_empty());
        assert_eq!(text_faults("README.md", MACHINE[0]).len(), 1);
    }

    #[test]
    fn the_browser_stays_out_of_portable_crates() {
        let text = "#[cfg(target_arch = \"wasm32\")]";
        assert_eq!(text_faults("crates/peerlight-explain/src/a.rs", text).len(), 1);
        assert!(text_faults("crates/peerlight-wasm/src/a.rs", text).is_empty());
    }
}
