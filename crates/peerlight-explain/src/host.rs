//! The one seam between a computation and whoever waits for it.

use async_trait::async_trait;
use peerlight_core::Result;
use serde::Serialize;

/// How far a computation is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// What comes next, for people.
    pub name: String,
    /// Steps done.
    pub done: usize,
    /// Steps in all.
    pub total: usize,
}

/// Whoever waits: shows progress, lets others run, cancels, and keeps time.
#[async_trait(?Send)]
pub trait Host {
    /// Called before each step.
    ///
    /// # Errors
    /// `cancelled` stops the computation; weights and device stay as they are.
    async fn checkpoint(&self, step: Step) -> Result<()>;

    /// Milliseconds since any fixed moment.
    fn now(&self) -> f64;
}
