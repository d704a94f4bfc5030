//! The one place where the trainer waits for a device.

use burn::tensor::Tensor;
use peerlight_core::{Code, Error, Result};

/// Reads the values of a tensor, row by row, and waits for them.
pub fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>> {
    pollster::block_on(peerlight_core::read(tensor))
}

/// Reads a tensor of `N` values.
pub fn read_array<const N: usize>(tensor: Tensor<1>) -> Result<[f32; N]> {
    let wrong = |values: Vec<f32>| {
        Error::new(Code::DeviceLost, format!("The device gave {} values in place of {N}.", values.len()))
    };
    read(tensor)?.try_into().map_err(wrong)
}
