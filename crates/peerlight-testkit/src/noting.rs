//! Progress that notes what it is told.

use std::cell::RefCell;

use async_trait::async_trait;
use peerlight_core::{Code, Error, Result};
use peerlight_explain::{Progress, Step};

/// Notes every step, cancels at one of them, and lets a millisecond pass between readings.
#[derive(Default)]
pub struct Noting {
    /// The steps so far.
    pub steps: RefCell<Vec<Step>>,
    /// The number of steps after which it cancels.
    pub cancel_at: Option<usize>,
    /// Milliseconds on its clock.
    pub clock: RefCell<f64>,
}

#[async_trait(?Send)]
impl Progress for Noting {
    async fn checkpoint(&self, step: Step) -> Result<()> {
        self.steps.borrow_mut().push(step);
        if self.cancel_at == Some(self.steps.borrow().len() - 1) {
            return Err(Error::new(Code::Cancelled, "Enough."));
        }
        Ok(())
    }

    fn now(&self) -> f64 {
        *self.clock.borrow_mut() += 1.0;
        *self.clock.borrow()
    }
}
