//! Gradient × input.

use async_trait::async_trait;
use burn::tensor::Tensor;
use peerlight_core::{Result, weighted_sum};
use peerlight_models::Layer;

use crate::{Explainer, Family, Meta, Probe, TargetLayer};

/// Gradient times input, summed over the colors (Shrikumar et al. 2016).
pub struct GradientXInput;

#[async_trait(?Send)]
impl Explainer for GradientXInput {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "gradient-x-input",
            name: "Gradient × input",
            family: Family::Gradient,
            formula: "M = ReLU(sum over colors of x * dy/dx), x normalized",
            paper: "Shrikumar, Greenside, Shcherbina, Kundaje, Not Just a Black Box: Learning Important Features \
                    Through Propagating Activation Differences, 2016",
            url: "https://arxiv.org/abs/1605.01713",
            shows: "Pixel by pixel, a linear estimate of what the pixel adds to the class's logit.",
            caveat: "Gradients of single pixels look like noise and show no shapes. Mean gray pixels count nothing.",
            target_layer: TargetLayer::Input,
            rectify: true,
            passes: 4,
            ..Meta::DEFAULT
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>> {
        Ok(weighted_sum(probe.input(), probe.gradient(layer)))
    }
}
