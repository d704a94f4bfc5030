//! What one region's correlation says.

use super::{sample::Sample, stats::Ranking};
use crate::record::RegionRecord;
use crate::{bootstrap::resampled, figure::Estimate};

/// A score of one region, with its name.
type Score = (&'static str, fn(&RegionRecord) -> f64);

/// The scores that are compared: rho, the peers' attention, and combinations.
pub const SCORES: [Score; 5] = [
    ("rho", |region| f64::from(region.rho)),
    ("mean attention", mean),
    ("least attention", least),
    ("rho x mean attention", |region| f64::from(region.rho) * mean(region)),
    ("rho x least attention", |region| f64::from(region.rho) * least(region)),
];

fn mean(region: &RegionRecord) -> f64 {
    region.attention.iter().map(|&v| f64::from(v)).sum::<f64>() / region.attention.len() as f64
}

fn least(region: &RegionRecord) -> f64 {
    region.attention.iter().copied().fold(f32::INFINITY, f32::min).into()
}

/// AUROC of each score over all regions of the images for which `target` is known, in the order of [`SCORES`], with
/// the numbers of regions and of those with the target. Intervals resample images, since regions of one image are not
/// independent.
pub fn aurocs(
    sample: &Sample<'_>,
    target: impl Fn(&RegionRecord) -> Option<bool>,
) -> Option<(Vec<Estimate>, usize, usize)> {
    let mut regions = Vec::new();
    for (image, (_, judged)) in sample.of.iter().enumerate() {
        regions.extend(judged.regions.iter().filter_map(|region| Some((image, region, target(region)?))));
    }
    let targets: Vec<bool> = regions.iter().map(|(_, _, target)| *target).collect();
    let positives = targets.iter().filter(|target| **target).count();
    if positives == 0 || positives == targets.len() {
        return None;
    }
    let rank = |(_, score): &Score| {
        Ranking::new(&regions.iter().map(|(_, region, _)| score(region)).collect::<Vec<_>>(), &targets)
    };
    let rankings: Vec<Ranking> = SCORES.iter().map(rank).collect();
    let mut found = vec![Vec::new(); SCORES.len()];
    let mut counts = vec![0.0; regions.len()];
    resampled(sample.of.len(), sample.seed, |images| {
        counts.iter_mut().zip(&regions).for_each(|(count, (image, ..))| *count = images[*image]);
        found.iter_mut().zip(&rankings).for_each(|(found, ranking)| found.push(ranking.auroc(&counts)));
    });
    Some((found.iter().map(|samples| Estimate::of(samples)).collect(), targets.len(), positives))
}
