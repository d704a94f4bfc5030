//! The terms of a peer's loss.

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

/// The terms of one peer's loss before their weights, each a mean over the batch, and its accuracy beside them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LossTerms<T> {
    /// Fraction of the images whose predicted class is the target's. It is no part of the loss.
    #[serde(alias = "right")]
    pub accuracy: T,
    /// Cross-entropy of the whole image.
    #[serde(alias = "ce")]
    pub cross_entropy: T,
    /// Transfer of the other peers' maps.
    pub transfer: T,
    /// Mutual learning: the Kullback-Leibler divergence from the other peers' predictions.
    pub mutual: T,
    /// Masked consistency: cross-entropy of the masked image.
    #[serde(alias = "masked")]
    pub consistency: T,
}

impl LossTerms<Tensor<1>> {
    /// All terms in one tensor, [5], so that one reading fetches them.
    pub(crate) fn pack(self) -> Tensor<1> {
        let Self { accuracy, cross_entropy, transfer, mutual, consistency } = self;
        Tensor::cat(vec![accuracy, cross_entropy, transfer, mutual, consistency], 0)
    }
}

impl LossTerms<f32> {
    /// The terms of a packed tensor's values.
    pub(crate) fn unpack([accuracy, cross_entropy, transfer, mutual, consistency]: [f32; 5]) -> Self {
        Self { accuracy, cross_entropy, transfer, mutual, consistency }
    }

    /// `true` if no term is NaN or infinite.
    pub fn is_finite(&self) -> bool {
        let Self { accuracy, cross_entropy, transfer, mutual, consistency } = self;
        [accuracy, cross_entropy, transfer, mutual, consistency].iter().all(|v| v.is_finite())
    }
}
