//! Agreement of two peers or more, and their mutual map.

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use crate::{Correlation, Grid, minmax, pearson, resize_map};

/// Way of combining the peers' maps, value by value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fuse {
    /// Arithmetic mean: high where any peer looks.
    #[default]
    Mean,
    /// Geometric mean: high only where every peer looks.
    Geometric,
    /// Product: high only where every peer looks, and stricter than the geometric mean.
    Product,
}

/// Weighting of the fused map.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// No weighting: all regions count equally.
    #[default]
    Uniform,
    /// Weight (1 + rho) / 2 of each region, rho being its mean correlation, interpolated between the regions' centers.
    Agreement,
}

/// Recipe of the mutual map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fusion {
    /// Way of combining the peers' maps.
    pub how: Fuse,
    /// Weighting of the combined map.
    pub weight: Weight,
    /// Exponent that the finished map is raised to, above 0. It keeps the ranking of the places, so metrics of the
    /// ranking alone (top half, insertion, deletion, pointing game) do not depend on it. Peerlight's own.
    pub exponent: f64,
}

impl Default for Fusion {
    fn default() -> Self {
        Self { how: Fuse::default(), weight: Weight::default(), exponent: Self::EXPONENT }
    }
}

impl Fusion {
    /// Default exponent.
    pub const EXPONENT: f64 = 1.25;

    /// Recipe with exponent 1.
    pub const fn plain(how: Fuse, weight: Weight) -> Self {
        Self { how, weight, exponent: 1.0 }
    }
}

/// Agreement of the peers, region by region.
#[derive(Debug, Clone)]
pub struct Agreement {
    /// Correlation of each pair of peers, in the order (0, 1), (0, 2), .. (1, 2), ..
    pub pairs: Vec<Correlation>,
    /// Mean correlation over the pairs, [n, regions].
    pub rho: Tensor<2>,
    /// Flags [n, regions]: 1 where any pair has no correlation, else 0.
    pub constant: Tensor<2>,
}

/// Mutual map with the agreement of the peers.
#[derive(Debug, Clone)]
pub struct Mutual {
    /// Mutual map, [n, side, side] in 0..=1.
    pub map: Tensor<3>,
    /// Agreement of the peers, region by region.
    pub agreement: Agreement,
}

/// Agreement of the peers' maps, each [n, side, side]: [Pearson's correlation](pearson) over the grid's regions, for
/// each pair of peers and on average.
///
/// Source: Cheng et al. (2022) for two peers; the mean over the pairs of more is Peerlight's own.
///
/// # Panics
/// With fewer than two maps.
pub fn agreement(maps: &[Tensor<3>], grid: Grid) -> Agreement {
    assert!(maps.len() >= 2, "agreement takes two peers or more");
    let regions: Vec<_> = maps.iter().map(|map| grid.divide(map.clone())).collect();
    let mut pairs = Vec::new();
    for (i, a) in regions.iter().enumerate() {
        for b in &regions[i + 1..] {
            pairs.push(pearson(a.clone(), b.clone()));
        }
    }
    let sum = |part: fn(&Correlation) -> Tensor<2>| pairs.iter().map(part).reduce(|a, b| a + b).expect("a pair");
    let rho = sum(|pair| pair.rho.clone()) / pairs.len() as f32;
    let constant = sum(|pair| pair.constant.clone()).clamp_max(1.0);
    Agreement { pairs, rho, constant }
}

/// Mutual map of the peers' maps, minmax(weight(agreement) * fuse(maps))^exponent. The maps and the result are
/// [n, side, side] in 0..=1.
///
/// Source: Cheng et al. (2022) for regions and mutual map; the exponent is Peerlight's own.
///
/// # Panics
/// With fewer than two maps.
pub fn mutual_map(maps: &[Tensor<3>], grid: Grid, fusion: Fusion) -> Mutual {
    let agreement = agreement(maps, grid);
    let fused = fuse(maps, fusion.how);
    let [n, height, width] = fused.dims();
    let map = match fusion.weight {
        Weight::Uniform => fused,
        Weight::Agreement => {
            let weights = (agreement.rho.clone() + 1.0) / 2.0;
            // Bilinear interpolation between the centers, so that no region's edge shows.
            fused * resize_map(weights.reshape([n, grid.rows, grid.columns]), [height, width])
        }
    };
    let map = minmax(map);
    let map = if fusion.exponent == 1.0 { map } else { map.powf_scalar(fusion.exponent) };
    Mutual { map, agreement }
}

