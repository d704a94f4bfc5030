//! Deletion.

use async_trait::async_trait;
use peerlight_core::{Baseline, Result};

use super::RISE;
use crate::{Evaluation, Meta, Metric, Score, steps::area_under};

/// Deletion: the area under the class's probability while pixels turn black, in 28 equal steps, in the order of the
/// map.
pub struct Deletion;

#[async_trait(?Send)]
impl Metric for Deletion {
    fn meta(&self) -> &'static Meta {
        const {
            &Meta::new("deletion", "Deletion")
                .lower_is_better()
                .passes(28)
                .by_order_alone()
                .help(
                    "Pixels turn black, most important first. The score is the area under the class's probability. \
                     Scattered maps do well on it: a few black dots confuse a network without showing where it looks.",
                )
                .paper(RISE)
        }
    }

    async fn score(&self, evaluation: &Evaluation<'_>) -> Result<Score> {
        let curve = evaluation.curve(Baseline::Black, true).await?;
        Ok(Score::Curve(area_under(&curve), curve))
    }
}
