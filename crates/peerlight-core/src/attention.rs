//! Attention maps and class activation maps, from the layers of a network.

use burn::tensor::{
    Int, Tensor, TensorData,
    activation::{relu, softmax},
};

use crate::resize_map;

/// Keeps min-max normalization finite on a constant map, which becomes all zeros.
const EPSILON: f32 = 1e-8;
/// Logit of an excluded class: its probability underflows to 0.
const EXCLUDED: f32 = -1e4;
/// Weight of the odds map in [`guided_attention`], chosen by Average Drop on training images.
const ODDS_WEIGHT: f32 = 4.0;

/// Activation-based attention of one layer: the sum over the channels of |F|^power, [n, c, h, w] to [n, h, w].
///
/// Source: Zagoruyko & Komodakis, "Paying More Attention to Attention", ICLR 2017, eq. 1. Their default power is 2.
pub fn layer_attention(layer: Tensor<4>, power: u32) -> Tensor<3> {
    let raised = match power {
        1 => layer.abs(),
        2 => layer.clone() * layer,
        p => layer.abs().powf_scalar(p as f32),
    };
    raised.sum_dim(1).squeeze_dim(1)
}

/// Superposed attention of several layers: [`superpose`] over the [`layer_attention`] of each. The layers are
/// [n, c, h, w], of any c, h and w; the map is [n, side, side] in 0..=1.
///
/// # Panics
/// If `layers` is empty.
pub fn attention(layers: impl IntoIterator<Item = Tensor<4>>, power: u32, side: usize) -> Tensor<3> {
    superpose(layers.into_iter().map(|layer| layer_attention(layer, power)).collect(), side)
}

/// Class activation map (CAM): the sum over the channels of weight times activation at the last layer, [n, c, h, w]
/// to [n, h, w]. `weights` [n, c] is the classifier's row of the class. Evidence against the class is negative.
///
/// Source: Zhou et al., "Learning Deep Features for Discriminative Localization", CVPR 2016.
pub fn cam(last: Tensor<4>, weights: Tensor<2>) -> Tensor<3> {
    let [n, channels] = weights.dims();
    weighted_sum(last, weights.reshape([n, channels, 1, 1]))
}

/// LayerCAM map before its ReLU: the sum over the channels of activation times rectified gradient of the class score.
/// `layer` and `gradient` are [n, c, h, w]; the map is [n, h, w].
///
/// Source: Jiang et al., "LayerCAM: Exploring Hierarchical Class Activation Maps for Localization", TIP 2021.
pub fn layer_cam(layer: Tensor<4>, gradient: Tensor<4>) -> Tensor<3> {
    weighted_sum(layer, relu(gradient))
}

/// Sum over the channels of weight times activation, [n, c, h, w] to [n, h, w]. `weights` is [n, c, h, w] or
/// [n, c, 1, 1].
pub fn weighted_sum(layer: Tensor<4>, weights: Tensor<4>) -> Tensor<3> {
    (layer * weights).sum_dim(1).squeeze_dim(1)
}

/// Attention guided by a class: minmax(attention + 4 odds), [n, side, side] in 0..=1. `odds` is the
/// [smoothed](smooth), min-max normalized [weighted sum](weighted_sum) of the last layer's activations.
///
/// `attention` is a [superposition](superpose), [n, side, side]; `last` is the last layer, [n, c, h, w]; `weights`
/// are the gradient of the class's [log-odds](log_odds) with respect to it, [n, c, 1, 1] or [n, c, h, w]. The map
/// shows where a network looks, limited to what supports the class over similar ones.
///
/// Source: Peerlight's own. The factor 4 was chosen by Average Drop on training images.
pub fn guided_attention(attention: Tensor<3>, last: Tensor<4>, weights: Tensor<4>) -> Tensor<3> {
    let [_, side, _] = attention.dims();
    let odds = superpose(vec![smooth(weighted_sum(last, weights))], side);
    minmax(attention + odds * ODDS_WEIGHT)
}

/// Gradient of a class's log-odds, log p / (1 - p), with respect to the logits: [n, classes] and one class for each
/// row to [n, classes].
///
/// The gradient is 1 for the class c, and -p_k / (1 - p_c) for every other class k. It is detached from the logits'
/// graph. A logit also rises with evidence for similar classes; the log-odds do not.
pub fn log_odds(logits: Tensor<2>, class: Tensor<1, Int>) -> Tensor<2> {
    let [n, classes] = logits.dims();
    let each = Tensor::<1, Int>::arange(0..classes as i64, &class.device()).unsqueeze_dim::<2>(0).expand([n, classes]);
    let chosen = each.equal(class.unsqueeze_dim::<2>(1).expand([n, classes]));
    let rest = softmax(logits.detach().mask_fill(chosen.clone(), EXCLUDED), 1);
    chosen.float() - rest
}

/// 3 x 3 mean filter that averages only the places inside the map, [n, h, w] to [n, h, w].
///
/// A place of a late layer sees far beyond its own square of the image, so its surroundings say more than it alone.
/// Along a side of length one or two the filter changes nothing, since the mean would leave no difference.
pub fn smooth(maps: Tensor<3>) -> Tensor<3> {
    let [_, h, w] = maps.dims();
    let device = maps.device().without_autodiff();
    let mean = |side: usize| {
        let reach = if side < 3 { 0 } else { 1 };
        let value = |i: usize, k: usize| match i.abs_diff(k) <= reach {
            true => 1.0 / (side.min(i + reach + 1) - i.saturating_sub(reach)) as f32,
            false => 0.0,
        };
        let values: Vec<f32> = (0..side * side).map(|at| value(at / side, at % side)).collect();
        Tensor::<3>::from_data(TensorData::new(values, [1, side, side]), &device)
    };
    mean(h).matmul(maps.matmul(mean(w).swap_dims(1, 2)))
}

