//! Everything that can be chosen, the metrics included.

use peerlight_explain::{Choice, Choose};
use serde::Serialize;

use crate::{
    masking::{Masking, MaskingEntry},
    metric::Meta,
    metrics::METRICS,
    what_if::Replacement,
};

/// The explainer's catalog, the metrics and the maskings: what menus, choices and documentation are made from.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Catalog {
    /// The architectures, methods, settings, color maps and errors.
    #[serde(flatten)]
    pub explain: peerlight_explain::Catalog,
    /// The metrics in the order of tables.
    #[cfg_attr(feature = "typescript", ts(as = "Vec<Meta>"))]
    pub metrics: Vec<&'static Meta>,
    /// The maskings, the protocol's primary one first.
    #[cfg_attr(feature = "typescript", ts(as = "Vec<MaskingEntry>"))]
    pub maskings: [MaskingEntry; Masking::ALL.len()],
    /// What can replace places that are hidden in a what-if question, the default first.
    #[cfg_attr(feature = "typescript", ts(as = "Vec<Choice>"))]
    pub baselines: &'static [Choice],
}

/// Lists everything that this build offers.
pub fn catalog() -> Catalog {
    Catalog {
        explain: peerlight_explain::catalog(),
        metrics: METRICS.iter().map(|metric| metric.meta()).collect(),
        maskings: Masking::ALL.map(Masking::entry),
        baselines: Replacement::CHOICES,
    }
}
