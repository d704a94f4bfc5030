//! Attention-transfer losses, by which peers learn from each other's maps.

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use crate::{Grid, pearson};

/// Distance between two maps in training.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transfer {
    /// Pearson's correlation, region by region (Cheng et al. 2022).
    #[default]
    Regional,
    /// Squared distance of the whole maps at unit length (Zagoruyko & Komodakis 2017), for comparison.
    Whole,
}

/// Transfer loss `[n]`: the distance of a network's maps from its peer's, both [n, side, side], image by image.
/// Gradients flow into `own` only.
///
/// - [`Transfer::Regional`]: the mean over the regions r of (1 - rho_r) + lambda d_r mean((own_r - peer_r)^2). Here
///   rho_r is Pearson's correlation, and d_r is 1 - rho_r without its gradient. Source: Cheng et al. (2022); the second
///   term and its weight are Peerlight's reading of their "regularized".
/// - [`Transfer::Whole`]: |own / |own| - peer / |peer||^2. Source: Zagoruyko & Komodakis, ICLR 2017, eq. 2, squared.
pub fn transfer_loss(own: Tensor<3>, peer: Tensor<3>, grid: Grid, lambda: f32, how: Transfer) -> Tensor<1> {
    let peer = peer.detach();
    match how {
        Transfer::Regional => {
            let (own, peer) = (grid.divide(own), grid.divide(peer));
            let apart = pearson(own.clone(), peer.clone()).rho.neg() + 1.0;
            let difference = own - peer;
            let distance: Tensor<2> = (difference.clone() * difference).mean_dim(2).squeeze_dim(2);
            (apart.clone() + apart.detach() * distance * lambda).mean_dim(1).squeeze_dim(1)
        }
        Transfer::Whole => {
            let difference = unit(own) - unit(peer);
            (difference.clone() * difference).sum_dim(1).squeeze_dim(1)
        }
    }
}

/// Maps [n, h, w] as vectors of unit length, [n, h * w]. A map of zeros stays zero.
fn unit(maps: Tensor<3>) -> Tensor<2> {
    let [n, h, w] = maps.dims();
    let flat = maps.reshape([n, h * w]);
    let length = ((flat.clone() * flat.clone()).sum_dim(1) + 1e-12).sqrt();
    flat / length
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)]
mod tests {
    use super::*;
    use burn::tensor::{Device, TensorData};

    fn row(values: [f32; 4], device: &Device) -> Tensor<3> {
        Tensor::from_data(TensorData::new(values.to_vec(), [1, 1, 4]), device)
    }

    #[test]
    fn by_hand() {
        let device = Device::flex();
        let grid = Grid { rows: 1, columns: 2 };
        let own = row([0.0, 1.0, 0.0, 1.0], &device);
        let peer = row([0.0, 0.5, 1.0, 0.0], &device);
        // Regions: alike (rho 1), opposed (rho -1, squared distance 1): mean of 0 and 2 + 2 lambda.
        for (lambda, expected) in [(0.0, 1.0f32), (0.5, 1.5)] {
            let loss = transfer_loss(own.clone(), peer.clone(), grid, lambda, Transfer::Regional);
            loss.into_data().assert_approx_eq::<f32>(&TensorData::from([expected]), Default::default());
        }
        // 2 - 2 cos, cos = 0.5 / (sqrt 2 * sqrt 1.25).
        let loss = transfer_loss(own, peer, grid, 0.0, Transfer::Whole).into_scalar::<f32>();
        assert!((loss - (2.0 - 2.0 * 0.5 / 2.5f32.sqrt())).abs() < 1e-6, "{loss}");
    }

    #[test]
    fn only_ones_own_map_learns_and_comes_nearer() {
        let device = Device::flex().autodiff();
        let grid = Grid { rows: 1, columns: 1 };
        for how in [Transfer::Regional, Transfer::Whole] {
            let own = row([0.1, 0.9, 0.3, 0.2], &device).require_grad();
            let peer = row([0.8, 0.1, 0.3, 0.6], &device).require_grad();
            let loss = transfer_loss(own.clone(), peer.clone(), grid, 1.0, how);
            let before = loss.clone().into_scalar::<f32>();
            let grads = loss.sum().backward();
            assert!(peer.grad(&grads).is_none());
            let moved = own.clone().inner() - own.grad(&grads).unwrap() * 0.05;
            let after = transfer_loss(moved, peer.inner(), grid, 1.0, how).into_scalar::<f32>();
            assert!(after < before, "{how:?}: {before} to {after}");
        }
    }
}
