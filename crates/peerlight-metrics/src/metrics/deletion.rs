//! Deletion.

use async_trait::async_trait;
use peerlight_core::Result;

use crate::{Better, Case, Ground, Meta, Metric, Score, steps::area_under};

/// Deletion: the area under the class's probability while pixels turn black, in 28 equal steps by the order of the map.
pub struct Deletion;

#[async_trait(?Send)]
impl Metric for Deletion {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "deletion",
            name: "Deletion",
            better: Better::Lower,
            unit: "",
            help: "The area under the probability while the pixels turn black, those that the map holds \
                   most important first. Scattered maps do well on it: a few black dots confuse a network \
                   without showing where it looks.",
            paper: "Petsiuk, Das, Saenko, RISE: Randomized Input Sampling for Explanation of Black-box \
                   Models, BMVC 2018",
            passes: 28,
            again: false,
            boxes: false,
        }
    }

    async fn score(&self, case: &Case<'_>) -> Result<Score> {
        let curve = case.curve(Ground::Black, true).await?;
        Ok(Score::Curve(area_under(&curve), curve))
    }
}
