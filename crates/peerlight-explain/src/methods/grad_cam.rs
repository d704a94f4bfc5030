//! Grad-CAM.

use async_trait::async_trait;
use burn::tensor::Tensor;
use peerlight_core::{Result, weighted_sum};
use peerlight_models::Layer;

use super::spatial_mean;
use crate::{Explainer, Family, Meta, Probe};

/// Gradient-weighted class activation map (Selvaraju et al. 2017).
pub struct GradCam;

#[async_trait(?Send)]
impl Explainer for GradCam {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "grad-cam",
            name: "Grad-CAM",
            family: Family::Gradient,
            formula: "M = ReLU(sum_k w_k A_k), w_k = mean over places of dy/dA_k",
            paper: "Selvaraju, Cogswell, Das, Vedantam, Parikh, Batra, Grad-CAM: Visual Explanations from Deep \
                    Networks via Gradient-Based Localization, ICCV 2017",
            url: "https://arxiv.org/abs/1610.02391",
            shows: "Active places of the channels whose increase, on average over the image, raises the class's logit.",
            caveat: "Each channel has one weight for the whole image, so places that do not matter can light up.",
            rectify: true,
            passes: 2,
            ..Meta::DEFAULT
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>> {
        Ok(weighted_sum(probe.activation(layer), spatial_mean(probe.gradient(layer))))
    }
}
