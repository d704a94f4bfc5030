//! Insertion from blur.

use async_trait::async_trait;
use peerlight_core::Result;

use crate::{Better, Case, Ground, Meta, Metric, Score, steps::area_under};

/// Insertion into a Gaussian blur of the image.
pub struct InsertionBlur;

#[async_trait(?Send)]
impl Metric for InsertionBlur {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "insertion-blur",
            name: "Insertion from blur",
            better: Better::Higher,
            unit: "",
            help: "Insertion into a blurred image instead of black: fewer foreign edges, but the blur \
                   already shows something of the class, and all methods come closer to each other.",
            paper: "Petsiuk, Das, Saenko, RISE: Randomized Input Sampling for Explanation of Black-box \
                   Models, BMVC 2018",
            passes: 28,
            again: false,
            boxes: false,
        }
    }

    async fn score(&self, case: &Case<'_>) -> Result<Score> {
        let curve = case.curve(Ground::Blurred, false).await?;
        Ok(Score::Curve(area_under(&curve), curve))
    }
}
