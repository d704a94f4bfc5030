//! Inside a crate no module imports in a circle, so that each can be read after those that it uses.

use std::collections::{BTreeMap, BTreeSet};

/// Modules that may use each other; ARCHITECTURE.md says why.
const ALLOWED: [(&str, &[&str]); 1] = [("peerlight-onnx", &["fold", "import", "ops"])];

/// The modules that each module of a crate uses.
type Uses<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// A circle of modules for each crate that has one.
pub fn faults(texts: &[(String, String)]) -> Vec<String> {
    let mut crates: BTreeMap<&str, Vec<(&str, String)>> = BTreeMap::new();
    for (file, text) in texts {
        let Some((name, path)) = file.strip_prefix("crates/").and_then(|file| file.split_once("/src/")) else {
            continue;
        };
        if let Some(path) = path.strip_suffix(".rs") {
            crates.entry(name).or_default().push((path, code(text)));
        }
    }
    let fault = |(name, files): (&&str, &Vec<(&str, String)>)| {
        let circle = circle(&uses(files))?;
        let allowed = ALLOWED.iter().any(|(of, modules)| of == name && circle.iter().all(|m| modules.contains(m)));
        (!allowed).then(|| format!("{name}: modules import in a circle: {}", circle.join(" -> ")))
    };
    crates.iter().filter_map(fault).collect()
}

/// The lines that are neither comments nor tests.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(|line| [line, "\n"]).collect()
}

fn uses<'a>(files: &'a [(&'a str, String)]) -> Uses<'a> {
    let module = |path: &'a str| path.split('/').next().unwrap_or_default();
    let modules: BTreeSet<&str> = files.iter().map(|(path, _)| module(path)).collect();
    let root = files.iter().find(|(path, _)| ["lib", "main"].contains(path)).map_or("", |(_, text)| text.as_str());
    let mut homes: BTreeMap<&str, &str> = BTreeMap::new();
    for part in root.split("pub use ").skip(1) {
        let path = part.split(';').next().unwrap_or_default().trim_start_matches("self::");
        if let Some((home, names)) = path.split_once("::").filter(|(home, _)| modules.contains(home)) {
            homes
                .extend(names.split(|c: char| !is_of_name(c)).filter(|name| !name.is_empty()).map(|name| (name, home)));
        }
    }
    let mut uses: Uses = modules.iter().map(|&module| (module, BTreeSet::new())).collect();
    for (path, text) in files {
        let from: &[&str] = if path.contains('/') { &["crate::"] } else { &["crate::", "super::"] };
        let own = module(path);
        for name in from.iter().flat_map(|start| text.split(start).skip(1)).flat_map(firsts) {
            let home = modules.get(name).or(homes.get(name));
            uses.entry(own).or_default().extend(home.filter(|home| **home != own));
        }
    }
    uses
}

/// The first names of the paths that stand here: one name, or those of a list in braces.
fn firsts(text: &str) -> Vec<&str> {
    let Some(list) = text.strip_prefix('{') else {
        return text.split(|c: char| !is_of_name(c)).take(1).collect();
    };
    let (mut depth, mut names, mut start) = (0, Vec::new(), 0);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                names.push(list[start..at].trim_start());
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    names.into_iter().filter_map(|path| path.split(|c: char| !is_of_name(c)).next()).collect()
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Modules each of which uses the next, and the last the first; none if there is no circle.
fn circle<'a>(uses: &Uses<'a>) -> Option<Vec<&'a str>> {
    // What uses nothing that is left is in no circle.
    let mut left = uses.clone();
    while let Some(done) = left.iter().find(|(_, used)| used.is_empty()).map(|(module, _)| *module) {
        left.remove(done);
        for used in left.values_mut() {
            used.remove(done);
        }
    }
    let mut walk = vec![*left.keys().next()?];
    loop {
        let next = *left[walk.last()?].first()?;
        if let Some(at) = walk.iter().position(|module| *module == next) {
            return Some(walk.split_off(at));
        }
        walk.push(next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults_of(files: &[(&str, &str)]) -> Vec<String> {
        let file = |(path, text): &(&str, &str)| (format!("crates/x/src/{path}.rs"), text.to_string());
        faults(&files.iter().map(file).collect::<Vec<_>>())
    }

    #[test]
    fn circles_are_found_through_names_lists_and_submodules() {
        let root = ("lib", "mod a;\nmod b;\npub use b::{B, C};\n");
        assert!(faults_of(&[root, ("a", "use crate::{B, b::{D}};"), ("b", "use std::fmt;")]).is_empty());
        let expected = ["x: modules import in a circle: a -> b"];
        assert_eq!(faults_of(&[root, ("a", "use crate::C;"), ("b", "use super::a;")]), expected);
        assert_eq!(faults_of(&[root, ("a/deep", "use crate::{std, B};"), ("b", "fn f() { crate::a::f() }")]), expected);
    }

    #[test]
    fn comments_and_tests_import_what_they_like() {
        let b = "/// See [`crate::a`].\n#[cfg(test)]\nmod tests { use crate::a; }";
        assert!(faults_of(&[("lib", ""), ("a", "use crate::b::B;"), ("b", b)]).is_empty());
    }
}
