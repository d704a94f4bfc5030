//! How far an explanation is to be trusted.
//!
//! - [`measure`] scores the map of one image by metrics of the list [`METRICS`].
//! - [`sanity`] tells whether a map depends on what the networks have learned.
//! - [`Protocol`] puts every method of a list through the same trial, image by image; [`report`] pools the records
//!   into rows with intervals, and [`compare`] puts two sides of runs against each other.
//!
//! Nothing here opens a file or knows a clock: [`Progress`](peerlight_explain::Progress) has a clock, hears of every
//! step and can cancel.
//!
//! ```
//! use peerlight_explain::{Request, Session, Silent};
//! use peerlight_metrics::{EvaluatedImage, Evaluation, measure, metric_ids};
//! use peerlight_models::{Bundle, micro};
//!
//! # pollster::block_on(async {
//! let device = burn::tensor::Device::flex();
//! let session = Session::open(&Bundle::parse(&micro::bundle()?)?, &device, "CPU")?;
//! let pass = session.forward_input(micro::input(&device), &Silent).await?;
//! let request = Request { peer: Some(0), ..Request::of("grad-cam") };
//! let map = session.explain(&pass, &request, &Silent).await?;
//!
//! let image = EvaluatedImage::new(&session, &pass, &[], &Silent).await?;
//! let measures = measure(&Evaluation::new(&image, &map, &request), &metric_ids(true)).await?;
//! for figure in &measures.figures {
//!     println!("{}: {:?}", figure.key(), figure.value);
//! }
//! assert_eq!(measures.figures[0].key().to_string(), "average-drop:top50");
//! # peerlight_core::Result::Ok(())
//! # }).unwrap();
//! ```

mod agreement;
mod bootstrap;
mod catalog;
mod column_names;
mod compare;
mod dot;
mod evaluation;
mod figure;
mod impute;
mod masked_inputs;
mod masking;
mod measure;
mod metric;
mod metrics;
mod order;
mod pool;
mod protocol;
mod record;
mod report;
mod result_file;
mod sanity;
mod similarity;
mod steps;
mod what_if;

pub use agreement::{
    AgreementPlan, AgreementReport, AgreementRow, Also, Block, Effort, Images, LEAST_IMAGES, LEAST_OF_A_KIND, Logistic,
    Measure, Tenth, agreement_report, auroc, calibrate, calibration_error, halves, isotonic, logistic, out_of_fold,
    parts, rate_at, spearman, wilson,
};
pub use bootstrap::{RESAMPLES, interval, resampled_means};
pub use catalog::{Catalog, catalog};
pub use compare::{Comparison, Difference, compare};
pub use evaluation::{EvaluatedImage, Evaluation, PeerTrial, mask_together};
pub use figure::{Boxes, Estimate, FigureKey, MetricId};
pub use masked_inputs::MaskedInputs;
pub use masking::{Masking, MaskingEntry, PerMasking};
pub use measure::{Curve, Figure, Measures, measure};
pub use metric::{Better, Meta, Metric, Score};
pub use metrics::{METRICS, metric, metric_ids, metrics_with_parts};
pub use order::{RankedMap, order, positions, ranks};
pub use pool::Statistic;
pub use protocol::{LabeledImage, Observer, PROTOCOL, Protocol};
pub use record::{AgreementRecord, CROP, Entry, Record, RegionRecord};
pub use report::report;
pub use result_file::{Best, MeanCurve, Paired, Report, ResultFile, Row};
pub use sanity::{Depth, Sanity, UNCHANGED, sanity};
pub use similarity::correlation;
pub use what_if::{Answer, Patch, PeerAnswer, RegionAt, RegionEffects, Replacement, WhatIf, WhatIfResult, what_if};

/// The Rust of the project's README, compiled and run with the documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
