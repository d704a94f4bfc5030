//! Peers with the same answer.

use crate::statistic::{MapContext, Statistic, StatisticMeta};

/// Number of peers that hold the explained peer's first class likeliest.
pub struct SameAnswers;

impl Statistic for SameAnswers {
    fn meta(&self) -> &'static StatisticMeta {
        const HELP: &str = "How many of the other networks hold the explained network's first class likeliest.";
        const { &StatisticMeta::new("same-answers", "Peers with the same answer", HELP) }
    }

    fn of(&self, context: &MapContext<'_>) -> Option<f64> {
        context.same_answers().map(|(same, _)| same as f64)
    }
}
