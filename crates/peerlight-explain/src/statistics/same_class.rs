//! Same first class.

use crate::statistic::{MapContext, Needs, Statistic, StatisticMeta};

/// Whether all peers hold the same class likeliest, 0 or 1.
pub struct SameClass;

impl Statistic for SameClass {
    fn meta(&self) -> &'static StatisticMeta {
        const HELP: &str = "1 if all networks hold the same class likeliest, else 0.";
        const { &StatisticMeta::new("same-class", "Same first class", HELP).needs(Needs::Peers) }
    }

    fn of(&self, context: &MapContext<'_>) -> Option<f64> {
        let (first, others) = context.answers.split_first().filter(|(_, others)| !others.is_empty())?;
        Some(f64::from(u8::from(others.iter().all(|other| other == first))))
    }
}
