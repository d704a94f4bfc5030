//! The one place where tensors are read back. Asynchronous, as a browser demands.

use burn::tensor::Tensor;
use peerlight_core::{Code, Error, Result};

/// The values of a tensor, row-major.
///
/// # Errors
/// `device-lost` if the device cannot give them.
pub async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>> {
    let lost = |why: String| Error::new(Code::DeviceLost, format!("The device stopped answering: {why}."));
    let data = tensor.into_data_async().await.map_err(|e| lost(format!("{e:?}")))?;
    data.convert::<f32>().try_into_vec::<f32>().map_err(|e| lost(format!("{e:?}")))
}
