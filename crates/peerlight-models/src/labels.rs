//! Names of classes.

use crate::composed::composed;

/// The 1,000 classes of ImageNet (ILSVRC2012) in the order of their indices, a line each; English,
/// after WordNet.
pub static IMAGENET_1K: &str = include_str!("../labels/imagenet-1k.txt");

/// The WordNet ids of the same classes, in the same order, a line each.
pub static IMAGENET_1K_WNIDS: &str = include_str!("../labels/imagenet-1k-wnids.txt");

/// Meaning of a name among the labels of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// The class of this index.
    One(usize),
    /// Any of these classes: the name alone does not tell which.
    Several(Vec<usize>),
    /// No class.
    None,
}

impl Named {
    pub(crate) fn of(found: Vec<usize>) -> Self {
        match found[..] {
            [] => Self::None,
            [one] => Self::One(one),
            _ => Self::Several(found),
        }
    }

    /// The class, if the name stands for exactly one.
    pub fn one(self) -> Option<usize> {
        if let Self::One(index) = self { Some(index) } else { None }
    }
}

/// The class that a person means: by its exact name; else by its name whatever its case, then whatever its case and
/// Unicode form (NFC); else by its index; else by the first of its several names, or by a part of its name, that no
/// other class has.
pub fn class_named(labels: &[String], wanted: &str) -> Named {
    match named_whole(labels, wanted) {
        Named::None if is_numeral(wanted) => Named::None,
        Named::None => {
            let (first, wanted) = (first_name(wanted), folded(wanted));
            match positions(labels, |label| first_name(label) == first)[..] {
                [one] => Named::One(one),
                _ => Named::of(positions(labels, |label| folded(label).contains(&wanted))),
            }
        }
        found => found,
    }
}

/// Whether a text has the form of a WordNet id of a noun: `n01440764`.
pub fn is_wordnet_id(text: &str) -> bool {
    let digits = text.strip_prefix('n').unwrap_or_default();
    digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_digit())
}

/// The first of several names of a class, in lower case.
pub(crate) fn first_name(name: &str) -> String {
    plain(name).split(',').next().unwrap_or_default().trim().into()
}

/// A name in lower case, without underscores and a WordNet id in front. An id alone stands for its class of ImageNet.
pub(crate) fn plain(name: &str) -> String {
    let name = name.trim();
    let rest = match name.split_once([' ', '\t', '_', '-', ':', ',']) {
        Some((id, rest)) if is_wordnet_id(id) => rest,
        None if is_wordnet_id(name) => imagenet(name).unwrap_or(name),
        _ => name,
    };
    rest.trim().to_lowercase().replace('_', " ")
}

fn imagenet(id: &str) -> Option<&'static str> {
    IMAGENET_1K_WNIDS.lines().zip(IMAGENET_1K.lines()).find(|(own, _)| *own == id).map(|(_, name)| name)
}

/// At most `most` classes whose names are near to what was wanted, nearest first: those that have it as a word, then
/// as a part, then those that a few letters tell apart from it.
pub fn nearest(labels: &[String], wanted: &str, most: usize) -> Vec<usize> {
    let wanted = folded(wanted);
    let rank = |label: &str| {
        let label = folded(label);
        let mut words = label.split(|c: char| !c.is_alphanumeric());
        let letters = edits(&label, &wanted);
        match wanted.is_empty() {
            true => None,
            _ if words.any(|word| word == wanted) => Some((0, 0)),
            _ if label.contains(&wanted) => Some((1, 0)),
            _ => (letters <= (wanted.chars().count() / 3).max(1)).then_some((2, letters)),
        }
    };
    let mut near: Vec<_> = labels.iter().enumerate().filter_map(|(i, label)| Some((rank(label)?, i))).collect();
    near.sort();
    near.into_iter().map(|(_, index)| index).take(most).collect()
}

