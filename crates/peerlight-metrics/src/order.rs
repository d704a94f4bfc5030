//! The order of a map's pixels by their values, which is all that some metrics ask for.

use std::{borrow::Cow, cell::OnceCell, mem::swap};

use peerlight_core::{TopHalf, top_half};

/// The pixels' indices from the largest value to the smallest; of equal values, the first comes first.
pub fn order(map: &[f32]) -> Vec<u32> {
    let keys: Vec<u32> = map.iter().map(|&value| !ascending(value)).collect();
    let mut order: Vec<u32> = (0..).take(map.len()).collect();
    let mut sorted = order.clone();
    // A radix sort, from the lowest byte to the highest. It keeps the order of equals, and is less code than sorting by
    // comparisons, and faster.
    for shift in [0, 8, 16, 24] {
        let byte = |pixel: u32| (keys[pixel as usize] >> shift) as usize & 0xff;
        let mut starts = [0; 257];
        order.iter().for_each(|&pixel| starts[byte(pixel) + 1] += 1);
        (1..starts.len()).for_each(|i| starts[i] += starts[i - 1]);
        for &pixel in &order {
            let start = &mut starts[byte(pixel)];
            sorted[*start] = pixel;
            *start += 1;
        }
        swap(&mut order, &mut sorted);
    }
    order
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
    top_half: OnceCell<TopHalf>,
}

impl<'a> RankedMap<'a> {
    /// A map of these values.
    pub fn new(values: impl Into<Cow<'a, [f32]>>) -> Self {
        Self { values: values.into(), positions: OnceCell::new(), top_half: OnceCell::new() }
    }

    /// Values of the map, row by row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The position of every pixel, as [`positions`] gives it.
    pub fn positions(&self) -> &[u32] {
        self.positions.get_or_init(|| positions(&self.values))
    }

    /// The upper half of the pixels, the first half of [`order`], rounded down. Found without sorting.
    ///
    /// # Panics
    /// If the map is empty.
    pub fn top_half(&self) -> &TopHalf {
        self.top_half.get_or_init(|| top_half(&self.values))
    }

    /// The first pixel of [`order`], for which both zeros are the same; 0 for an empty map.
    pub fn highest(&self) -> usize {
        let first =
            |best, pixel| if ascending(self.values[pixel]) > ascending(self.values[best]) { pixel } else { best };
        (1..self.values.len()).fold(0, first)
    }

    /// The fraction of the upper half of the pixels that only their position chose, since equally large values are in
    /// the lower half: 0 where the values tell all pixels apart, 1 for a constant map.
    pub fn tied(&self) -> f64 {
        let half = self.values.len() / 2;
        if half == 0 {
            return 0.0;
        }
        let TopHalf { kept, cut } = self.top_half();
        let chosen = self.values.iter().zip(kept).filter(|(value, kept)| **kept && **value == *cut).count();
        chosen as f64 / half as f64
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
