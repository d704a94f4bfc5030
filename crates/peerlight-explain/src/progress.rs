//! How a computation tells how far it is, lets others run, and is cancelled.

use async_trait::async_trait;
use peerlight_core::Result;
use serde::Serialize;

/// How far a computation is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// What comes next, in words for people.
    pub name: String,
    /// The number of steps that are done.
    pub done: usize,
    /// The number of steps in all.
    pub total: usize,
}

/// Hears of every step of a computation, can cancel it, and tells the time. A browser's also lets other tasks run.
#[async_trait(?Send)]
pub trait Progress {
    /// Hears of the next step, before it begins.
    ///
    /// # Errors
    /// `cancelled` stops the computation; weights and device stay as they are.
    async fn checkpoint(&self, step: Step) -> Result<()>;

    /// Milliseconds since any fixed moment.
    fn now(&self) -> f64;
}

/// Progress that nobody follows: it never cancels, and its clock stands still.
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
