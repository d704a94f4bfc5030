//! Fake-CAM: a control.

use async_trait::async_trait;
use burn::tensor::Tensor;
use peerlight_core::Result;
use peerlight_models::Layer;

use crate::{Explainer, Family, Meta, Probe, TargetLayer};

/// Control: a map of ones with one corner pixel at zero (Poppi et al. 2021).
pub struct Fake;

#[async_trait(?Send)]
impl Explainer for Fake {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "control-fake",
            name: "Fake-CAM",
            family: Family::Control,
            formula: "M = 1, but 0 at the top left corner",
            paper: "Poppi, Cornia, Baraldi, Cucchiara, Revisiting the Evaluation of Class Activation Mapping for \
                    Explainability, CVPR Workshops 2021",
            url: "https://arxiv.org/abs/2104.10252",
            shows: "A control: the whole image except one pixel.",
            caveat: "Average Drop and Average Increase rate it nearly perfect, although it ranks nothing. Top half, \
                     insertion and deletion break ties by position and so keep the upper half.",
            target_layer: TargetLayer::Input,
            passes: 0,
            ..Meta::DEFAULT
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, _: Layer) -> Result<Tensor<3>> {
        let [_, _, height, width] = probe.input().dims();
        let corner = Tensor::zeros([1, 1, 1], probe.device());
        Ok(Tensor::ones([1, height, width], probe.device()).slice_assign([0..1, 0..1, 0..1], corner))
    }
}
