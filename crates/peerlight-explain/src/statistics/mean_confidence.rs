//! Mean confidence.

use crate::statistic::{MapContext, Statistic, StatisticMeta};

/// Probability of the class by all peers, on average.
pub struct MeanConfidence;

impl Statistic for MeanConfidence {
    fn meta(&self) -> &'static StatisticMeta {
        const HELP: &str = "The probability that all networks give to the class, on average.";
        const { &StatisticMeta::new("mean-confidence", "Mean confidence", HELP) }
    }

    fn of(&self, context: &MapContext<'_>) -> Option<f64> {
        (context.answers.len() > 1).then_some(context.mean_confidence)
    }
}
