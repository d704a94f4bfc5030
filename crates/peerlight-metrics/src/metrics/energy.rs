//! Energy game.

use async_trait::async_trait;
use peerlight_core::{Result, inside};

use crate::{Better, Case, Meta, Metric, Score};

/// Energy-based pointing game: the sum of the map within the boxes over its whole sum; 0 for a blank map.
pub struct Energy;

#[async_trait(?Send)]
impl Metric for Energy {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "energy",
            name: "Energy game",
            better: Better::Higher,
            unit: "",
            help: "How much of the map lies within a box around the thing. Chance is the part of the \
                   image that the boxes cover, so that large things are easy. It asks where people see \
                   the class, not what the network uses.",
            paper: "Wang, Wang, Du, Yang, Zhang, Ding, Mardziel, Hu, Score-CAM: Score-Weighted Visual \
                   Explanations for Convolutional Neural Networks, CVPR Workshops 2020",
            passes: 0,
            again: false,
            boxes: true,
        }
    }

    async fn score(&self, case: &Case<'_>) -> Result<Score> {
        if case.boxes().is_empty() {
            return Ok(Score::One(None));
        }
        Ok(Score::One(Some(energy(case.map(), &inside(case.boxes(), case.side())))))
    }
}

fn energy(map: &[f32], inside: &[bool]) -> f64 {
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
            assert_eq!(energy(&map, &inside), expected, "{map:?}");
        }
    }
}
