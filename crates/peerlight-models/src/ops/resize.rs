//! Another height and width.

use burn::tensor::{
    Tensor,
    module::interpolate,
    ops::{InterpolateMode, InterpolateOptions},
};
use serde::{Deserialize, Serialize};

use super::{Operation, Value, image, only, tensor};

/// An image with its height and width times whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resize {
    /// The factors of height and width.
    pub factors: [usize; 2],
    /// Interpolation between pixels.
    pub mode: ResizeMode,
}

/// Interpolation between the pixels of an enlarged image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResizeMode {
    /// The pixel that it lies in.
    Nearest,
    /// A line between the pixels' centers.
    Bilinear,
}

impl Operation for Resize {
    fn shape(&self, inputs: &[&[usize]], _: &[&[usize]]) -> Result<Vec<usize>, String> {
        let &[channels, height, width] = image(inputs)?;
        let [down, across] = self.factors;
        match (height.checked_mul(down), width.checked_mul(across)) {
            (Some(height), Some(width)) if down > 0 && across > 0 => Ok(vec![channels, height, width]),
            _ => Err(format!("is enlarged {down} times by {across} times")),
        }
    }

    fn forward(&self, inputs: Vec<Value>, _: Vec<Value>) -> Value {
        let x: Tensor<4> = tensor(only(inputs));
        let [_, _, height, width] = x.dims();
        let mode = match self.mode {
            ResizeMode::Nearest => InterpolateMode::Nearest,
            ResizeMode::Bilinear => InterpolateMode::Bilinear,
        };
        let size = [height * self.factors[0], width * self.factors[1]];
        let options = InterpolateOptions::new(mode).with_align_corners(false).with_output_size(size);
        interpolate(x, options).into_dispatch()
    }
}
