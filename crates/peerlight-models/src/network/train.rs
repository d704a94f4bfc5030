//! What training needs of a network.

use burn::{
    module::{Module, ModuleMapper, Param, ParamId},
    tensor::Tensor,
};
use peerlight_core::{Code, Error, Result};

use super::{Features, Network, activation_of};
use crate::{
    Layer, NodeId,
    graph::StepKind,
    kernels::Activation,
    ops::{Moments, convolve},
};

impl Network {
    /// Runs as in training: batch norms use the batch's own moments, which are returned in the order of the norms.
    ///
    /// # Panics
    /// If `x`, [n, 3, height, width], does not have the network's channels.
    pub fn forward_train(&self, x: Tensor<4>) -> (Features, Vec<Moments>) {
        let mut seen = Vec::new();
        let features = self.pass(Layer::INPUT, x, true, &mut |kind, x, shortcut| {
            let (z, norm) = match kind {
                StepKind::Conv { conv, norm: Some(norm), .. } => (self.bare(conv, x), norm),
                StepKind::Norm { norm, .. } => (x, norm),
                _ => return self.infer(kind, x, shortcut),
            };
            let moments = Moments::of(z.clone());
            seen.push(moments.clone());
            self.batch_norm(norm).train(z, moments, self.norm_parameters(norm), shortcut, activation_of(kind))
        });
        (features, seen)
    }

    /// A convolution alone.
    pub(super) fn bare(&self, conv: NodeId, x: Tensor<4>) -> Tensor<4> {
        let (weight, bias) = self.conv_parameters(conv);
        convolve(self.geometry(conv), x, weight, bias, None, Activation::None)
    }

    /// The batch norms in the order of a pass.
    fn norm_nodes(&self) -> impl Iterator<Item = NodeId> {
        self.graph.steps().iter().filter_map(|step| match step.kind {
            StepKind::Conv { norm, .. } => norm,
            StepKind::Norm { norm, .. } => Some(norm),
            StepKind::Single => None,
        })
    }

    /// The number of batch norms.
    pub fn norms(&self) -> usize {
        self.norm_nodes().count()
    }

    /// Moves the running statistics towards the moments of a batch by a fraction of the way.
    pub fn update_running_stats(&mut self, seen: &[Moments], fraction: f32) {
        let norms: Vec<_> = self.norm_nodes().map(|norm| self.graph.node(norm).parameters.clone()).collect();
        for (parameters, moments) in norms.into_iter().zip(seen) {
            for (id, new) in [(parameters[2], &moments.mean), (parameters[3], &moments.variance)] {
                let running = &mut self.parameters[id.0];
                let value = running.val().inner();
                let moved = value.clone() + (new.clone().inner() - value) * fraction;
                *running = Param::initialized(running.id, Tensor::from_inner(moved).set_require_grad(false));
            }
        }
    }

    /// A network between this one and another with parameters of the same shapes: a fraction of the other's weights,
    /// and the rest of this one's.
    ///
    /// # Errors
    /// `bundle-invalid` if the other has other parameters.
    pub fn interpolate(&self, other: &Self, fraction: f32) -> Result<Self> {
        let shapes = |network: &Self| network.graph.parameters().iter().map(|p| p.shape.clone()).collect::<Vec<_>>();
        if shapes(self) != shapes(other) {
            let text = "The trained network has other parameters than the one that it began as: nothing lies between.";
            return Err(Error::new(Code::BundleInvalid, text));
        }
        let mut network = self.clone();
        for (own, other) in network.parameters.iter_mut().zip(&other.parameters) {
            let between = own.val() * (1.0 - fraction) + other.val() * fraction;
            *own = Param::from_tensor(between.detach());
        }
        Ok(network)
    }

    /// The same network, its parameters numbered from `first` on: an optimizer knows them by these numbers, and they
    /// must be the same when a run is resumed.
    pub fn numbered(self, first: u64) -> Self {
        self.map(&mut Numbering(first))
    }
}

/// Gives parameters the next numbers.
struct Numbering(u64);

impl ModuleMapper for Numbering {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let (_, value, mapper) = param.consume();
        self.0 += 1;
        Param::from_mapped_value(ParamId::from(self.0), value, mapper)
    }
}
