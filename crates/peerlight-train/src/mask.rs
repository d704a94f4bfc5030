//! The masks of masked consistency: the mutual map, as it is or cut at its median.

use burn::tensor::{Tensor, TensorData, activation::sigmoid};
use peerlight_core::{Preprocess, Result, resize_map, top_half};

use crate::{maps::Maps, readback::read};

/// Slope, in units of the map, of the sigmoid whose gradient stands in for that of a cut at the median.
const SLOPE: f32 = 20.0;

/// The masks of a batch.
pub(crate) struct MaskBatch {
    /// [n, s, s]: 0..=1 where soft; where hard 1 for the half of the pixels with the largest values and 0 for the
    /// others.
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
    /// The masks of side `s` made of the mutual map of these constant maps. `hard` says for each image which kind it
    /// gets.
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
                let top = top_half(map);
                *median = top.cut;
                map.iter_mut().zip(top.kept).for_each(|(value, kept)| *value = f32::from(u8::from(kept)));
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

    /// Masks of equal values with a gradient with respect to the map `own` of peer `m`.
    ///
    /// A hard mask has the gradient of a steep sigmoid at the cut (straight-through estimator: Bengio, Leonard &
    /// Courville 2013). The mask itself stays hard: a sigmoid would show the networks what the cut hides.
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
    // Normalizing is linear, and black is where a pixel is zero: what lies above it is multiplied.
    let black = Tensor::<1>::from_floats(preprocess.normalized(0.0), &x.device()).reshape([1, 3, 1, 1]);
    (x - black.clone()) * mask.unsqueeze_dim::<4>(1) + black
}
