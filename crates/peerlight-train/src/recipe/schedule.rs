//! The schedule.

use peerlight_core::Result;
use serde::{Deserialize, Serialize};

use super::require;

/// The number of steps, the optimizer, the learning rate and the seed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Schedule {
    /// Number of steps, each of one batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<usize>,
    /// Number of times that all images are seen. 10 where neither this nor `steps` is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epochs: Option<f64>,
    /// Images in a batch, 2..=1024.
    #[serde(alias = "batch")]
    pub batch_size: usize,
    /// Optimizer of the weights.
    #[serde(alias = "optimiser")]
    pub optimizer: Optimizer,
    /// Highest learning rate, above 0.
    #[serde(alias = "rate")]
    pub lr: f64,
    /// Momentum of SGD, in 0..1.
    pub momentum: f64,
    /// Weight decay, at least 0.
    #[serde(alias = "decay")]
    pub weight_decay: f32,
    /// Number of steps over which the learning rate rises. After them it falls along a cosine.
    pub warm_up: usize,
    /// Largest norm of a peer's whole gradient. A longer one is scaled down to it. 0 scales none.
    pub clip: f32,
    /// Decides the first weights, the order of the images and the augmentation.
    pub seed: u64,
}

impl Default for Schedule {
    fn default() -> Self {
        Self {
            steps: None,
            epochs: None,
            batch_size: 16,
            optimizer: Optimizer::default(),
            lr: 0.01,
            momentum: 0.9,
            weight_decay: 0.0,
            warm_up: 10,
            clip: 5.0,
            seed: 0,
        }
    }
}

/// Optimizer of the weights.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Optimizer {
    /// Stochastic gradient descent with momentum.
    #[default]
    Sgd,
    /// Adam with decoupled weight decay (Loshchilov & Hutter, ICLR 2019).
    Adamw,
}

impl Schedule {
    pub(super) fn check(&self) -> Result<()> {
        require(&[
            (self.steps != Some(0), "`steps` must be 1 or more."),
            (self.epochs.is_none_or(|e| e.is_finite() && e > 0.0), "`epochs` must be above 0."),
            (self.steps.is_none() || self.epochs.is_none(), "Give `steps` or `epochs`, not both."),
            ((2..=1024).contains(&self.batch_size), "`batch-size` must be 2 to 1024."),
            (self.lr.is_finite() && self.lr > 0.0, "`lr` must be above 0."),
            ((0.0..1.0).contains(&self.momentum), "`momentum` must be at least 0 and below 1."),
            (
                [self.weight_decay, self.clip].iter().all(|v| v.is_finite() && *v >= 0.0),
                "`weight-decay` and `clip` must not be negative.",
            ),
        ])
    }

    /// The number of steps of a run over this many images.
    pub fn steps_over(&self, images: usize) -> usize {
        let steps = || (self.epochs.unwrap_or(10.0) * images as f64 / self.batch_size as f64).ceil() as usize;
        self.steps.unwrap_or_else(steps).max(1)
    }

    /// The learning rate of step `step` of `steps`, counted from 0. It rises to the highest over the warm-up, and
    /// then falls along half a cosine to 0 (Loshchilov & Hutter, ICLR 2017).
    pub fn lr_at(&self, step: usize, steps: usize) -> f64 {
        if step < self.warm_up {
            return self.lr * (step + 1) as f64 / self.warm_up as f64;
        }
        let fraction = (step - self.warm_up) as f64 / (steps.saturating_sub(self.warm_up)).max(1) as f64;
        self.lr * 0.5 * (1.0 + (std::f64::consts::PI * fraction).cos())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_learning_rate_rises_then_falls() {
        let schedule = Schedule { lr: 0.1, warm_up: 4, ..Schedule::default() };
        let rates: Vec<f64> = (0..12).map(|step| schedule.lr_at(step, 12)).collect();
        assert_eq!(&rates[..5], [0.025, 0.05, 0.1 * 3.0 / 4.0, 0.1, 0.1]);
        assert!((rates[8] - 0.05).abs() < 1e-12 && rates[11] < 0.005, "{rates:?}");
        assert!(schedule.lr_at(0, 1) > 0.0);
    }
}
