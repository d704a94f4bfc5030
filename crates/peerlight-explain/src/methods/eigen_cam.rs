//! Eigen-CAM.

use async_trait::async_trait;
use burn::tensor::{Tensor, TensorData};
use peerlight_core::{Result, read};
use peerlight_models::Layer;

use crate::{Explainer, Family, Meta, Probe};

/// First principal component of a layer's channels (Bany Muhammad & Yeasin 2020).
pub struct EigenCam;

#[async_trait(?Send)]
impl Explainer for EigenCam {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "eigen-cam",
            name: "Eigen-CAM",
            family: Family::Activation,
            formula: "M = ReLU(B v), B = A with each channel's mean subtracted, [places, channels], v its first right \
                      singular vector, with the sign that makes the largest |value| of B v positive",
            paper: "Bany Muhammad, Yeasin, Eigen-CAM: Class Activation Map using Principal Components, IJCNN 2020",
            url: "https://arxiv.org/abs/2008.00299",
            shows: "The pattern that most channels of a layer share.",
            caveat: "The map is the same for every class.",
            rectify: true,
            ..Meta::DEFAULT
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>> {
        let activation = probe.activation(layer);
        let [_, channels, h, w] = activation.dims();
        let places = h * w;
        // On the processor and in double precision: the matrix is small, and a device has no decomposition of its own.
        let mut rows: Vec<f64> = read(activation).await?.into_iter().map(f64::from).collect();
        for channel in rows.chunks_exact_mut(places) {
            let mean = channel.iter().sum::<f64>() / places as f64;
            channel.iter_mut().for_each(|v| *v -= mean);
        }
        let pattern = if places <= channels {
            // B v is an eigenvector of B B^T up to its length, which min-max removes.
            first_eigenvector(gram(&rows, places), places)
        } else {
            let columns: Vec<f64> = (0..places).flat_map(|p| rows.iter().skip(p).step_by(places)).copied().collect();
            let vector = first_eigenvector(gram(&columns, channels), channels);
            columns.chunks_exact(channels).map(|place| place.iter().zip(&vector).map(|(a, b)| a * b).sum()).collect()
        };
        let extreme = pattern.iter().copied().fold(0.0f64, |a, b| if b.abs() > a.abs() { b } else { a });
        let values: Vec<f32> = pattern.into_iter().map(|v| (v * extreme.signum()) as f32).collect();
        Ok(Tensor::from_data(TensorData::new(values, [1, h, w]), probe.device()))
    }
}

/// Gram matrix R^T R of a matrix R with rows of length `columns`, [columns, columns].
fn gram(rows: &[f64], columns: usize) -> Vec<f64> {
    let mut products = vec![0.0; columns * columns];
    for row in rows.chunks_exact(columns) {
        for (i, a) in row.iter().enumerate() {
            products[i * columns..][..columns].iter_mut().zip(row).for_each(|(sum, b)| *sum += a * b);
        }
    }
    products
}

/// Unit eigenvector of the largest eigenvalue of a positive semidefinite [n, n] matrix; zeros for a zero matrix.
///
/// Repeated squaring turns the matrix into a multiple of the projection on that eigenvector, even if the second
/// eigenvalue is close.
fn first_eigenvector(mut matrix: Vec<f64>, n: usize) -> Vec<f64> {
    const SQUARINGS: usize = 40;
    for _ in 0..SQUARINGS {
        let scale = matrix.iter().fold(f64::MIN_POSITIVE, |a, b| a.max(b.abs()));
        matrix.iter_mut().for_each(|v| *v /= scale);
        // For a symmetric matrix the Gram matrix is the square.
        matrix = gram(&matrix, n);
    }
    let length = |row: &&[f64]| row.iter().map(|v| v * v).sum::<f64>();
    let longest = matrix.chunks_exact(n).max_by(|a, b| length(a).total_cmp(&length(b))).unwrap_or(&[]);
    let length = length(&longest).sqrt().max(f64::MIN_POSITIVE);
    longest.iter().map(|v| v / length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_eigenvector_by_hand() {
        // [[2, 1], [1, 2]] has 3 for (1, 1) and 1 for (1, -1).
        let vector = first_eigenvector(vec![2.0, 1.0, 1.0, 2.0], 2);
        assert!((vector[0] - vector[1]).abs() < 1e-12 && (vector[0].abs() - 0.5f64.sqrt()).abs() < 1e-12, "{vector:?}");
        assert_eq!(first_eigenvector(vec![0.0; 4], 2), [0.0, 0.0]);
    }
}
