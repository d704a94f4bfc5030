//! Integrated gradients.

use async_trait::async_trait;
use burn::tensor::{Tensor, TensorData};
use peerlight_core::{Result, weighted_sum};
use peerlight_models::Layer;

use crate::{CountSetting, Explainer, Family, Meta, Probe, TargetLayer};

/// Gradient averaged on the straight line from black to the image, times the difference (Sundararajan et al. 2017).
pub struct IntegratedGradients;

/// Number of images between black and the image at which the gradient is taken.
const STEPS: CountSetting =
    CountSetting::new("samples", "Steps", [1, 32, 512], "Number of steps from black to the image.");

#[async_trait(?Send)]
impl Explainer for IntegratedGradients {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "integrated-gradients",
            name: "Integrated gradients",
            family: Family::Gradient,
            formula: "M = ReLU(sum over colors of (x - b) * mean over t of dy/dx at b + t (x - b)), b black, t = (i + \
                      1/2) / n",
            paper: "Sundararajan, Taly, Yan, Axiomatic Attribution for Deep Networks, ICML 2017",
            url: "https://arxiv.org/abs/1703.01365",
            shows: "Pixel by pixel, its share in the difference of the logit between the image and a black one.",
            caveat: "Black pixels count nothing. Negative shares are dropped here, so the map no longer adds up.",
            target_layer: TargetLayer::Input,
            rectify: true,
            passes: 128,
            settings: const { &[STEPS.setting] },
            ..Meta::DEFAULT
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>> {
        let (input, black) = (probe.input(), probe.normalized(0.0));
        let way = input - black.clone();
        let steps = probe.setting(&STEPS);
        let at = |range: std::ops::Range<usize>| {
            let parts: Vec<f32> = range.map(|i| (i as f32 + 0.5) / steps as f32).collect();
            let count = parts.len();
            let parts = Tensor::<4>::from_data(TensorData::new(parts, [count, 1, 1, 1]), probe.device());
            way.clone() * parts + black.clone()
        };
        let gradient = probe.mean_gradient(layer, steps, &at).await?;
        Ok(weighted_sum(way.clone(), gradient))
    }
}
