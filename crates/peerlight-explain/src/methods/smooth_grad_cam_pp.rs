//! Smooth Grad-CAM++.

use async_trait::async_trait;
use burn::tensor::{Tensor, activation::relu};
use peerlight_core::{Result, rng::normals, weighted_sum};
use peerlight_models::Layer;

use super::spatial_sum;
use crate::{CountSetting, Explainer, Family, Meta, NumberSetting, Probe, options::SEED};

/// Grad-CAM++ with derivatives averaged over noisy copies of the image (Omeiza et al. 2019).
pub struct SmoothGradCamPp;

/// Keeps the division finite where the gradient is zero. Value of torch-cam.
const EPSILON: f32 = 1e-8;

/// Number of noisy copies of the image.
const SAMPLES: CountSetting =
    CountSetting::new("samples", "Samples", [1, 4, 256], "Number of noisy copies of the image.");
/// Standard deviation of the noise, on the normalized image.
const STD: NumberSetting =
    NumberSetting::new("std", "Noise", [0.0, 0.3, 5.0], "Standard deviation of the noise, on the normalized image.");

#[async_trait(?Send)]
impl Explainer for SmoothGradCamPp {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "smooth-grad-cam-pp",
            name: "Smooth Grad-CAM++",
            family: Family::Gradient,
            formula: "As Grad-CAM++ with the means of g^2 and g^3 over n noisy images; activation and ReLU(g) of the \
                      last of them, as in torch-cam",
            paper: "Omeiza, Speakman, Cintas, Weldermariam, Smooth Grad-CAM++: An Enhanced Inference Level \
                    Visualization Technique for Deep Convolutional Neural Network Models, 2019",
            url: "https://arxiv.org/abs/1908.01224",
            shows: "Like Grad-CAM++, with derivatives averaged over noisy copies of the image.",
            caveat: "The map describes noisy copies rather than the image itself. Another seed gives another map.",
            rectify: true,
            passes: 8,
            settings: const { &[SAMPLES.setting, STD.setting, SEED.setting] },
            ..Meta::DEFAULT
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>> {
        let (samples, std, seed) = (probe.setting(&SAMPLES), probe.setting(&STD) as f32, probe.setting(&SEED));
        let shape = probe.input().dims();
        let size: usize = shape.iter().product();
        let (mut squares, mut cubes, mut last) = (None, None, None);
        for sample in 0..samples {
            probe.step(sample, samples).await?;
            let noise = normals(seed as u64, sample * size, shape, probe.device());
            let activation = probe.run(probe.input() + noise * std).at(layer).clone();
            let gradient = probe.gradient_at(layer, activation.clone());
            let squared = gradient.clone() * gradient.clone();
            add(&mut cubes, squared.clone() * gradient.clone());
            add(&mut squares, squared);
            last = Some((activation, gradient));
        }
        let mean = |sum: Option<Tensor<4>>| sum.expect("one sample or more") / samples as f32;
        let (squared, cubed) = (mean(squares), mean(cubes));
        let (activation, gradient) = last.expect("one sample or more");
        let sum = spatial_sum(cubed * probe.activation(layer));
        let alpha = squared.clone() / (squared * 2.0 + sum + EPSILON);
        Ok(weighted_sum(activation, spatial_sum(alpha * relu(gradient))))
    }
}

fn add(sum: &mut Option<Tensor<4>>, value: Tensor<4>) {
    *sum = Some(match sum.take() {
        None => value,
        Some(sum) => sum + value,
    });
}
