//! The order of a map's pixels by their values, which is all that some metrics ask for.

use std::{borrow::Cow, cell::OnceCell};

/// The pixels' indices from the largest value to the smallest; of equal values, the first comes first.
pub fn order(map: &[f32]) -> Vec<u32> {
    let mut keys: Vec<u64> = map.iter().zip(0u64..).map(|(&value, i)| u64::from(!ascending(value)) << 32 | i).collect();
    keys.sort_unstable();
    keys.into_iter().map(|key| key as u32).collect()
}

/// The position of every pixel in [`order`]: 0 for the pixel with the largest value.
pub fn positions(map: &[f32]) -> Vec<u32> {
    let mut positions = vec![0; map.len()];
    for (position, pixel) in (0..).zip(order(map)) {
        positions[pixel as usize] = position;
    }
    positions
}

/// The ranks of the values, scaled to 0..=1: 1 for the largest. Equal values share the mean of their ranks.
pub fn ranks(map: &[f32]) -> Vec<f32> {
    let order = order(map);
    let last = (map.len().max(2) - 1) as f64;
    let mut ranks = vec![0.0; map.len()];
    let equal = |a: &u32, b: &u32| map[*a as usize] == map[*b as usize];
    let mut before = 0;
    for tied in order.chunk_by(equal) {
        let rank = 1.0 - (before as f64 + (tied.len() - 1) as f64 / 2.0) / last;
        for &pixel in tied {
            ranks[pixel as usize] = rank as f32;
        }
        before += tied.len();
    }
    ranks
}

/// A map whose pixels are put in order once, when that is first asked for.
pub struct RankedMap<'a> {
    values: Cow<'a, [f32]>,
    positions: OnceCell<Vec<u32>>,
}

impl<'a> RankedMap<'a> {
    /// A map of these values.
    pub fn new(values: impl Into<Cow<'a, [f32]>>) -> Self {
        Self { values: values.into(), positions: OnceCell::new() }
    }

    /// Values of the map, row by row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The position of every pixel, as [`positions`] gives it.
    pub fn positions(&self) -> &[u32] {
        self.positions.get_or_init(|| positions(&self.values))
    }

    /// How many pixels are half of them, rounded down.
    pub fn half(&self) -> usize {
        self.values.len() / 2
    }

    /// The fraction of the upper half of the pixels that only their position chose, since equally large values are in
    /// the lower half: 0 where the values tell all pixels apart, 1 for a constant map.
    pub fn tied(&self) -> f64 {
        let half = self.half();
        let Some(last) = self.positions().iter().position(|&position| position as usize + 1 == half) else {
            return 0.0;
        };
        let equals = self.positions().iter().zip(&*self.values).filter(|(_, value)| **value == self.values[last]);
        let (upper, lower): (Vec<_>, Vec<_>) = equals.partition(|(position, _)| (**position as usize) < half);
        if lower.is_empty() { 0.0 } else { upper.len() as f64 / half as f64 }
    }
}

/// Bits that grow with the value. Both zeros are the same.
fn ascending(value: f32) -> u32 {
    let bits = (value + 0.0).to_bits();
    if bits >> 31 == 0 { bits | 1 << 31 } else { !bits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn largest_first_and_ties_by_position() {
        let cases: [(&[f32], &[u32]); 5] = [
            (&[0.1, 0.9, 0.5], &[1, 2, 0]),
            (&[0.5, 1.0, 0.5, 1.0, 0.0], &[1, 3, 0, 2, 4]),
            (&[0.0; 4], &[0, 1, 2, 3]),
            (&[-1.0, 0.0, -0.0, 2.0, -3.0], &[3, 1, 2, 0, 4]),
            (&[], &[]),
        ];
        for (map, expected) in cases {
            assert_eq!(order(map), expected, "{map:?}");
        }
        assert_eq!(positions(&[0.5, 1.0, 0.5, 1.0, 0.0]), [2, 0, 3, 1, 4]);
    }

    #[test]
    fn ties_are_what_the_position_alone_chose() {
        let cases: [(&[f32], f64); 6] = [
            (&[0.1, 0.9, 0.5, 0.3], 0.0),
            (&[1.0; 6], 1.0),
            // One of the upper two is larger, the other one of three equals.
            (&[0.0, 0.0, 1.0, 0.0], 0.5),
            // Equals that are all in the same half change nothing.
            (&[1.0, 1.0, 0.0, 0.0], 0.0),
            (&[0.0], 0.0),
            (&[], 0.0),
        ];
        for (map, expected) in cases {
            assert_eq!(RankedMap::new(map).tied(), expected, "{map:?}");
        }
    }

    #[test]
    fn equal_values_share_a_rank() {
        assert_eq!(ranks(&[0.2, 0.9, 0.4]), [0.0, 1.0, 0.5]);
        // Ranks 4, 2.5, 2.5, 1, 0 of 4.
        assert_eq!(ranks(&[0.9, 0.5, 0.5, 0.2, 0.1]), [1.0, 0.625, 0.625, 0.25, 0.0]);
        assert_eq!(ranks(&[3.0, 3.0, 3.0]), [0.5, 0.5, 0.5]);
    }
}
