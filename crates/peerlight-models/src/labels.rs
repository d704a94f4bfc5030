//! Names of classes.

use crate::classes::first_name;

/// The 1,000 classes of ImageNet (ILSVRC2012) in the order of their indices, a line each; English,
/// after WordNet.
pub static IMAGENET_1K: &str = include_str!("../labels/imagenet-1k.txt");

/// The WordNet ids of the same classes, in the same order, a line each.
pub static IMAGENET_1K_WNIDS: &str = include_str!("../labels/imagenet-1k-wnids.txt");

/// The class that a person means: an index, or a name whatever its case. The first of several names will do, and a
/// part of a name, if only one class has it.
pub fn class_named(labels: &[String], wanted: &str) -> Option<usize> {
    if let Ok(index) = wanted.parse::<usize>() {
        return (index < labels.len()).then_some(index);
    }
    let wanted = wanted.to_lowercase();
    let whole = labels.iter().position(|label| label.to_lowercase() == wanted);
    let only = |is: &dyn Fn(&String) -> bool| {
        let mut found = labels.iter().enumerate().filter(|(_, label)| is(label));
        match (found.next(), found.next()) {
            (Some((index, _)), None) => Some(index),
            _ => None,
        }
    };
    let first = first_name(&wanted);
    whole
        .or_else(|| only(&|label| first_name(label) == first))
        .or_else(|| only(&|label| label.to_lowercase().contains(&wanted)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_by_index_name_and_part() {
        let labels: Vec<String> = ["tabby cat", "tiger cat", "tiger"].map(String::from).to_vec();
        let cases = [("1", Some(1)), ("3", None), ("Tiger", Some(2)), ("tabby", Some(0)), ("cat", None), ("dog", None)];
        for (wanted, expected) in cases {
            assert_eq!(class_named(&labels, wanted), expected, "{wanted}");
        }
        let synonyms: Vec<String> = ["tench, Tinca tinca", "stench"].map(String::from).to_vec();
        assert_eq!((class_named(&synonyms, "Tench"), class_named(&synonyms, "tinca")), (Some(0), Some(0)));
    }
}
