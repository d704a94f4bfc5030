//! Fake-CAM: a control.

use async_trait::async_trait;
use burn::tensor::Tensor;
use peerlight_core::Result;
use peerlight_models::Layer;

use crate::{Explainer, Family, Meta, Probe, TargetLayer};

/// Ones but for one corner pixel.
pub struct Fake;

#[async_trait(?Send)]
impl Explainer for Fake {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "control-fake",
            name: "Fake-CAM",
            family: Family::Control,
            formula: "M = 1, but 0 at the upper left corner",
            paper: "Poppi, Cornia, Baraldi, Cucchiara, Revisiting the Evaluation of Class Activation Mapping for \
                    Explainability, CVPR Workshops 2021",
            url: "https://arxiv.org/abs/2104.10252",
            shows: "Nothing: the whole image but for one pixel.",
            caveat: "What a metric grants to a map that is made to please it: Average Drop and Average Increase \
                     are nearly perfect.",
            target_layer: TargetLayer::Input,
            rectify: false,
            joint: false,
            passes: 0,
            settings: &[],
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, _: Layer) -> Result<Tensor<3>> {
        let [_, _, height, width] = probe.input().dims();
        let corner = Tensor::zeros([1, 1, 1], probe.device());
        Ok(Tensor::ones([1, height, width], probe.device()).slice_assign([0..1, 0..1, 0..1], corner))
    }
}
