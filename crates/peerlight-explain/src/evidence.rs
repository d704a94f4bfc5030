//! From one peer's features to its raw maps.

use burn::tensor::{Tensor, activation::relu};
use peerlight_core::{class_activation, layer_attention, minmax, superpose};
use peerlight_models::{Backbone, Features, Stage};

use crate::{Ask, Evidence};

/// A peer's attention map [n, side, side] in 0..=1, of the kind asked for, for `class`.
pub fn peer_map(net: &dyn Backbone, features: &Features, class: usize, ask: &Ask, side: usize) -> Tensor<3> {
    match ask.evidence {
        Evidence::Attention => attention(features, ask, side),
        Evidence::Class => class_map(net, features, class, ask, side),
        Evidence::Guided => {
            let product = attention(features, ask, side) * class_map(net, features, class, ask, side);
            minmax(product.sqrt())
        }
    }
}

/// Superposed layer attention. Unless said otherwise, of the last four stages before the head.
fn attention(features: &Features, ask: &Ask, side: usize) -> Tensor<3> {
    let head = features.stages.len();
    let default: Vec<usize> = (head.saturating_sub(4).max(1)..head).collect();
    let chosen = ask.stages.as_ref().unwrap_or(&default);
    let maps = chosen.iter().map(|&stage| layer_attention(features.stages[stage - 1].clone(), ask.power));
    superpose(maps.collect(), side)
}

/// Superposed class activation. Unless said otherwise, CAM at the head alone, which needs no gradient.
fn class_map(net: &dyn Backbone, features: &Features, class: usize, ask: &Ask, side: usize) -> Tensor<3> {
    let head = features.stages.len();
    let chosen = match (&ask.stages, ask.evidence) {
        (Some(stages), Evidence::Class) => stages.clone(),
        _ => vec![head],
    };
    let maps = chosen.into_iter().map(|stage| {
        let activation = features.stages[stage - 1].clone();
        let weights =
            if stage == head { class_row(net, class) } else { positive_gradient(net, stage, &activation, class) };
        class_activation(activation, weights)
    });
    superpose(maps.collect(), side)
}

/// CAM's weights (Zhou et al., CVPR 2016): the classifier's row of the class, [1, c, 1, 1].
fn class_row(net: &dyn Backbone, class: usize) -> Tensor<4> {
    let [_, channels] = net.classifier().dims();
    net.classifier().slice([class..class + 1, 0..channels]).reshape([1, channels, 1, 1])
}

/// LayerCAM's weights (Jiang et al., TIP 2021): the rectified gradient of the class's logit, [n, c, h, w].
fn positive_gradient(net: &dyn Backbone, stage: usize, activation: &Tensor<4>, class: usize) -> Tensor<4> {
    let start = activation.clone().autodiff().require_grad();
    let logits = net.run(Stage(stage), start.clone()).logits;
    let [n, _] = logits.dims();
    let gradients = logits.slice([0..n, class..class + 1]).sum().backward();
    relu(start.grad(&gradients).expect("the logits depend on every stage"))
}
