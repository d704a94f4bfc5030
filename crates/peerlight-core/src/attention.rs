//! From the stages of a network to its attention map.

use burn::tensor::{Tensor, activation::relu};

use crate::resize_map;

/// Keeps the division of min-max normalising finite on a constant map, which becomes all zeros.
const EPSILON: f32 = 1e-8;

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

/// Class activation of one stage: [n, c, h, w] to [n, h, w], ReLU of the sum over the channels of
/// weight x activation.
///
/// `weights` is [n, c, 1, 1] for one weight a channel (the classifier's row of the class at the
/// last stage: CAM, Zhou et al., CVPR 2016) or [n, c, h, w] for one an element (the rectified
/// gradient of the class score: LayerCAM, Jiang et al., TIP 2021).
pub fn class_activation(stage: Tensor<4>, weights: Tensor<4>) -> Tensor<3> {
    relu((stage * weights).sum_dim(1).squeeze_dim(1))
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
/// normalised, summed, and min-max normalised again, to [n, side, side] in 0..=1.
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
    fn class_activation_by_hand() {
        let device = Device::flex();
        let rows = Tensor::<4>::from_data([[[[0.5]], [[-0.1]]]], &device);
        // 0.5 * 1 - 0.1 * 3 = 0.2;  0.5 * -2 - 0.1 * 0.5 < 0.
        class_activation(stage(), rows)
            .into_data()
            .assert_approx_eq::<f32>(&TensorData::from([[[0.2f32, 0.0]]]), Default::default());
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
