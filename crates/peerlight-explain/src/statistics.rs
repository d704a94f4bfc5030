//! Every statistic of agreement, one file each.

mod brightest_distance;
mod brightest_overlap;
mod confidence;
mod itself;
mod mean_confidence;
mod minima_over_maxima;
mod reach;
mod regional;
mod regional_median;
mod regional_share;
mod regional_weighted;
mod same_answers;
mod same_class;
mod spread;

use peerlight_core::{Code, Error, Result};

pub use self::brightest_overlap::overlap;
use crate::{statistic::Statistic, view::View};

/// Every statistic, the regional correlations first. A new one is a file, its `mod` line above, and a line here.
pub static STATISTICS: &[&dyn Statistic] = &[
    &regional::Regional::<1>,
    &regional::Regional::<2>,
    &regional::Regional::<4>,
    &regional::Regional::<7>,
    &regional::Regional::<8>,
    &regional::Regional::<14>,
    &regional_weighted::RegionalWeighted,
    &regional_median::RegionalMedian,
    &regional_share::RegionalShare,
    &brightest_overlap::BrightestOverlap,
    &brightest_distance::BrightestDistance,
    &minima_over_maxima::MinimaOverMaxima,
    &reach::ReachOfPeers,
    &itself::Itself(View::Mirrored),
    &itself::Itself(View::Rescaled),
    &itself::Itself(View::Noisy),
    &itself::AllViews,
    &confidence::Confidence,
    &mean_confidence::MeanConfidence,
    &spread::Spread,
    &reach::Reach,
    &same_class::SameClass,
    &same_answers::SameAnswers,
];

/// Finds the statistic of this id.
///
/// # Errors
/// `ask-invalid` for an unknown id. The message lists the known ones.
pub fn statistic(id: &str) -> Result<&'static dyn Statistic> {
    STATISTICS.iter().copied().find(|s| s.meta().id == id).ok_or_else(|| {
        let known: Vec<_> = STATISTICS.iter().map(|s| s.meta().id).collect();
        Error::new(Code::AskInvalid, format!("There is no statistic '{id}'. The statistics are: {}.", known.join(", ")))
    })
}
