//! The half of a map's values that are largest.

/// The half of a map's values that are largest, and the value at which the map is cut.
#[derive(Debug, Clone, PartialEq)]
pub struct TopHalf {
    /// For each value, whether it is in the top half.
    pub kept: Vec<bool>,
    /// The largest of the values that are not kept; the map's values below and above it are on their sides of the cut.
    pub cut: f32,
}

/// The largest half of the values, rounded down. Of equal values the first are kept, so that exactly half is. Only the
/// order of the values counts; the two zeros are equal.
///
/// # Panics
/// Without values.
pub fn top_half(values: &[f32]) -> TopHalf {
    assert!(!values.is_empty(), "a map has values");
    let mut order: Vec<usize> = (0..values.len()).collect();
    // Adding zero makes one zero of both.
    let value = |i: usize| values[i] + 0.0;
    let (kept, &mut first_hidden, _) =
        order.select_nth_unstable_by(values.len() / 2, |&a, &b| value(b).total_cmp(&value(a)).then(a.cmp(&b)));
    let mut top = vec![false; values.len()];
    kept.iter().for_each(|&i| top[i] = true);
    TopHalf { kept: top, cut: values[first_hidden] }
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
