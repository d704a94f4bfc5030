//! Coherency.

use async_trait::async_trait;
use peerlight_core::Result;

use crate::{Better, Case, Meta, Metric, Score};

/// Coherency: (r(map of the masked image, map) + 1)/2, r being Pearson's correlation; 0 if either map is constant.
pub struct Coherency;

#[async_trait(?Send)]
impl Metric for Coherency {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "coherency",
            name: "Coherency",
            better: Better::Higher,
            unit: "",
            help: "Whether the method says the same again of what its map leaves of the image. A method \
                   that always gives the same map is perfectly coherent, and says nothing.",
            paper: "Poppi, Cornia, Baraldi, Cucchiara, Revisiting the Evaluation of Class Activation \
                   Mapping for Explainability: A Novel Metric and Experimental Analysis, CVPR Workshops \
                   2021",
            passes: 0,
            again: true,
            boxes: false,
        }
    }

    async fn score(&self, case: &Case<'_>) -> Result<Score> {
        Ok(Score::One(Some(case.coherency().await?)))
    }
}
