//! Classes of several peers, matched by their names.

use std::collections::{BTreeSet, HashMap};

use crate::labels::{class_named, first_name, plain};

/// Classes of all peers as one list: those of the first peer, then those that only later ones have.
///
/// Two peers have a class in common if its names are the same: exactly, or else without regard to case, underscores
/// and a WordNet id in front, or else by the first of several names (`tench` is `tench, Tinca tinca`), or else by any
/// of them that no other class left over has (`tabby cat` is `tabby, tabby cat`). Where several classes of a peer have
/// the same name, they are matched in their order. Names that only count (`class 7`) are the
/// same in lists of the same length. Each class of a peer is matched once at most.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Classes {
    names: Vec<String>,
    /// For each peer and class of the list, the peer's own index.
    own: Vec<Vec<Option<usize>>>,
    /// For each peer and class of its own, the index in the list.
    listed: Vec<Vec<usize>>,
}

impl Classes {
    /// Matches the peers' lists of names, each in the order of the peer's logits.
    pub fn of<'a>(lists: impl IntoIterator<Item = &'a [String]>) -> Self {
        let (mut labels, mut listed) = (Vec::<Label<'_>>::new(), Vec::new());
        for list in lists {
            let new: Vec<Label<'_>> =
                list.iter().enumerate().map(|(i, name)| Label::new(name, i, list.len())).collect();
            let mut places = matched(&new, &labels);
            for (place, label) in places.iter_mut().zip(new) {
                if place.is_none() {
                    *place = Some(labels.len());
                    labels.push(label);
                }
            }
            listed.push(places.into_iter().flatten().collect::<Vec<usize>>());
        }
        let own = |listed: &Vec<usize>| {
            let mut own = vec![None; labels.len()];
            listed.iter().enumerate().for_each(|(i, &place)| own[place] = Some(i));
            own
        };
        Self { own: listed.iter().map(own).collect(), names: labels.iter().map(|l| l.name.into()).collect(), listed }
    }

    /// Names of the classes, in the order of the list.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// A peer's own index of a class of the list; none if the peer does not have it.
    ///
    /// # Panics
    /// If there is no such peer or class.
    pub fn own(&self, peer: usize, class: usize) -> Option<usize> {
        self.own[peer][class]
    }

    /// The index in the list of a peer's own class.
    ///
    /// # Panics
    /// If there is no such peer or class.
    pub fn listed(&self, peer: usize, own: usize) -> usize {
        self.listed[peer][own]
    }

    /// The class that a person means, as [`class_named`] finds it.
    pub fn find(&self, wanted: &str) -> Option<usize> {
        class_named(&self.names, wanted).one()
    }
}

/// A class's name, with its place in the list that it comes from.
#[derive(PartialEq)]
struct Label<'a> {
    name: &'a str,
    /// The list's length, if the name only says the place in it.
    counts: Option<usize>,
}

impl<'a> Label<'a> {
    fn new(name: &'a str, index: usize, length: usize) -> Self {
        let number = name.trim_start_matches(|c: char| !c.is_ascii_digit());
        let word = name[..name.len() - number.len()].trim_end_matches([' ', '_', '-', '#']);
        let counts = number.parse() == Ok(index) && ["", "class", "label"].contains(&word.to_lowercase().as_str());
        Self { name, counts: counts.then_some(length) }
    }

    /// What two labels must have in common, from the strictest rule to the laxest.
    fn key(&self, rule: usize) -> (String, Option<usize>) {
        let name = match rule {
            0 => self.name.into(),
            1 => plain(self.name),
            _ => first_name(self.name),
        };
        (name, self.counts)
    }

    /// Each of its names.
    fn several(&self) -> BTreeSet<(String, Option<usize>)> {
        let plain = plain(self.name);
        let names = plain.split(',').map(str::trim).filter(|name| !name.is_empty());
        names.map(|name| (name.to_owned(), self.counts)).collect()
    }
}

/// For each new label the place of an old one that is the same class.
fn matched(new: &[Label<'_>], old: &[Label<'_>]) -> Vec<Option<usize>> {
    // The usual cases, without a thousand names made plain: the first list, and the same one again.
    if old.is_empty() {
        return vec![None; new.len()];
    }
    if new == old {
        return (0..new.len()).map(Some).collect();
    }
    let mut places = vec![None; new.len()];
    let mut is_taken = vec![false; old.len()];
    for rule in 0..3 {
        let mut groups: HashMap<_, (Vec<usize>, Vec<usize>)> = HashMap::new();
        let left = |i: &usize| places[*i].is_none();
        (0..new.len()).filter(left).for_each(|i| groups.entry(new[i].key(rule)).or_default().0.push(i));
        let free = |i: &usize| !is_taken[*i];
        (0..old.len()).filter(free).for_each(|i| groups.entry(old[i].key(rule)).or_default().1.push(i));
        for (new, old) in groups.into_values().filter(|(new, old)| new.len() == old.len()) {
            for (new, old) in new.into_iter().zip(old) {
                (places[new], is_taken[old]) = (Some(old), true);
            }
        }
    }
    let new_left: Vec<usize> = (0..new.len()).filter(|&i| places[i].is_none()).collect();
    let old_left: Vec<usize> = (0..old.len()).filter(|&i| !is_taken[i]).collect();
    for [i, j] in only_pairs(new, &new_left, old, &old_left) {
        places[i] = Some(j);
    }
    places
}

