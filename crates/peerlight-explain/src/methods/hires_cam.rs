//! HiResCAM.

use async_trait::async_trait;
use burn::tensor::Tensor;
use peerlight_core::{Result, weighted_sum};
use peerlight_models::Layer;

use crate::{Explainer, Family, Meta, Probe};

/// Activation times gradient, place by place (Draelos & Carin 2020).
pub struct HiResCam;

#[async_trait(?Send)]
impl Explainer for HiResCam {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "hires-cam",
            name: "HiResCAM",
            family: Family::Gradient,
            formula: "M = ReLU(sum_k dy/dA_k A_k)",
            paper: "Draelos, Carin, Use HiResCAM instead of Grad-CAM for Faithful Explanations of Convolutional Neural \
                    Networks, 2020",
            url: "https://arxiv.org/abs/2011.08891",
            shows: "Which places raise the class's logit: gradient times activation, place by place.",
            caveat: "A gradient describes small changes only. At the last layer the map equals the positive part of \
                     CAM.",
            rectify: true,
            passes: 2,
            ..Meta::DEFAULT
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>> {
        Ok(weighted_sum(probe.activation(layer), probe.gradient(layer)))
    }
}
