//! Confidence.

use crate::statistic::{MapContext, Needs, Statistic, StatisticMeta};

/// Probability of the class by the explained peer; by all, on average, for the joint map.
pub struct Confidence;

impl Statistic for Confidence {
    fn meta(&self) -> &'static StatisticMeta {
        const HELP: &str = "The probability that the explained network gives to the class.";
        const { &StatisticMeta::new("confidence", "Confidence", HELP).needs(Needs::Nothing) }
    }

    fn of(&self, context: &MapContext<'_>) -> Option<f64> {
        Some(context.confidence)
    }
}
