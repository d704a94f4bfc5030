//! The explained score.

use burn::tensor::{Int, Tensor};
use peerlight_core::log_odds;
use peerlight_models::{Features, Layer, Network, inside};
use serde::{Deserialize, Serialize};

use crate::ByName;

/// Second class to compare with. Its weighted score is subtracted, so the map shows evidence for the first class over
/// the second.
///
/// Source: Zhang et al., "Finer-CAM: Spotting the Difference Reveals Finer Details for Visual Explanation", CVPR
/// 2025.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Versus {
    /// Index or name of the second class.
    pub class: ByName,
    /// Factor of the second class's logit, 0 to 10. Finer-CAM calls it gamma.
    #[serde(default = "one", alias = "gamma")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<f32>", optional))]
    pub weight: f32,
}

fn one() -> f32 {
    1.0
}

/// Second class of a score, as a peer counts it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rival {
    /// The peer's own index of the class.
    pub class: usize,
    /// Factor of the class's logit.
    pub weight: f32,
}

/// Explained score: the logit z_c of a class, or z_c - weight z_d with a second class d.
///
/// Source of the difference: Zhang et al., "Finer-CAM", CVPR 2025.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// The peer's own index of the explained class.
    pub class: usize,
    /// Class to compare with, if any.
    pub rival: Option<Rival>,
}

impl Score {
    /// Score `[n]` of values `[n]` that `rows` returns for a class.
    fn combine(&self, rows: impl Fn(usize) -> Tensor<1>) -> Tensor<1> {
        match self.rival {
            None => rows(self.class),
            Some(Rival { class, weight }) => rows(self.class) - rows(class) * weight,
        }
    }

    /// Scores `[n]` of logits [n, classes].
    pub fn of_logits(&self, logits: &Tensor<2>) -> Tensor<1> {
        let [n, _] = logits.dims();
        self.combine(|class| logits.clone().slice([0..n, class..class + 1]).reshape([n]))
    }

    /// Gradient of the class's log-odds with respect to the last layer of `net`, for its features of some inputs
    /// ([`Network::logit_gradient`]). With a second class, the gradient of the score itself, which already names the
    /// rival.
    pub fn against_rest(&self, net: &Network, features: &Features) -> Tensor<4> {
        let logits = &features.logits;
        let [n, classes] = logits.dims();
        let all = |class: usize| Tensor::<1, Int>::full([n], class as i64, &logits.device());
        match (self.rival, net.linear_head()) {
            (None, _) => net.logit_gradient(features, log_odds(logits.clone(), all(self.class))),
            (Some(_), Some(classifier)) => {
                let [_, channels] = classifier.dims();
                self.of_classifier(&classifier).reshape([1, channels, 1, 1]).expand([n, channels, 1, 1])
            }
            (Some(Rival { class, weight }), None) => {
                let one = |class: usize| all(class).one_hot::<2>(classes).float();
                net.logit_gradient(features, one(self.class) - one(class) * weight)
            }
        }
    }

    /// Score of one sample, from one value for each class.
    pub fn of_row(&self, row: &[f64]) -> f64 {
        row[self.class] - self.rival.map_or(0.0, |v| f64::from(v.weight) * row[v.class])
    }

    /// Weights `[channels]` of the score in a linear classifier [classes, channels].
    pub fn of_classifier(&self, weights: &Tensor<2>) -> Tensor<1> {
        let [_, channels] = weights.dims();
        self.combine(|class| weights.clone().slice([class..class + 1, 0..channels]).reshape([channels]))
    }

    /// Gradient of each sample's score with respect to `x` [n, c, h, w], which stands for the output of a layer or
    /// the input. The gradient has the shape of `x`.
    pub fn gradient(&self, net: &Network, layer: Layer, x: Tensor<4>) -> Tensor<4> {
        inside(&x.device(), || {
            let start = x.clone().autodiff().require_grad();
            let scores = self.of_logits(&net.logits(layer, start.clone()));
            start.grad(&scores.sum().backward()).expect("the logits depend on every layer")
        })
    }
}
