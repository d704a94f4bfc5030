//! Pointing game.

use async_trait::async_trait;
use peerlight_core::{Result, inside};

use crate::{Better, Case, Meta, Metric, Score};

/// Pointing game: whether the largest value lies in a box of the class.
pub struct Pointing;

#[async_trait(?Send)]
impl Metric for Pointing {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "pointing",
            name: "Pointing game",
            better: Better::Higher,
            unit: "",
            help: "Whether the map's highest point lies in a box around the thing. It asks where people \
                   see the class, which need not be what the network uses: a network may look at the \
                   water and say ship.",
            paper: "Zhang, Bargal, Lin, Brandt, Shen, Sclaroff, Top-down Neural Attention by Excitation \
                   Backprop, IJCV 2018",
            passes: 0,
            again: false,
            boxes: true,
        }
    }

    async fn score(&self, case: &Case<'_>) -> Result<Score> {
        if case.boxes().is_empty() {
            return Ok(Score::One(None));
        }
        let highest = case.places().iter().position(|&place| place == 0).unwrap_or(0);
        let hit = !case.blank() && inside(case.boxes(), case.side())[highest];
        Ok(Score::One(Some(f64::from(u8::from(hit)))))
    }
}