fn fuse(maps: &[Tensor<3>], how: Fuse) -> Tensor<3> {
    let count = maps.len() as f32;
    let maps = maps.iter().cloned();
    match how {
        Fuse::Mean => maps.reduce(|a, b| a + b).expect("a map") / count,
        Fuse::Product => maps.reduce(|a, b| a * b).expect("a map"),
        Fuse::Geometric => maps.reduce(|a, b| a * b).expect("a map").powf_scalar(1.0 / count),
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)]
mod tests {
    use super::*;
    use burn::tensor::{Device, TensorData};

    fn map(values: [[f32; 2]; 2]) -> Tensor<3> {
        Tensor::from_data([values], &Device::flex())
    }

    #[test]
    fn fusing_by_hand() {
        let maps = [map([[0.0, 1.0], [0.25, 0.5]]), map([[1.0, 1.0], [0.25, 0.125]])];
        let cases = [
            (Fuse::Mean, [[0.5f32, 1.0], [0.25, 0.3125]]),
            (Fuse::Product, [[0.0, 1.0], [0.0625, 0.0625]]),
            (Fuse::Geometric, [[0.0, 1.0], [0.25, 0.25]]),
        ];
        for (how, expected) in cases {
            fuse(&maps, how).into_data().assert_approx_eq::<f32>(&TensorData::from([expected]), Default::default());
        }
    }

    #[test]
    fn three_peers_agree_pair_by_pair() {
        let rising = map([[0.0, 1.0], [2.0, 3.0]]);
        let falling = map([[3.0, 2.0], [1.0, 0.0]]);
        let grid = Grid::square(1).unwrap();
        let agreement = agreement(&[rising.clone(), rising, falling], grid);
        let pairs: Vec<f32> = agreement.pairs.iter().map(|p| p.rho.clone().into_scalar::<f32>()).collect();
        for (rho, expected) in pairs.iter().zip([1.0, -1.0, -1.0]) {
            assert!((rho - expected).abs() < 1e-6, "{pairs:?}");
        }
        assert!((agreement.rho.into_scalar::<f32>() + 1.0 / 3.0).abs() < 1e-6);
    }

    #[test]
    fn contrast_keeps_the_ends_and_the_order() {
        let maps = [map([[0.0, 1.0], [0.25, 0.5]]), map([[0.0, 1.0], [0.25, 0.5]])];
        let fusion = Fusion { exponent: 2.0, ..Fusion::default() };
        let found = mutual_map(&maps, Grid::square(1).unwrap(), fusion).map;
        let expected = TensorData::from([[[0.0f32, 1.0], [0.0625, 0.25]]]);
        found.into_data().assert_approx_eq::<f32>(&expected, Default::default());
    }

    #[test]
    fn disagreement_dims_the_map() {
        // Left half alike, right half opposed: what is left of the right must be nothing.
        let a = Tensor::<3>::from_data([[[0.0, 1.0, 0.0, 1.0]]], &Device::flex());
        let b = Tensor::<3>::from_data([[[0.0, 1.0, 1.0, 0.0]]], &Device::flex());
        let grid = Grid { rows: 1, columns: 2 };
        let uniform = mutual_map(&[a.clone(), b.clone()], grid, Fusion::plain(Fuse::Mean, Weight::Uniform)).map;
        uniform.into_data().assert_approx_eq::<f32>(&TensorData::from([[[0.0f32, 1.0, 0.5, 0.5]]]), Default::default());
        let weighted = mutual_map(&[a, b], grid, Fusion::plain(Fuse::Mean, Weight::Agreement)).map;
        // Weights 1, 0.75, 0.25, 0 of 0, 1, 0.5, 0.5, then scaled by 1 / 0.75.
        weighted
            .into_data()
            .assert_approx_eq::<f32>(&TensorData::from([[[0.0f32, 1.0, 1.0 / 6.0, 0.0]]]), Default::default());
    }
}
