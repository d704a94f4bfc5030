//! Interpolation along an axis as a matrix, for every way in which ONNX's Resize can ask for it.

use std::ops::Range;

use peerlight_models::ops::{Resize, ResizeMode};

use crate::{
    error::{Fault, refuse},
    import::Call,
};

/// The largest matrix, in numbers.
const MOST: usize = 1 << 22;

/// How the pixels of a result are found in its input: the attributes of Resize, and their defaults.
pub struct Resampling<'a> {
    mode: &'a str,
    coordinates: &'a str,
    rounding: &'a str,
    cubic: f64,
    excludes_outside: bool,
    /// Whether a smaller image is made of all pixels of the larger one.
    smooths: bool,
}

/// The length of an axis, and how many pixels of the result one of the input's makes.
#[derive(Clone, Copy)]
pub struct Axis {
    pub from: usize,
    pub to: usize,
    pub factor: f32,
}

/// A matrix whose product with a row of pixels is another row.
pub struct Matrix {
    /// The pixels of the row, and of the other.
    pub shape: [usize; 2],
    pub values: Vec<f32>,
}

impl Matrix {
    fn new(from: usize, to: usize) -> Result<Self, Fault> {
        match from > 0 && to > 0 && from.saturating_mul(to) <= MOST {
            true => Ok(Self { shape: [from, to], values: vec![0.0; from * to] }),
            false => refuse(format!("makes {to} pixels of {from}")),
        }
    }
}

impl<'a> Resampling<'a> {
    /// What a node asks for. Upsample, and Resize before opset 11, know no attribute but the mode.
    pub fn of(call: &'a Call<'_, '_>, is_old: bool) -> Result<Self, Fault> {
        let coordinates = if is_old { "asymmetric" } else { "half_pixel" };
        let rounding = if is_old { "floor" } else { "round_prefer_floor" };
        Ok(Self {
            mode: call.text("mode", "nearest")?,
            coordinates: call.text("coordinate_transformation_mode", coordinates)?,
            rounding: call.text("nearest_mode", rounding)?,
            cubic: f64::from(call.float("cubic_coeff_a", -0.75)?),
            excludes_outside: call.int("exclude_outside", 0)? != 0,
            smooths: call.int("antialias", 0)? != 0,
        })
    }

    /// What one operation of the graph does as well, if it does: whole factors, by blocks of like pixels or by lines
    /// between the pixels' centers.
    pub fn plain(&self, axes: [Axis; 2]) -> Option<Resize> {
        let whole = |axis: Axis| axis.factor.fract() == 0.0 && (1.0..=64.0).contains(&axis.factor);
        let is_centered = matches!(self.coordinates, "half_pixel" | "pytorch_half_pixel");
        let finds_its_block = match (self.coordinates, self.rounding) {
            (_, "round_prefer_floor" | "round_prefer_ceil") if is_centered => true,
            ("asymmetric", "floor") => true,
            ("asymmetric", "round_prefer_floor") => axes.iter().all(|axis| axis.factor <= 2.0),
            _ => false,
        };
        let mode = match self.mode {
            "nearest" if finds_its_block => ResizeMode::Nearest,
            "linear" if is_centered => ResizeMode::Bilinear,
            _ => return None,
        };
        let factors = axes.map(|axis| axis.factor as usize);
        axes.into_iter().all(whole).then_some(Resize { factors, mode })
    }

    /// The matrix of an axis.
    pub fn matrix(&self, axis: Axis) -> Result<Matrix, Fault> {
        let Axis { from, to, .. } = axis;
        let mut matrix = Matrix::new(from, to)?;
        let count = from as i64;
        let pixels = if self.excludes_outside { 0..count } else { -count..2 * count };
        for at in 0..to {
            let place = self.place(axis, at)?;
            let factor = f64::from(axis.factor).min(1.0);
            let weights = match self.mode {
                "linear" if self.smooths => spread(place.into(), pixels.clone(), factor, |d| (1.0 - d).max(0.0)),
                "cubic" if self.smooths => spread(place.into(), pixels.clone(), factor, |d| cubic(d, self.cubic)),
                "nearest" => vec![(self.nearest(place)?, 1.0)],
                "linear" => self.taps(place, from, 1, |distance| (1.0 - distance).max(0.0)),
                "cubic" => self.taps(place, from, 2, |distance| cubic(distance, self.cubic)),
                mode => return refuse(format!("resizes by '{mode}', which is not supported")),
            };
            for (pixel, weight) in weights {
                matrix.values[pixel.clamp(0, from as i64 - 1) as usize * to + at] += weight as f32;
            }
        }
        Ok(matrix)
    }

