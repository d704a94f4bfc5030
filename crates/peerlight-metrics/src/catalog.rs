//! Everything that can be chosen, the metrics included.

use serde::Serialize;

use crate::{METRICS, Masking, MaskingEntry, Meta};

/// The explainer's catalog, the metrics and the maskings.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Catalog {
    #[serde(flatten)]
    pub explain: peerlight_explain::Catalog,
    pub metrics: Vec<&'static Meta>,
    pub maskings: [MaskingEntry; 3],
}

/// The catalog of this build.
pub fn catalog() -> Catalog {
    Catalog {
        explain: peerlight_explain::catalog(),
        metrics: METRICS.iter().map(|metric| metric.meta()).collect(),
        maskings: Masking::entries(),
    }
}
