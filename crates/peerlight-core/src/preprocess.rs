//! Preprocessing: from an image to the input tensor of a network.

use burn::tensor::{Device, Tensor, TensorData};
use fast_image_resize::{
    FilterType, ResizeAlg, ResizeOptions, Resizer,
    images::{TypedImage, TypedImageRef},
    pixels::U8x3,
};
use serde::{Deserialize, Serialize};

use crate::{Code, Crop, Error, Framing, Result, Rgba8, image::over_white};

/// Cropping, scaling and normalization of an image for a network. A bundle carries the values.
///
/// The center square, whose side is `crop` times the image's shorter side, is laid over white and scaled to `side` x
/// `side` by an antialiased bicubic filter (a = -0.5) on 8-bit values. Values x in 0..=1 become (x - mean) / std.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Preprocess {
    /// Side of the network's input, 16 to 2048 pixels.
    pub side: usize,
    /// Side of the center square as a fraction of the image's shorter side, above 0 and at most 1.
    pub crop: f64,
    /// Means of red, green and blue values in 0..=1.
    pub mean: [f32; 3],
    /// Standard deviations of red, green and blue values in 0..=1.
    pub std: [f32; 3],
    /// Whether the network reads blue, green and red instead of red, green and blue.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>", optional))]
    pub bgr: bool,
}

impl Preprocess {
    /// Checks that every value is in its range.
    ///
    /// # Errors
    /// `ask-invalid` if the side is not in 16..=2048, the crop not in (0, 1], a mean not finite, or a deviation not
    /// positive.
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
                "Preprocessing needs a side of 16 to 2048 pixels, a crop above 0 and up to 1, and positive deviations.",
            ))
        }
    }

    /// Center square that the networks see of an image of `width` x `height` pixels.
    pub fn crop_of(&self, width: u32, height: u32) -> Crop {
        Framing::default().square(self.crop, width, height)
    }

    /// Crops and scales an image: `side` x `side` pixels of 8-bit RGB, row by row.
    ///
    /// # Errors
    /// `image-broken` if the image cannot be scaled.
    pub fn image(&self, image: &Rgba8) -> Result<Vec<u8>> {
        let Crop { x, y, side } = self.crop_of(image.width(), image.height());
        self.cut(image, [x, y], [side, side])
    }

    /// Scales any rectangle of an image: `side` x `side` pixels of 8-bit RGB, row by row. `at` (left, top) and `size`
    /// (width, height) are in the image's pixels.
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

    /// Input tensor of an image, [1, 3, side, side], normalized.
    ///
    /// # Errors
    /// `image-broken` if the image cannot be scaled.
    pub fn tensor(&self, image: &Rgba8, device: &Device) -> Result<Tensor<4>> {
        self.tensor_of(image, self.crop_of(image.width(), image.height()), device)
    }

    /// Input tensor of a square of an image, [1, 3, side, side], normalized.
    ///
    /// # Errors
    /// `image-broken` if the square is not inside the image.
    pub fn tensor_of(&self, image: &Rgba8, Crop { x, y, side }: Crop, device: &Device) -> Result<Tensor<4>> {
        Ok(self.normalize(&self.cut(image, [x, y], [side, side])?, device))
    }

    /// Normalized values of a gray pixel, 0 for black to 1 for white, in the order of the network's channels.
    pub fn normalized(&self, pixel: f32) -> [f32; 3] {
        self.order().map(|color| (pixel - self.mean[color]) / self.std[color])
    }

    /// Color of each of the network's channels: 0 for red, 1 for green, 2 for blue. It is also each color's channel.
    pub fn order(&self) -> [usize; 3] {
        if self.bgr { [2, 1, 0] } else { [0, 1, 2] }
    }

    /// Images [n, 3, h, w] that this preprocessing has normalized, as another one normalizes them. With the same
    /// values and order of channels they stay as they are, to the last bit.
    pub fn convert(&self, images: Tensor<4>, to: &Self) -> Tensor<4> {
        if (self.mean, self.std, self.bgr) == (to.mean, to.std, to.bgr) {
            return images;
        }
        let device = images.device().without_autodiff();
        let of = |value: &dyn Fn(usize) -> f64| {
            let values: [f32; 3] = to.order().map(|color| value(color) as f32);
            Tensor::<1>::from_floats(values, &device).reshape([1, 3, 1, 1])
        };
        let factor = of(&|c| f64::from(self.std[c]) / f64::from(to.std[c]));
        let summand = of(&|c| (f64::from(self.mean[c]) - f64::from(to.mean[c])) / f64::from(to.std[c]));
        let images = if self.bgr == to.bgr { images } else { images.flip([1]) };
        images * factor + summand
    }

    /// Input tensor [n, 3, side, side] of n images of `side` x `side` pixels, given as 8-bit RGB one after the other.
    ///
    /// # Panics
    /// If the length of `rgb` is not a multiple of `side * side * 3`.
    pub fn normalize(&self, rgb: &[u8], device: &Device) -> Tensor<4> {
        let image = self.side * self.side * 3;
        assert!(rgb.len().is_multiple_of(image), "images of {0} x {0} pixels", self.side);
        let mut values = Vec::with_capacity(rgb.len());
        for rgb in rgb.chunks_exact(image) {
            for color in self.order() {
                let (mean, std) = (self.mean[color], self.std[color]);
                values.extend(rgb[color..].iter().step_by(3).map(|&v| (f32::from(v) / 255.0 - mean) / std));
            }
        }
        Tensor::from_data(TensorData::new(values, [rgb.len() / image, 3, self.side, self.side]), device)
    }
}

fn resize_error(error: impl std::fmt::Display) -> Error {
    Error::new(Code::ImageBroken, format!("The image cannot be scaled: {error}."))
}

/// Whole pixels that the scaling of a rectangle reads: the rectangle and the reach of the filter around it.
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

    /// 8-bit RGB of the window, laid over white.
    fn rgb(&self, image: &Rgba8) -> Vec<u8> {
        let mut rgb = Vec::with_capacity(self.width as usize * self.height as usize * 3);
        for y in self.y..self.y + self.height {
            let start = (y as usize * image.width() as usize + self.x as usize) * 4;
            for pixel in image.pixels()[start..start + self.width as usize * 4].chunks_exact(4) {
                rgb.extend(over_white([pixel[0], pixel[1], pixel[2], pixel[3]]));
            }
        }
        rgb
    }
}
