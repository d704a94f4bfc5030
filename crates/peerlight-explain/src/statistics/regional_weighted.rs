//! Attention-weighted regional correlation.

use crate::statistic::{MapContext, REGIONS, Statistic, StatisticMeta};

/// Mean regional correlation, each region weighted by the mean of both maps there; 0 if both maps are blank.
pub struct RegionalWeighted;

impl Statistic for RegionalWeighted {
    fn meta(&self) -> &'static StatisticMeta {
        const HELP: &str = "Regional correlation (7 x 7), weighted by how much the two maps show in each region.";
        const { &StatisticMeta::new("regional-weighted", "Regional correlation, weighted by attention", HELP) }
    }

    fn grids(&self) -> &'static [usize] {
        &[REGIONS]
    }

    fn of(&self, context: &MapContext<'_>) -> Option<f64> {
        context.over_pairs(|pair| {
            let regions = pair.on(REGIONS)?;
            let weights = || regions.attention.iter().map(|[a, b]| a + b);
            let sum: f64 = weights().sum();
            let weighted: f64 = weights().zip(&regions.rho).map(|(weight, rho)| weight * rho).sum();
            Some(if sum > 0.0 { weighted / sum } else { 0.0 })
        })
    }
}
