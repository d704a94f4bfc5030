//! Same first class.

use crate::statistic::{MapContext, Statistic, StatisticMeta};

/// Whether one class is the likeliest for all peers, 0 or 1.
pub struct SameClass;

impl Statistic for SameClass {
    fn meta(&self) -> &'static StatisticMeta {
        const HELP: &str = "1 if one class is the likeliest for all networks, else 0.";
        const { &StatisticMeta::new("same-class", "Same first class", HELP) }
    }

    fn of(&self, context: &MapContext<'_>) -> Option<f64> {
        context.same_answers().map(|(same, all)| f64::from(u8::from(same == all)))
    }
}
