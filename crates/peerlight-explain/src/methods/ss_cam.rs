//! SS-CAM.

use std::ops::Range;

use async_trait::async_trait;
use burn::tensor::Tensor;
use peerlight_core::{Result, rng::normals};
use peerlight_models::Layer;

use super::score_cam::{CHANNELS, Masks};
use crate::{CountSetting, Explainer, Family, Meta, NumberSetting, Probe, options::SEED};

/// Score-CAM with noise added to the masks (Wang et al. 2020).
pub struct SsCam;

/// Number of noisy masks per channel.
const SAMPLES: CountSetting =
    CountSetting::new("samples", "Samples", [1, 35, 256], "Number of noisy masks per channel.");
/// Standard deviation of the noise, on masks in 0..=1.
const STD: NumberSetting =
    NumberSetting::new("std", "Noise", [0.0, 2.0, 10.0], "Standard deviation of the noise. Masks run from 0 to 1.");

#[async_trait(?Send)]
impl Explainer for SsCam {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "ss-cam",
            name: "SS-CAM",
            family: Family::Perturbation,
            formula: "M = ReLU(sum_k w_k A_k), w = softmax over k of the mean over i of y(x * (up(minmax(A_k)) + \
                      n_ik)) - y(x), n normal noise",
            paper: "Wang, Naidu, Michael, Kundu, SS-CAM: Smoothed Score-CAM for Sharper Visual Feature Localization, \
                    2020",
            url: "https://arxiv.org/abs/2006.14255",
            shows: "Like Score-CAM, with each channel's score averaged over noisy masks.",
            caveat: "Noise of torch-cam's default strength drowns the masks. Another seed gives another map.",
            rectify: true,
            passes: 11200,
            settings: const { &[CHANNELS.setting, SAMPLES.setting, STD.setting, SEED.setting] },
            ..Meta::DEFAULT
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
