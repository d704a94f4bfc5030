//! How alike two maps are.

use burn::tensor::{Device, Tensor, TensorData};
use peerlight_core::{Result, pearson, read};

/// Pearson's correlation of two maps of the same size, computed on `device`; none if either is constant.
///
/// # Errors
/// `device-lost`.
pub async fn correlation(a: &[f32], b: &[f32], device: &Device) -> Result<Option<f64>> {
    let tensor = |map: &[f32]| Tensor::from_data(TensorData::new(map.to_vec(), [1, 1, map.len()]), device);
    let found = pearson(tensor(a), tensor(b));
    let values = read(Tensor::cat(vec![found.rho, found.constant], 1)).await?;
    Ok((values[1] < 0.5).then_some(f64::from(values[0])))
}
