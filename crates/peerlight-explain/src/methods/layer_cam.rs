//! LayerCAM.

use async_trait::async_trait;
use burn::tensor::Tensor;
use peerlight_core::{Result, layer_cam};
use peerlight_models::Layer;

use crate::{Explainer, Family, Meta, Probe};

/// Class activation with a weight for each place, for early layers too (Jiang et al. 2021).
pub struct LayerCam;

#[async_trait(?Send)]
impl Explainer for LayerCam {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "layer-cam",
            name: "LayerCAM",
            family: Family::Gradient,
            formula: "M = ReLU(sum_k ReLU(dy/dA_k) A_k); for several layers, the maximum of tanh(2 M)",
            paper: "Jiang, Zhang, Hou, Cheng, Wei, LayerCAM: Exploring Hierarchical Class Activation Maps for \
                    Localization, TIP 2021",
            url: "https://doi.org/10.1109/TIP.2021.3089943",
            shows: "Active places whose increase would raise the class's logit. Early layers give finer maps.",
            caveat: "Evidence against the class is missing: negative gradients are dropped.",
            rectify: true,
            passes: 2,
            ..Meta::DEFAULT
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>> {
        Ok(layer_cam(probe.activation(layer), probe.gradient(layer)))
    }

    fn scale(&self, map: Tensor<3>) -> Tensor<3> {
        (map * 2.0).tanh()
    }
}
