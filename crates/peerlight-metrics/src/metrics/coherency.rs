//! Coherency.

use async_trait::async_trait;
use peerlight_core::Result;

use super::ADCC;
use crate::{Evaluation, Meta, Metric, Score};

/// Coherency: (r(map of the masked image, map) + 1)/2, r being Pearson's correlation; 0 if either map is constant.
pub struct Coherency;

#[async_trait(?Send)]
impl Metric for Coherency {
    fn meta(&self) -> &'static Meta {
        const {
            &Meta::new("coherency", "Coherency")
                .asks_again()
                .help(
                    "Whether the method gives the same map again when it explains only what its map leaves of the \
                     image. A method that always gives the same map is perfectly coherent, and tells nothing.",
                )
                .paper(ADCC)
        }
    }

    async fn score(&self, evaluation: &Evaluation<'_>) -> Result<Score> {
        Ok(Score::One(Some(evaluation.coherency().await?)))
    }
}
