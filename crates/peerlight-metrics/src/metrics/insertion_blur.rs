//! Insertion from blur.

use async_trait::async_trait;
use peerlight_core::{Baseline, Result};

use super::RISE;
use crate::{Evaluation, Meta, Metric, Score, steps::area_under};

/// Insertion into a Gaussian blur of the image: the area under the class's probability, in 28 equal steps.
pub struct InsertionBlur;

#[async_trait(?Send)]
impl Metric for InsertionBlur {
    fn meta(&self) -> &'static Meta {
        const {
            &Meta::new("insertion-blur", "Insertion from blur")
                .short("Ins. blur")
                .passes(28)
                .by_order_alone()
                .help(
                    "Pixels are revealed on a blurred copy of the image instead of black. This adds fewer hard edges, \
                     but the blur already shows something of the class, so all methods come closer to each other.",
                )
                .paper(RISE)
        }
    }

    async fn score(&self, evaluation: &Evaluation<'_>) -> Result<Score> {
        let curve = evaluation.curve(Baseline::Blurred, false).await?;
        Ok(Score::Curve(area_under(&curve), curve))
    }
}
