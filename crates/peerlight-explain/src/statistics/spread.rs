//! Spread.

use crate::statistic::{MapContext, Needs, Statistic, StatisticMeta};

/// Mean of the map: how far it spreads.
pub struct Spread;

impl Statistic for Spread {
    fn meta(&self) -> &'static StatisticMeta {
        const HELP: &str = "The mean of the map, 0 to 1: low for a map that shows one small place.";
        const { &StatisticMeta::new("spread", "Spread", HELP).needs(Needs::Nothing).lower() }
    }

    fn of(&self, context: &MapContext<'_>) -> Option<f64> {
        crate::map_pair::mean(context.map.iter().map(|&v| f64::from(v)))
    }
}
