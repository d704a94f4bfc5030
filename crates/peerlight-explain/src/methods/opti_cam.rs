//! Opti-CAM.

use async_trait::async_trait;
use burn::tensor::{Tensor, activation::softmax};
use peerlight_core::{Result, minmax, resize_map, weighted_sum};
use peerlight_models::Layer;

use crate::{CountSetting, Explainer, Family, Meta, NumberSetting, Probe};

/// Class activation with channel weights optimized for the one image (Zhang et al. 2023).
pub struct OptiCam;

/// Adam's constants (Kingma & Ba, ICLR 2015).
const BETA: [f32; 2] = [0.9, 0.999];
const EPSILON: f32 = 1e-8;

/// Number of steps of Adam.
const STEPS: CountSetting =
    CountSetting::new("steps", "Steps", [1, 50, 1000], "Number of steps of the optimizer (Adam). The paper uses 500.");
/// Learning rate of Adam.
const RATE: NumberSetting =
    NumberSetting::new("rate", "Learning rate", [0.001, 0.1, 1.0], "Learning rate of the optimizer (Adam).");

#[async_trait(?Send)]
impl Explainer for OptiCam {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "opti-cam",
            name: "Opti-CAM",
            family: Family::Perturbation,
            formula: "M = sum_k w_k A_k, w = softmax(u), u optimized by Adam to maximize y(x * minmax(up(M)))",
            paper: "Zhang, Torres, Sicre, Avrithis, Ayache, Opti-CAM: Optimizing Saliency Maps for Interpretability, \
                    2023",
            url: "https://arxiv.org/abs/2301.07002",
            shows: "The mixture of channels that, used as a mask, keeps the class's logit highest.",
            caveat: "The map is optimized for what masking metrics measure, so a high score there proves little.",
            passes: 200,
            settings: const { &[STEPS.setting, RATE.setting] },
            ..Meta::DEFAULT
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>> {
        let (steps, rate) = (probe.setting(&STEPS), probe.setting(&RATE) as f32);
        let activation = probe.activation(layer);
        let (channels, side) = (activation.dims()[1], probe.input().dims()[2]);
        let mix = |u: Tensor<1>| weighted_sum(activation.clone(), softmax(u, 0).reshape([1, channels, 1, 1]));

        let mut u = Tensor::<1>::zeros([channels], probe.device());
        let (mut mean, mut square) = (u.clone(), u.clone());
        for step in 0..steps {
            probe.step(step, steps).await?;
            let learned = u.clone().autodiff().require_grad();
            let mask = minmax(resize_map(mix(learned.clone()), [side, side]));
            let loss = -probe.score_back(mask.reshape([1, 1, side, side]) * probe.input());
            let gradient = learned.grad(&loss.backward()).expect("the loss depends on the weights");
            mean = mean * BETA[0] + gradient.clone() * (1.0 - BETA[0]);
            square = square * BETA[1] + gradient.clone() * gradient * (1.0 - BETA[1]);
            let corrected = |x: &Tensor<1>, beta: f32| x.clone() / (1.0 - beta.powi(step as i32 + 1));
            u = u - corrected(&mean, BETA[0]) * rate / (corrected(&square, BETA[1]).sqrt() + EPSILON);
        }
        Ok(mix(u))
    }
}
