//! The score that is explained.

use burn::tensor::{Int, Tensor};
use peerlight_core::log_odds;
use peerlight_models::{Layer, Network};

use crate::Contrast;

/// The score that is explained: the logit of a class, less a part of another's.
///
/// With a contrast, Finer-CAM's (Zhang et al., CVPR 2025): z_c - gamma z_d.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// Index of the class.
    pub class: usize,
    /// The class that it is told from, or none.
    pub contrast: Option<Contrast>,
}

impl Score {
    /// The score of each of the rows: [rows, n] to [n].
    fn combine(&self, rows: impl Fn(usize) -> Tensor<1>) -> Tensor<1> {
        match self.contrast {
            None => rows(self.class),
            Some(Contrast { class, gamma }) => rows(self.class) - rows(class) * gamma,
        }
    }

    /// Of the logits [n, classes]: [n].
    pub fn of_logits(&self, logits: &Tensor<2>) -> Tensor<1> {
        let [n, _] = logits.dims();
        self.combine(|class| logits.clone().slice([0..n, class..class + 1]).reshape([n]))
    }

    /// What decides on the class at these logits [n, classes]: the weights [n, channels] in a linear classifier
    /// [classes, channels] of its log-odds; with a contrast, of the score itself, which names the rival already.
    pub fn against_rest(&self, logits: &Tensor<2>, classifier: &Tensor<2>) -> Tensor<2> {
        let ([n, _], [_, channels]) = (logits.dims(), classifier.dims());
        match self.contrast {
            None => {
                let class = Tensor::<1, Int>::full([n], self.class as i64, &logits.device());
                log_odds(logits.clone(), class).matmul(classifier.clone())
            }
            Some(_) => self.of_classifier(classifier).reshape([1, channels]).expand([n, channels]),
        }
    }

    /// Of the values of the classes for one sample.
    pub fn of_row(&self, row: &[f64]) -> f64 {
        row[self.class] - self.contrast.map_or(0.0, |c| f64::from(c.gamma) * row[c.class])
    }

    /// Of a linear classifier's weights [classes, channels]: the weights [channels] whose score this is.
    pub fn of_classifier(&self, weights: &Tensor<2>) -> Tensor<1> {
        let [_, channels] = weights.dims();
        self.combine(|class| weights.clone().slice([class..class + 1, 0..channels]).reshape([channels]))
    }

    /// The gradient of the sum of the scores with respect to `x` [n, c, h, w], taken for a stage's output (or the
    /// image), of its shape. The samples do not touch each other, so each gets its own score's gradient.
    pub fn gradient(&self, net: &dyn Network, stage: Layer, x: Tensor<4>) -> Tensor<4> {
        let start = x.autodiff().require_grad();
        let scores = self.of_logits(&net.run(stage, start.clone()).logits);
        start.grad(&scores.sum().backward()).expect("the logits depend on every stage")
    }
}
