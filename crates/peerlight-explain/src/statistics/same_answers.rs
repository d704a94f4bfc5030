//! Peers with the same answer.

use crate::statistic::{MapContext, Statistic, StatisticMeta};

/// Number of other peers whose likeliest class is the explained peer's.
pub struct SameAnswers;

impl Statistic for SameAnswers {
    fn meta(&self) -> &'static StatisticMeta {
        const HELP: &str = "Number of other networks whose likeliest class is the explained network's.";
        const { &StatisticMeta::new("same-answers", "Peers with the same answer", HELP) }
    }

    fn of(&self, context: &MapContext<'_>) -> Option<f64> {
        context.same_answers().map(|(same, _)| same as f64)
    }
}
