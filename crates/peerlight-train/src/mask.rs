//! The masks of masked consistency: the mutual map, as it is or cut at its median.

use burn::tensor::{Tensor, TensorData, activation::sigmoid};
use peerlight_core::{Preprocess, Result, resize_map};

use crate::{maps::Maps, readback::read};

/// Slope, in units of the map, of the sigmoid whose gradient stands in for that of a cut at the median.
const SLOPE: f32 = 20.0;

/// The masks of a batch.
pub(crate) struct MaskBatch {
    /// [n, s, s]: 0..=1 where soft; where hard 1 for the half of the pixels with the largest values and 0 for the others.
    pub mask: Tensor<3>,
    /// The peers' maps, [n, side, side], as constants.
    maps: Vec<Tensor<3>>,
    /// The value at which each image's mutual map is cut, [n, 1, 1].
    median: Tensor<3>,
    /// 1 where an image's mask is hard, else 0: [n, 1, 1].
    hard: Tensor<3>,
    side: usize,
}

impl MaskBatch {
    /// The masks of side `s` made of the mutual map of these constant maps. `hard` says for each image which kind it gets.
    ///
    /// # Errors
    /// `device-lost`.
    pub fn new(maps: &Maps, constant: Vec<Tensor<3>>, s: usize, hard: &[bool]) -> Result<Self> {
        let resized = resize_map(maps.mutual(&constant), [s, s]);
        let (device, dims) = (resized.device(), resized.dims());
        let mut values = read(resized)?;
        let mut medians = vec![0.0; hard.len()];
        for ((map, median), hard) in values.chunks_exact_mut(s * s).zip(&mut medians).zip(hard) {
            if *hard {
                *median = keep_top_half(map);
            }
        }
        let each = |values: Vec<f32>| Tensor::<3>::from_data(TensorData::new(values, [hard.len(), 1, 1]), &device);
        Ok(Self {
            mask: Tensor::from_data(TensorData::new(values, dims), &device),
            maps: constant,
            median: each(medians),
            hard: each(hard.iter().map(|&hard| f32::from(u8::from(hard))).collect()),
            side: s,
        })
    }

    /// The same masks with a gradient with respect to the map `own` of peer `m`.
    ///
    /// A hard mask has the gradient of a steep sigmoid at the cut (straight-through estimator: Bengio, Leonard & Courville
    /// 2013). The mask itself stays hard: a sigmoid would show the networks what the cut hides.
    pub fn learnable(&self, maps: &Maps, m: usize, own: Tensor<3>) -> Tensor<3> {
        let mut all: Vec<_> = self.maps.iter().cloned().map(Tensor::from_inner).collect();
        all[m] = own;
        let soft = resize_map(maps.mutual(&all), [self.side; 2]);
        let constant = |tensor: &Tensor<3>| Tensor::<3>::from_inner(tensor.clone());
        let cut = sigmoid((soft.clone() - constant(&self.median)) * SLOPE);
        let hard = constant(&self.hard);
        let surrogate = cut * hard.clone() + soft * (hard.neg() + 1.0);
        constant(&self.mask) + surrogate.clone() - surrogate.detach()
    }
}

/// Normalized images x, [n, 3, s, s], times masks, [n, s, s], on black.
pub(crate) fn masked(x: Tensor<4>, mask: Tensor<3>, preprocess: &Preprocess) -> Tensor<4> {
    // x = (pixel - mean) / std, so that pixel * mask is (x + mean / std) * mask - mean / std.
    let black: Vec<f32> = preprocess.mean.iter().zip(preprocess.std).map(|(mean, std)| mean / std).collect();
    let black = Tensor::<4>::from_data(TensorData::new(black, [1, 3, 1, 1]), &x.device());
    (x + black.clone()) * mask.unsqueeze_dim::<4>(1) - black
}

/// Sets the half with the largest values to 1 (ties by position) and the rest to 0, and returns the largest value of the rest.
fn keep_top_half(map: &mut [f32]) -> f32 {
    let mut order: Vec<usize> = (0..map.len()).collect();
    let half = map.len() / 2;
    order.select_nth_unstable_by(half, |&a, &b| map[b].total_cmp(&map[a]).then(a.cmp(&b)));
    let median = map[order[half]];
    for (rank, &place) in order.iter().enumerate() {
        map[place] = if rank < half { 1.0 } else { 0.0 };
    }
    median
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_half_is_kept_and_ties_go_by_position() {
        let mut map = [0.5, 0.1, 0.5, 0.9, 0.5, 0.2];
        assert_eq!(keep_top_half(&mut map), 0.5);
        assert_eq!(map, [1.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
    }
}
