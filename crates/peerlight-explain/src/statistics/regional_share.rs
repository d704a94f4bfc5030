//! Share of regions with a high correlation.

use crate::statistic::{MapContext, REGIONS, Statistic, StatisticMeta};

/// Fraction of the regions whose correlation is above 0.5.
pub struct RegionalShare;

impl Statistic for RegionalShare {
    fn meta(&self) -> &'static StatisticMeta {
        const HELP: &str = "The fraction of the regions (7 x 7) whose correlation is above 0.5.";
        const { &StatisticMeta::new("regional-share", "Share of regions above 0.5", HELP) }
    }

    fn grids(&self) -> &'static [usize] {
        &[REGIONS]
    }

    fn of(&self, context: &MapContext<'_>) -> Option<f64> {
        context.over_pairs(|pair| {
            let rho = &pair.on(REGIONS)?.rho;
            Some(rho.iter().filter(|&&rho| rho > 0.5).count() as f64 / rho.len() as f64)
        })
    }
}
