//! The images of one question: what was found about one map of each.

use crate::{
    agreement::stats::{RankCorrelation, Ranking},
    bootstrap::resampled,
    figure::Estimate,
    record::{AgreementRecord, Record},
};

/// One map of each image, in the images' order.
#[derive(Clone)]
pub struct Sample<'a> {
    /// The images, each with its map's record.
    pub of: Vec<(&'a Record, &'a AgreementRecord)>,
    /// The seed of resamples and folds.
    pub seed: u64,
}

impl<'a> Sample<'a> {
    /// The records of one method's map: the joint one, or a peer's own.
    pub fn new(records: &'a [Record], method: &str, peer: Option<usize>, seed: u64) -> Self {
        let own = |judged: &&AgreementRecord| judged.method == method && judged.peer == peer;
        let of = records.iter().filter_map(|record| Some((record, record.judged.iter().find(own)?))).collect();
        Self { of, seed }
    }

    /// The images that this holds of.
    pub fn only(&self, holds: impl Fn(&Record, &AgreementRecord) -> bool) -> Self {
        Self { of: self.of.iter().copied().filter(|(record, judged)| holds(record, judged)).collect(), seed: self.seed }
    }

    /// The values of a statistic, higher for more agreement; none unless every image has it.
    pub fn values(&self, id: &str) -> Option<Vec<f64>> {
        let meta = peerlight_explain::statistic(id).ok()?.meta();
        self.of.iter().map(|(_, judged)| judged.values.get(id).map(|value| meta.oriented(*value))).collect()
    }

    /// Rows of several statistics; none unless every image has them all.
    pub fn rows(&self, ids: &[&str]) -> Option<Vec<Vec<f64>>> {
        let columns: Vec<Vec<f64>> = ids.iter().map(|id| self.values(id)).collect::<Option<_>>()?;
        Some((0..self.of.len()).map(|i| columns.iter().map(|column| column[i]).collect()).collect())
    }

    /// A target; images that do not have it count as without.
    pub fn targets(&self, of: impl Fn(&AgreementRecord) -> Option<bool>) -> Vec<bool> {
        self.of.iter().map(|(_, judged)| of(judged).unwrap_or(false)).collect()
    }

    /// AUROC of each column of scores, in the sample and in each resample of the images.
    pub fn aurocs(&self, columns: &[Vec<f64>], targets: &[bool]) -> Vec<Vec<f64>> {
        let rankings: Vec<Ranking> = columns.iter().map(|scores| Ranking::new(scores, targets)).collect();
        let mut found = vec![Vec::new(); columns.len()];
        resampled(self.of.len(), self.seed, |counts| {
            found.iter_mut().zip(&rankings).for_each(|(found, ranking)| found.push(ranking.auroc(counts)));
        });
        found
    }

    /// Spearman's correlation with a column.
    pub fn rank_correlation(&self, a: &[f64], b: &[f64]) -> Estimate {
        let correlation = RankCorrelation::new(a, b);
        let mut found = Vec::new();
        resampled(self.of.len(), self.seed, |counts| found.push(correlation.of(counts)));
        Estimate::of(&found)
    }
}

/// The difference of two columns of samples.
pub fn above(a: &[f64], b: &[f64]) -> Estimate {
    Estimate::of(&a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<_>>())
}
