//! Average Gain.

use async_trait::async_trait;
use peerlight_core::Result;

use crate::{Better, Case, Meta, Metric, Score};

/// Average Gain: 100 max(0, O - Y)/(1 - Y).
pub struct AverageGain;

#[async_trait(?Send)]
impl Metric for AverageGain {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "average-gain",
            name: "Average Gain",
            better: Better::Higher,
            unit: "%",
            help: "How much of what the probability lacks is won when only what the map shows is left. It \
                   counts by how much, where the Average Increase only counts how often.",
            paper: "Zhang, Wu, Zhang, Zhu, Kautz, Opti-CAM: Optimizing Saliency Maps for Interpretability, \
                   CVIU 2024",
            passes: 0,
            again: false,
            boxes: false,
        }
    }

    async fn score(&self, case: &Case<'_>) -> Result<Score> {
        let (whole, masked) = case.masked().await?;
        Ok(Score::Masked(masked.map(|masked| gain(whole, masked))))
    }
}

/// In percent; 0 of a probability that lacks nothing.
fn gain(whole: f64, masked: f64) -> f64 {
    if whole < 1.0 { 100.0 * (masked - whole).max(0.0) / (1.0 - whole) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        for (whole, masked, expected) in [(0.8, 0.9, 50.0), (0.9, 0.8, 0.0), (1.0, 1.0, 0.0), (0.0, 1.0, 100.0)] {
            let got = gain(whole, masked);
            assert!((got - expected).abs() < 1e-9, "{got} instead of {expected}");
        }
    }
}
