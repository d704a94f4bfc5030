//! Progress of a computation: reports, clock and cancellation.

use async_trait::async_trait;
use peerlight_core::Result;
use serde::Serialize;

/// Report before a step of a computation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// Name of the step, shown to people.
    pub name: String,
    /// Number of finished steps.
    pub done: usize,
    /// Number of all steps.
    pub total: usize,
}

/// Receiver of progress reports, which can cancel the computation and tells the time. In a browser it also yields to
/// other tasks.
#[async_trait(?Send)]
pub trait Progress {
    /// Receives the report of the next step, before the step begins.
    ///
    /// # Errors
    /// `cancelled` stops the computation. Session and device stay usable.
    async fn checkpoint(&self, step: Step) -> Result<()>;

    /// Time in milliseconds since any fixed moment.
    fn now(&self) -> f64;
}

/// Progress that ignores reports and never cancels. Its clock stands still, so all times are 0.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

#[async_trait(?Send)]
impl Progress for Silent {
    async fn checkpoint(&self, _: Step) -> Result<()> {
        Ok(())
    }

    fn now(&self) -> f64 {
        0.0
    }
}
