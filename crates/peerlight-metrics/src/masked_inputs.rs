//! An image as the networks see it, and masked versions of it.

use std::cell::OnceCell;

use burn::tensor::{Device, Tensor, TensorData};
use peerlight_core::{Preprocess, Result, read};
use peerlight_explain::ForwardPass;

use crate::{blur::blurred, masking::Masking, order::RankedMap};

/// What stands where the image is taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// Black.
    Black,
    /// The gray that normalizing makes zero.
    MeanGray,
    /// The image through a Gaussian blur.
    Blurred,
}

/// An image as the networks see it, read back once, from which any number of masked versions are made.
pub struct MaskedInputs {
    side: usize,
    /// [3, side, side], normalized.
    pixels: Vec<f32>,
    /// Black of each channel, normalized.
    black: [f32; 3],
    blurred: OnceCell<Vec<f32>>,
    device: Device,
}

impl MaskedInputs {
    /// Reads back the input of a forward pass.
    ///
    /// # Errors
    /// `device-lost`.
    pub async fn of(pass: &ForwardPass, preprocess: &Preprocess) -> Result<Self> {
        let input = pass.input();
        let (device, side) = (input.device(), input.dims()[3]);
        Ok(Self::new(read(input).await?, side, preprocess, &device))
    }

    fn new(pixels: Vec<f32>, side: usize, preprocess: &Preprocess, device: &Device) -> Self {
        let black = std::array::from_fn(|c| -preprocess.mean[c] / preprocess.std[c]);
        Self { side, pixels, black, blurred: OnceCell::new(), device: device.clone() }
    }

    /// The number of pixels along a side.
    pub fn side(&self) -> usize {
        self.side
    }

    /// The normalized pixels, [3, side, side].
    pub fn pixels(&self) -> &[f32] {
        &self.pixels
    }

    /// The device that the networks are on.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Adds to `out` the image where `keep` is 1, the ground where it is 0, and a mixture in between. `keep` gives a
    /// value in 0..=1 for each pixel. Where it is 1 the image is untouched to the last bit.
    pub fn blend(&self, ground: Ground, keep: impl Fn(usize) -> f32, out: &mut Vec<f32>) {
        let area = self.side * self.side;
        for (c, channel) in self.pixels.chunks_exact(area).enumerate() {
            let flat = |value: f32| channel.iter().enumerate().map(move |(i, &v)| (i, v, value));
            let mix = |(i, v, under): (usize, f32, f32)| {
                let kept = keep(i);
                v * kept + under * (1.0 - kept)
            };
            match ground {
                Ground::Black => out.extend(flat(self.black[c]).map(mix)),
                Ground::MeanGray => out.extend(flat(0.0).map(mix)),
                Ground::Blurred => {
                    let blurred = &self.blurred()[c * area..][..area];
                    out.extend(channel.iter().zip(blurred).enumerate().map(|(i, (&v, &under))| mix((i, v, under))));
                }
            }
        }
    }

    /// Adds to `out` the image masked by a map.
    pub fn masked(&self, masking: Masking, map: &RankedMap<'_>, out: &mut Vec<f32>) {
        let values = map.values();
        match masking {
            Masking::Top50 => {
                let (positions, half) = (map.positions(), map.half());
                self.blend(Ground::Black, |i| if (positions[i] as usize) < half { 1.0 } else { 0.0 }, out);
            }
            Masking::Soft => self.blend(Ground::Black, |i| values[i], out),
            Masking::SoftNormalized => self.blend(Ground::MeanGray, |i| values[i], out),
        }
    }

    /// The values of several images as a batch for a network, [n, 3, side, side].
    pub fn batch(&self, values: Vec<f32>) -> Tensor<4> {
        let n = values.len() / self.pixels.len();
        Tensor::from_data(TensorData::new(values, [n, 3, self.side, self.side]), &self.device)
    }

    fn blurred(&self) -> &[f32] {
        self.blurred.get_or_init(|| blurred(&self.pixels, self.side))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pixels of 0, 1/3, 2/3 and 1 in every channel, normalized by a mean of 0.5 and a deviation of 0.25.
    fn image() -> MaskedInputs {
        let preprocess = Preprocess { side: 2, crop: 1.0, mean: [0.5; 3], std: [0.25; 3] };
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
        image.blend(Ground::Blurred, |_| 0.0, &mut out);
        assert_eq!(out, blurred(image.pixels(), 2));
    }
}
