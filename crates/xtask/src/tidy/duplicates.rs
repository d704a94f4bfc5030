//! No two places share six or more lines: what is written twice is changed once and forgotten once.
//!
//! Lines are compared without the white space around them. Blank lines, comments, imports and lines of punctuation
//! alone do not count, and neither does source that a program made (`@generated`).

use super::text;
use std::collections::{BTreeMap, HashMap};

/// This many lines that are the same are a fault.
const RUN: usize = 6;
/// Pairs of files that may share lines, by how their paths begin, and why.
const ALLOWED: &[(&str, &str, &str)] = &[(
    "crates/peerlight-models/src/kernels/",
    "crates/peerlight-models/src/kernels/",
    "Each backend repeats the signatures of an extension's trait, and each kernel the head of pulp's `WithSimd`.",
)];

/// A line that counts: its number in the file, and its text without the white space around it.
type Line<'a> = (usize, &'a str);
/// A run of lines that are the same: where it begins in either file, counted in lines that count, and how many.
type Run = (usize, usize, usize);

/// Every pair of places that share a run of lines.
pub fn faults(texts: &[(String, String)]) -> Vec<String> {
    let files: Vec<(&str, Vec<Line>)> = texts
        .iter()
        .filter(|(file, text)| text::is_source(file) && !text.contains("@generated"))
        .map(|(file, text)| (file.as_str(), counted(file, text)))
        .collect();
    let mut windows: HashMap<Vec<&str>, Vec<(usize, usize)>> = HashMap::new();
    for (file, (_, lines)) in files.iter().enumerate() {
        for (start, window) in lines.windows(RUN).enumerate() {
            windows.entry(window.iter().map(|line| line.1).collect()).or_default().push((file, start));
        }
    }
    // By the two files and the distance between their lines: a longer run is then a row of starts.
    let mut pairs: BTreeMap<(usize, usize, isize), Vec<usize>> = BTreeMap::new();
    for places in windows.values() {
        for (i, &(file, start)) in places.iter().enumerate() {
            for &(other, second) in &places[i + 1..] {
                if file != other || second - start >= RUN {
                    pairs.entry((file, other, second as isize - start as isize)).or_default().push(start);
                }
            }
        }
    }
    let mut faults = Vec::new();
    for ((file, other, distance), mut starts) in pairs {
        let ((file, lines), (other, others)) = (&files[file], &files[other]);
        if allowed(file, other) {
            continue;
        }
        starts.sort_unstable();
        for (start, second, count) in runs(&starts, distance) {
            let place = |lines: &[Line], start: usize| format!("{}-{}", lines[start].0, lines[start + count - 1].0);
            faults.push(format!(
                "{file}:{} and {other}:{}: the same {count} lines",
                place(lines, start),
                place(others, second)
            ));
        }
    }
    faults
}

/// Starts of windows that follow each other are one run.
fn runs(starts: &[usize], distance: isize) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for &start in starts {
        match runs.last_mut() {
            Some((first, _, count)) if start <= *first + *count - RUN + 1 => *count = start - *first + RUN,
            _ => runs.push((start, start.strict_add_signed(distance), RUN)),
        }
    }
    runs
}

fn allowed(a: &str, b: &str) -> bool {
    let is = |x: &str, y: &str| a.starts_with(x) && b.starts_with(y);
    ALLOWED.iter().any(|(x, y, _)| is(x, y) || is(y, x))
}

/// The lines of a file that count.
fn counted<'a>(file: &str, text: &'a str) -> Vec<Line<'a>> {
    let comments: &[&str] = match file.rsplit('.').next() {
        Some("py" | "sh") => &["#"],
        Some("html") => &["<!--"],
        _ => &["//", "/*", "*"],
    };
    // An import over several lines ends with its semicolon, in Python with its bracket.
    let python = file.ends_with(".py");
    let starts: &[&str] =
        if python { &["import ", "from "] } else { &["use ", "pub use ", "import ", "export {", "export *"] };
    let ends = |line: &str| if python { !line.ends_with(['(', ',']) } else { line.ends_with(';') };
    let module = |line: &str| line.ends_with(';') && (line.starts_with("mod ") || line.starts_with("pub mod "));
    let (mut found, mut importing) = (Vec::new(), false);
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        importing = importing || starts.iter().any(|start| line.starts_with(start));
        let comment = comments.iter().any(|start| line.starts_with(start));
        if !importing && !comment && !module(line) && line.chars().any(char::is_alphanumeric) {
            found.push((number + 1, line));
        }
        importing = importing && !ends(line);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(a: &str, b: &str) -> Vec<String> {
        faults(&[("a.rs".into(), a.into()), ("b.rs".into(), b.into())])
    }

    #[test]
    fn a_run_is_found_once_and_whole() {
        let shared: String = (0..8).map(|i| format!("let x{i} = {i};\n")).collect();
        let indented = shared.replace("let", "    let");
        let other = format!("fn f() {{\n\n{indented}}}\n");
        assert_eq!(found(&shared, &other), ["a.rs:1-8 and b.rs:3-10: the same 8 lines"]);
        let twice = format!("{shared}fn f() {{}}\n{shared}");
        assert_eq!(found(&twice, ""), ["a.rs:1-8 and a.rs:10-17: the same 8 lines"]);
    }

    #[test]
    fn short_runs_imports_comments_and_brackets_do_not_count() {
        let five: String = (0..5).map(|i| format!("let x{i} = {i};\n// why\n}}\n")).collect();
        assert!(found(&five, &five).is_empty());
        let imports = "use a::{\n    b,\n    c,\n    d,\n    e,\n    f,\n    g,\n};\nuse h;\n";
        assert!(found(imports, imports).is_empty());
        let six = format!("{five}let y = 0;\n");
        assert_eq!(found(&six, &six).len(), 1);
        assert!(found(&format!("// @generated\n{six}"), &six).is_empty());
    }

    #[test]
    fn a_row_that_repeats_itself_is_no_endless_fault() {
        let same = "count += 1;\n".repeat(30);
        assert!(!found(&same, "").is_empty());
    }
}
