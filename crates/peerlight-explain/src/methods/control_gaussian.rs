//! Centered Gaussian: a control.

use async_trait::async_trait;
use burn::tensor::{Tensor, TensorData};
use peerlight_core::Result;
use peerlight_models::Layer;

use crate::{Explainer, Family, Meta, Probe, TargetLayer};

/// Control: a Gaussian at the center, its deviation a quarter of the side (Judd et al. 2009).
pub struct Gaussian;

#[async_trait(?Send)]
impl Explainer for Gaussian {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "control-gaussian",
            name: "Centered Gaussian",
            family: Family::Control,
            formula: "M(p) = exp(-|p - center|^2 / (2 (side/4)^2))",
            paper: "Judd, Ehinger, Durand, Torralba, Learning to Predict Where Humans Look, ICCV 2009",
            url: "https://doi.org/10.1109/ICCV.2009.5459462",
            shows: "A control: only the center, where photographers tend to put the object.",
            caveat: "The map knows nothing of the image. On images with one centered object, a method must beat it to \
                     show that it found the object.",
            target_layer: TargetLayer::Input,
            passes: 0,
            ..Meta::DEFAULT
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, _: Layer) -> Result<Tensor<3>> {
        let [_, _, height, width] = probe.input().dims();
        let along = |length: usize| -> Vec<f32> {
            let apart = |i: usize| (i as f64 + 0.5 - length as f64 / 2.0) / (length as f64 / 4.0);
            (0..length).map(|i| (-0.5 * apart(i).powi(2)).exp() as f32).collect()
        };
        let down = Tensor::from_data(TensorData::new(along(height), [1, height, 1]), probe.device());
        let across = Tensor::from_data(TensorData::new(along(width), [1, 1, width]), probe.device());
        Ok(down.matmul(across))
    }
}