    /// Where a pixel of the result lies in the input.
    fn place(&self, Axis { from, to, factor }: Axis, at: usize) -> Result<f32, Fault> {
        // In single precision, as other programs: which pixel is nearest hangs on the last digit.
        let (at, last, from) = (at as f32, to as f32 - 1.0, from as f32);
        Ok(match self.coordinates {
            "pytorch_half_pixel" if to == 1 => 0.0,
            "half_pixel" | "pytorch_half_pixel" => (at + 0.5) / factor - 0.5,
            "half_pixel_symmetric" => {
                let middle = from / 2.0;
                middle * (1.0 - to as f32 / (factor * from)) + (at + 0.5) / factor - 0.5
            }
            "align_corners" if to == 1 => 0.0,
            "align_corners" => at * (from - 1.0) / last,
            "asymmetric" => at / factor,
            other => return refuse(format!("finds its pixels by '{other}', which is not supported")),
        })
    }

    fn nearest(&self, place: f32) -> Result<i64, Fault> {
        Ok(match self.rounding {
            "round_prefer_floor" => (place - 0.5).ceil(),
            "round_prefer_ceil" => (place + 0.5).floor(),
            "floor" => place.floor(),
            "ceil" => place.ceil(),
            other => return refuse(format!("rounds by '{other}', which is not supported")),
        } as i64)
    }

    /// The pixels within `reach` of a place, and their weights.
    fn taps(&self, place: f32, from: usize, reach: i64, weight: impl Fn(f64) -> f64) -> Vec<(i64, f64)> {
        let first = place.floor() as i64;
        let is_in = |pixel: i64| (0..from as i64).contains(&pixel);
        let pixels = (first - reach + 1)..=(first + reach);
        let taps: Vec<(i64, f64)> = pixels
            .filter(|&pixel| !self.excludes_outside || is_in(pixel))
            .map(|pixel| (pixel, weight(f64::from((place - pixel as f32).abs()))))
            .collect();
        let sum: f64 = if self.excludes_outside { taps.iter().map(|tap| tap.1).sum() } else { 1.0 };
        taps.into_iter().map(|(pixel, weight)| (pixel, weight / sum)).collect()
    }
}

/// The matrix of an axis that is made shorter. Each pixel is the mean of all that it covers, the nearer ones counting
/// for more: Pillow's bilinear filter.
pub fn smoothed(from: usize, to: usize) -> Result<Matrix, Fault> {
    let mut matrix = Matrix::new(from, to)?;
    let factor = (from as f64 / to as f64).max(1.0);
    for at in 0..to {
        let center = (at as f64 + 0.5) * factor - 0.5;
        for (pixel, weight) in spread(center, 0..from as i64, 1.0 / factor, |distance| (1.0 - distance).max(0.0)) {
            matrix.values[pixel as usize * to + at] = weight as f32;
        }
    }
    Ok(matrix)
}

/// Pixels, and their weights, whose sum is 1: those of their distances from a place, in pixels of the result.
fn spread(place: f64, pixels: Range<i64>, factor: f64, weight: impl Fn(f64) -> f64) -> Vec<(i64, f64)> {
    let weight = |pixel: i64| weight((pixel as f64 - place).abs() * factor);
    let sum: f64 = pixels.clone().map(weight).sum();
    pixels.map(|pixel| (pixel, weight(pixel) / sum)).collect()
}

/// The matrix of an axis that is longer at both ends.
pub fn padding(mode: &str, from: usize, [before, after]: [usize; 2]) -> Result<Matrix, Fault> {
    let to = before.checked_add(from).and_then(|sum| sum.checked_add(after)).unwrap_or(usize::MAX);
    let mut matrix = Matrix::new(from, to)?;
    let count = from as i64;
    for at in 0..to {
        let place = at as i64 - before as i64;
        let pixel = match mode {
            "edge" => place.clamp(0, count - 1),
            "wrap" => place.rem_euclid(count),
            // Up to the far end and back, again and again, no end twice.
            "reflect" => match place.rem_euclid((2 * count - 2).max(1)) {
                place if place < count => place,
                place => 2 * count - 2 - place,
            },
            mode => return refuse(format!("pads by '{mode}', which is not supported")),
        };
        matrix.values[pixel as usize * to + at] = 1.0;
    }
    Ok(matrix)
}

/// Keys' cubic kernel (1981), whose slope at 1 is `a`.
fn cubic(distance: f64, a: f64) -> f64 {
    let d = distance;
    match d {
        _ if d <= 1.0 => ((a + 2.0) * d - (a + 3.0)) * d * d + 1.0,
        _ if d < 2.0 => ((a * d - 5.0 * a) * d + 8.0 * a) * d - 4.0 * a,
        _ => 0.0,
    }
}
