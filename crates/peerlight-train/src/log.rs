//! The log of a run.

use serde::{Deserialize, Serialize};

use crate::{run::Step, validation::Validation};

/// One event of a run; as JSON one line of its log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Number of steps done by then.
    pub step: usize,
    /// Step or validation.
    #[serde(flatten)]
    pub event: Event,
}

/// Step or validation, told apart by `kind`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Event {
    /// A step of training.
    Step(Step),
    /// A validation.
    Validation(Validation),
}
