//! Changed views of an image. What a network shows on them tells whether it agrees with itself.

use burn::tensor::Tensor;
use peerlight_core::{Preprocess, resize_map, rng};
use serde::{Deserialize, Serialize};

/// Changed view of an image that keeps what it shows. Each takes one more pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum View {
    /// Mirrored from left to right.
    Mirrored,
    /// Enlarged by 1.14 about the center, so that the rim is not seen.
    Rescaled,
    /// With normal noise of deviation 0.08 on pixels of 0..=1, which stay in that range.
    Noisy,
}

/// Factor of [`View::Rescaled`].
const SCALE: f64 = 1.14;
/// Deviation of [`View::Noisy`].
const NOISE: f32 = 0.08;
/// Seed of the noise.
const SEED: u64 = 8;

impl View {
    /// Every view.
    pub const ALL: [Self; 3] = [Self::Mirrored, Self::Rescaled, Self::Noisy];

    /// The view of a normalized input [1, 3, side, side].
    pub fn of(self, input: Tensor<4>, preprocess: &Preprocess) -> Tensor<4> {
        let [_, _, side, _] = input.dims();
        match self {
            Self::Mirrored => input.flip([3]),
            Self::Rescaled => {
                let range = center(side);
                let seen = input.slice([0..1, 0..3, range.clone(), range]);
                let [_, _, inner, _] = seen.dims();
                resize_map(seen.reshape([3, inner, inner]), [side, side]).reshape([1, 3, side, side])
            }
            Self::Noisy => {
                let noise = rng::normals(SEED, 0, [1, 3, side, side], &input.device());
                let of = |values: [f32; 3]| {
                    let values = preprocess.order().map(|color| values[color]);
                    Tensor::<1>::from_floats(values, &input.device()).reshape([1, 3, 1, 1])
                };
                let (mean, deviation) = (of(preprocess.mean), of(preprocess.std));
                let pixels = input.clone() * deviation.clone() + mean.clone() + noise * NOISE;
                (pixels.clamp(0.0, 1.0) - mean) / deviation
            }
        }
    }

    /// Two maps of the same places: the part of the image's `map` that the view shows, and the view's map turned back.
    /// Both are [n, side, side], as are the results.
    pub fn matched(self, map: Tensor<3>, of_view: Tensor<3>) -> (Tensor<3>, Tensor<3>) {
        let [n, side, _] = map.dims();
        match self {
            Self::Mirrored => (map, of_view.flip([2])),
            Self::Rescaled => {
                let range = center(side);
                (resize_map(map.slice([0..n, range.clone(), range]), [side, side]), of_view)
            }
            Self::Noisy => (map, of_view),
        }
    }
}

/// The middle of a side that [`View::Rescaled`] shows.
fn center(side: usize) -> std::ops::Range<usize> {
    let inner = ((side as f64 / SCALE).round() as usize).clamp(1, side);
    let start = (side - inner) / 2;
    start..start + inner
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)]
mod tests {
    use super::*;
    use burn::tensor::{Device, Int};

    fn ramp() -> Tensor<4> {
        let values = Tensor::<1, Int>::arange(0..768, &Device::flex()).float() / 768.0;
        values.reshape([1, 3, 16, 16])
    }

    #[test]
    fn a_view_keeps_the_shape_and_its_map_is_turned_back() {
        let preprocess = Preprocess { side: 16, crop: 1.0, mean: [0.5; 3], std: [0.25; 3], bgr: false };
        let input = (ramp() - 0.5) / 0.25;
        for view in View::ALL {
            let seen = view.of(input.clone(), &preprocess);
            assert_eq!(seen.dims(), [1, 3, 16, 16], "{view:?}");
            assert_ne!(seen.to_data(), input.to_data(), "{view:?}");
        }
        let map = ramp().reshape([3, 16, 16]);
        let (own, back) = View::Mirrored.matched(map.clone(), map.clone().flip([2]));
        own.to_data().assert_eq(&back.to_data(), true);
    }

    #[test]
    fn noise_keeps_pixels_in_their_range() {
        let preprocess = Preprocess { side: 4, crop: 1.0, mean: [0.5; 3], std: [0.25; 3], bgr: false };
        let white = Tensor::<4>::full([1, 3, 4, 4], 2.0, &Device::flex());
        let seen: Vec<f32> = View::Noisy.of(white, &preprocess).into_data().try_into_vec().unwrap();
        assert!(seen.iter().all(|v| (-2.0..=2.0).contains(v)) && seen.iter().any(|v| *v < 1.9), "{seen:?}");
    }
}
