//! What the logits depend on at the last layer.

use burn::{module::Module, tensor::Tensor};

use super::{Features, Network};

impl Network {
    /// The gradient of a weighted sum of the logits (`weights`, [n, classes]) with respect to the last layer, for these
    /// features of this network.
    ///
    /// Before a linear classifier it is [n, c, 1, 1], the same at all places, without the division by their number, and
    /// gradients flow through the classifier's and the given weights. Otherwise it is [n, c, h, w], a constant.
    pub fn logit_gradient(&self, features: &Features, weights: Tensor<2>) -> Tensor<4> {
        if let Some(classifier) = self.linear_head() {
            let ([n, _], [_, channels]) = (weights.dims(), classifier.dims());
            return weights.matmul(classifier).reshape([n, channels, 1, 1]);
        }
        let start = features.at(self.last()).clone().inner().autodiff().require_grad();
        let logits = self.valid().logits(self.last(), start.clone());
        let score = (logits * weights.inner()).sum();
        start.grad(&score.backward()).expect("the logits depend on the last layer")
    }
}
