//! Energy-based pointing game.

use async_trait::async_trait;
use peerlight_core::{Result, inside};

use crate::{Evaluation, Meta, Metric, Score};

/// Energy-based pointing game: the sum of the map inside the boxes over its whole sum; 0 for a blank map.
pub struct Energy;

#[async_trait(?Send)]
impl Metric for Energy {
    fn meta(&self) -> &'static Meta {
        const {
            &Meta::new("energy", "Energy game")
                .short("Energy")
                .needs_boxes()
                .help(
                    "How much of the map lies inside a box around the object. Chance is the fraction of the image that \
                     the boxes cover, so large objects are easy. It asks where people see the class, not what the \
                     network uses.",
                )
                .paper(
                    "Wang, Wang, Du, Yang, Zhang, Ding, Mardziel, Hu, Score-CAM: Score-Weighted Visual Explanations \
                     for Convolutional Neural Networks, CVPR Workshops 2020",
                )
        }
    }

    async fn score(&self, evaluation: &Evaluation<'_>) -> Result<Score> {
        if evaluation.boxes().is_empty() {
            return Ok(Score::One(None));
        }
        Ok(Score::One(Some(energy_inside(evaluation.map(), &inside(evaluation.boxes(), evaluation.side())))))
    }
}

/// The sum of a map where it is inside, over its whole sum.
pub(crate) fn energy_inside(map: &[f32], inside: &[bool]) -> f64 {
    let whole: f64 = map.iter().map(|&v| f64::from(v)).sum();
    let within: f64 = map.iter().zip(inside).filter(|(_, inside)| **inside).map(|(&v, _)| f64::from(v)).sum();
    if whole > 0.0 { within / whole } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let inside = [true, true, false, false];
        for (map, expected) in [([0.0, 1.0, 0.5, 0.5], 0.5), ([0.0; 4], 0.0), ([1.0, 0.5, 0.0, 0.0], 1.0)] {
            assert_eq!(energy_inside(&map, &inside), expected, "{map:?}");
        }
    }
}
