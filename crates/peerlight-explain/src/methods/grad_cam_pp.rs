//! Grad-CAM++.

use async_trait::async_trait;
use burn::tensor::{Tensor, activation::relu};
use peerlight_core::{Result, weighted_sum};
use peerlight_models::Layer;

use super::spatial_sum;
use crate::{Explainer, Family, Meta, Probe};

/// Grad-CAM with a weight for each place (Chattopadhay et al. 2018).
pub struct GradCamPp;

/// Keeps the division finite where the gradient is zero. Value of pytorch-grad-cam.
const EPSILON: f32 = 1e-6;

#[async_trait(?Send)]
impl Explainer for GradCamPp {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "grad-cam-pp",
            name: "Grad-CAM++",
            family: Family::Gradient,
            formula: "M = ReLU(sum_k w_k A_k), w_k = sum over places of a ReLU(g), g = dy/dA_k, a = g^2 / (2 g^2 + g^3 \
                      * sum over places of A_k)",
            paper: "Chattopadhay, Sarkar, Howlader, Balasubramanian, Grad-CAM++: Generalized Gradient-Based Visual \
                    Explanations for Deep Convolutional Networks, WACV 2018",
            url: "https://arxiv.org/abs/1710.11063",
            shows: "Like Grad-CAM, but made to cover several objects of the class, and whole objects.",
            caveat: "All weights are positive, so the map depends little on the class. Where activations are negative, \
                     a divisor near zero can make the map unstable.",
            rectify: true,
            passes: 2,
            ..Meta::DEFAULT
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>> {
        let (activation, gradient) = (probe.activation(layer), probe.gradient(layer));
        let squared = gradient.clone() * gradient.clone();
        let cubed = squared.clone() * gradient.clone();
        let alpha = squared.clone() / (squared * 2.0 + cubed * spatial_sum(activation.clone()) + EPSILON);
        Ok(weighted_sum(activation, spatial_sum(alpha * relu(gradient))))
    }
}
