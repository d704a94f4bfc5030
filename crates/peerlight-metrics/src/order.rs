//! The pixels of a map by their value: what every metric that asks only for the order of the pixels begins with.

/// The pixels from the one with the largest value to the one with the smallest; of equals, the first comes first.
pub fn order(map: &[f32]) -> Vec<u32> {
    let mut keys: Vec<u64> = map.iter().zip(0u64..).map(|(&value, i)| u64::from(!ascending(value)) << 32 | i).collect();
    keys.sort_unstable();
    keys.into_iter().map(|key| key as u32).collect()
}

/// The place of every pixel in [`order`].
pub fn places(map: &[f32]) -> Vec<u32> {
    let mut places = vec![0; map.len()];
    for (place, pixel) in (0..).zip(order(map)) {
        places[pixel as usize] = place;
    }
    places
}

/// The ranks of the values as parts of the whole, in 0..=1; equal values share the mean of their ranks.
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
        assert_eq!(places(&[0.5, 1.0, 0.5, 1.0, 0.0]), [2, 0, 3, 1, 4]);
    }

    #[test]
    fn equal_values_share_a_rank() {
        assert_eq!(ranks(&[0.2, 0.9, 0.4]), [0.0, 1.0, 0.5]);
        // Ranks 4, 2.5, 2.5, 1, 0 of 4.
        assert_eq!(ranks(&[0.9, 0.5, 0.5, 0.2, 0.1]), [1.0, 0.625, 0.625, 0.25, 0.0]);
        assert_eq!(ranks(&[3.0, 3.0, 3.0]), [0.5, 0.5, 0.5]);
    }
}
