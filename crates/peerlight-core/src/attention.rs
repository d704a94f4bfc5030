//! From the stages of a network to its attention map.

use burn::tensor::{
    Int, Tensor, TensorData,
    activation::{relu, softmax},
};

use crate::resize_map;

/// Keeps the division of min-max normalizing finite on a constant map, which becomes all zeros.
const EPSILON: f32 = 1e-8;
/// A logit that leaves a class no probability.
const EXCLUDED: f32 = -1e4;

/// Activation-based attention of one stage: [n, c, h, w] to [n, h, w],
/// sum over the channels of |F|^power.
///
/// Zagoruyko & Komodakis, "Paying more attention to attention", ICLR 2017, eq. 1; power 2 is their
/// and our default.
pub fn layer_attention(stage: Tensor<4>, power: u32) -> Tensor<3> {
    let raised = match power {
        1 => stage.abs(),
        2 => stage.clone() * stage,
        p => stage.abs().powf_scalar(p as f32),
    };
    raised.sum_dim(1).squeeze_dim(1)
}

/// Superposed attention of several layers, each [n, c, h, w], to [n, side, side] in 0..=1: the [`superpose`]d
/// [`layer_attention`] of each.
///
/// # Panics
/// Without a layer.
pub fn attention(layers: impl IntoIterator<Item = Tensor<4>>, power: u32, side: usize) -> Tensor<3> {
    superpose(layers.into_iter().map(|layer| layer_attention(layer, power)).collect(), side)
}

/// The class activation map of the last layer, [n, c, h, w] to [n, h, w]: the sum over the channels of weight x
/// activation, `weights` [n, c] being the classifier's row of the class.
///
/// CAM: Zhou et al., "Learning Deep Features for Discriminative Localization", CVPR 2016. Parts against the class are
/// negative.
pub fn cam(last: Tensor<4>, weights: Tensor<2>) -> Tensor<3> {
    let [n, channels] = weights.dims();
    weighted_sum(last, weights.reshape([n, channels, 1, 1]))
}

/// The LayerCAM map of a layer before its ReLU, [n, c, h, w] to [n, h, w]: the sum over the channels of activation x
/// rectified gradient of the class score.
///
/// Jiang et al., "LayerCAM: Exploring Hierarchical Class Activation Maps for Localization", TIP 2021.
pub fn layer_cam(layer: Tensor<4>, gradient: Tensor<4>) -> Tensor<3> {
    weighted_sum(layer, relu(gradient))
}

/// The sum over the channels of weight x activation: [n, c, h, w], and weights of its shape or [n, c, 1, 1], to [n, h, w].
pub fn weighted_sum(stage: Tensor<4>, weights: Tensor<4>) -> Tensor<3> {
    (stage * weights).sum_dim(1).squeeze_dim(1)
}

/// Where a network looks, kept to what speaks for a class, [n, side, side] in 0..=1: minmax(attention + 4 odds), where odds is
/// the min-max normalized, [smoothed](smooth) sum over the channels of weight x activation at the last stage.
///
/// `attention` is a [superposition](superpose), [n, side, side]; `head` the last stage, [n, c, h, w]; `weights` those of the
/// class's [log-odds](log_odds) there, [n, c]. Ours; the sum and its 4 were chosen by Average Drop on training images.
pub fn guided_attention(attention: Tensor<3>, head: Tensor<4>, weights: Tensor<2>) -> Tensor<3> {
    let [_, side, _] = attention.dims();
    let odds = superpose(vec![smooth(cam(head, weights))], side);
    minmax(attention + odds * 4.0)
}

/// What the log-odds of a class, log p / (1 - p), depend on: their gradient with respect to the logits. [n, classes] and
/// the class of each of the n to [n, classes]: 1 for the class, and less their share of the rest's probability for the
/// others. Constant with respect to the logits.
///
/// A logit alone also rises with what speaks for the class's rivals; the odds do not.
pub fn log_odds(logits: Tensor<2>, class: Tensor<1, Int>) -> Tensor<2> {
    let [n, classes] = logits.dims();
    let each = Tensor::<1, Int>::arange(0..classes as i64, &class.device()).unsqueeze_dim::<2>(0).expand([n, classes]);
    let chosen = each.equal(class.unsqueeze_dim::<2>(1).expand([n, classes]));
    let rest = softmax(logits.detach().mask_fill(chosen.clone(), EXCLUDED), 1);
    chosen.float() - rest
}

/// Each value replaced by the mean of itself and its neighbors, eight or at the border fewer: [n, h, w] to its shape.
/// A place of a late stage sees far beyond its own square of the image, so single places say less than their surroundings.
/// Along a side of one or two, where the mean would leave no difference, nothing is changed.
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

/// Each map of [n, h, w] moved and scaled to 0..=1: (a - min) / (max - min + 1e-8). A constant map
/// becomes all zeros.
pub fn minmax(maps: Tensor<3>) -> Tensor<3> {
    let [n, h, w] = maps.dims();
    let flat = maps.reshape([n, h * w]);
    let low = flat.clone().min_dim(1);
    let range = flat.clone().max_dim(1) - low.clone() + EPSILON;
    ((flat - low) / range).reshape([n, h, w])
}

/// Superposition of the chosen layers' maps, each [n, h_l, w_l]: resized to side x side, min-max
/// normalized, summed, and min-max normalized again, to [n, side, side] in 0..=1.
///
/// # Panics
/// Without a layer.
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