/// Min-max normalization of each map, (a - min) / (max - min + 1e-8): [n, h, w] to [n, h, w] in 0..=1. A constant map
/// becomes all zeros.
pub fn minmax(maps: Tensor<3>) -> Tensor<3> {
    let [n, h, w] = maps.dims();
    let flat = maps.reshape([n, h * w]);
    let low = flat.clone().min_dim(1);
    let range = flat.clone().max_dim(1) - low.clone() + EPSILON;
    ((flat - low) / range).reshape([n, h, w])
}

/// Superposition of several layers' maps. Each map [n, h, w] is resized to side x side and min-max normalized; the
/// sum is normalized again, [n, side, side] in 0..=1.
///
/// # Panics
/// If `layers` is empty.
pub fn superpose(layers: Vec<Tensor<3>>, side: usize) -> Tensor<3> {
    let sum = layers
        .into_iter()
        .map(|layer| minmax(resize_map(layer, [side, side])))
        .reduce(|sum, layer| sum + layer)
        .expect("a superposition has at least one layer");
    minmax(sum)
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)]
mod tests {
    use super::*;
    use burn::tensor::{Device, TensorData};

    fn stage() -> Tensor<4> {
        // Two channels of 1 x 2.
        Tensor::from_data([[[[1.0, -2.0]], [[3.0, 0.5]]]], &Device::flex())
    }

    #[test]
    fn attention_by_hand() {
        for (power, expected) in [(1, [4.0f32, 2.5]), (2, [10.0, 4.25]), (3, [28.0, 8.125])] {
            let expected = TensorData::from([[expected]]);
            layer_attention(stage(), power).into_data().assert_approx_eq::<f32>(&expected, Default::default());
        }
    }

    #[test]
    fn log_odds_by_hand() {
        let device = Device::flex();
        // Of the rest, the third class has three times the probability of the second.
        let logits = Tensor::<2>::from_data([[5.0, 0.0, 3.0f32.ln()], [0.0, 0.0, 0.0]], &device);
        let class = Tensor::<1, Int>::from_data([0, 2], &device);
        let expected = TensorData::from([[1.0f32, -0.25, -0.75], [-0.5, -0.5, 1.0]]);
        log_odds(logits, class).into_data().assert_approx_eq::<f32>(&expected, Default::default());
    }

    #[test]
    fn smooth_by_hand() {
        let map = Tensor::<3>::from_data(
            [[[9.0f32, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 36.0]]],
            &Device::flex(),
        );
        let expected = TensorData::from([[[2.25f32, 1.5, 0.0], [1.5, 1.0, 0.0], [0.0, 4.0, 6.0], [0.0, 6.0, 9.0]]]);
        smooth(map).into_data().assert_approx_eq::<f32>(&expected, Default::default());
    }

    #[test]
    fn two_places_keep_their_difference() {
        let map = Tensor::<3>::from_data([[[1.0f32, 2.0], [4.0, 0.0]]], &Device::flex());
        smooth(map.clone()).into_data().assert_eq(&map.into_data(), true);
    }

    #[test]
    fn class_activation_by_hand() {
        let device = Device::flex();
        let rows = Tensor::<2>::from_data([[0.5, -0.1]], &device);
        // 0.5 * 1 - 0.1 * 3;  0.5 * -2 - 0.1 * 0.5.
        cam(stage(), rows)
            .into_data()
            .assert_approx_eq::<f32>(&TensorData::from([[[0.2f32, -1.05]]]), Default::default());
        let gradient = Tensor::<4>::from_data([[[[0.5, 0.5]], [[-0.1, 2.0]]]], &device);
        // 0.5 * 1 - 0 * 3;  0.5 * -2 + 2 * 0.5.
        layer_cam(stage(), gradient)
            .into_data()
            .assert_approx_eq::<f32>(&TensorData::from([[[0.5f32, 0.0]]]), Default::default());
    }

    #[test]
    fn minmax_is_per_map_and_never_nan() {
        let maps = Tensor::<3>::from_data([[[2.0, 4.0, 3.0]], [[7.0, 7.0, 7.0]]], &Device::flex());
        let expected = TensorData::from([[[0.0f32, 1.0, 0.5]], [[0.0, 0.0, 0.0]]]);
        minmax(maps).into_data().assert_approx_eq::<f32>(&expected, Default::default());
    }

    #[test]
    fn superposition_weighs_layers_alike() {
        let device = Device::flex();
        let small = Tensor::<3>::from_data([[[0.0, 1.0]]], &device);
        let large = Tensor::<3>::from_data([[[1000.0, 0.0]]], &device);
        // Opposite maps of any scale cancel: the sum is constant.
        let map = superpose(vec![small.clone(), large], 2);
        map.into_data().assert_eq(&TensorData::from([[[0.0f32; 2]; 2]]), true);
        let map = superpose(vec![small.clone(), small], 2);
        map.into_data().assert_approx_eq::<f32>(&TensorData::from([[[0.0f32, 1.0]; 2]]), Default::default());
    }
}
