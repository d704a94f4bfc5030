//! Sum of minima over sum of maxima.

use crate::statistic::{MapContext, Statistic, StatisticMeta};

/// Sum over the pixels of the smaller value over the sum of the larger one; 0 if both maps are blank.
pub struct MinimaOverMaxima;

impl Statistic for MinimaOverMaxima {
    fn meta(&self) -> &'static StatisticMeta {
        const HELP: &str = "What the two maps share over what they cover together: the sum of the smaller values \
                            over the sum of the larger ones.";
        const { &StatisticMeta::new("minima-over-maxima", "Sum of minima over sum of maxima", HELP) }
    }

    fn of(&self, context: &MapContext<'_>) -> Option<f64> {
        context.over_pairs(|pair| {
            let sum = |pick: fn(f32, f32) -> f32| {
                pair.a.iter().zip(&pair.b).map(|(&a, &b)| f64::from(pick(a, b))).sum::<f64>()
            };
            let most = sum(f32::max);
            Some(if most > 0.0 { sum(f32::min) / most } else { 0.0 })
        })
    }
}
