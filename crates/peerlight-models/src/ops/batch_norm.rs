//! Batch normalization.

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::{Operation, Value, image, only, tensor};
use crate::kernels::{self, Activation, Geometry, conv_act};

/// `(x - mean) / sqrt(variance + epsilon) * scale + bias` for each channel (Ioffe & Szegedy, ICML 2015). Its
/// parameters, all `[channels]`, are the bias, the scale, the running mean and the running variance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BatchNorm {
    /// Number that is added to the variance.
    pub epsilon: f32,
}

/// The mean and the population variance of each channel over one batch, both `[channels]`.
#[derive(Debug, Clone)]
pub struct Moments {
    pub(crate) mean: Tensor<1>,
    pub(crate) variance: Tensor<1>,
}

impl Moments {
    /// The moments of [n, channels, h, w].
    pub(crate) fn of(x: Tensor<4>) -> Self {
        let (mean, variance) = kernels::moments(x);
        Self { mean, variance }
    }
}

/// The parameters of a batch norm, all [channels].
#[derive(Debug, Clone)]
pub(crate) struct NormParameters {
    pub bias: Tensor<1>,
    pub scale: Tensor<1>,
    pub mean: Tensor<1>,
    pub variance: Tensor<1>,
}

impl NormParameters {
    /// The parameters in the order of the node's list.
    pub(crate) fn of(parameters: Vec<Value>) -> Self {
        let mut parameters = parameters.into_iter().map(tensor);
        let mut next = || parameters.next().expect("the shape rule has counted the parameters");
        Self { bias: next(), scale: next(), mean: next(), variance: next() }
    }
}

impl BatchNorm {
    /// The factor and the summand of each channel by the running statistics: s = scale / sqrt(variance + epsilon),
    /// and bias - mean s.
    pub(crate) fn affine(&self, parameters: NormParameters) -> (Tensor<1>, Tensor<1>) {
        let NormParameters { bias, scale, mean, variance } = parameters;
        let factor = scale / (variance + self.epsilon).sqrt();
        (factor.clone(), bias - mean * factor)
    }

    /// The norm by the running statistics, then the shortcut and the activation: a depthwise convolution of one
    /// pixel.
    pub(crate) fn infer(
        &self,
        x: Tensor<4>,
        parameters: NormParameters,
        shortcut: Option<Tensor<4>>,
        activation: Activation,
    ) -> Tensor<4> {
        let (factor, summand) = self.affine(parameters);
        let [channels] = factor.dims();
        let weight = factor.reshape([channels, 1, 1, 1]);
        conv_act(x, weight, summand, shortcut, Geometry::depthwise(1, channels), activation)
    }

    /// The norm by a batch's own moments, through which gradients flow, then the shortcut and the activation.
    pub(crate) fn train(
        &self,
        x: Tensor<4>,
        moments: Moments,
        parameters: NormParameters,
        shortcut: Option<Tensor<4>>,
        activation: Activation,
    ) -> Tensor<4> {
        let (NormParameters { bias, scale, .. }, Moments { mean, variance }) = (parameters, moments);
        let norm = kernels::BatchNorm { mean, variance, scale, bias, epsilon: self.epsilon };
        kernels::norm_act(x, norm, shortcut, activation)
    }
}

impl Operation for BatchNorm {
    fn shape(&self, inputs: &[&[usize]], parameters: &[&[usize]]) -> Result<Vec<usize>, String> {
        let input = image(inputs)?;
        let channels = input[0];
        match parameters.len() == 4 && parameters.iter().all(|p| **p == [channels]) {
            true => Ok(input.to_vec()),
            false => Err(format!("has parameters of the shapes {parameters:?} for {channels} channels")),
        }
    }

    fn forward(&self, inputs: Vec<Value>, parameters: Vec<Value>) -> Value {
        let parameters = NormParameters::of(parameters);
        self.infer(tensor(only(inputs)), parameters, None, Activation::None).into_dispatch()
    }
}
