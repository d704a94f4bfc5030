//! Classes that folders of images, or a table's cells, are named after.

use std::cell::OnceCell;

use crate::{
    Classes,
    labels::{IMAGENET_1K, IMAGENET_1K_WNIDS, Named, first_name, folded, is_wordnet_id, named_whole, positions},
};

/// Finds the classes of folders among the labels of a network.
#[derive(Debug)]
pub struct FolderClasses<'a> {
    labels: &'a [String],
    /// ImageNet's classes and the labels, matched by their names; made when the first WordNet id is met.
    imagenet: OnceCell<Classes>,
}

/// A name whatever its case and its Unicode form, with one space for what separates its words.
fn words(name: &str) -> String {
    let separates = |c: char| c.is_whitespace() || matches!(c, '_' | '-');
    folded(name).split(separates).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

impl<'a> FolderClasses<'a> {
    /// A finder for these labels.
    pub fn new(labels: &'a [String]) -> Self {
        Self { labels, imagenet: OnceCell::new() }
    }

    /// The class that a folder is named after: as [`crate::class_named`] finds it, but by whole names alone; else by
    /// its name whatever separates its words; else by a WordNet id that stands before a label, or whose class of
    /// ImageNet has the name of a label.
    pub fn find(&self, folder: &str) -> Named {
        match named_whole(self.labels, folder) {
            Named::None if is_wordnet_id(folder) => self.by_wordnet_id(folder),
            Named::None => {
                let wanted = words(folder);
                Named::of(positions(self.labels, |label| !wanted.is_empty() && words(label) == wanted))
            }
            found => found,
        }
    }

    fn by_wordnet_id(&self, id: &str) -> Named {
        let is_before =
            |label: &str| label.strip_prefix(id).is_some_and(|rest| rest.starts_with(|c: char| !c.is_alphanumeric()));
        match Named::of(positions(self.labels, is_before)) {
            Named::None => {}
            found => return found,
        }
        let Some(index) = IMAGENET_1K_WNIDS.lines().position(|own| own == id) else { return Named::None };
        // Two of ImageNet's names are those of two classes each, which their places tell apart.
        let name = IMAGENET_1K.lines().nth(index);
        let shift = usize::from(self.labels.first().is_some_and(|first| first_name(first) == "background"));
        if self.labels.get(index + shift).map(String::as_str) == name {
            return Named::One(index + shift);
        }
        let classes = self.imagenet.get_or_init(|| {
            let imagenet: Vec<String> = IMAGENET_1K.lines().map(str::to_owned).collect();
            Classes::of([&*imagenet, self.labels])
        });
        classes.own(1, index).map_or(Named::None, Named::One)
    }
}
