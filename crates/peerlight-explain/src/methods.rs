//! Every method, one file each.

mod ablation_cam;
mod attention;
mod cam;
mod control_fake;
mod control_gaussian;
mod control_noise;
mod control_ones;
mod eigen_cam;
mod grad_cam;
mod grad_cam_pp;
mod gradient_x_input;
mod guided;
mod hires_cam;
mod integrated_gradients;
mod is_cam;
mod layer_cam;
mod mutual;
mod occlusion;
mod opti_cam;
mod recipro_cam;
mod rise;
mod score_cam;
mod smooth_grad;
mod smooth_grad_cam_pp;
mod ss_cam;
mod xgrad_cam;

use burn::tensor::Tensor;
use peerlight_core::{Code, Error, Result};

use crate::Explainer;

/// Every method of explanation, the mutual map first. A new method is a file in this folder and two lines here.
pub static EXPLAINERS: &[&dyn Explainer] = &[
    &mutual::Mutual,
    &attention::Attention,
    &guided::Guided,
    &cam::Cam,
    &grad_cam::GradCam,
    &hires_cam::HiResCam,
    &grad_cam_pp::GradCamPp,
    &smooth_grad_cam_pp::SmoothGradCamPp,
    &xgrad_cam::XGradCam,
    &layer_cam::LayerCam,
    &eigen_cam::EigenCam,
    &score_cam::ScoreCam,
    &ss_cam::SsCam,
    &is_cam::IsCam,
    &ablation_cam::AblationCam,
    &recipro_cam::ReciproCam,
    &rise::Rise,
    &occlusion::Occlusion,
    &opti_cam::OptiCam,
    &gradient_x_input::GradientXInput,
    &integrated_gradients::IntegratedGradients,
    &smooth_grad::SmoothGrad,
    &control_ones::Ones,
    &control_noise::Noise,
    &control_gaussian::Gaussian,
    &control_fake::Fake,
];

/// Finds the method of this id in [`EXPLAINERS`].
///
/// # Errors
/// `ask-invalid` for an unknown id. The message lists the known ones.
pub fn explainer(id: &str) -> Result<&'static dyn Explainer> {
    EXPLAINERS.iter().copied().find(|e| e.meta().id == id).ok_or_else(|| {
        let known: Vec<_> = EXPLAINERS.iter().map(|e| e.meta().id).collect();
        Error::new(Code::AskInvalid, format!("There is no method '{id}'. The methods are: {}.", known.join(", ")))
    })
}

/// Mean over the places of each channel: [n, c, h, w] to [n, c, 1, 1].
fn spatial_mean(x: Tensor<4>) -> Tensor<4> {
    x.mean_dim(3).mean_dim(2)
}

/// Sum over the places of each channel: [n, c, h, w] to [n, c, 1, 1].
fn spatial_sum(x: Tensor<4>) -> Tensor<4> {
    x.sum_dim(3).sum_dim(2)
}

/// Difference between the largest and the smallest value, [1, 1, 1, 1].
fn spread(x: &Tensor<4>) -> Tensor<4> {
    (x.clone().max() - x.clone().min()).reshape([1, 1, 1, 1])
}
