//! Complexity.

use async_trait::async_trait;
use peerlight_core::Result;

use crate::{Better, Case, Meta, Metric, Score};

/// Complexity: the mean of the map.
pub struct Complexity;

#[async_trait(?Send)]
impl Metric for Complexity {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "complexity",
            name: "Complexity",
            better: Better::Lower,
            unit: "",
            help: "How much of the image the map takes to explain it: its mean. A map that shows one \
                   point is simplest, whether or not the point is right.",
            paper: "Poppi, Cornia, Baraldi, Cucchiara, Revisiting the Evaluation of Class Activation \
                   Mapping for Explainability: A Novel Metric and Experimental Analysis, CVPR Workshops \
                   2021",
            passes: 0,
            again: false,
            boxes: false,
        }
    }

    async fn score(&self, case: &Case<'_>) -> Result<Score> {
        Ok(Score::One(Some(complexity(case.map()))))
    }
}

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
