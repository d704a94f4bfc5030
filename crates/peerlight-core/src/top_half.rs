//! The larger half of a map's values.

/// Larger half of a map's values, and the value at which the map is cut.
#[derive(Debug, Clone, PartialEq)]
pub struct TopHalf {
    /// Flag for each value: whether it is in the top half.
    pub kept: Vec<bool>,
    /// Largest value outside the top half.
    pub cut: f32,
}

/// Finds the larger half of the values, rounded down. Ties keep the earlier values, so that exactly half is kept. Only
/// the ranking counts; 0 and -0 are equal.
///
/// # Panics
/// If `values` is empty.
pub fn top_half(values: &[f32]) -> TopHalf {
    assert!(!values.is_empty(), "a map has values");
    let (kept, cut) = split(values, values.len() / 2);
    TopHalf { kept, cut }
}

/// Finds, for every value, whether it is among the `count` largest. Ties go as in [`top_half`].
pub fn largest(values: &[f32], count: usize) -> Vec<bool> {
    if count < values.len() { split(values, count).0 } else { vec![true; values.len()] }
}

/// Flags of the `count` largest values, fewer than all, and the largest of the others.
fn split(values: &[f32], count: usize) -> (Vec<bool>, f32) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    // Adding zero makes one zero of both.
    let value = |i: usize| values[i] + 0.0;
    let (kept, &mut first_hidden, _) =
        order.select_nth_unstable_by(count, |&a, &b| value(b).total_cmp(&value(a)).then(a.cmp(&b)));
    let mut top = vec![false; values.len()];
    kept.iter().for_each(|&i| top[i] = true);
    (top, values[first_hidden])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_go_by_position() {
        let cases: [(&[f32], &[u8], f32); 5] = [
            (&[0.5, 0.1, 0.5, 0.9, 0.5, 0.2], &[1, 0, 1, 1, 0, 0], 0.5),
            (&[0.2, 0.9, 0.1, 0.8], &[0, 1, 0, 1], 0.2),
            (&[1.0; 4], &[1, 1, 0, 0], 1.0),
            (&[-0.0, 0.0, 0.0], &[1, 0, 0], 0.0),
            (&[3.0], &[0], 3.0),
        ];
        for (values, kept, cut) in cases {
            let found = top_half(values);
            assert!(found.kept.iter().zip(kept).all(|(&found, &kept)| found == (kept == 1)), "{values:?}: {found:?}");
            assert_eq!(found.cut, cut, "{values:?}");
        }
    }
}
