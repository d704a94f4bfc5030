//! Insertion.

use async_trait::async_trait;
use peerlight_core::{Baseline, Result};

use super::RISE;
use crate::{Evaluation, Meta, Metric, Score, steps::area_under};

/// Insertion: the area under the class's probability while pixels are inserted into black, in 28 equal steps, in the
/// order of the map.
pub struct Insertion;

#[async_trait(?Send)]
impl Metric for Insertion {
    fn meta(&self) -> &'static Meta {
        const {
            &Meta::new("insertion", "Insertion")
                .passes(28)
                .by_order_alone()
                .help(
                    "Pixels are revealed on black, most important first. The score is the area under the class's \
                     probability. The networks were never trained on images that are half black.",
                )
                .paper(RISE)
        }
    }

    async fn score(&self, evaluation: &Evaluation<'_>) -> Result<Score> {
        let curve = evaluation.curve(Baseline::Black, false).await?;
        Ok(Score::Curve(area_under(&curve), curve))
    }
}
