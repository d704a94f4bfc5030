//! Names of the results.

use std::{
    collections::HashSet,
    ffi::OsStr,
    path::{Path, PathBuf},
};

use crate::files::{is_hidden, text};

/// The longest name of a result, in bytes: what is added to it must find room in the 255 that systems allow.
const LONGEST: usize = 100;

/// The names of results that are taken. Names that differ in case alone are one on some systems.
#[derive(Default)]
pub struct Names(HashSet<String>);

impl Names {
    /// The name of an image's results: the file's without its ending, or with it and a number where others would be
    /// overwritten.
    pub fn of(&mut self, path: &Path) -> String {
        let (stem, whole) = (part(path.file_stem()), part(path.file_name()));
        let numbered = (2..).map(|i| format!("{whole}-{i}"));
        let mut names = [stem, whole.clone()].into_iter().chain(numbered);
        let name = names.find(|name| !self.0.contains(&name.to_lowercase())).unwrap_or_default();
        self.0.insert(name.to_lowercase());
        name
    }
}

fn part(part: Option<&OsStr>) -> String {
    let name = part.map_or("image".into(), |part| text(Path::new(part)));
    // A control character in a file's name would be written into a terminal by whoever lists the results.
    cut(&name.replace(is_hidden, "_"), LONGEST)
}

fn cut(text: &str, most: usize) -> String {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text[..end].to_owned()
}

/// The parts of the names of the networks' overlays: their ids, or with a number where a file of the same image has the
/// name: the joint map of this method, what is hidden, or another network whose id differs in case alone.
pub fn peers<'a>(ids: impl Iterator<Item = &'a str>, method: &str) -> Vec<String> {
    let mut taken = HashSet::from([method.to_lowercase(), "what-if".into()]);
    let mut part = |(index, id): (usize, &str)| {
        let name = if taken.contains(&id.to_lowercase()) { format!("{}.{id}", index + 1) } else { id.into() };
        taken.insert(name.to_lowercase());
        name
    };
    ids.enumerate().map(&mut part).collect()
}

/// A method in the name of a file. Colons and slashes are no part of one on every system.
pub fn method(spec: &str) -> String {
    spec.replace([':', '/', '\\'], ",")
}

/// A class in the name of a file: its label in small letters and hyphens, or its index where no letter is left or
/// another label gives the same.
pub fn class(labels: &[String], index: usize) -> String {
    let plain = |label: &str| {
        let letters = label.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "-");
        let words: Vec<&str> = letters.split('-').filter(|word| !word.is_empty()).collect();
        cut(&words.join("-"), 40)
    };
    let name = labels.get(index).map(|label| plain(label)).unwrap_or_default();
    let alone = labels.iter().filter(|label| plain(label) == name).count() == 1;
    if name.is_empty() || !alone { format!("class-{index}") } else { name }
}

/// The folder of results where none is named: that of the image's name, with something added if there is one already
/// that holds something else.
pub fn default_out(given: &[PathBuf]) -> PathBuf {
    let [one] = given else { return "explained".into() };
    if one == Path::new("-") {
        return "explained".into();
    }
    let whole = std::path::absolute(one).unwrap_or_else(|_| one.clone());
    if one.is_dir() {
        return format!("{}-explained", part(whole.file_name())).into();
    }
    let stem = part(whole.file_stem());
    let folder = PathBuf::from(&stem);
    let taken = folder.exists() && !folder.join(format!("{stem}.json")).is_file();
    if taken { format!("{stem}-explained").into() } else { folder }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_result_overwrites_another() {
        let mut names = Names::default();
        let images = ["a/cat.jpg", "a/cat.png", "b/cat.jpg", "b/cat.jpg", "dog.jpg", "c/CAT.jpeg"];
        let names = images.map(|path| names.of(Path::new(path)));
        assert_eq!(names, ["cat", "cat.png", "cat.jpg", "cat.jpg-2", "dog", "CAT.jpeg"]);
        assert_eq!(Names::default().of(Path::new("a\u{202e}gnp\x1b.exe")), "a_gnp_");
        let long = "é".repeat(120) + ".png";
        let mut names = Names::default();
        let [first, second] = [(); 2].map(|()| names.of(Path::new(&long)));
        assert!(first.len() <= LONGEST && second.len() <= LONGEST + 2 && first != second, "{first} {second}");
    }

    #[test]
    fn no_network_overwrites_the_joint_map_or_another() {
        let ids = ["mutual", "A", "a", "What-If", "guided"];
        assert_eq!(peers(ids.into_iter(), "mutual"), ["1.mutual", "A", "3.a", "4.What-If", "guided"]);
    }

    #[test]
    fn classes_have_names_that_files_may_have() {
        let labels = ["tabby, tabby cat", "A/B", "a b", "犬", "???"].map(String::from);
        let names: Vec<_> = (0..5).map(|i| class(&labels, i)).collect();
        assert_eq!(names, ["tabby-tabby-cat", "class-1", "class-2", "犬", "class-4"]);
    }
}
