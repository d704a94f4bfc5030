//! From an image to the tensor that a network reads.

use burn::tensor::{Device, Tensor, TensorData};
use fast_image_resize::{
    FilterType, ResizeAlg, ResizeOptions, Resizer,
    images::{TypedImage, TypedImageRef},
    pixels::U8x3,
};
use serde::{Deserialize, Serialize};

use crate::{Code, Error, Result, Rgba8};

/// How an image is cut, scaled and normalized. A network has its own; a bundle carries it.
///
/// The center square whose side is `crop` times the image's shorter side is scaled (never
/// stretched) to `side` x `side` by an antialiased bicubic filter (a = -0.5) on 8-bit values,
/// transparent pixels having been laid over white. Then, with x in 0..=1, (x - mean) / std.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preprocess {
    /// Side of the network's input, in pixels.
    pub side: usize,
    /// Side of the center square as a part of the image's shorter side, in (0, 1].
    pub crop: f64,
    /// Mean of each of red, green and blue, on the scale of 0 to 1.
    pub mean: [f32; 3],
    /// Deviation of each of red, green and blue, on the scale of 0 to 1.
    pub std: [f32; 3],
}

/// The square of the image that the network saw, in the image's pixels (not necessarily whole).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Crop {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Length of a side.
    pub side: f64,
}

impl Preprocess {
    /// Checks what a file or a person set.
    ///
    /// # Errors
    /// `ask-invalid` if the side is not in 16..=2048, the crop not in (0, 1], a mean not finite or a
    /// deviation not positive.
    pub fn check(&self) -> Result<()> {
        let fine = (16..=2048).contains(&self.side)
            && self.crop > 0.0
            && self.crop <= 1.0
            && self.mean.iter().all(|m| m.is_finite())
            && self.std.iter().all(|s| s.is_finite() && *s > 0.0);
        if fine {
            Ok(())
        } else {
            Err(Error::new(
                Code::AskInvalid,
                "Preprocessing needs a side of 16 to 2048 pixels, a crop above 0 and at most 1, and positive deviations.",
            ))
        }
    }

    /// The square of a `width` x `height` image that the network sees.
    pub fn crop_of(&self, width: u32, height: u32) -> Crop {
        let (w, h) = (f64::from(width), f64::from(height));
        let side = w.min(h) * self.crop;
        Crop { x: (w - side) / 2.0, y: (h - side) / 2.0, side }
    }

    /// The crop scaled to `side` x `side`: 8-bit RGB, row by row.
    pub fn image(&self, image: &Rgba8) -> Result<Vec<u8>> {
        let Crop { x, y, side } = self.crop_of(image.width(), image.height());
        self.cut(image, [x, y], [side, side])
    }

    /// Any rectangle of the image, from `at` (left, top) and of the size `size` (width, height) in its pixels, scaled to
    /// `side` x `side`: 8-bit RGB, row by row.
    ///
    /// # Errors
    /// `image-broken` if the rectangle is not inside the image.
    pub fn cut(&self, image: &Rgba8, at: [f64; 2], size: [f64; 2]) -> Result<Vec<u8>> {
        let window = Window::around(at, size, self.side, image);
        let rgb = window.rgb(image);
        // The pixels' type is fixed when compiling: found out at run time, it would add every other type's code.
        let source = TypedImageRef::<U8x3>::from_buffer(window.width, window.height, &rgb).map_err(resize_error)?;
        let side = self.side as u32;
        let catmull_rom =
            ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom)).use_alpha(false);
        // Across first, then down: both round to 8 bits, so that the order shows in noise. This is Pillow's.
        let mut narrowed = TypedImage::<U8x3>::new(side, window.height);
        let across = catmull_rom.crop(at[0] - f64::from(window.x), 0.0, size[0], f64::from(window.height));
        Resizer::new().resize_typed(&source, &mut narrowed, &across).map_err(resize_error)?;
        let mut scaled = TypedImage::<U8x3>::new(side, side);
        let down = catmull_rom.crop(0.0, at[1] - f64::from(window.y), f64::from(side), size[1]);
        Resizer::new().resize_typed(&narrowed, &mut scaled, &down).map_err(resize_error)?;
        Ok(scaled.pixels().iter().flat_map(|pixel| pixel.0).collect())
    }

    /// The network's input: [1, 3, side, side].
    pub fn tensor(&self, image: &Rgba8, device: &Device) -> Result<Tensor<4>> {
        Ok(self.normalize(&self.image(image)?, device))
    }

    /// A gray pixel as the networks read it, one value for each of red, green and blue. `pixel` is 0 for black and 1 for
    /// white.
    pub fn normalized(&self, pixel: f32) -> [f32; 3] {
        std::array::from_fn(|channel| (pixel - self.mean[channel]) / self.std[channel])
    }

    /// 8-bit RGB of n images of side x side pixels, one after the other, to the normalized [n, 3, side, side].
    ///
    /// # Panics
    /// If `rgb` is not n * side * side * 3 bytes.
    pub fn normalize(&self, rgb: &[u8], device: &Device) -> Tensor<4> {
        let image = self.side * self.side * 3;
        assert!(rgb.len().is_multiple_of(image), "images of {0} x {0} pixels", self.side);
        let mut values = Vec::with_capacity(rgb.len());
        for rgb in rgb.chunks_exact(image) {
            for channel in 0..3 {
                let (mean, std) = (self.mean[channel], self.std[channel]);
                values.extend(rgb[channel..].iter().step_by(3).map(|&v| (f32::from(v) / 255.0 - mean) / std));
            }
        }
        Tensor::from_data(TensorData::new(values, [rgb.len() / image, 3, self.side, self.side]), device)
    }
}

fn resize_error(error: impl std::fmt::Display) -> Error {
    Error::new(Code::ImageBroken, format!("The image cannot be scaled: {error}."))
}

/// The whole pixels that scaling a crop reads: the crop and the reach of the filter around it.
struct Window {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
}

impl Window {
    fn around(at: [f64; 2], size: [f64; 2], side: usize, image: &Rgba8) -> Self {
        let span = |axis: usize, limit: u32| {
            // A bicubic filter reaches two target pixels, never less than two source pixels.
            let reach = 2.0 * (size[axis] / side as f64).max(1.0) + 1.0;
            let from = (at[axis] - reach).floor().max(0.0) as u32;
            let to = ((at[axis] + size[axis] + reach).ceil() as u32).min(limit);
            (from, to.saturating_sub(from))
        };
        let (x, width) = span(0, image.width());
        let (y, height) = span(1, image.height());
        Self { x, y, width, height }
    }

    /// The window's pixels over white.
    fn rgb(&self, image: &Rgba8) -> Vec<u8> {
        let mut rgb = Vec::with_capacity(self.width as usize * self.height as usize * 3);
        for y in self.y..self.y + self.height {
            let start = (y as usize * image.width() as usize + self.x as usize) * 4;
            for pixel in image.pixels()[start..start + self.width as usize * 4].chunks_exact(4) {
                let alpha = u32::from(pixel[3]);
                rgb.extend(
                    pixel[..3].iter().map(|&v| ((u32::from(v) * alpha + 255 * (255 - alpha) + 127) / 255) as u8),
                );
            }
        }
        rgb
    }
}
