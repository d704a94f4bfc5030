//! XGrad-CAM.

use async_trait::async_trait;
use burn::tensor::Tensor;
use peerlight_core::{Result, weighted_sum};
use peerlight_models::Layer;

use super::spatial_sum;
use crate::{Explainer, Family, Meta, Probe};

/// Grad-CAM with weights that satisfy sensitivity and conservation (Fu et al. 2020).
pub struct XGradCam;

/// Keeps the division finite where a channel is silent.
const EPSILON: f32 = 1e-8;

#[async_trait(?Send)]
impl Explainer for XGradCam {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "xgrad-cam",
            name: "XGrad-CAM",
            family: Family::Gradient,
            formula: "M = ReLU(sum_k w_k A_k), w_k = sum over places of A_k dy/dA_k / sum over places of A_k",
            paper: "Fu, Hu, Dong, Guo, Gao, Li, Axiom-based Grad-CAM: Towards Accurate Visualization and Explanation \
                    of CNNs, BMVC 2020",
            url: "https://arxiv.org/abs/2008.02312",
            shows: "Like Grad-CAM, but the gradient counts most where the channel is active.",
            caveat: "Each channel has one weight for the whole image. Where a channel's values sum to nearly zero, its \
                     weight is unreliable.",
            rectify: true,
            passes: 2,
            ..Meta::DEFAULT
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>> {
        let activation = probe.activation(layer);
        let weights =
            spatial_sum(probe.gradient(layer) * activation.clone()) / (spatial_sum(activation.clone()) + EPSILON);
        Ok(weighted_sum(activation, weights))
    }
}
