//! Grad-CAM, element by element.

use async_trait::async_trait;
use burn::tensor::{Tensor, activation::relu};
use peerlight_core::Result;
use peerlight_explain::{Explainer, Family, Meta, Probe, TargetLayer};
use peerlight_models::Layer;

/// Positive contributions alone.
pub struct Elementwise;

#[async_trait(?Send)]
impl Explainer for Elementwise {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "elementwise",
            name: "Grad-CAM, element by element",
            family: Family::Gradient,
            formula: "M = sum_k ReLU(A_k dy/dA_k)",
            paper: "pytorch-grad-cam, GradCAMElementWise, 2021",
            url: "https://github.com/jacobgil/pytorch-grad-cam",
            shows: "Where any channel speaks for the class.",
            caveat: "Channels that speak against it: they are dropped before the sum.",
            target_layer: TargetLayer::One,
            rectify: false,
            joint: false,
            passes: 2,
            settings: &[],
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>> {
        Ok(relu(probe.activation(layer) * probe.gradient(layer)).sum_dim(1).squeeze_dim(1))
    }
}
