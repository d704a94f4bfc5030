//! Grad-CAM, element by element.

use async_trait::async_trait;
use burn::tensor::{Tensor, activation::relu};
use peerlight_core::Result;
use peerlight_explain::{Explainer, Family, Meta, Probe};
use peerlight_models::Layer;

/// Sum of the channels' positive contributions.
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
            shows: "Where single channels support the class.",
            caveat: "Evidence against the class is missing: negative contributions are dropped before the sum.",
            passes: 2,
            ..Meta::DEFAULT
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>> {
        Ok(relu(probe.activation(layer) * probe.gradient(layer)).sum_dim(1).squeeze_dim(1))
    }
}
