//! What agreement is worth: statistics of agreement of every image, and what they foretell over many images.
//!
//! [`AgreementPlan`] says what is taken of each image, [`AgreementRecord`](crate::AgreementRecord) is what is kept of
//! one map, [`agreement_report`] answers the questions of the protocol from the records, and [`calibrate`] fits hit
//! rates.

mod calibrate;
mod committees;
mod fusions;
mod plan;
mod regions;
mod report;
mod sample;
mod stats;
mod study;
mod variants;

pub(crate) use self::plan::Seen;
pub use self::{
    calibrate::{LEAST_IMAGES, LEAST_OF_A_KIND, calibrate, halves},
    plan::{AgreementPlan, Effort},
    report::{AgreementReport, AgreementRow, Images, Measure, Tenth},
    stats::{
        Block, Logistic, auroc, calibration_error, isotonic, logistic, out_of_fold, parts, rate_at, spearman, wilson,
    },
    study::agreement_report,
    variants::Also,
};
