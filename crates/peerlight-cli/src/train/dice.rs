//! Chance that depends on nothing but where it is thrown.

use peerlight_core::rng::uniform;

/// A stream of numbers of its own for every place.
pub struct Dice {
    seed: u64,
    at: u64,
}

impl Dice {
    /// The stream of a place, such as (seed, epoch, image).
    pub fn of(place: &[u64]) -> Self {
        let mix = |seed: u64, &part: &u64| (uniform(seed, part) * (1u64 << 53) as f64) as u64;
        Self { seed: place.iter().fold(0, mix), at: 0 }
    }

    /// A seed for what takes one.
    pub fn seed(place: &[u64]) -> u64 {
        Self::of(place).seed
    }

    /// The next number, uniform in `low..high`.
    pub fn throw(&mut self, low: f64, high: f64) -> f64 {
        self.at += 1;
        low + (high - low) * uniform(self.seed, self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_apart_and_repeat() {
        let throw = |place: &[u64]| Dice::of(place).throw(2.0, 3.0);
        assert_eq!(throw(&[1, 2, 3]), throw(&[1, 2, 3]));
        let seen: Vec<f64> = [[0, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0]].iter().map(|p| throw(p)).collect();
        for (i, a) in seen.iter().enumerate() {
            assert!((2.0..3.0).contains(a) && seen[..i].iter().all(|b| b != a), "{seen:?}");
        }
    }
}
