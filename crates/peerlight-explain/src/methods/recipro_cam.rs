//! Recipro-CAM.

use std::ops::Range;

use async_trait::async_trait;
use burn::tensor::{Tensor, TensorData};
use peerlight_core::Result;
use peerlight_models::Layer;

use crate::{CountSetting, Explainer, Family, Meta, Probe};

/// Probability of the class from each place of a layer alone (Byun & Lee 2022).
pub struct ReciproCam;

/// Whether the neighbors of a place are kept as well, weighted by a 3 x 3 Gaussian.
const GAUSSIAN: CountSetting = CountSetting::new(
    "gaussian",
    "Soft places",
    [0, 1, 1],
    "1 keeps the neighbors as well, weighted by a 3 × 3 Gaussian. 0 keeps the place alone.",
);

#[async_trait(?Send)]
impl Explainer for ReciproCam {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "recipro-cam",
            name: "Recipro-CAM",
            family: Family::Perturbation,
            formula: "M(i, j) = probability of the class when A keeps only its values around place (i, j)",
            paper: "Byun, Lee, Recipro-CAM: Fast Gradient-free Visual Explanations for Convolutional Neural Networks, \
                    2022",
            url: "https://arxiv.org/abs/2209.14074",
            shows: "How probable the class is when the rest of the network gets one place of a layer alone.",
            caveat: "Joint effects of places are missed. The networks were never trained on features of one place \
                     alone.",
            passes: 8,
            settings: const { &[GAUSSIAN.setting] },
            ..Meta::DEFAULT
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>> {
        let activation = probe.activation(layer);
        let [_, _, h, w] = activation.dims();
        let soft = probe.setting(&GAUSSIAN) == 1;
        let kept = |range: Range<usize>| {
            let masks: Vec<f32> = range.clone().flat_map(|place| mask(place, h, w, soft)).collect();
            let masks = TensorData::new(masks, [range.len(), 1, h, w]);
            activation.clone() * Tensor::<4>::from_data(masks, probe.device())
        };
        Ok(probe.probabilities(layer, h * w, &kept).await?.reshape([1, h, w]))
    }
}

/// Mask of one place, row by row: 1 there and 0 elsewhere, or if `soft`, [1 2 1; 2 4 2; 1 2 1] / 16 around it, cut off
/// at the border.
fn mask(place: usize, h: usize, w: usize, soft: bool) -> Vec<f32> {
    let weight = |away: usize| [2.0, 1.0].get(away).copied().unwrap_or(0.0) / 4.0;
    let (row, column) = (place / w, place % w);
    let value = |i: usize| match soft {
        true => weight((i / w).abs_diff(row)) * weight((i % w).abs_diff(column)),
        false => f32::from(u8::from(i == place)),
    };
    (0..h * w).map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_by_hand() {
        let sixteenths = |place| mask(place, 3, 3, true).into_iter().map(|v| v * 16.0).collect::<Vec<_>>();
        assert_eq!(sixteenths(4), [1.0, 2.0, 1.0, 2.0, 4.0, 2.0, 1.0, 2.0, 1.0]);
        assert_eq!(sixteenths(0), [4.0, 2.0, 0.0, 2.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(mask(3, 2, 2, false), [0.0, 0.0, 0.0, 1.0]);
    }
}
