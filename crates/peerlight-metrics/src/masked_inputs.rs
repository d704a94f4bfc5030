//! An image as a network sees it, and masked versions of it.

use std::cell::OnceCell;

use burn::tensor::{Device, Tensor, TensorData};
use peerlight_core::{Baseline, Preprocess, Result, blend, read, resize_map};
use peerlight_explain::ForwardPass;

use crate::{impute::imputed, masking::Masking, order::RankedMap};

/// The seed of the noise on imputed pixels.
const SEED: u64 = 0;

/// An image as one peer's network sees it, read back once, from which any number of masked versions are made.
pub struct MaskedInputs {
    side: usize,
    /// [3, side, side], normalized.
    pixels: Vec<f32>,
    preprocess: Preprocess,
    /// The image that each baseline makes of a wholly hidden one, made when first asked for.
    baselines: [OnceCell<Vec<f32>>; 3],
    device: Device,
}

impl MaskedInputs {
    /// Reads back a peer's input of a forward pass.
    ///
    /// # Errors
    /// `device-lost`.
    pub async fn of(pass: &ForwardPass, peer: usize, preprocess: &Preprocess) -> Result<Self> {
        let input = pass.input(peer);
        let (device, side) = (input.device(), input.dims()[3]);
        Ok(Self::new(read(input).await?, side, preprocess, &device))
    }

    fn new(pixels: Vec<f32>, side: usize, preprocess: &Preprocess, device: &Device) -> Self {
        let (preprocess, device) = (preprocess.clone(), device.clone());
        Self { side, pixels, preprocess, baselines: Default::default(), device }
    }

    /// The number of pixels along a side.
    pub fn side(&self) -> usize {
        self.side
    }

    /// The normalized pixels, [3, side, side].
    pub fn pixels(&self) -> &[f32] {
        &self.pixels
    }

