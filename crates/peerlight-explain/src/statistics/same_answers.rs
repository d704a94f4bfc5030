//! Peers with the same answer.

use crate::statistic::{MapContext, Needs, Statistic, StatisticMeta};

/// Number of peers that hold the explained peer's first class likeliest.
pub struct SameAnswers;

impl Statistic for SameAnswers {
    fn meta(&self) -> &'static StatisticMeta {
        const HELP: &str = "How many of the other networks hold the explained network's first class likeliest.";
        const { &StatisticMeta::new("same-answers", "Peers with the same answer", HELP).needs(Needs::Peers) }
    }

    fn of(&self, context: &MapContext<'_>) -> Option<f64> {
        let (first, others) = context.answers.split_first().filter(|(_, others)| !others.is_empty())?;
        Some(others.iter().filter(|other| *other == first).count() as f64)
    }
}
