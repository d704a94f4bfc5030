//! The networks.

use std::path::PathBuf;

use peerlight_core::Result;
use serde::{Deserialize, Serialize};

use super::require;

/// The networks that a run begins with, and what they learn to predict.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Networks {
    /// Where the bundle that the run starts from comes from. The library does not open it:
    /// [`Start::from_bundle`](crate::Start::from_bundle) takes its bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<PathBuf>,
    /// Peers. From scratch each is `[ID=]ARCHITECTURE`; with a bundle each is the id of one of its peers, and an
    /// empty list takes all of them.
    pub peers: Vec<String>,
    /// Targets of the predictions.
    pub targets: Targets,
    /// Fraction of the starting weights in the final ones, in 0..1: final = (1 - a) trained + a starting.
    /// Interpolated weights forget less (Wortsman et al., CVPR 2022, whose alpha is 1 - a).
    #[serde(alias = "keep")]
    pub interpolate: f32,
    /// Mode of the batch norms. `None` is `Frozen` with a bundle and `Train` from scratch.
    #[serde(alias = "norms", skip_serializing_if = "Option::is_none")]
    pub batch_norm: Option<BatchNorm>,
}

/// Targets of the predictions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Targets {
    /// The class of the image.
    #[default]
    Labels,
    /// The softmax of the same network before training (self-distillation): it keeps all of its classes, and needs no
    /// labels.
    Teacher,
}

/// Mode of the batch norms in training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BatchNorm {
    /// They stay folded into the convolutions.
    Frozen,
    /// They normalize by the mean and variance of each batch, and keep running statistics.
    #[serde(alias = "live")]
    Train,
}

impl Networks {
    pub(super) fn check(&self) -> Result<()> {
        require(&[((0.0..1.0).contains(&self.interpolate), "`interpolate` must be at least 0 and below 1.")])
    }

    /// Refuses settings that need a bundle to start from.
    pub(crate) fn check_from_scratch(&self) -> Result<()> {
        require(&[
            (self.peers.len() >= 2, "Name two peers or more with `peers`, or a bundle with `from`."),
            (
                self.targets == Targets::Labels,
                "`targets` = teacher needs `from`: networks from scratch know nothing to teach.",
            ),
            (
                self.batch_norm != Some(BatchNorm::Frozen),
                "`batch-norm` = frozen needs `from`: networks from scratch have no statistics to freeze.",
            ),
            (self.interpolate == 0.0, "`interpolate` needs `from`: networks from scratch have no starting weights."),
        ])
    }
}
