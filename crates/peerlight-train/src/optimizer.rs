//! Optimizers, and gradients kept short.

use burn::{
    module::{Module, ModuleVisitor, Param},
    optim::{
        AdamWConfig, GradientsParams, ModuleOptimizer, SgdConfig, decay::WeightDecayConfig, momentum::MomentumConfig,
    },
    tensor::Tensor,
};
use peerlight_models::Network;

use crate::recipe::{Optimizer, Schedule};

/// The optimizer that a schedule asks for, without state.
pub(crate) fn optimizer(schedule: &Schedule) -> ModuleOptimizer {
    match schedule.optimizer {
        Optimizer::Sgd => {
            let momentum = MomentumConfig { momentum: schedule.momentum, dampening: 0.0, nesterov: false };
            let decay = Some(WeightDecayConfig { penalty: schedule.weight_decay }).filter(|d| d.penalty > 0.0);
            SgdConfig::new().with_momentum(Some(momentum)).with_weight_decay(decay).init()
        }
        Optimizer::Adamw => AdamWConfig::new().with_weight_decay(schedule.weight_decay).init(),
    }
}

/// Scales a network's whole gradient down to the norm `most`, if it is longer (0: never). Also returns the norm
/// before, [1].
pub(crate) fn clipped(net: &Network, mut gradients: GradientsParams, most: f32) -> (GradientsParams, Tensor<1>) {
    let mut norm = Norm { gradients: &gradients, squares: Vec::new() };
    net.visit(&mut norm);
    let norm = Tensor::cat(norm.squares, 0).sum().sqrt();
    if most > 0.0 {
        let factor = (norm.clone().recip() * most).clamp_max(1.0);
        net.visit(&mut Scale { gradients: &mut gradients, factor });
    }
    (gradients, norm)
}

struct Norm<'a> {
    gradients: &'a GradientsParams,
    squares: Vec<Tensor<1>>,
}

impl ModuleVisitor for Norm<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.get::<D>(param.id) {
            self.squares.push(gradient.square().sum());
        }
    }
}

/// The largest magnitude of a network's weights, [1].
pub(crate) fn largest_weight(net: &Network) -> Tensor<1> {
    let mut largest = Largest(Vec::new());
    net.visit(&mut largest);
    Tensor::cat(largest.0, 0).max()
}

struct Largest(Vec<Tensor<1>>);

impl ModuleVisitor for Largest {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.0.push(param.val().detach().abs().max());
    }
}

struct Scale<'a> {
    gradients: &'a mut GradientsParams,
    factor: Tensor<1>,
}

impl ModuleVisitor for Scale<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.remove::<D>(param.id) {
            self.gradients.register(param.id, gradient * self.factor.clone().unsqueeze());
        }
    }
}
