//! IS-CAM.

use std::ops::Range;

use async_trait::async_trait;
use burn::tensor::{Tensor, TensorData};
use peerlight_core::Result;
use peerlight_models::Layer;

use super::score_cam::{CHANNELS, Masks};
use crate::{CountSetting, Explainer, Family, Meta, Probe};

/// Score-CAM with each masked image shown at several strengths (Naidu et al. 2020).
pub struct IsCam;

/// Number of strengths that each masked image is shown at.
const STEPS: CountSetting = CountSetting::new("samples", "Steps", [1, 10, 256], "Number of strengths per channel.");

#[async_trait(?Send)]
impl Explainer for IsCam {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "is-cam",
            name: "IS-CAM",
            family: Family::Perturbation,
            formula: "M = ReLU(sum_k w_k A_k), w = softmax over k of the mean over i of y(c_i x * up(minmax(A_k))) - \
                      y(x), c_i = (1 + .. + i) / n",
            paper: "Naidu, Ghosh, Maurya, Nayak, Kundu, IS-CAM: Integrated Score-CAM for Axiomatic-Based Explanations, \
                    2020",
            url: "https://arxiv.org/abs/2010.03023",
            shows: "Like Score-CAM, with each channel's score averaged over several strengths of the masked image.",
            caveat: "The strengths add up, as in torch-cam. Most are above 1, so the networks see images that no \
                     camera takes.",
            rectify: true,
            passes: 3200,
            settings: const { &[CHANNELS.setting, STEPS.setting] },
            ..Meta::DEFAULT
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>> {
        let samples = probe.setting(&STEPS);
        let masks = Masks::of(probe, layer).await?;
        let channels = masks.channels();
        let strength = |step: usize| ((step + 1) * (step + 2)) as f32 / (2 * samples) as f32;
        let shown = |range: Range<usize>| {
            let strengths: Vec<f32> = range.clone().map(|i| strength(i / channels)).collect();
            let strengths = TensorData::new(strengths, [range.len(), 1, 1, 1]);
            masks.upsampled(range) * probe.input() * Tensor::<4>::from_data(strengths, probe.device())
        };
        let scores = probe.scores(Layer::INPUT, samples * channels, &shown).await?;
        Ok(masks.weighted_mean(scores - probe.baseline()))
    }
}
