//! Networks that have forgotten what they learned.

use burn::{
    module::Param,
    tensor::{Int, Tensor, TensorData},
};
use peerlight_core::rng::permutation;

use super::Network;
use crate::Layer;

impl Network {
    /// A twin in which every parameter that is applied after a layer is permuted: the same numbers, and nothing of
    /// what they had learned. After [`Layer::INPUT`] comes the whole network, after the last layer the classifier
    /// alone.
    ///
    /// # Panics
    /// If the network has no such layer.
    pub fn shuffled(&self, seed: u64, from: Layer) -> Self {
        let mut twin = self.clone();
        let first = self.graph.step_of(from).map_or(0, |step| self.graph.steps()[step].output.0 + 1);
        let is_trained = |id: &&crate::ParameterId| self.graph.parameters()[id.0].role.is_trained();
        // Counted from the end, so that a twin shuffled from an earlier layer shares the permutations of the later
        // ones.
        let with_parameters =
            self.graph.nodes()[first..].iter().rev().filter(|n| n.parameters.iter().any(|p| is_trained(&p)));
        for (number, node) in with_parameters.enumerate() {
            for (id, part) in node.parameters.iter().filter(is_trained).zip(0..2) {
                shuffle(&mut twin.parameters[id.0], (seed << 16) + 2 * number as u64 + part);
            }
        }
        twin
    }
}

/// Permutes all the values of a tensor.
fn shuffle(param: &mut Param<Tensor<1>>, seed: u64) {
    let values = param.val();
    let [count] = values.dims();
    let order: Vec<i64> = permutation(seed, count).into_iter().map(|i| i as i64).collect();
    let order = Tensor::<1, Int>::from_data(TensorData::new(order, [count]), &values.device());
    *param = Param::from_tensor(values.select(0, order));
}
