//! HiResCAM.

use async_trait::async_trait;
use burn::tensor::Tensor;
use peerlight_core::{Result, weighted_sum};
use peerlight_models::Layer;

use crate::{Explainer, Family, Meta, Probe, TargetLayer};

/// Activation times gradient, place by place.
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
            shows: "Which places raised the class: gradient times activation, place by place and not averaged.",
            caveat: "More than a straight line: the gradient holds for small changes. At the last stage it is CAM.",
            target_layer: TargetLayer::One,
            rectify: true,
            joint: false,
            passes: 2,
            settings: &[],
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>> {
        Ok(weighted_sum(probe.activation(layer), probe.gradient(layer)))
    }
}