/// The name of a class, with its index if another class has the same name: `class 2 (7)`.
///
/// # Panics
/// If there is no class of this index.
pub fn distinct_name(labels: &[String], class: usize) -> String {
    let name = &labels[class];
    match labels.iter().filter(|label| *label == name).count() {
        1 => name.clone(),
        _ => format!("{name} ({class})"),
    }
}

/// Pairs of labels that a reader may take for one: they differ in case, in surrounding spaces, in Unicode form or in
/// characters without width.
pub fn look_alikes(labels: &[String]) -> Vec<[usize; 2]> {
    let seen = |label: &String| folded(&label.replace(is_unseen, ""));
    let mut order: Vec<(String, usize)> = labels.iter().enumerate().map(|(i, label)| (seen(label), i)).collect();
    order.sort();
    order.windows(2).filter(|pair| pair[0].0 == pair[1].0).map(|pair| [pair[0].1, pair[1].1]).collect()
}

/// The class of a whole name. An index is meant only where no class has that name, and never where all names are
/// numerals: there a numeral means the name of equal value.
pub(crate) fn named_whole(labels: &[String], wanted: &str) -> Named {
    let lower = wanted.to_lowercase();
    let normalized = folded(wanted);
    let found = positions(labels, |label| label == wanted);
    let found = or_else(found, || positions(labels, |label| label.to_lowercase() == lower));
    let found = or_else(found, || positions(labels, |label| folded(label) == normalized));
    let found = or_else(found, || match wanted.trim().parse::<usize>() {
        Ok(index) if is_numeral(wanted) => match labels.iter().all(|label| is_numeral(label)) {
            true => positions(labels, |label| label.trim().parse() == Ok(index)),
            false => (index < labels.len()).then_some(index).into_iter().collect(),
        },
        _ => Vec::new(),
    });
    Named::of(found)
}

fn or_else(found: Vec<usize>, other: impl FnOnce() -> Vec<usize>) -> Vec<usize> {
    if found.is_empty() { other() } else { found }
}

pub(crate) fn positions(labels: &[String], wanted: impl Fn(&str) -> bool) -> Vec<usize> {
    labels.iter().enumerate().filter(|(_, label)| wanted(label)).map(|(index, _)| index).collect()
}