    /// The device that the network is on.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// A map of `side` x `side` values in the size of the input; none if it has that size.
    ///
    /// # Errors
    /// `device-lost`.
    pub(crate) async fn scaled(&self, map: &RankedMap<'_>, side: usize) -> Result<Option<RankedMap<'static>>> {
        if side == self.side {
            return Ok(None);
        }
        let values = TensorData::new(map.values().to_vec(), [1, side, side]);
        let scaled = resize_map(Tensor::from_data(values, &self.device), [self.side; 2]);
        Ok(Some(RankedMap::new(read(scaled).await?)))
    }

    /// Adds to `out` the image where `keep` is 1, the baseline where it is 0, and a mixture in between. `keep` gives a
    /// value in 0..=1 for each pixel. Where it is 1 the image is untouched to the last bit.
    pub fn blend(&self, baseline: Baseline, keep: impl Fn(usize) -> f32, out: &mut Vec<f32>) {
        let hidden =
            self.baselines[baseline as usize].get_or_init(|| baseline.of(&self.pixels, self.side, &self.preprocess));
        blend(&self.pixels, hidden, self.side * self.side, keep, out);
    }

    /// The image without the pixels that are `removed`: their neighbors say what takes their place, as in ROAD.
    pub fn imputed(&self, removed: &[bool]) -> Vec<f32> {
        imputed(&self.pixels, self.side, removed, self.unit(), SEED)
    }

    /// What noise on normalized pixels is counted in: 1, or more for a network that reads bytes, so that these get as
    /// much of it as pixels with ImageNet's deviations.
    fn unit(&self) -> f64 {
        /// From black to white in ImageNet's deviations.
        const IMAGENET: f32 = 1.0 / 0.226;
        let range = self.preprocess.std.iter().fold(0.0f32, |range, std| range.max(1.0 / std));
        if range > 10.0 { f64::from(range / IMAGENET) } else { 1.0 }
    }

    /// Adds to `out` the image masked by a map.
    pub fn masked(&self, masking: Masking, map: &RankedMap<'_>, out: &mut Vec<f32>) {
        let values = map.values();
        match masking {
            Masking::Top50 => {
                let kept = &map.top_half().kept;
                self.blend(Baseline::Black, |i| if kept[i] { 1.0 } else { 0.0 }, out);
            }
            Masking::Soft => self.blend(Baseline::Black, |i| values[i], out),
            Masking::SoftNormalized => self.blend(Baseline::MeanGray, |i| values[i], out),
        }
    }

    /// The values of several images as a batch for a network, [n, 3, side, side].
    pub fn batch(&self, values: Vec<f32>) -> Tensor<4> {
        let n = values.len() / self.pixels.len();
        Tensor::from_data(TensorData::new(values, [n, 3, self.side, self.side]), &self.device)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pixels of 0, 1/3, 2/3 and 1 in every channel, normalized by a mean of 0.5 and a deviation of 0.25.
    fn image() -> MaskedInputs {
        let preprocess = Preprocess { side: 2, crop: 1.0, mean: [0.5; 3], std: [0.25; 3], bgr: false };
        let channel = [0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0].map(|v: f32| (v - 0.5) / 0.25);
        MaskedInputs::new([channel; 3].concat(), 2, &preprocess, &Device::flex())
    }

    fn check(masking: Masking, map: [f32; 4], expected: [f32; 4]) {
        let mut out = Vec::new();
        image().masked(masking, &RankedMap::new(&map), &mut out);
        let pixels: Vec<f32> = out[4..8].iter().map(|v| v * 0.25 + 0.5).collect();
        assert!(pixels.iter().zip(expected).all(|(p, e)| (p - e).abs() < 1e-6), "{masking:?}: {pixels:?} {expected:?}");
    }

    #[test]
    fn maskings_by_hand() {
        let third = 1.0 / 3.0;
        check(Masking::Top50, [0.2, 0.9, 0.1, 0.8], [0.0, third, 0.0, 1.0]);
        // Exactly half, whatever the ties.
        check(Masking::Top50, [1.0; 4], [0.0, third, 0.0, 0.0]);
        check(Masking::Top50, [0.0, 0.0, 0.0, 1.0], [0.0, 0.0, 0.0, 1.0]);
        check(Masking::Soft, [1.0, 0.5, 0.0, 0.25], [0.0, third / 2.0, 0.0, 0.25]);
        // 0.5 + 0.5 (1/3 - 0.5), the mean where the map is 0, and 0.5 + 0.25 (1 - 0.5).
        check(Masking::SoftNormalized, [1.0, 0.5, 0.0, 0.25], [0.0, 0.5 - 0.25 * third, 0.5, 0.625]);
    }

    #[test]
    fn a_mask_of_ones_changes_no_bit() {
        let image = image();
        for masking in [Masking::Soft, Masking::SoftNormalized] {
            let mut out = Vec::new();
            image.masked(masking, &RankedMap::new(&[1.0; 4]), &mut out);
            assert_eq!(out, image.pixels());
        }
        let mut out = Vec::new();
        image.blend(Baseline::Blurred, |_| 0.0, &mut out);
        assert_eq!(out, peerlight_core::blurred(image.pixels(), 2));
    }

    #[test]
    fn bytes_get_as_much_noise_as_normalized_pixels() {
        let noisy = |std: f32| {
            let preprocess = Preprocess { side: 2, crop: 1.0, mean: [0.0; 3], std: [std; 3], bgr: false };
            let image = MaskedInputs::new(vec![0.5 / std; 12], 2, &preprocess, &Device::flex());
            image.imputed(&[false, true, true, false])[1] * std - 0.5
        };
        let expected = noisy(0.226);
        assert!(expected.abs() > 1e-4 && (noisy(1.0 / 255.0) - expected).abs() < 1e-5, "{expected}");
    }

    proptest::proptest! {
        /// The upper half and the lower one share out the pixels: one is hidden where the other is shown.
        #[test]
        fn half_is_hidden_and_the_rest_is_untouched(values in proptest::collection::vec(0..4u8, 4)) {
            let map: [f32; 4] = std::array::from_fn(|i| f32::from(values[i]) / 3.0);
            let image = image();
            let (ranked, mut out) = (RankedMap::new(&map), Vec::new());
            image.masked(Masking::Top50, &ranked, &mut out);
            let black = image.preprocess.normalized(0.0)[0];
            for (i, (found, shown)) in out.iter().zip(image.pixels()).enumerate() {
                let is_kept = ranked.positions()[i % 4] < 2;
                proptest::prop_assert_eq!(*found, if is_kept { *shown } else { black });
            }
            let mut lower = Vec::new();
            image.blend(Baseline::Black, |i| if ranked.positions()[i] < 2 { 0.0 } else { 1.0 }, &mut lower);
            let sums = out.iter().zip(&lower).zip(image.pixels()).all(|((a, b), v)| a + b == v + black);
            proptest::prop_assert!(sums);
        }
    }
}
