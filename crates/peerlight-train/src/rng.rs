//! Random numbers that depend on nothing but their place, so that a resumed run draws what an unbroken one draws.

use peerlight_core::rng::{permutation, uniform};

/// Purposes of random numbers: the second part of a stream's name, after the seed.
pub(crate) mod purpose {
    /// Augmentation; the image's place in the run follows.
    pub const AUGMENT: u64 = 1;
    /// Images held out for validation.
    pub const HOLD_OUT: u64 = 2;
    /// First weights; the peer's place follows.
    pub const WEIGHTS: u64 = 3;
    /// Images drawn for validation.
    pub const VALIDATION: u64 = 4;
}

/// A counter-based generator of random numbers (Salmon et al., SC 2011): number i of a stream is a function of the
/// stream's name and of i.
pub struct CounterRng {
    seed: u64,
    counter: u64,
}

impl CounterRng {
    /// The stream of this name, such as [seed, purpose, index], from its beginning.
    pub fn new(stream: &[u64]) -> Self {
        Self { seed: Self::seed(stream), counter: 0 }
    }

    /// The seed that belongs to the stream of this name.
    pub fn seed(stream: &[u64]) -> u64 {
        stream.iter().fold(0, |seed, &part| (uniform(seed, part) * (1u64 << 53) as f64) as u64)
    }

    /// The next number, uniform in `low..high`.
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        self.counter += 1;
        low + (high - low) * uniform(self.seed, self.counter)
    }
}

/// At most `most` of the indices `0..count`, drawn by the seed, in rising order.
pub fn sample(seed: u64, count: usize, most: usize) -> Vec<usize> {
    let mut order = permutation(seed, count);
    order.truncate(most);
    order.sort_unstable();
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_and_repeat() {
        let first = |stream: &[u64]| CounterRng::new(stream).uniform(2.0, 3.0);
        assert_eq!(first(&[1, 2, 3]), first(&[1, 2, 3]));
        let seen: Vec<f64> = [[0, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0]].iter().map(|s| first(s)).collect();
        for (i, a) in seen.iter().enumerate() {
            assert!((2.0..3.0).contains(a) && seen[..i].iter().all(|b| b != a), "{seen:?}");
        }
    }

    #[test]
    fn a_sample_is_drawn_by_the_seed_in_rising_order() {
        let drawn = sample(0, 50, 10);
        assert!(drawn.len() == 10 && drawn.is_sorted());
        assert_eq!(drawn, sample(0, 50, 10));
        assert_ne!(drawn, sample(1, 50, 10));
        assert_eq!(sample(0, 3, 10), [0, 1, 2]);
    }
}
