//! What masked consistency masks a batch by: the mutual map, as it is or cut at its median.

use burn::tensor::{Tensor, TensorData, activation::sigmoid};
use peerlight_core::{Result, read, resize_map};

use super::maps::Maps;

/// How steep the cut at the median is where it has to have a gradient, in units of the map.
const STEEP: f32 = 20.0;

/// The masks of a batch.
pub struct Veil {
    /// [n, s, s]: 0..=1 where soft; 1 for the half of the pixels with the largest values and 0 for the others where hard.
    pub mask: Tensor<3>,
    /// The peers' maps, [n, side, side], as constants.
    maps: Vec<Tensor<3>>,
    /// Of each image, where the mutual map is cut, [n, 1, 1].
    median: Tensor<3>,
    /// 1 where an image's mask is hard, else 0, [n, 1, 1].
    hard: Tensor<3>,
    side: usize,
}

impl Veil {
    /// The masks of side `s` that the mutual map of these constant maps gives; `hard` says of each image which.
    ///
    /// # Errors
    /// `device-lost`.
    pub async fn of(maps: &Maps, constant: Vec<Tensor<3>>, s: usize, hard: Vec<bool>) -> Result<Self> {
        let resized = resize_map(maps.mutual(&constant), [s, s]);
        let (device, dims) = (resized.device(), resized.dims());
        let mut values = read(resized).await?;
        let mut medians = vec![0.0; hard.len()];
        for ((map, median), _) in values.chunks_exact_mut(s * s).zip(&mut medians).zip(&hard).filter(|(_, hard)| **hard)
        {
            *median = keep_half(map);
        }
        let each = |values: Vec<f32>| Tensor::<3>::from_data(TensorData::new(values, [hard.len(), 1, 1]), &device);
        let median = each(medians);
        let hard = each(hard.iter().map(|&hard| f32::from(u8::from(hard))).collect());
        Ok(Self {
            mask: Tensor::from_data(TensorData::new(values, dims), &device),
            maps: constant,
            median,
            hard,
            side: s,
        })
    }

    /// The same masks with a gradient with respect to the map `own` of the peer at a place. A hard mask's is that of a steep
    /// slope at the cut (straight through: Bengio, Leonard & Courville 2013): a mask that were such a slope would show
    /// the networks what the hard one hides.
    pub fn learnable(&self, maps: &Maps, place: usize, own: Tensor<3>) -> Tensor<3> {
        let mut all: Vec<_> = self.maps.iter().cloned().map(Tensor::from_inner).collect();
        all[place] = own;
        let soft = resize_map(maps.mutual(&all), [self.side; 2]);
        let constant = |tensor: &Tensor<3>| Tensor::<3>::from_inner(tensor.clone());
        let cut = sigmoid((soft.clone() - constant(&self.median)) * STEEP);
        let hard = constant(&self.hard);
        let slope = cut * hard.clone() + soft * (hard.neg() + 1.0);
        constant(&self.mask) + slope.clone() - slope.detach()
    }
}

/// Makes the half with the largest values 1 (ties by position) and the rest 0, and tells the value between them.
fn keep_half(map: &mut [f32]) -> f32 {
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
    fn half_is_kept_and_ties_go_by_position() {
        let mut map = [0.5, 0.1, 0.5, 0.9, 0.5, 0.2];
        assert_eq!(keep_half(&mut map), 0.5);
        assert_eq!(map, [1.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
    }
}
