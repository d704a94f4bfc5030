//! Grad-CAM.

use async_trait::async_trait;
use burn::tensor::Tensor;
use peerlight_core::{Result, weighted_sum};
use peerlight_models::Layer;

use super::spatial_mean;
use crate::{Explainer, Family, Meta, Probe, TargetLayer};

/// Gradient-weighted class activation map.
pub struct GradCam;

#[async_trait(?Send)]
impl Explainer for GradCam {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "grad-cam",
            name: "Grad-CAM",
            family: Family::Gradient,
            formula: "M = ReLU(sum_k w_k A_k), w_k = mean over places of dy/dA_k",
            paper: "Selvaraju, Cogswell, Das, Vedantam, Parikh, Batra, Grad-CAM: Visual Explanations from Deep Networks \
                    via Gradient-Based Localization, ICCV 2017",
            url: "https://arxiv.org/abs/1610.02391",
            shows: "Where the channels are active whose increase, on average over the image, would raise the class.",
            caveat: "How much a place counts: a channel's weight is averaged over all places, so some that do not \
                     matter are lit.",
            target_layer: TargetLayer::One,
            rectify: true,
            joint: false,
            passes: 2,
            settings: &[],
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>> {
        Ok(weighted_sum(probe.activation(layer), spatial_mean(probe.gradient(layer))))
    }
}
