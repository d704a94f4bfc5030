//! Average Increase.

use async_trait::async_trait;
use peerlight_core::Result;

use crate::{Better, Case, Meta, Metric, Score};

/// Average Increase: 100 if O > Y, else 0; over images, the part of them whose masked image is more probable.
pub struct AverageIncrease;

#[async_trait(?Send)]
impl Metric for AverageIncrease {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "average-increase",
            name: "Average Increase",
            better: Better::Higher,
            unit: "%",
            help: "The part of the images of which the masked one is recognized better than the whole. \
                   For one image it is all or nothing. Fake-CAM, which removes one pixel, does well on \
                   it.",
            paper: "Chattopadhay, Sarkar, Howlader, Balasubramanian, Grad-CAM++: Generalized Gradient- \
                   Based Visual Explanations for Deep Convolutional Networks, WACV 2018",
            passes: 0,
            again: false,
            boxes: false,
        }
    }

    async fn score(&self, case: &Case<'_>) -> Result<Score> {
        let (whole, masked) = case.masked().await?;
        Ok(Score::Masked(masked.map(|masked| if masked > whole { 100.0 } else { 0.0 })))
    }
}
