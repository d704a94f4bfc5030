//! Cost of an explanation.

use std::ops::AddAssign;

use serde::Serialize;

/// Cost of an explanation in passes of single samples: a batch of eight counts as eight.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Cost {
    /// Passes from the input, including the one that all explanations of the image share.
    pub forward: usize,
    /// Passes resumed from a layer.
    pub partial: usize,
    /// Number of backward passes.
    pub backward: usize,
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        self.forward += other.forward;
        self.partial += other.partial;
        self.backward += other.backward;
    }
}
