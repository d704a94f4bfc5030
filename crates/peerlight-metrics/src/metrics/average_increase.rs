//! Average Increase.

use async_trait::async_trait;
use peerlight_core::Result;

use super::GRAD_CAM_PP;
use crate::{Evaluation, Meta, Metric, Score};

/// Average Increase: 100 if O > Y, else 0, Y being the class's probability for the image and O for the masked one. Over
/// images, the percentage of them whose masked image is more probable.
pub struct AverageIncrease;

#[async_trait(?Send)]
impl Metric for AverageIncrease {
    fn meta(&self) -> &'static Meta {
        const {
            &Meta::new("average-increase", "Average Increase")
                .short("Increase")
                .percent_per_masking()
                .help(
                    "How often the network is more certain of the class when only what the map shows is left of the \
                     image. For one image it is 0 or 100. Fake-CAM, which removes a single pixel, does well on it.",
                )
                .paper(GRAD_CAM_PP)
        }
    }

    async fn score(&self, evaluation: &Evaluation<'_>) -> Result<Score> {
        let (whole, masked) = evaluation.masked().await?;
        Ok(Score::Masked(masked.map(|masked| if masked > whole { 100.0 } else { 0.0 })))
    }
}
