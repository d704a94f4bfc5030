//! Distance of the brightest places.

use peerlight_core::argmax;

use crate::statistic::{MapContext, Statistic, StatisticMeta};

/// Distance between the highest pixels of the two maps, in sides of the map.
pub struct BrightestDistance;

impl Statistic for BrightestDistance {
    fn meta(&self) -> &'static StatisticMeta {
        const HELP: &str = "Distance between the highest points of the two maps, as a fraction of the square's side.";
        const { &StatisticMeta::new("brightest-distance", "Distance of the brightest places", HELP).lower() }
    }

    fn of(&self, context: &MapContext<'_>) -> Option<f64> {
        context.over_pairs(|pair| {
            let [(x, y), (u, v)] = [&pair.a, &pair.b].map(|map| {
                let highest = argmax(map);
                ((highest % pair.side) as f64, (highest / pair.side) as f64)
            });
            Some((x - u).hypot(y - v) / pair.side as f64)
        })
    }
}
