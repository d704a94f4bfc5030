//! Gradients kept short.

use burn::{
    module::{Module, ModuleVisitor, Param},
    optim::GradientsParams,
    tensor::Tensor,
};
use peerlight_models::Net;

/// Gradients shortened to `most` as a whole (0: never), and how long they were, [1].
pub fn clipped(net: &Net, mut gradients: GradientsParams, most: f32) -> (GradientsParams, Tensor<1>) {
    let mut length = Length { gradients: &gradients, squares: Vec::new() };
    net.visit(&mut length);
    let length = Tensor::cat(length.squares, 0).sum().sqrt();
    if most > 0.0 {
        let factor = (length.clone().recip() * most).clamp_max(1.0);
        net.visit(&mut Scale { gradients: &mut gradients, factor });
    }
    (gradients, length)
}

struct Length<'a> {
    gradients: &'a GradientsParams,
    squares: Vec<Tensor<1>>,
}

impl ModuleVisitor for Length<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.get::<D>(param.id) {
            self.squares.push(gradient.square().sum());
        }
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
