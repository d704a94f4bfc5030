//! The score that is explained.

use burn::tensor::{Int, Tensor};
use peerlight_core::log_odds;
use peerlight_models::{Layer, Network};

use crate::Versus;

/// The score that is explained: the logit of a class, less a part of another's.
///
/// With a second class, Finer-CAM's (Zhang et al., CVPR 2025): z_c - weight z_d.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// Index of the class.
    pub class: usize,
    /// The class that it is compared with, or none.
    pub versus: Option<Versus>,
}

impl Score {
    /// The score of each of the rows: [rows, n] to [n].
    fn combine(&self, rows: impl Fn(usize) -> Tensor<1>) -> Tensor<1> {
        match self.versus {
            None => rows(self.class),
            Some(Versus { class, weight }) => rows(self.class) - rows(class) * weight,
        }
    }

    /// Of the logits [n, classes]: [n].
    pub fn of_logits(&self, logits: &Tensor<2>) -> Tensor<1> {
        let [n, _] = logits.dims();
        self.combine(|class| logits.clone().slice([0..n, class..class + 1]).reshape([n]))
    }

    /// What decides on the class at these logits [n, classes]: the weights [n, channels] in a linear classifier
    /// [classes, channels] of its log-odds; with a second class, of the score itself, which names the rival already.
    pub fn against_rest(&self, logits: &Tensor<2>, classifier: &Tensor<2>) -> Tensor<2> {
        let ([n, _], [_, channels]) = (logits.dims(), classifier.dims());
        match self.versus {
            None => {
                let class = Tensor::<1, Int>::full([n], self.class as i64, &logits.device());
                log_odds(logits.clone(), class).matmul(classifier.clone())
            }
            Some(_) => self.of_classifier(classifier).reshape([1, channels]).expand([n, channels]),
        }
    }

    /// Of the values of the classes for one sample.
    pub fn of_row(&self, row: &[f64]) -> f64 {
        row[self.class] - self.versus.map_or(0.0, |v| f64::from(v.weight) * row[v.class])
    }

    /// Of a linear classifier's weights [classes, channels]: the weights [channels] whose score this is.
    pub fn of_classifier(&self, weights: &Tensor<2>) -> Tensor<1> {
        let [_, channels] = weights.dims();
        self.combine(|class| weights.clone().slice([class..class + 1, 0..channels]).reshape([channels]))
    }

    /// The gradient of the sum of the scores with respect to `x` [n, c, h, w], taken for a layer's output (or the
    /// input), of its shape. The samples do not touch each other, so each gets its own score's gradient.
    pub fn gradient(&self, net: &dyn Network, layer: Layer, x: Tensor<4>) -> Tensor<4> {
        let start = x.autodiff().require_grad();
        let scores = self.of_logits(&net.run(layer, start.clone()).logits);
        start.grad(&scores.sum().backward()).expect("the logits depend on every layer")
    }
}
