//! Overlap of the brightest places.

use peerlight_core::largest;

use crate::statistic::{MapContext, Statistic, StatisticMeta};

/// Intersection over union of the brightest fifth of each map. Two unrelated maps give about 0.11.
pub struct BrightestOverlap;

impl Statistic for BrightestOverlap {
    fn meta(&self) -> &'static StatisticMeta {
        const HELP: &str =
            "Overlap of the brightest fifths of the two maps: what they share, divided by what they cover together.";
        const { &StatisticMeta::new("brightest-overlap", "Overlap of the brightest fifth", HELP) }
    }

    fn of(&self, context: &MapContext<'_>) -> Option<f64> {
        context.over_pairs(|pair| Some(overlap(&pair.a, &pair.b)))
    }
}

/// Intersection over union of the brightest fifth of two maps, 0..=1.
pub fn overlap(a: &[f32], b: &[f32]) -> f64 {
    let [a, b] = [a, b].map(|map| largest(map, map.len() / 5));
    let both = a.iter().zip(&b).filter(|(a, b)| **a && **b).count();
    let either = a.iter().zip(&b).filter(|(a, b)| **a || **b).count();
    if either == 0 { 0.0 } else { both as f64 / either as f64 }
}
