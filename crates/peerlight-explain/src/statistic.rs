//! What a statistic of agreement is.

use serde::Serialize;

use crate::{MapPair, view::View};

/// Needs of a statistic beside the map of one network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Needs {
    /// Two peers or more.
    Peers,
    /// One more pass for each changed view of the image, and no second network.
    Itself,
    /// The map and the probabilities that are there already.
    Nothing,
}

/// Description of a statistic of agreement.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct StatisticMeta {
    /// Identifier in files, such as `regional-7`.
    pub id: &'static str,
    /// Name shown to people.
    pub name: &'static str,
    /// How it is computed.
    pub help: &'static str,
    /// What the statistic needs beside the map.
    pub needs: Needs,
    /// Whether higher values mean more agreement; lower ones otherwise.
    pub higher: bool,
}

impl StatisticMeta {
    /// Statistic of peers of which higher values mean more agreement.
    pub(crate) const fn new(id: &'static str, name: &'static str, help: &'static str) -> Self {
        Self { id, name, help, needs: Needs::Peers, higher: true }
    }

    /// Changes what it takes.
    pub(crate) const fn needs(self, needs: Needs) -> Self {
        Self { needs, ..self }
    }

    /// Makes lower values mean more agreement.
    pub(crate) const fn lower(self) -> Self {
        Self { higher: false, ..self }
    }

    /// The value with its sign turned where lower means more, so that more is always higher.
    pub fn oriented(&self, value: f64) -> f64 {
        if self.higher { value } else { -value }
    }
}

/// One map of an image with everything that a statistic may ask.
#[derive(Debug, Clone, Copy)]
pub struct MapContext<'a> {
    /// Values of the map, 0..=1.
    pub map: &'a [f32],
    /// Pairs of the peers' maps: those that hold the explained peer's, or all pairs for the joint map.
    pub pairs: &'a [&'a MapPair],
    /// The map beside the map of each changed view that was asked for.
    pub itself: &'a [(View, &'a MapPair)],
    /// Probability of the class by the explained peers, on average.
    pub confidence: f64,
    /// Probability of the class by all peers, on average.
    pub mean_confidence: f64,
    /// Each peer's likeliest class; the explained peer's first.
    pub answers: &'a [usize],
}

impl MapContext<'_> {
    /// The mean of a pair's value over the pairs of peers; none without a pair.
    pub fn over_pairs(&self, of: impl Fn(&MapPair) -> Option<f64>) -> Option<f64> {
        let values: Option<Vec<f64>> = self.pairs.iter().map(|pair| of(pair)).collect();
        crate::map_pair::mean(values?)
    }

    /// Number of other peers that hold the explained peer's first class likeliest, and of all others; none for a peer
    /// alone.
    pub fn same_answers(&self) -> Option<(usize, usize)> {
        let (first, others) = self.answers.split_first().filter(|(_, others)| !others.is_empty())?;
        Some((others.iter().filter(|other| *other == first).count(), others.len()))
    }

    /// Mean regional correlation with the map of a changed view; none if that was not asked for.
    pub fn with_view(&self, view: View) -> Option<f64> {
        let (_, pair) = self.itself.iter().find(|(of, _)| *of == view)?;
        crate::map_pair::mean(pair.on(REGIONS)?.rho.iter().copied())
    }
}

/// Number of regions along a side unless a statistic says otherwise.
pub const REGIONS: usize = 7;

/// A statistic of agreement.
pub trait Statistic: Sync {
    /// Description of the statistic.
    fn meta(&self) -> &'static StatisticMeta;

    /// Grids of regions that it reads of the peers' pairs, by the number along a side.
    fn grids(&self) -> &'static [usize] {
        &[]
    }

    /// Changed views of the image that it asks for.
    fn views(&self) -> &'static [View] {
        &[]
    }

    /// Value for one map of one image; none where it does not apply.
    fn of(&self, context: &MapContext<'_>) -> Option<f64>;
}
