//! Average Gain.

use async_trait::async_trait;
use peerlight_core::Result;

use crate::{Evaluation, Meta, Metric, Score};

/// Average Gain: 100 max(0, O - Y)/(1 - Y), Y being the class's probability for the image and O for the masked one.
pub struct AverageGain;

#[async_trait(?Send)]
impl Metric for AverageGain {
    fn meta(&self) -> &'static Meta {
        const {
            &Meta::new("average-gain", "Average Gain")
                .short("Gain")
                .percent_per_masking()
                .help(
                    "How much closer to certainty the network comes when only what the map shows is left of the image. \
                     Average Increase counts how often this happens, Average Gain by how much.",
                )
                .paper(
                    "Zhang, Wu, Zhang, Zhu, Kautz, Opti-CAM: Optimizing Saliency Maps for Interpretability, CVIU 2024",
                )
        }
    }

    async fn score(&self, evaluation: &Evaluation<'_>) -> Result<Score> {
        let (whole, masked) = evaluation.masked().await?;
        Ok(Score::Masked(masked.map(|masked| gain(whole, masked))))
    }
}

/// The gain from a probability to another, in percent of what was missing; 0 where nothing was.
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
