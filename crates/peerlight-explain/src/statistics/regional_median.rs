//! Median regional correlation.

use crate::statistic::{MapContext, REGIONS, Statistic, StatisticMeta};

/// Median of the regions' correlations; of an even number, the mean of the two in the middle.
pub struct RegionalMedian;

impl Statistic for RegionalMedian {
    fn meta(&self) -> &'static StatisticMeta {
        const HELP: &str = "The middle one of the regions' correlations (7 x 7).";
        const { &StatisticMeta::new("regional-median", "Regional correlation, median", HELP) }
    }

    fn grids(&self) -> &'static [usize] {
        &[REGIONS]
    }

    fn of(&self, context: &MapContext<'_>) -> Option<f64> {
        context.over_pairs(|pair| {
            let mut rho = pair.on(REGIONS)?.rho.clone();
            rho.sort_by(f64::total_cmp);
            let half = rho.len() / 2;
            Some((rho[half] + rho[(rho.len() - 1) / 2]) / 2.0)
        })
    }
}
