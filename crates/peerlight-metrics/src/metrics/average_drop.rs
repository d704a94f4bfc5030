//! Average Drop.

use async_trait::async_trait;
use peerlight_core::Result;

use crate::{Better, Case, Meta, Metric, Score};

/// Average Drop: 100 max(0, Y - O)/Y, Y being the class's probability for the image and O for the masked one.
pub struct AverageDrop;

#[async_trait(?Send)]
impl Metric for AverageDrop {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "average-drop",
            name: "Average Drop",
            better: Better::Lower,
            unit: "%",
            help: "How much of the probability is lost when only what the map shows is left. A map of \
                   almost all ones loses nothing by soft masking: read it beside the controls and the \
                   complexity.",
            paper: "Chattopadhay, Sarkar, Howlader, Balasubramanian, Grad-CAM++: Generalized Gradient- \
                   Based Visual Explanations for Deep Convolutional Networks, WACV 2018",
            passes: 4,
            again: false,
            boxes: false,
        }
    }

    async fn score(&self, case: &Case<'_>) -> Result<Score> {
        let (whole, masked) = case.masked().await?;
        Ok(Score::Masked(masked.map(|masked| drop(whole, masked))))
    }
}

/// In percent; 0 of a probability that is 0 already.
pub(super) fn drop(whole: f64, masked: f64) -> f64 {
    if whole > 0.0 { 100.0 * (whole - masked).max(0.0) / whole } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        for (whole, masked, expected) in
            [(0.8, 0.2, 75.0), (0.2, 0.8, 0.0), (0.5, 0.5, 0.0), (0.4, 0.0, 100.0), (0.0, 0.0, 0.0)]
        {
            let got = drop(whole, masked);
            assert!((got - expected).abs() < 1e-9, "{got} instead of {expected}");
        }
    }
}
