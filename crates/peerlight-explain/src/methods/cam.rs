//! CAM.

use async_trait::async_trait;
use burn::tensor::Tensor;
use peerlight_core::{Result, cam};
use peerlight_models::Layer;

use crate::{Explainer, Family, Meta, Probe, TargetLayer};

/// Class activation map (Zhou et al. 2016): the last layer weighted by the classifier's row of the class.
pub struct Cam;

#[async_trait(?Send)]
impl Explainer for Cam {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "cam",
            name: "CAM",
            family: Family::Activation,
            formula: "M = sum_k w_k A_k, w the classifier's weights of the class",
            paper: "Zhou, Khosla, Lapedriza, Oliva, Torralba, Learning Deep Features for Discriminative Localization, \
                    CVPR 2016",
            url: "https://arxiv.org/abs/1512.04150",
            shows: "Exactly how much each place of the last layer adds to the class's logit, or takes from it.",
            caveat: "The map is coarse: each place of the last layer sees most of the image.",
            target_layer: TargetLayer::Last,
            ..Meta::DEFAULT
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>> {
        Ok(cam(probe.activation(layer), probe.class_weights()?))
    }
}
