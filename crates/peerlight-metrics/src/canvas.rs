//! An image, and what is put in the place of the pixels that a mask takes away.

use std::cell::OnceCell;

use burn::tensor::{Device, Tensor, TensorData};
use peerlight_core::{Preprocess, Result, blurred, read};
use peerlight_explain::ForwardPass;
use serde::{Deserialize, Serialize};

use crate::order::places;

/// How a map masks an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Masking {
    /// The half of the pixels with the largest values keep their color, the rest become black: only their order
    /// counts.
    Top50,
    /// The pixels times the map, so that they fade to black.
    Soft,
    /// The normalized input times the map, so that the pixels fade to the mean gray (torch-cam's way).
    #[serde(rename = "soft-normalised")]
    SoftNormalized,
}

impl Masking {
    /// All of them, the protocol's primary one first.
    pub const ALL: [Self; 3] = [Self::Top50, Self::Soft, Self::SoftNormalized];

    /// Its id.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Top50 => "top50",
            Self::Soft => "soft",
            Self::SoftNormalized => "soft-normalised",
        }
    }

    /// What is to be known of it.
    const fn entry(self) -> MaskingEntry {
        let (name, help) = match self {
            Self::Top50 => ("Top half", "The half of the pixels with the largest values stays, the rest is black."),
            Self::Soft => ("Soft", "The pixels times the map: they fade to black."),
            Self::SoftNormalized => {
                ("Soft, to gray", "The normalized pixels times the map: they fade to the mean gray, torch-cam's way.")
            }
        };
        MaskingEntry { id: self.id(), name, help }
    }

    /// What is to be known of all of them.
    pub fn entries() -> [MaskingEntry; 3] {
        Self::ALL.map(Self::entry)
    }
}

/// A masking for people.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct MaskingEntry {
    pub id: &'static str,
    pub name: &'static str,
    pub help: &'static str,
}

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

/// What the networks see of an image, read back once so that any number of masked versions are made of it.
pub struct Canvas {
    side: usize,
    /// [3, side, side], normalized.
    pixels: Vec<f32>,
    /// Black of each channel, normalized.
    black: [f32; 3],
    blurred: OnceCell<Vec<f32>>,
    device: Device,
}

impl Canvas {
    /// The canvas of an image that the peers have seen.
    ///
    /// # Errors
    /// `device-lost`.
    pub async fn of(pass: &ForwardPass, preprocess: &Preprocess) -> Result<Self> {
        let input = pass.input();
        let (device, side) = (input.device(), input.dims()[3]);
        Ok(Self::new(read(input).await?, side, preprocess, &device))
    }

    fn new(pixels: Vec<f32>, side: usize, preprocess: &Preprocess, device: &Device) -> Self {
        let black = preprocess.normalized(0.0);
        Self { side, pixels, black, blurred: OnceCell::new(), device: device.clone() }
    }

    /// Pixels along a side.
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

    /// Adds to `out` the image where `keep` is 1, the ground where it is 0, and a mixture between. `keep` has a value
    /// in 0..=1 for each pixel. Where it is 1 the image is untouched to the last bit.
    pub fn blend(&self, ground: Ground, keep: impl Fn(usize) -> f32, out: &mut Vec<f32>) {
        let area = self.side * self.side;
        for (c, channel) in self.pixels.chunks_exact(area).enumerate() {
            let flat = |value: f32| channel.iter().enumerate().map(move |(i, &v)| (i, v, value));
            let mix = |(i, v, under): (usize, f32, f32)| {
                let part = keep(i);
                v * part + under * (1.0 - part)
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
    pub fn masked(&self, masking: Masking, map: &[f32], out: &mut Vec<f32>) {
        match masking {
            Masking::Top50 => {
                let (places, half) = (places(map), map.len() / 2);
                self.blend(Ground::Black, |i| if (places[i] as usize) < half { 1.0 } else { 0.0 }, out);
            }
            Masking::Soft => self.blend(Ground::Black, |i| map[i], out),
            Masking::SoftNormalized => self.blend(Ground::MeanGray, |i| map[i], out),
        }
    }

    /// Inputs for a network of the values of several images, [n, 3, side, side].
    pub fn inputs(&self, values: Vec<f32>) -> Tensor<4> {
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
    fn canvas() -> Canvas {
        let preprocess = Preprocess { side: 2, crop: 1.0, mean: [0.5; 3], std: [0.25; 3] };
        let channel = [0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0].map(|v: f32| (v - 0.5) / 0.25);
        Canvas::new([channel; 3].concat(), 2, &preprocess, &Device::flex())
    }

    fn check(masking: Masking, map: [f32; 4], expected: [f32; 4]) {
        let mut out = Vec::new();
        canvas().masked(masking, &map, &mut out);
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
        let canvas = canvas();
        for masking in [Masking::Soft, Masking::SoftNormalized] {
            let mut out = Vec::new();
            canvas.masked(masking, &[1.0; 4], &mut out);
            assert_eq!(out, canvas.pixels());
        }
        let mut out = Vec::new();
        canvas.blend(Ground::Blurred, |_| 0.0, &mut out);
        assert_eq!(out, blurred(canvas.pixels(), 2));
    }

    #[test]
    fn ids_are_those_of_json() {
        for masking in Masking::ALL {
            assert_eq!(serde_json::to_value(masking).unwrap(), masking.id());
        }
    }
}
