//! Complexity.

use async_trait::async_trait;
use peerlight_core::Result;

use super::ADCC;
use crate::{Evaluation, Meta, Metric, Score};

/// Complexity: the mean of the map.
pub struct Complexity;

#[async_trait(?Send)]
impl Metric for Complexity {
    fn meta(&self) -> &'static Meta {
        const {
            &Meta::new("complexity", "Complexity")
                .lower_is_better()
                .help(
                    "How much of the image the map covers: its mean value. A map of a single point is the simplest, \
                     whether or not the point is right.",
                )
                .paper(ADCC)
        }
    }

    async fn score(&self, evaluation: &Evaluation<'_>) -> Result<Score> {
        Ok(Score::One(Some(complexity(evaluation.map()))))
    }
}

/// The mean of a map.
pub(super) fn complexity(map: &[f32]) -> f64 {
    map.iter().map(|&v| f64::from(v)).sum::<f64>() / map.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        for (map, expected) in [([0.0f32; 4], 0.0), ([1.0; 4], 1.0), ([0.25, 0.5, 0.0, 0.25], 0.25)] {
            let got = complexity(&map);
            assert!((got - expected).abs() < 1e-9, "{got} instead of {expected}");
        }
    }
}
