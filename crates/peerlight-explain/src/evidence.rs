//! From one peer's features to its map.

use burn::tensor::{Tensor, activation::relu};
use peerlight_core::{class_activation, guided_attention, layer_attention, superpose};
use peerlight_models::{Features, Layer, Network};

use crate::{Ask, Evidence, Score};

/// A peer's attention map [n, side, side] in 0..=1, of the kind asked for, for the score.
pub fn peer_map(net: &dyn Network, features: &Features, score: Score, ask: &Ask, side: usize) -> Tensor<3> {
    let stages = ask.stages.as_deref();
    match ask.evidence {
        Evidence::Attention => attention(features, stages, ask.power, side),
        Evidence::Class => class_map(net, features, score, stages, side),
        Evidence::Guided => guided(net, features, score, stages, ask.power, side),
    }
}

/// Superposed layer attention. Unless said otherwise, of the last four stages before the head.
pub fn attention(features: &Features, stages: Option<&[usize]>, power: u32, side: usize) -> Tensor<3> {
    let head = features.stages.len();
    let default: Vec<usize> = (head.saturating_sub(4).max(1)..head).collect();
    let chosen = stages.unwrap_or(&default);
    let maps = chosen.iter().map(|&stage| layer_attention(features.stages[stage - 1].clone(), power));
    superpose(maps.collect(), side)
}

/// Layer attention kept to what speaks for the class and not for its rivals: [`guided_attention`].
pub fn guided(
    net: &dyn Network,
    features: &Features,
    score: Score,
    stages: Option<&[usize]>,
    power: u32,
    side: usize,
) -> Tensor<3> {
    let head = features.stages.last().expect("a head").clone();
    let weights = score.against_rest(&features.logits, &net.classifier());
    guided_attention(attention(features, stages, power, side), head, weights)
}

/// Superposed class activation. Unless said otherwise, CAM at the head alone, which needs no gradient.
fn class_map(net: &dyn Network, features: &Features, score: Score, stages: Option<&[usize]>, side: usize) -> Tensor<3> {
    let head = features.stages.len();
    let default = [head];
    let maps = stages.unwrap_or(&default).iter().map(|&stage| {
        let activation = features.stages[stage - 1].clone();
        let weights = if stage == head {
            class_row(net, score)
        } else {
            // LayerCAM's weights (Jiang et al., TIP 2021): the rectified gradient.
            relu(score.gradient(net, Layer(stage), activation.clone()))
        };
        class_activation(activation, weights)
    });
    superpose(maps.collect(), side)
}

/// CAM's weights (Zhou et al., CVPR 2016): the classifier's row of the class, [1, c, 1, 1].
fn class_row(net: &dyn Network, score: Score) -> Tensor<4> {
    let row = score.of_classifier(&net.classifier());
    let [channels] = row.dims();
    row.reshape([1, channels, 1, 1])
}
