//! Ablation-CAM.

use std::ops::Range;

use async_trait::async_trait;
use burn::tensor::{Tensor, TensorData};
use peerlight_core::{Result, weighted_sum};
use peerlight_models::Layer;

use crate::{Explainer, Family, Meta, Probe};

/// Class activation weighted by the relative loss of the score without each channel (Desai & Ramaswamy 2020).
pub struct AblationCam;

#[async_trait(?Send)]
impl Explainer for AblationCam {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "ablation-cam",
            name: "Ablation-CAM",
            family: Family::Perturbation,
            formula: "M = ReLU(sum_k w_k A_k), w_k = (y - y without channel k) / y",
            paper: "Desai, Ramaswamy, Ablation-CAM: Visual Explanations for Deep Convolutional Network via \
                    Gradient-free Localization, WACV 2020",
            url: "https://doi.org/10.1109/WACV45572.2020.9093360",
            shows: "Active places of the channels whose removal lowers the class's logit.",
            caveat: "Channels are removed one by one, so joint effects are missed. Removal means zero, which is an \
                     ordinary value before an activation function.",
            rectify: true,
            passes: 40,
            ..Meta::DEFAULT
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>> {
        let activation = probe.activation(layer);
        let [_, channels, _, _] = activation.dims();
        let without = |range: Range<usize>| {
            let count = range.len();
            let mut kept = vec![1.0f32; count * channels];
            range.enumerate().for_each(|(row, channel)| kept[row * channels + channel] = 0.0);
            let kept = TensorData::new(kept, [count, channels, 1, 1]);
            activation.clone() * Tensor::<4>::from_data(kept, probe.device())
        };
        let scores = probe.scores(layer, channels, &without).await?;
        let whole = probe.baseline();
        let weights = (whole.clone() - scores) / whole;
        Ok(weighted_sum(activation.clone(), weights.reshape([1, channels, 1, 1])))
    }
}
