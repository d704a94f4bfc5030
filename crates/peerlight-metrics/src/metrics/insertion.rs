//! Insertion.

use async_trait::async_trait;
use peerlight_core::Result;

use crate::{Better, Case, Ground, Meta, Metric, Score, steps::area_under};

/// Insertion: the area under the class's probability while pixels are inserted into black, in 28 equal steps by the
/// order of the map.
pub struct Insertion;

#[async_trait(?Send)]
impl Metric for Insertion {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "insertion",
            name: "Insertion",
            better: Better::Higher,
            unit: "",
            help: "The area under the probability while the pixels appear on black, those that the map \
                   holds most important first. The hard edges of half an image are nothing that the \
                   network was trained on.",
            paper: "Petsiuk, Das, Saenko, RISE: Randomized Input Sampling for Explanation of Black-box \
                   Models, BMVC 2018",
            passes: 28,
            again: false,
            boxes: false,
        }
    }

    async fn score(&self, case: &Case<'_>) -> Result<Score> {
        let curve = case.curve(Ground::Black, false).await?;
        Ok(Score::Curve(area_under(&curve), curve))
    }
}
