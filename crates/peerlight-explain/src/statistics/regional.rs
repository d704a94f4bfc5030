//! Mean regional correlation.

use crate::{
    map_pair::mean,
    statistic::{MapContext, Statistic, StatisticMeta},
};

/// Mean of Pearson's correlation over a grid of G x G regions. With G = 1, the correlation of the whole maps.
///
/// Source: Cheng et al. (2022) for regions and correlation.
pub struct Regional<const G: usize>;

impl<const G: usize> Statistic for Regional<G> {
    fn meta(&self) -> &'static StatisticMeta {
        const HELP: &str = "Pearson's correlation of the two maps within each region of the grid, on average.";
        match G {
            1 => const { &StatisticMeta::new("regional-1", "Correlation of the whole maps", HELP) },
            2 => const { &StatisticMeta::new("regional-2", "Regional correlation, 2 x 2", HELP) },
            4 => const { &StatisticMeta::new("regional-4", "Regional correlation, 4 x 4", HELP) },
            7 => const { &StatisticMeta::new("regional-7", "Regional correlation, 7 x 7", HELP) },
            8 => const { &StatisticMeta::new("regional-8", "Regional correlation, 8 x 8", HELP) },
            _ => const { &StatisticMeta::new("regional-14", "Regional correlation, 14 x 14", HELP) },
        }
    }

    fn grids(&self) -> &'static [usize] {
        const { &[G] }
    }

    fn of(&self, context: &MapContext<'_>) -> Option<f64> {
        context.over_pairs(|pair| mean(pair.on(G)?.rho.iter().copied()))
    }
}
