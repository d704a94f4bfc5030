//! Bilinear resizing of maps, written as two matrix products, so that every device computes it and its gradient.

use burn::tensor::{Device, Tensor, TensorData};

/// Resizes maps [n, h, w] to [n, rows, cols] by bilinear interpolation with half-pixel centers (`align_corners = false`
/// in PyTorch), clamped at the border.
pub fn resize_map(maps: Tensor<3>, [rows, cols]: [usize; 2]) -> Tensor<3> {
    let [_, h, w] = maps.dims();
    if [h, w] == [rows, cols] {
        return maps;
    }
    let device = maps.device().without_autodiff();
    // [rows, h] x [n, h, w] x [w, cols]
    let down = interpolation(h, rows, &device).unsqueeze_dim::<3>(0);
    let across = interpolation(w, cols, &device).swap_dims(0, 1).unsqueeze_dim::<3>(0);
    down.matmul(maps.matmul(across))
}

/// Matrix [to, from] that interpolates `from` samples at `to` places.
fn interpolation(from: usize, to: usize, device: &Device) -> Tensor<2> {
    let mut matrix = vec![0.0f32; to * from];
    for (i, row) in matrix.chunks_exact_mut(from).enumerate() {
        let at = ((i as f64 + 0.5) * from as f64 / to as f64 - 0.5).clamp(0.0, (from - 1) as f64);
        let low = at.floor();
        let part = (at - low) as f32;
        row[low as usize] += 1.0 - part;
        row[(low as usize + 1).min(from - 1)] += part;
    }
    Tensor::from_data(TensorData::new(matrix, [to, from]), device)
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)]
mod tests {
    use super::*;

    #[test]
    fn two_by_two_to_four_by_four_by_hand() {
        let map = Tensor::<3>::from_data([[[0.0, 1.0], [2.0, 3.0]]], &Device::flex());
        // Along a row of [0, 1]: 0, 0.25, 0.75, 1; rows likewise, two apart.
        let expected = TensorData::from([[
            [0.0, 0.25, 0.75, 1.0],
            [0.5, 0.75, 1.25, 1.5],
            [1.5, 1.75, 2.25, 2.5],
            [2.0, 2.25, 2.75, 3.0f32],
        ]]);
        resize_map(map, [4, 4]).into_data().assert_approx_eq::<f32>(&expected, Default::default());
    }

    #[test]
    fn a_single_value_fills_the_map() {
        let map = Tensor::<3>::from_data([[[0.5]]], &Device::flex());
        let expected = TensorData::from([[[0.5f32; 3]; 2]]);
        resize_map(map, [2, 3]).into_data().assert_eq(&expected, true);
    }
}
