//! Average Drop.

use async_trait::async_trait;
use peerlight_core::Result;

use super::GRAD_CAM_PP;
use crate::{Evaluation, Meta, Metric, Score};

/// Average Drop: 100 max(0, Y - O)/Y, Y being the class's probability for the image and O for the masked one.
pub struct AverageDrop;

#[async_trait(?Send)]
impl Metric for AverageDrop {
    fn meta(&self) -> &'static Meta {
        const {
            &Meta::new("average-drop", "Average Drop")
                .short("Drop")
                .lower_is_better()
                .percent_per_masking()
                .passes(4)
                .help(
                    "How much of the class's probability is lost when only what the map shows is left of the image. A \
                     map of almost all ones loses nothing under soft masking, so read it together with the controls \
                     and the complexity.",
                )
                .paper(GRAD_CAM_PP)
        }
    }

    async fn score(&self, evaluation: &Evaluation<'_>) -> Result<Score> {
        let (whole, masked) = evaluation.masked().await?;
        Ok(Score::Masked(masked.map(|masked| drop(whole, masked))))
    }
}

/// The drop from a probability to another in percent; 0 of a probability that is 0 already.
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
