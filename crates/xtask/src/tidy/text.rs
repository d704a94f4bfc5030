//! Rules of a single file: how long it and its lines may be, and what must not stand in it.

use std::path::Path;

/// The most lines of a file of Rust, and of other source.
const RUST_LINES: usize = 400;
const LINES: usize = 500;
/// The most columns of a line of source.
const COLUMNS: usize = 120;
/// Endings of source, and of other text that only the rules about words apply to.
pub const SOURCE: [&str; 8] = ["rs", "js", "mjs", "ts", "css", "html", "py", "sh"];
const TEXT: [&str; 6] = ["toml", "json", "md", "yml", "yaml", "cff"];

/// What a crate that knows no browser and no file system must not name.
const NOT_PORTABLE: [&str; 4] = ["target_arch", "wasm_bindgen", "std::fs", "std::net"];

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

/// Whether a file is text that has rules.
pub fn applies(file: &str) -> bool {
    is_source(file) || ends(file, &TEXT)
}

/// Whether a file is source.
pub fn is_source(file: &str) -> bool {
    ends(file, &SOURCE) || file == ".ci/run"
}

fn ends(file: &str, endings: &[&str]) -> bool {
    Path::new(file).extension().is_some_and(|ending| endings.iter().any(|known| ending == *known))
}

/// What is wrong with a file; `portable` are the folders of code that knows no browser and no file system.
pub fn faults(file: &str, text: &str, portable: &[String]) -> Vec<String> {
    let mut faults = Vec::new();
    // What a program made is as long as its formatter has it.
    if is_source(file) && !text.contains(concat!("@gener", "ated")) {
        let most = if file.ends_with(".rs") { RUST_LINES } else { LINES };
        let lines = text.lines().count();
        if lines > most {
            faults.push(format!("{file}: {lines} lines, and {most} are the most"));
        }
        for (number, columns) in text.lines().map(|line| line.chars().count()).enumerate() {
            if columns > COLUMNS {
                faults.push(format!("{file}:{}: {columns} columns, and {COLUMNS} are the most", number + 1));
            }
        }
    }
    words(file, text, portable, &mut faults);
    faults
}

/// The one portable file that may name a processor.
const REGISTERS: &str = "crates/peerlight-models/src/kernels/cpu/simd.rs";

/// What must not stand in a file, line by line.
fn words(file: &str, text: &str, portable: &[String], faults: &mut Vec<String>) {
    let rust = file.starts_with("crates/") && file.ends_with(".rs");
    let portable = rust && portable.iter().any(|folder| file.starts_with(folder));
    let rules: [(bool, &[&str], &str); 4] = [
        (true, &MACHINE, "names a folder of one machine"),
        (true, &REGISTRIES, "names a registry's host"),
        (rust, &UNFINISHED, "is unfinished"),
        (portable, &NOT_PORTABLE, "belongs in a crate that is not portable"),
    ];
    for (number, line) in text.lines().enumerate() {
        // A test may read its own files, and stands last in a file.
        if rust && line == "#[cfg(test)]" {
            break;
        }
        // One kind of processor has registers of its own to choose from; Rust has no such variant elsewhere.
        let chooses_registers = file == REGISTERS && line.contains("cfg(any(target_arch");
        for (_, words, why) in rules.iter().filter(|(applies, ..)| *applies && !chooses_registers) {
            if let Some(word) = words.iter().find(|word| line.contains(**word)) {
                faults.push(format!("{file}:{}: `{word}` {why}", number + 1));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(file: &str, text: &str) -> Vec<String> {
        super::faults(file, text, &["crates/peerlight-core/src/".into()])
    }

    #[test]
    fn forbidden_words_are_found_with_their_line() {
        let text = format!("fn f() {{\n    {}\n}}\n#[cfg(test)]\n{}", UNFINISHED[0], UNFINISHED[1]);
        let found = faults("crates/peerlight-core/src/a.rs", &text);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("crates/peerlight-core/src/a.rs:2:"), "{found:?}");
        assert!(faults("README.md", &text).is_empty());
        assert_eq!(faults("README.md", MACHINE[0]).len(), 1);
    }

    #[test]
    fn the_browser_stays_out_of_portable_crates() {
        let text = "#[cfg(target_arch = \"wasm32\")]";
        assert_eq!(faults("crates/peerlight-core/src/a.rs", text).len(), 1);
        assert!(faults("crates/peerlight-wasm/src/a.rs", text).is_empty());
    }

    #[test]
    fn long_lines_and_long_files_are_found() {
        let wide = "é".repeat(COLUMNS);
        assert!(faults("web/a.js", &wide).is_empty(), "columns are letters and not bytes");
        assert_eq!(faults("web/a.js", &format!("\n{wide}x")), ["web/a.js:2: 121 columns, and 120 are the most"]);
        assert!(faults("docs/a.md", &format!("{wide}x")).is_empty(), "prose may be as wide as it likes");
        assert_eq!(faults("crates/xtask/src/a.rs", &"x\n".repeat(RUST_LINES + 1)).len(), 1);
        assert!(faults("web/a.css", &"x\n".repeat(RUST_LINES + 1)).is_empty());
    }
}
