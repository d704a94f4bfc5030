//! Golden values, and a tensor's or a map's distance from them.

use std::{fs, path::PathBuf};

use burn::tensor::Tensor;
use peerlight_core::Rgba8;
use serde::{Deserialize, de::DeserializeOwned};

/// The workspace's root.
pub fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// A file of tests/golden.
pub fn golden<T: DeserializeOwned>(file: &str) -> T {
    let path = root().join("tests/golden").join(file);
    serde_json::from_slice(&fs::read(&path).unwrap()).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// An image of tests/golden.
pub fn image(file: &str) -> Rgba8 {
    let image = image::open(root().join("tests/golden").join(file)).unwrap().into_rgba8();
    Rgba8::new(image.width(), image.height(), image.into_raw()).unwrap()
}

/// A tensor's values, row-major.
pub fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().iter::<f32>().collect()
}

/// Some values of a flat tensor, and sometimes the sum of all.
#[derive(Deserialize)]
pub struct Probe {
    /// Indices of values.
    pub at: Vec<usize>,
    /// The values there.
    pub value: Vec<f64>,
    /// The sum of all values.
    pub sum: Option<f64>,
}

impl Probe {
    /// The largest distance of a value; infinite if one is not a number.
    pub fn off(&self, values: &[f32]) -> f64 {
        let got: Vec<f32> = self.at.iter().map(|&at| values[at]).collect();
        off(&got, &self.value)
    }

    /// The largest distance of a value, and of the sum, as parts of the largest probed value and of the sum.
    pub fn off_relative(&self, values: &[f32]) -> f64 {
        let largest = self.value.iter().fold(1e-6f64, |a, b| a.max(b.abs()));
        let sum: f64 = values.iter().map(|&v| f64::from(v)).sum();
        let sum_off = self.sum.map_or(0.0, |expected| (sum - expected).abs() / expected.abs().max(1e-6));
        (self.off(values) / largest).max(sum_off)
    }
}

/// The largest distance; infinite if one is not a number.
pub fn off(got: &[f32], expected: &[f64]) -> f64 {
    assert_eq!(got.len(), expected.len());
    let distances = got.iter().zip(expected).map(|(g, e)| (f64::from(*g) - e).abs());
    distances.fold(0.0, |a, b| if b.is_nan() { f64::INFINITY } else { a.max(b) })
}
