//! What a run of a network computes.

use burn::tensor::Tensor;

use crate::Layer;

/// Result of a run: the output of every layer after the cut that it began from, and the logits.
#[derive(Debug, Clone)]
pub struct Features {
    from: Layer,
    outputs: Vec<Tensor<4>>,
    /// The logits [n, classes], before any softmax.
    pub logits: Tensor<2>,
}

impl Features {
    /// The features of a run from a cut: the outputs [n, c, h, w] of the layers after it, in order, and the logits.
    pub fn new(from: Layer, outputs: Vec<Tensor<4>>, logits: Tensor<2>) -> Self {
        Self { from, outputs, logits }
    }

    /// The cut that the run began from.
    pub fn start(&self) -> Layer {
        self.from
    }

    /// The last layer of the network.
    pub fn last(&self) -> Layer {
        Layer(self.from.0 + self.outputs.len())
    }

    /// The output [n, c, h, w] of a layer.
    ///
    /// # Panics
    /// If the run did not compute this layer: it began from it or after it, or the network does not have it.
    pub fn at(&self, layer: Layer) -> &Tensor<4> {
        let place = layer.0.checked_sub(self.from.0 + 1);
        place.and_then(|place| self.outputs.get(place)).unwrap_or_else(|| {
            panic!("layer {} is none of those from {} to {}", layer.0, self.from.0 + 1, self.last().0)
        })
    }

    /// The outputs of the layers after a cut, in order.
    ///
    /// # Panics
    /// If the run began after this cut, or the network does not have it.
    pub fn after(&self, layer: Layer) -> &[Tensor<4>] {
        &self.outputs[layer.0 - self.from.0..]
    }

    /// The same features as constants, for a run on an autodiff device.
    pub fn inner(&self) -> Self {
        let outputs = self.outputs.iter().map(|output| output.clone().inner()).collect();
        Self { from: self.from, outputs, logits: self.logits.clone().inner() }
    }
}
