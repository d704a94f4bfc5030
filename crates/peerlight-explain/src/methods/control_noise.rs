//! Uniform noise: a control.

use async_trait::async_trait;
use burn::tensor::{Tensor, TensorData};
use peerlight_core::{Result, rng::uniform};
use peerlight_models::Layer;

use crate::{Explainer, Family, Meta, Probe, TargetLayer, options::SEED};

/// Control: uniform noise (Adebayo et al. 2018).
pub struct Noise;

#[async_trait(?Send)]
impl Explainer for Noise {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "control-noise",
            name: "Uniform noise",
            family: Family::Control,
            formula: "M = u, u uniform in 0..1",
            paper: "Adebayo, Gilmer, Muelly, Goodfellow, Hardt, Kim, Sanity Checks for Saliency Maps, NeurIPS 2018",
            url: "https://arxiv.org/abs/1810.03292",
            shows: "A control: every pixel's value is random, whatever the image.",
            caveat: "The map knows nothing of the image. A method that scores no better orders the pixels no better \
                     than chance.",
            target_layer: TargetLayer::Input,
            passes: 0,
            settings: const { &[SEED.setting] },
            ..Meta::DEFAULT
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, _: Layer) -> Result<Tensor<3>> {
        let [_, _, height, width] = probe.input().dims();
        let seed = probe.setting(&SEED) as u64;
        let values: Vec<f32> = (0..(height * width) as u64).map(|i| uniform(seed, i) as f32).collect();
        Ok(Tensor::from_data(TensorData::new(values, [1, height, width]), probe.device()))
    }
}
