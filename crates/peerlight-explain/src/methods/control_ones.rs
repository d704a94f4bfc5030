//! All ones: a control.

use async_trait::async_trait;
use burn::tensor::Tensor;
use peerlight_core::Result;
use peerlight_models::Layer;

use crate::{Explainer, Family, Meta, Probe, TargetLayer};

/// A map of ones: everything is important.
pub struct Ones;

#[async_trait(?Send)]
impl Explainer for Ones {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "control-ones",
            name: "All ones",
            family: Family::Control,
            formula: "M = 1",
            paper: "Poppi, Cornia, Baraldi, Cucchiara, Revisiting the Evaluation of Class Activation Mapping for \
                    Explainability, CVPR Workshops 2021",
            url: "https://arxiv.org/abs/2104.10252",
            shows: "Nothing: the whole image counts alike.",
            caveat: "What a metric grants to no explanation at all. Soft masking by it changes nothing, so that \
                     its drop is 0.",
            target_layer: TargetLayer::Input,
            rectify: false,
            joint: false,
            passes: 0,
            settings: &[],
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, _: Layer) -> Result<Tensor<3>> {
        let [_, _, height, width] = probe.input().dims();
        Ok(Tensor::ones([1, height, width], probe.device()))
    }
}
