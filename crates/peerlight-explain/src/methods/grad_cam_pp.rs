//! Grad-CAM++.

use async_trait::async_trait;
use burn::tensor::{Tensor, activation::relu};
use peerlight_core::{Result, weighted_sum};
use peerlight_models::Layer;

use super::spatial_sum;
use crate::{Explainer, Family, Meta, Probe, TargetLayer};

/// Grad-CAM whose places weigh by how much they can have caused.
pub struct GradCamPp;

/// As pytorch-grad-cam has it.
const EPSILON: f32 = 1e-6;

#[async_trait(?Send)]
impl Explainer for GradCamPp {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "grad-cam-pp",
            name: "Grad-CAM++",
            family: Family::Gradient,
            formula: "M = ReLU(sum_k w_k A_k), w_k = sum over places of a ReLU(g), g = dy/dA_k, \
                      a = g^2 / (2 g^2 + g^3 * sum over places of A_k)",
            paper: "Chattopadhay, Sarkar, Howlader, Balasubramanian, Grad-CAM++: Generalized Gradient-Based Visual \
                    Explanations for Deep Convolutional Networks, WACV 2018",
            url: "https://arxiv.org/abs/1710.11063",
            shows: "As Grad-CAM, made to cover several objects of the class, and all of an object.",
            caveat: "Much of the class: its weights are all positive. Where activations can be negative its quotient can \
                     cross zero, and the map then hangs on the last digits.",
            target_layer: TargetLayer::One,
            rectify: true,
            joint: false,
            passes: 2,
            settings: &[],
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
