//! Asynchronous reading of tensors. Nothing else reads them back, since a browser forbids synchronous reads.

use burn::tensor::Tensor;

use crate::{Code, Error, Result};

/// Reads the values of a tensor in row-major order.
///
/// # Errors
/// `device-lost` if the device does not answer.
pub async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>> {
    let data = tensor.into_data_async().await.map_err(|error| {
        Error::caused_by(Code::DeviceLost, format!("The device stopped answering: {error}."), error)
    })?;
    data.convert::<f32>().try_into_vec::<f32>().map_err(|error| {
        Error::caused_by(Code::Internal, format!("A tensor cannot be read as 32-bit floats: {error}."), error)
    })
}

/// Batch of tensors to read at once, so that the program waits for a graphics processor only once.
#[derive(Debug, Default)]
pub struct Reading(Vec<Tensor<1>>);

impl Reading {
    /// Adds a tensor. [`Reading::read`] returns the tensors in the order of adding.
    pub fn add<const D: usize>(&mut self, tensor: Tensor<D>) {
        let count = tensor.shape().num_elements();
        self.0.push(tensor.reshape([count]));
    }

    /// Reads the values of every tensor, each in row-major order.
    ///
    /// # Errors
    /// `device-lost` if the device does not answer.
    pub async fn read(self) -> Result<Vec<Vec<f32>>> {
        let lengths: Vec<usize> = self.0.iter().map(|tensor| tensor.dims()[0]).collect();
        if lengths.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = read(Tensor::cat(self.0, 0)).await?.into_iter();
        Ok(lengths.into_iter().map(|length| values.by_ref().take(length).collect()).collect())
    }
}
