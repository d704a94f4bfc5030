//! Rankings, and how well they separate images with a target from those without.

/// Places of the values, from low to high.
pub fn order(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    order
}

/// Places of the values from low to high, in groups of equal values.
pub fn groups(values: &[f64]) -> Vec<Vec<usize>> {
    order(values).chunk_by(|&a, &b| values[a] == values[b]).map(<[usize]>::to_vec).collect()
}

/// How well scores rank images, prepared for any number of resamples.
pub struct Ranking {
    /// Places of the images from the lowest score to the highest, in groups of equal scores.
    groups: Vec<Vec<usize>>,
    targets: Vec<bool>,
}

impl Ranking {
    /// Ranks images by their scores.
    pub fn new(scores: &[f64], targets: &[bool]) -> Self {
        Self { groups: groups(scores), targets: targets.to_vec() }
    }

    /// Area under the receiver operating characteristic, each image counted `counts` times: the probability that an
    /// image with the target scores above one without, ties counting half. NaN if one kind is missing.
    pub fn auroc(&self, counts: &[f64]) -> f64 {
        let (mut above, mut area, mut negatives) = (0.0, 0.0, 0.0);
        for group in self.groups.iter().rev() {
            let (mut with, mut without) = (0.0, 0.0);
            for &i in group {
                if self.targets[i] { with += counts[i] } else { without += counts[i] }
            }
            area += without * (above + with / 2.0);
            above += with;
            negatives += without;
        }
        area / (above * negatives)
    }
}

/// Area under the receiver operating characteristic; NaN if one kind is missing.
///
/// ```
/// use peerlight_metrics::auroc;
///
/// assert_eq!(auroc(&[0.1, 0.4, 0.4, 0.8], &[false, false, true, true]), 0.875);
/// ```
pub fn auroc(scores: &[f64], targets: &[bool]) -> f64 {
    Ranking::new(scores, targets).auroc(&vec![1.0; scores.len()])
}
