//! How far maps reach from a brightest place.

use peerlight_core::argmax;

use crate::{
    map_pair::mean,
    statistic::{MapContext, Needs, Statistic, StatisticMeta},
};

/// Mean distance of a map's places from its own highest pixel, weighted by the map, in sides of the map; 0 of a blank
/// map.
///
/// The spread alone does not tell one wide place from two small ones far apart; the reach does. Peerlight's own.
pub struct Reach;

impl Statistic for Reach {
    fn meta(&self) -> &'static StatisticMeta {
        const HELP: &str =
            "How far what the map shows lies from its highest point, on average, in sides of the square.";
        const { &StatisticMeta::new("reach", "Reach", HELP).needs(Needs::Nothing).lower() }
    }

    fn of(&self, context: &MapContext<'_>) -> Option<f64> {
        Some(reach(context.map, context.map))
    }
}

/// Mean distance of one map's places from the other's highest pixel, weighted by the map, in sides of the map: the mean
/// of both directions. It is low where each network sees little beyond what the other holds for the main thing.
/// Peerlight's own.
pub struct ReachOfPeers;

impl Statistic for ReachOfPeers {
    fn meta(&self) -> &'static StatisticMeta {
        const HELP: &str = "How far what one map shows lies from the other's highest point, on average of both ways, \
                            in sides of the square.";
        const { &StatisticMeta::new("reach-peers", "Reach across peers", HELP).lower() }
    }

    fn of(&self, context: &MapContext<'_>) -> Option<f64> {
        context.over_pairs(|pair| mean([reach(&pair.a, &pair.b), reach(&pair.b, &pair.a)]))
    }
}

/// Mean distance of a square map's places from the highest pixel of another, weighted by the map, in sides.
fn reach(from: &[f32], map: &[f32]) -> f64 {
    let side = map.len().isqrt();
    let highest = argmax(from);
    let [x, y] = [highest % side, highest / side];
    let (mut sum, mut total) = (0.0, 0.0);
    for (row, values) in map.chunks_exact(side).enumerate() {
        for (column, &value) in values.iter().enumerate() {
            let [across, down] = [column.abs_diff(x), row.abs_diff(y)];
            // Of whole numbers: `hypot` guards against overflow, and is slow.
            let distance = ((across * across + down * down) as f64).sqrt();
            sum += f64::from(value) * distance;
            total += f64::from(value);
        }
    }
    if total > 0.0 { sum / (total * side as f64) } else { 0.0 }
}
