//! SS-CAM.

use std::ops::Range;

use async_trait::async_trait;
use burn::tensor::Tensor;
use peerlight_core::{Result, rng::normals};
use peerlight_models::Layer;

use super::score_cam::{CHANNELS, Masks};
use crate::{CountSetting, Explainer, Family, Meta, NumberSetting, Probe, TargetLayer, options::SEED};

/// Score-CAM with noisy masks.
pub struct SsCam;

/// How many noisy masks are averaged.
const SAMPLES: CountSetting =
    CountSetting::new("samples", "Samples", [1, 35, 256], "How many noisy masks for each channel.");
/// How strong the noise is.
const STD: NumberSetting = NumberSetting::new("std", "Noise", [0.0, 2.0, 10.0], "Deviation of the noise on the mask.");

#[async_trait(?Send)]
impl Explainer for SsCam {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "ss-cam",
            name: "SS-CAM",
            family: Family::Perturbation,
            formula: "M = ReLU(sum_k w_k A_k), w = softmax over k of the mean over i of \
                      y(x * (up(minmax(A_k)) + n_ik)) - y(x), n normal noise",
            paper: "Wang, Naidu, Michael, Kundu, SS-CAM: Smoothed Score-CAM for Sharper Visual Feature Localization, 2020",
            url: "https://arxiv.org/abs/2006.14255",
            shows: "As Score-CAM, with each channel's mask blurred by noise and its scores averaged.",
            caveat: "The masks that it names: noise of torch-cam's default strength drowns them. Another seed gives \
                     another map.",
            target_layer: TargetLayer::One,
            rectify: true,
            joint: false,
            passes: 11200,
            settings: const { &[CHANNELS.setting, SAMPLES.setting, STD.setting, SEED.setting] },
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>> {
        let (samples, std, seed) = (probe.setting(&SAMPLES), probe.setting(&STD) as f32, probe.setting(&SEED));
        let masks = Masks::of(probe, layer).await?;
        let shown = |range: Range<usize>| {
            let (start, masks) = (range.start, masks.upsampled(range));
            let shape = masks.dims();
            let noise = normals(seed as u64, start * shape[2] * shape[3], shape, probe.device());
            (masks + noise * std) * probe.input()
        };
        let scores = probe.scores(Layer::INPUT, samples * masks.channels(), &shown).await?;
        Ok(masks.weighted_mean(scores - probe.baseline()))
    }
}
