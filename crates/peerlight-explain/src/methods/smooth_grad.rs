//! SmoothGrad.

use async_trait::async_trait;
use burn::tensor::Tensor;
use peerlight_core::{Result, rng::normals};
use peerlight_models::Layer;

use super::spread;
use crate::{CountSetting, Explainer, Family, Meta, NumberSetting, Probe, TargetLayer, options::SEED};

/// Absolute gradient averaged over noisy copies of the image (Smilkov et al. 2017).
pub struct SmoothGrad;

/// Number of noisy copies of the image.
const SAMPLES: CountSetting =
    CountSetting::new("samples", "Samples", [1, 8, 512], "Number of noisy copies of the image.");
/// Standard deviation of the noise, as a fraction of the range of the normalized image.
const STD: NumberSetting = NumberSetting::new(
    "std",
    "Noise",
    [0.0, 0.15, 1.0],
    "Standard deviation of the noise, as a fraction of the image's range of values.",
);

#[async_trait(?Send)]
impl Explainer for SmoothGrad {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "smooth-grad",
            name: "SmoothGrad",
            family: Family::Gradient,
            formula: "M = sum over colors of |mean over i of dy/dx at x + n_i|, n_i normal noise",
            paper: "Smilkov, Thorat, Kim, Viegas, Wattenberg, SmoothGrad: Removing Noise by Adding Noise, 2017",
            url: "https://arxiv.org/abs/1706.03825",
            shows: "Pixel by pixel, how strongly the class's logit reacts to a change, averaged over noisy copies.",
            caveat: "The sign is dropped: a bright pixel may speak against the class. Another seed gives another map.",
            target_layer: TargetLayer::Input,
            passes: 32,
            settings: const { &[SAMPLES.setting, STD.setting, SEED.setting] },
            ..Meta::DEFAULT
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>> {
        let (samples, std, seed) = (probe.setting(&SAMPLES), probe.setting(&STD) as f32, probe.setting(&SEED));
        let input = probe.input();
        let [_, channels, h, w] = input.dims();
        let sigma = spread(&input) * std;
        let noisy = |range: std::ops::Range<usize>| {
            let noise =
                normals(seed as u64, range.start * channels * h * w, [range.len(), channels, h, w], probe.device());
            noise * sigma.clone() + input.clone()
        };
        let gradient = probe.mean_gradient(layer, samples, &noisy).await?;
        Ok(gradient.abs().sum_dim(1).squeeze_dim(1))
    }
}
