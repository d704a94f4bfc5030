//! Networks from a file's numbers, and from none.

use std::sync::Arc;

use burn::{
    module::{Param, ParamId},
    tensor::{Device, Tensor, TensorData},
};
use peerlight_core::{Result, rng::normals};

use super::Network;
use crate::{
    Graph, Parameter, ParameterId, Role, Weights,
    ops::Op,
    weights::{finite, invalid},
};

impl Network {
    /// The network of a graph and the tensors of a file that have its parameters' names.
    ///
    /// # Errors
    /// `bundle-invalid` if a tensor is missing, or of another shape, or not finite.
    pub fn load(graph: Graph, weights: &Weights, device: &Device) -> Result<Self> {
        let values = graph.parameters().iter().map(|parameter| weights.values(&parameter.name, &parameter.shape));
        let tensors = values.map(|values| Ok(Tensor::from_data(one_axis(values?), device)));
        let tensors = tensors.collect::<Result<_>>()?;
        Ok(Self::of(graph, tensors))
    }

    /// The network of a graph and the values of its parameters, in order.
    ///
    /// # Errors
    /// `bundle-invalid` if a parameter has another number of values, or one that is not finite.
    pub fn new(graph: Graph, values: Vec<Vec<f32>>, device: &Device) -> Result<Self> {
        Self::of_data(graph, values.into_iter().map(one_axis).collect(), device)
    }

    /// The same network of floats that need not be a `Vec` of their own: they may lie in the memory of a file. Each
    /// parameter is one axis.
    ///
    /// # Errors
    /// As [`Network::new`].
    pub fn of_data(graph: Graph, values: Vec<TensorData>, device: &Device) -> Result<Self> {
        for (parameter, data) in graph.parameters().iter().zip(&values) {
            let floats = data.as_slice().map_err(|e| invalid(format!("The tensor '{}': {e:?}.", parameter.name)))?;
            finite(&parameter.name, floats, parameter.shape.iter().product())?;
        }
        Ok(Self::of(graph, values.into_iter().map(|data| Tensor::from_data(data, device)).collect()))
    }

    /// A network that has learned nothing. The weights of convolutions are normal with variance 2 / (outputs of one
    /// filter) (He et al., ICCV 2015), those of linear layers normal with deviation 0.01; norms change nothing.
    pub fn fresh(graph: Graph, seed: u64, device: &Device) -> Self {
        // No two tensors share a stream of numbers.
        let mut streams = seed << 16..;
        let mut begin = |(id, parameter): (usize, &Parameter)| {
            let count = parameter.shape.iter().product();
            let deviation = match parameter.shape[..] {
                [out, _, height, width] => (2.0 / (height * width * out / groups_of(&graph, id)) as f32).sqrt(),
                _ => 0.01,
            };
            match parameter.role {
                Role::Weight => normals(streams.next().unwrap_or(seed), 0, [count], device) * deviation,
                Role::Scale | Role::Variance => Tensor::ones([count], device),
                Role::Bias | Role::Mean | Role::Constant => Tensor::zeros([count], device),
            }
        };
        let tensors = graph.parameters().iter().enumerate().map(&mut begin).collect();
        Self::of(graph, tensors)
    }

    /// A network of tensors that fit its graph's parameters, each as one axis.
    pub(super) fn of(graph: Graph, tensors: Vec<Tensor<1>>) -> Self {
        let parameters =
            graph.parameters().iter().zip(tensors).map(|(parameter, tensor)| match parameter.role.is_trained() {
                true => Param::from_tensor(tensor),
                false => Param::initialized(ParamId::new(), tensor.set_require_grad(false)),
            });
        Self { parameters: parameters.collect(), graph: Arc::new(graph) }
    }
}

fn one_axis(values: Vec<f32>) -> TensorData {
    let count = values.len();
    TensorData::new(values, [count])
}

/// The groups of the convolution that has this weight.
fn groups_of(graph: &Graph, weight: usize) -> usize {
    let owner = graph.nodes().iter().find(|node| node.parameters.contains(&ParameterId(weight)));
    match owner.map(|node| &node.op) {
        Some(Op::Conv(conv)) => conv.groups,
        _ => 1,
    }
}
