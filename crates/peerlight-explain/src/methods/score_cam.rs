//! Score-CAM.

use std::ops::Range;

use async_trait::async_trait;
use burn::tensor::{Int, Tensor, activation::softmax};
use peerlight_core::{Result, minmax, read, resize_map, weighted_sum};
use peerlight_models::Layer;

use crate::{CountSetting, Explainer, Family, Meta, Probe, TargetLayer};

/// Class activation weighted by what each channel, as a mask, leaves of the score.
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
            shows: "Where the channels are active that, shown alone, keep the class's logit highest.",
            caveat: "Much, where a softmax over hundreds of logits leaves the weight with a few channels. It masks \
                     towards the mean gray. Of a stage without an activation function its map can be blank.",
            target_layer: TargetLayer::One,
            rectify: true,
            joint: false,
            passes: 320,
            settings: const { &[CHANNELS.setting] },
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>> {
        let masks = Masks::of(probe, layer).await?;
        let shown = |range: Range<usize>| masks.upsampled(range) * probe.input();
        let scores = probe.scores(Layer::INPUT, masks.channels(), &shown).await?;
        Ok(masks.weighted(scores - probe.baseline()))
    }
}

/// The channels of a stage as masks of the image.
pub struct Masks {
    /// [1, channels, h, w]
    activation: Tensor<4>,
    /// [channels, h, w], each in 0..=1.
    low: Tensor<3>,
    side: usize,
}

impl Masks {
    /// Of the channels that the setting `channels` leaves.
    pub async fn of(probe: &Probe<'_>, layer: Layer) -> Result<Self> {
        let activation = chosen(probe, layer).await?;
        let [_, channels, h, w] = activation.dims();
        let low = minmax(activation.clone().reshape([channels, h, w]));
        Ok(Self { activation, low, side: probe.input().dims()[2] })
    }

    /// How many there are.
    pub fn channels(&self) -> usize {
        self.low.dims()[0]
    }

    /// Masks of the image's size, [range, 1, side, side]; after the last channel comes the first again.
    pub fn upsampled(&self, range: Range<usize>) -> Tensor<4> {
        let count = range.len();
        let places: Vec<i64> = range.map(|i| (i % self.channels()) as i64).collect();
        let places = Tensor::<1, Int>::from_data(places.as_slice(), &self.low.device());
        let masks = resize_map(self.low.clone().select(0, places), [self.side, self.side]);
        masks.reshape([count, 1, self.side, self.side])
    }

    /// The activation weighted by the softmax of the channels' gains [channels], [1, h, w].
    pub fn weighted(self, gains: Tensor<1>) -> Tensor<3> {
        let channels = self.channels();
        weighted_sum(self.activation, softmax(gains, 0).reshape([1, channels, 1, 1]))
    }

    /// The same of gains [samples * channels], the mean over the samples being taken first.
    pub fn weighted_mean(self, gains: Tensor<1>) -> Tensor<3> {
        let channels = self.channels();
        let samples = gains.dims()[0] / channels;
        self.weighted(gains.reshape([samples, channels]).mean_dim(0).reshape([channels]))
    }
}

/// How many channels are used.
pub const CHANNELS: CountSetting = CountSetting::new(
    "channels",
    "Channels",
    [0, 0, 4096],
    "How many channels are tried, those that vary most first; 0 for all, which is the method as published.",
);

/// The activation [1, c, h, w] of the channels that the setting leaves: the ones that vary most over the image.
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
