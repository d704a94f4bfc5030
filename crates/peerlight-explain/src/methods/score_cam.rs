//! Score-CAM.

use std::ops::Range;

use async_trait::async_trait;
use burn::tensor::{Int, Tensor, activation::softmax};
use peerlight_core::{Result, minmax, read, resize_map, weighted_sum};
use peerlight_models::Layer;

use crate::{CountSetting, Explainer, Family, Meta, Probe};

/// Class activation weighted by each channel's effect as a mask of the image (Wang et al. 2020).
pub struct ScoreCam;

#[async_trait(?Send)]
impl Explainer for ScoreCam {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "score-cam",
            name: "Score-CAM",
            family: Family::Perturbation,
            formula: "M = ReLU(sum_k w_k A_k), w = softmax over k of y(x * up(minmax(A_k))) - y(x)",
            paper: "Wang, Wang, Du, Yang, Zhang, Ding, Mardziel, Hu, Score-CAM: Score-Weighted Visual Explanations for \
                    Convolutional Neural Networks, CVPR Workshops 2020",
            url: "https://arxiv.org/abs/1910.01279",
            shows: "Active places of the channels that, used as masks of the image, keep the class's logit highest.",
            caveat: "Softmax can give nearly all the weight to a few channels. Masking fades to mean gray. Where a \
                     layer has negative values, the map can be blank.",
            rectify: true,
            passes: 320,
            settings: const { &[CHANNELS.setting] },
            ..Meta::DEFAULT
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>> {
        let masks = Masks::of(probe, layer).await?;
        let shown = |range: Range<usize>| masks.upsampled(range) * probe.input();
        let scores = probe.scores(Layer::INPUT, masks.channels(), &shown).await?;
        Ok(masks.weighted(scores - probe.baseline()))
    }
}

/// Channels of a layer, used as masks of the image.
pub struct Masks {
    /// Activation, [1, channels, h, w].
    activation: Tensor<4>,
    /// Channels scaled to 0..=1 each, [channels, h, w].
    low: Tensor<3>,
    side: usize,
}

impl Masks {
    /// Masks of the channels that the setting [`CHANNELS`] selects.
    pub async fn of(probe: &Probe<'_>, layer: Layer) -> Result<Self> {
        let activation = chosen(probe, layer).await?;
        let [_, channels, h, w] = activation.dims();
        let low = minmax(activation.clone().reshape([channels, h, w]));
        Ok(Self { activation, low, side: probe.input().dims()[2] })
    }

    /// Number of channels.
    pub fn channels(&self) -> usize {
        self.low.dims()[0]
    }

    /// Masks of the image's size, [range, 1, side, side]. Index `i` stands for channel `i % channels`.
    pub fn upsampled(&self, range: Range<usize>) -> Tensor<4> {
        let count = range.len();
        let places: Vec<i64> = range.map(|i| (i % self.channels()) as i64).collect();
        let places = Tensor::<1, Int>::from_data(places.as_slice(), &self.low.device());
        let masks = resize_map(self.low.clone().select(0, places), [self.side, self.side]);
        masks.reshape([count, 1, self.side, self.side])
    }

    /// Activation weighted by the softmax of the channels' gains `[channels]`, [1, h, w].
    pub fn weighted(self, gains: Tensor<1>) -> Tensor<3> {
        let channels = self.channels();
        weighted_sum(self.activation, softmax(gains, 0).reshape([1, channels, 1, 1]))
    }

    /// [`Masks::weighted`] by the mean over the samples of gains `[samples * channels]`.
    pub fn weighted_mean(self, gains: Tensor<1>) -> Tensor<3> {
        let channels = self.channels();
        let samples = gains.dims()[0] / channels;
        self.weighted(gains.reshape([samples, channels]).mean_dim(0).reshape([channels]))
    }
}

/// Number of channels used as masks; 0 for all.
pub const CHANNELS: CountSetting = CountSetting::new(
    "channels",
    "Channels",
    [0, 0, 4096],
    "Number of channels to try, those that vary most first. 0 tries all, as in the paper.",
);

/// Activation [1, c, h, w] of the selected channels: those with the largest variance over the image.
async fn chosen(probe: &Probe<'_>, layer: Layer) -> Result<Tensor<4>> {
    let activation = probe.activation(layer);
    let [_, channels, h, w] = activation.dims();
    let count = probe.setting(&CHANNELS);
    if count == 0 || count >= channels {
        return Ok(activation);
    }
    // Sorted here: a device's sort reads synchronously, which a browser forbids.
    let variance = read(activation.clone().reshape([channels, h * w]).var(1)).await?;
    let mut order: Vec<usize> = (0..channels).collect();
    order.sort_by(|&a, &b| variance[b].total_cmp(&variance[a]));
    let order: Vec<i64> = order[..count].iter().map(|&k| k as i64).collect();
    Ok(activation.select(1, Tensor::<1, Int>::from_data(order.as_slice(), probe.device())))
}
