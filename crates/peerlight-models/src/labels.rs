//! Names of classes.

/// The 1,000 classes of ImageNet (ILSVRC2012) in the order of their indices, a line each; English,
/// after WordNet.
pub static IMAGENET_1K: &str = include_str!("../labels/imagenet-1k.txt");

/// The WordNet ids of the same classes, in the same order, a line each.
pub static IMAGENET_1K_WNIDS: &str = include_str!("../labels/imagenet-1k-wnids.txt");

/// The class that a person means: an index, or a name whatever its case. A part of a name will do
/// if only one class has it.
pub fn class_named(labels: &[String], wanted: &str) -> Option<usize> {
    if let Ok(index) = wanted.parse::<usize>() {
        return (index < labels.len()).then_some(index);
    }
    let wanted = wanted.to_lowercase();
    let whole = labels.iter().position(|label| label.to_lowercase() == wanted);
    whole.or_else(|| {
        let mut parts = labels.iter().enumerate().filter(|(_, label)| label.to_lowercase().contains(&wanted));
        match (parts.next(), parts.next()) {
            (Some((index, _)), None) => Some(index),
            _ => None,
        }
    })
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
    }
}
