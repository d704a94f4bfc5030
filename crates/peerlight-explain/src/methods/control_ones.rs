//! All ones: a control.

use async_trait::async_trait;
use burn::tensor::Tensor;
use peerlight_core::Result;
use peerlight_models::Layer;

use crate::{Explainer, Family, Meta, Probe, TargetLayer};

/// Control: a map of ones (Poppi et al. 2021).
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
            shows: "A control: every pixel has the same value.",
            caveat: "The map ranks nothing. Soft masking by it changes nothing, so its drop is 0. Top half, insertion \
                     and deletion break ties by position and so keep the upper half.",
            target_layer: TargetLayer::Input,
            passes: 0,
            ..Meta::DEFAULT
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, _: Layer) -> Result<Tensor<3>> {
        let [_, _, height, width] = probe.input().dims();
        Ok(Tensor::ones([1, height, width], probe.device()))
    }
}
