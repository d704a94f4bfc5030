//! What was given and not used. It is told once, at the end, and the exit code tells it, too.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::files::shown;

/// Names of files that one line shows.
const NAMES: usize = 5;
/// Lines that are shown.
const LINES: usize = 20;

/// A file that was left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// Its path, as far as it is known from what was given.
    pub file: String,
    /// Why it was left out.
    pub why: String,
    #[serde(skip)]
    kind: Kind,
}

/// What was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// An image, or a row that names one: a person would expect it to be used.
    Image,
    /// A folder that a person would expect to be used.
    Folder,
    /// A file that nobody would take for an image.
    Other,
}

/// The files that were left out, and what else a person should know at the end.
#[derive(Debug, Default)]
pub struct LeftOut {
    files: Vec<Entry>,
    notes: Vec<String>,
    /// Images with several pages, of which the first is used, each with the number of its pages.
    paged: Vec<(String, usize)>,
    /// Whether a note is a doubt about what was used.
    doubtful: bool,
}

impl LeftOut {
    /// An image, or what may be one.
    pub fn image(&mut self, file: impl Into<String>, why: impl Into<String>) {
        self.files.push(Entry { file: file.into(), why: why.into(), kind: Kind::Image });
    }

    /// A folder with images, or a link to one.
    pub fn folder(&mut self, folder: impl Into<String>, why: impl Into<String>) {
        self.files.push(Entry { file: folder.into(), why: why.into(), kind: Kind::Folder });
    }

    /// A file that nobody would take for an image, such as a text.
    pub fn other(&mut self, file: impl Into<String>, why: impl Into<String>) {
        self.files.push(Entry { file: file.into(), why: why.into(), kind: Kind::Other });
    }

    /// Something to know that leaves nothing out.
    pub fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    /// An image file with so many pages. That the first of several is used is told once, for all files, and leaves
    /// nothing out: it is what viewers show.
    pub fn pages(&mut self, file: impl Into<String>, pages: usize) {
        if pages > 1 {
            self.paged.push((file.into(), pages));
        }
    }

    /// Something that makes what was used doubtful. The exit code tells it, as it tells what was left out.
    pub fn doubt(&mut self, text: impl Into<String>) {
        self.note(text);
        self.doubtful = true;
    }

    /// Every file with its reason.
    pub fn files(&self) -> &[Entry] {
        &self.files
    }

    /// The number of images, and of folders of them, that were left out.
    pub fn images(&self) -> usize {
        self.files.iter().filter(|entry| entry.kind != Kind::Other).count()
    }

    /// How the command ends that left this out.
    pub fn end(&self) -> End {
        if self.images() == 0 && !self.doubtful { End::Whole } else { End::Partial }
    }

    fn first_pages(&self) -> String {
        let files: Vec<_> = self.paged.iter().map(|(file, pages)| format!("{} ({pages})", shown(file))).collect();
        let (images, each) = (counted(files.len(), "image"), if files.len() == 1 { "has" } else { "have" });
        format!("{images} {each} several pages, and the first one was used: {}.", several(&files))
    }

    /// Tells everything on standard error.
    pub fn tell(&self) {
        eprint!("{}", self.text());
    }

    fn text(&self) -> String {
        let paged = (!self.paged.is_empty()).then(|| self.first_pages());
        let mut text: String = self.notes.iter().chain(&paged).map(|note| format!("Note: {note}\n")).collect();
        if self.files.is_empty() {
            return text;
        }
        let names = [(Kind::Image, "image"), (Kind::Folder, "folder"), (Kind::Other, "other file")];
        let count = |kind: Kind| self.files.iter().filter(|entry| entry.kind == kind).count();
        let counts = names.iter().map(|(kind, what)| (count(*kind), what)).filter(|(n, _)| *n > 0);
        let counts: Vec<_> = counts.map(|(n, what)| counted(n, what)).collect();
        text += &format!("Left out: {}.\n", counts.join(" and "));
        let mut groups: BTreeMap<(Kind, &str), Vec<&str>> = BTreeMap::new();
        for Entry { file, why, kind } in &self.files {
            groups.entry((*kind, why)).or_default().push(file);
        }
        for ((_, why), files) in groups.iter().take(LINES) {
            let files: Vec<String> = files.iter().map(|file| shown(file)).collect();
            text += &format!("  {}: {}\n", several(&files), shown(why));
        }
        if groups.len() > LINES {
            text += &format!("  and for {} more reasons\n", groups.len() - LINES);
        }
        text
    }
}

/// The first names, and how many more there are.
fn several(names: &[String]) -> String {
    let more = names.len().saturating_sub(NAMES);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    names[..names.len().min(NAMES)].join(", ") + &more
}

/// `1 image`, `2 images`, `2 passes`.
pub fn counted(count: usize, what: &str) -> String {
    let many = if what.ends_with('s') { "es" } else { "s" };
    format!("{count} {what}{}", if count == 1 { "" } else { many })
}

/// How a command ended that did its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// All that was given was used.
    Whole,
    /// Some images were left out.
    Partial,
}

/// What the help says about exit codes.
pub const EXIT_CODES: &str = "Exit codes: 0, everything was used; 1, failed, or nothing could be used; 2, the \
    command line is wrong; 3, done, but something was left out.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_out_is_told_with_count_names_and_reasons() {
        let mut left = LeftOut::default();
        assert_eq!((left.text(), left.end()), (String::new(), End::Whole));
        (0..7).for_each(|i| left.other(format!("._{i}.jpg"), "hidden"));
        assert_eq!(left.end(), End::Whole);
        left.image("b\u{1b}.jpg", "damaged");
        left.folder("old/", "not read");
        left.note("something");
        left.pages("one.tif", 1);
        (2..9).for_each(|pages| left.pages(format!("{pages}.tif"), pages));
        assert_eq!(left.end(), End::Partial);
        let expected = "Note: something\nNote: 7 images have several pages, and the first one was used: 2.tif (2), \
            3.tif (3), 4.tif (4), 5.tif (5), 6.tif (6) and 2 more.\nLeft out: 1 image and 1 folder and \
            7 other files.\n  b\\u{1b}.jpg: damaged\n  old/: not read\n  \
            ._0.jpg, ._1.jpg, ._2.jpg, ._3.jpg, ._4.jpg and 2 more: hidden\n";
        assert_eq!(left.text(), expected);
        assert_eq!(
            serde_json::to_value(&left.files()[7]).unwrap(),
            serde_json::json!({
                "file": "b\u{1b}.jpg", "why": "damaged"
            })
        );
    }
}
