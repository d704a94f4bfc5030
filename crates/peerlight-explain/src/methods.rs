//! Every method, one file each.

use burn::tensor::Tensor;

use crate::Explainer;

/// Declares each method's file and lists its type, so that a new one is one line.
macro_rules! methods {
    ($($file:ident::$method:ident)*) => {
        $(pub(crate) mod $file;)*

        /// Every method, the mutual map first. A new one is a file and a line here.
        pub static EXPLAINERS: &[&dyn Explainer] = &[$(&$file::$method,)*];
    };
}

methods! {
    mutual::Mutual
    attention::Attention
    guided::Guided
    cam::Cam
    grad_cam::GradCam
    hires_cam::HiResCam
    grad_cam_pp::GradCamPp
    smooth_grad_cam_pp::SmoothGradCamPp
    xgrad_cam::XGradCam
    layer_cam::LayerCam
    eigen_cam::EigenCam
    score_cam::ScoreCam
    ss_cam::SsCam
    is_cam::IsCam
    ablation_cam::AblationCam
    recipro_cam::ReciproCam
    rise::Rise
    occlusion::Occlusion
    opti_cam::OptiCam
    gradient_x_input::GradientXInput
    integrated_gradients::IntegratedGradients
    smooth_grad::SmoothGrad
    control_ones::Ones
    control_noise::Noise
    control_gaussian::Gaussian
    control_fake::Fake
}

/// The mean over the places of each channel: [n, c, h, w] to [n, c, 1, 1].
fn spatial_mean(x: Tensor<4>) -> Tensor<4> {
    x.mean_dim(3).mean_dim(2)
}

/// The sum over the places of each channel: [n, c, h, w] to [n, c, 1, 1].
fn spatial_sum(x: Tensor<4>) -> Tensor<4> {
    x.sum_dim(3).sum_dim(2)
}

/// The difference between the largest and the smallest value, [1, 1, 1, 1].
fn spread(x: &Tensor<4>) -> Tensor<4> {
    (x.clone().max() - x.clone().min()).reshape([1, 1, 1, 1])
}
