//! How far an explanation is to be trusted.
//!
//! [`measure`] scores the map of one image by the metrics of the list [`METRICS`]; [`sanity`] asks whether a map
//! depends on what the networks have learnt; [`Protocol`] puts every method of a list through the same trial, image
//! by image, and pools the records into rows with intervals. Nothing here opens a file or knows a clock:
//! [`Progress`](peerlight_explain::Progress) has both.

mod bootstrap;
mod canvas;
mod case;
mod catalog;
mod compare;
mod dot;
mod impute;
mod measure;
mod metric;
mod metrics;
mod order;
mod protocol;
mod report;
mod sanity;
mod steps;

pub use bootstrap::{RESAMPLES, interval, resampled_means};
pub use canvas::{Canvas, Ground, Masking, MaskingEntry};
pub use case::{Case, Subject};
pub use catalog::{Catalog, catalog};
pub use compare::{Difference, compare};
pub use measure::{Curve, Figure, Measures, measure};
pub use metric::{Better, METRICS, Means, Meta, Metric, Score, key, metric, metric_ids, metrics_with_parts};
pub use order::{order, places, ranks};
pub use protocol::{CROP, Entry, EvaluationImage, PROTOCOL, Protocol, Record, Unwatched, Watch};
pub use report::{MeanCurve, Number, Paired, Report, Row, report};
pub use sanity::{Depth, Sanity, UNCHANGED, sanity};

/// The Rust of the project's README and of the guide to metrics, compiled and run with the documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
#[doc = include_str!("../../../docs/adding-a-metric.md")]
struct Guides;
