//! Agreement of a network with itself.

use crate::{
    map_pair::mean,
    statistic::{MapContext, Needs, Statistic, StatisticMeta},
    view::View,
};

/// Mean regional correlation (7 x 7) of a map with the same method's map of a changed view of the image, turned back.
pub struct Itself(pub View);

impl Statistic for Itself {
    fn meta(&self) -> &'static StatisticMeta {
        const MIRRORED: &str = "Regional correlation (7 x 7) with the map of the mirrored image, mirrored back.";
        const RESCALED: &str = "Regional correlation (7 x 7) with the map of the image enlarged by 1.14.";
        const NOISY: &str = "Regional correlation (7 x 7) with the map of the image under noise of 0.08.";
        match self.0 {
            View::Mirrored => {
                const { &StatisticMeta::new("mirrored", "With itself, mirrored", MIRRORED).needs(Needs::Itself) }
            }
            View::Rescaled => {
                const { &StatisticMeta::new("rescaled", "With itself, rescaled", RESCALED).needs(Needs::Itself) }
            }
            View::Noisy => const { &StatisticMeta::new("noisy", "With itself, noisy", NOISY).needs(Needs::Itself) },
        }
    }

    fn views(&self) -> &'static [View] {
        match self.0 {
            View::Mirrored => &[View::Mirrored],
            View::Rescaled => &[View::Rescaled],
            View::Noisy => &[View::Noisy],
        }
    }

    fn of(&self, context: &MapContext<'_>) -> Option<f64> {
        context.with_view(self.0)
    }
}

/// Mean of the agreements with all three views.
pub struct AllViews;

impl Statistic for AllViews {
    fn meta(&self) -> &'static StatisticMeta {
        const HELP: &str = "The mean of the correlations with the mirrored, the rescaled and the noisy image's maps.";
        const { &StatisticMeta::new("itself", "With itself, mean of three", HELP).needs(Needs::Itself) }
    }

    fn views(&self) -> &'static [View] {
        &View::ALL
    }

    fn of(&self, context: &MapContext<'_>) -> Option<f64> {
        let each: Option<Vec<f64>> = View::ALL.iter().map(|&view| context.with_view(view)).collect();
        mean(each?)
    }
}