fn is_numeral(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A name whatever its case, its surrounding spaces and its Unicode form.
pub(crate) fn folded(name: &str) -> String {
    composed(&composed(name.trim()).to_lowercase()).into_owned()
}

/// Whether a character has no width: soft hyphens, joiners, marks of direction and of byte order.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// The number of letters to add, leave out or change between two names (Levenshtein 1966).
pub fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, to) in b.iter().enumerate() {
            let changed = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FolderClasses;

    fn class_of_folder(labels: &[String], folder: &str) -> Named {
        FolderClasses::new(labels).find(folder)
    }

    fn labels(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn classes_by_name_index_and_part() {
        let labels = labels(&["tabby cat", "tiger cat", "tiger"]);
        let cases = [("1", Named::One(1)), ("3", Named::None), ("Tiger", Named::One(2)), ("tabby", Named::One(0))];
        for (wanted, expected) in cases.into_iter().chain([("cat", Named::Several(vec![0, 1])), ("dog", Named::None)]) {
            assert_eq!(class_named(&labels, wanted), expected, "{wanted}");
        }
        let synonyms = super::tests::labels(&["tench, Tinca tinca", "stench"]);
        assert_eq!((class_named(&synonyms, "Tench"), class_named(&synonyms, "tinca")), (Named::One(0), Named::One(0)));
    }

    #[test]
    fn every_label_names_its_own_class_even_where_labels_are_numerals() {
        let counted = |range: std::ops::Range<usize>| range.map(|i| i.to_string()).collect::<Vec<_>>();
        let padded: Vec<String> = (0..43).map(|i| format!("{i:05}")).collect();
        for mut labels in [counted(1..3), counted(1..11), counted(0..12), counted(0..101), padded] {
            labels.sort();
            for (index, label) in labels.iter().enumerate() {
                assert_eq!(class_of_folder(&labels, label), Named::One(index), "{label} of {labels:?}");
                assert_eq!(class_named(&labels, label), Named::One(index), "{label} of {labels:?}");
            }
        }
        // Where names are numerals an index would be another's name.
        assert_eq!(class_of_folder(&counted(1..11), "0"), Named::None);
        assert_eq!(class_of_folder(&counted(1..11), "01"), Named::One(0));
    }

    #[test]
    fn an_exact_name_wins_over_one_of_other_case_or_form() {
        let [composed, combining] = ["caf\u{e9}", "cafe\u{301}"];
        let labels = labels(&["Cat", "cat", composed, combining, "Dog", "2"]);
        for (index, label) in labels.iter().enumerate() {
            assert_eq!(class_of_folder(&labels, label), Named::One(index), "{label}");
        }
        assert_eq!(class_of_folder(&labels, "CAT"), Named::Several(vec![0, 1]));
        assert_eq!(class_of_folder(&labels, "DOG"), Named::One(4));
        assert_eq!(class_of_folder(&labels, " dog"), Named::One(4));
        assert_eq!(class_of_folder(&labels[3..], "CAF\u{c9}"), Named::One(0));
        assert_eq!(class_of_folder(&labels, "3"), Named::One(3));
        assert_eq!(class_of_folder(&labels, "+3"), Named::None);
        assert_eq!(look_alikes(&labels), [[2, 3], [0, 1]]);
        assert_eq!(look_alikes(&super::tests::labels(&["cat", "dog", "c\u{200b}at"])), [[0, 2]]);
    }

    #[test]
    fn a_folder_names_a_class_by_its_whole_name_index_or_wordnet_id() {
        let labels = labels(&["tabby cat", "tiger cat", "tiger"]);
        assert_eq!(class_of_folder(&labels, "Tiger Cat"), Named::One(1));
        assert_eq!(class_of_folder(&labels, "2"), Named::One(2));
        assert_eq!(class_of_folder(&labels, "tabby"), Named::None);
        assert_eq!(class_of_folder(&labels, "n02123045"), Named::One(0));
        assert_eq!(class_of_folder(&labels, "n01440764"), Named::None);
        let imagenet: Vec<String> = IMAGENET_1K.lines().map(String::from).collect();
        assert_eq!(class_of_folder(&imagenet, "n01440764"), Named::One(0));
        assert_eq!(class_of_folder(&imagenet, "n03888257"), Named::One(701));
    }

    #[test]
    fn a_folder_names_a_class_whatever_separates_its_words() {
        let labels = labels(&["golden retriever", "Shih-Tzu", "hot_dog", "hot dog", "cat", "-"]);
        for (folder, class) in [("golden_retriever", 0), ("Golden-Retriever", 0), ("shih tzu", 1), ("hot_dog", 2)] {
            assert_eq!(class_of_folder(&labels, folder), Named::One(class), "{folder}");
        }
        assert_eq!(class_of_folder(&labels, "hot-dog"), Named::Several(vec![2, 3]));
        assert_eq!(class_of_folder(&labels, "_"), Named::None);
        assert_eq!(class_of_folder(&labels, "goldenretriever"), Named::None);
    }

    #[test]
    fn near_names_come_nearest_first() {
        let labels = labels(&["dogsled", "African hunting dog", "beagle", "hot dog bun", "tiger"]);
        assert_eq!(nearest(&labels, "Dog", 9), [1, 3, 0]);
        assert_eq!(nearest(&labels, "beagel", 9), [2]);
        assert_eq!(nearest(&labels, "dog", 2), [1, 3]);
        assert!(nearest(&labels, "", 9).is_empty() && nearest(&labels, "zeppelin", 9).is_empty());
    }
}
