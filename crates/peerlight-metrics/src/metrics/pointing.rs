//! Pointing game.

use async_trait::async_trait;
use peerlight_core::{Result, inside};

use crate::{Evaluation, Meta, Metric, Score};

/// Pointing game: 1 if the largest value lies in a box of the class, else 0.
pub struct Pointing;

#[async_trait(?Send)]
impl Metric for Pointing {
    fn meta(&self) -> &'static Meta {
        const {
            &Meta::new("pointing", "Pointing game")
                .short("Pointing")
                .needs_boxes()
                .by_order_alone()
                .help(
                    "Whether the map's highest point lies in a box around the object. It asks where people see the \
                     class, which need not be what the network uses: a network may look at the water and say ship.",
                )
                .paper(
                    "Zhang, Bargal, Lin, Brandt, Shen, Sclaroff, Top-down Neural Attention by Excitation Backprop, \
                     IJCV 2018",
                )
        }
    }

    async fn score(&self, evaluation: &Evaluation<'_>) -> Result<Score> {
        if evaluation.boxes().is_empty() {
            return Ok(Score::One(None));
        }
        let highest = evaluation.ranked().highest();
        let hit = !evaluation.blank() && inside(evaluation.boxes(), evaluation.side())[highest];
        Ok(Score::One(Some(f64::from(u8::from(hit)))))
    }
}