/// The pairs of labels that have one of their several names in common with each other, and with no other label.
fn only_pairs(new: &[Label<'_>], new_left: &[usize], old: &[Label<'_>], old_left: &[usize]) -> Vec<[usize; 2]> {
    let mut by_name: HashMap<_, Vec<usize>> = HashMap::new();
    for &j in old_left {
        old[j].several().into_iter().for_each(|name| by_name.entry(name).or_default().push(j));
    }
    let akin = |&i: &usize| -> BTreeSet<usize> {
        new[i].several().iter().filter_map(|name| by_name.get(name)).flatten().copied().collect()
    };
    let akin: Vec<BTreeSet<usize>> = new_left.iter().map(akin).collect();
    let mut counts: HashMap<usize, usize> = HashMap::new();
    akin.iter().flatten().for_each(|&j| *counts.entry(j).or_default() += 1);
    let only = |akin: &BTreeSet<usize>| akin.first().copied().filter(|j| akin.len() == 1 && counts[j] == 1);
    new_left.iter().zip(&akin).filter_map(|(&i, akin)| Some([i, only(akin)?])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| name.to_string()).collect()
    }

    fn places(first: &[&str], second: &[&str]) -> Vec<Option<usize>> {
        let (first, second) = (list(first), list(second));
        let classes = Classes::of([&*first, &*second]);
        assert!((0..first.len()).all(|i| classes.listed(0, i) == i && classes.own(0, i) == Some(i)));
        assert!((0..second.len()).all(|i| classes.own(1, classes.listed(1, i)) == Some(i)));
        second.iter().enumerate().map(|(i, _)| Some(classes.listed(1, i)).filter(|&at| at < first.len())).collect()
    }

    #[test]
    fn the_same_list_is_one_list() {
        let same = list(&["cat", "dog", "cat"]);
        let classes = Classes::of([&*same, &*same, &*same]);
        assert_eq!(classes.names(), same);
        assert!((0..3).all(|peer| (0..3).all(|i| classes.own(peer, i) == Some(i))));
    }

    #[test]
    fn names_by_hand() {
        let (a, b) = (["tench", "great white shark", "crane", "crane"], ["background", "Tench", "GREAT_WHITE_SHARK"]);
        assert_eq!(places(&a, &b), [None, Some(0), Some(1)]);
        let synonyms = ["n01440764 tench, Tinca tinca", "crane, bird", "crane, machine", "shark"];
        assert_eq!(places(&a, &synonyms), [Some(0), Some(2), Some(3), None]);
        assert_eq!(places(&synonyms, &["tench", "crane"]), [Some(0), None], "one of two cranes");
        assert_eq!(places(&a, &["n01440764", "n99999999"]), [Some(0), None]);
        // The exact name wins over a laxer one.
        assert_eq!(places(&["Cat", "cat"], &["cat", "CAT"]), [Some(1), Some(0)]);
        assert_eq!(places(&["cat", "dog"], &["car", "bus"]), [None, None]);
    }

    #[test]
    fn numbers_match_in_lists_of_the_same_length_alone() {
        assert_eq!(places(&["class 0", "class 1"], &["class 0", "class 1"]), [Some(0), Some(1)]);
        assert_eq!(places(&["class 0", "class 1"], &["class 0", "class 1", "class 2"]), [None; 3]);
        assert_eq!(places(&["0", "1"], &["0", "1", "2"]), [None; 3]);
        assert_eq!(places(&["class 7", "class 1"], &["x", "class 7"]), [None, Some(0)], "a name, not a number");
    }

    #[test]
    fn classes_that_one_peer_alone_has_come_after() {
        let (a, b, c) = (list(&["cat", "dog"]), list(&["bird", "cat"]), list(&["Bird", "fish"]));
        let classes = Classes::of([&*a, &*b, &*c]);
        assert_eq!(classes.names(), ["cat", "dog", "bird", "fish"]);
        assert_eq!((classes.own(0, 2), classes.own(1, 2), classes.own(2, 2)), (None, Some(0), Some(0)));
        assert_eq!((classes.listed(1, 1), classes.listed(2, 1), classes.find("Fish")), (0, 3, Some(3)));
    }
}
