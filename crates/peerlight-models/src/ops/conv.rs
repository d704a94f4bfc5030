//! Convolution: [`Geometry`] as an operation.

use burn::{
    backend::{Dispatch, TensorMetadata, ops::FloatTensorOps},
    tensor::Tensor,
};

use super::{Operation, Value, one, only, tensor};
use crate::kernels::{Activation, Geometry, Padding, conv_act};

/// The largest kernel, stride, dilation and padding.
const LARGEST: usize = 4096;

/// The output's height and width of a window that moves over an input.
///
/// # Errors
/// If the window is empty, stands still, does not fit in, or is beyond all measure.
pub(super) fn output(geometry: &Geometry, size: [usize; 2], kernel: [usize; 2]) -> Result<[usize; 2], String> {
    let Geometry { stride, dilation, padding, .. } = *geometry;
    let zeros = match padding {
        Padding::Same => [0; 4],
        Padding::Explicit { top, left, bottom, right } => [top, left, bottom, right],
    };
    let counts = [kernel, stride, dilation].concat();
    if counts.contains(&0) || counts.iter().chain(&zeros).chain(&size).any(|&count| count > LARGEST) {
        return Err(format!("has a kernel, stride, dilation or padding of 0, or above {LARGEST}"));
    }
    match geometry.output(size, kernel) {
        output if output.contains(&0) => Err(format!("has a kernel of {kernel:?} that does not fit {size:?} pixels")),
        output => Ok(output),
    }
}

/// The convolution of `x` with a shortcut and an activation.
pub(crate) fn convolve(
    geometry: Geometry,
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    shortcut: Option<Tensor<4>>,
    activation: Activation,
) -> Tensor<4> {
    let bias = bias.unwrap_or_else(|| Tensor::zeros([weight.dims()[0]], &x.device().without_autodiff()));
    conv_act(x, weight, bias, shortcut, geometry, activation)
}

/// The cross-correlation of [c, h, w] with a weight [out, c / groups, kernel height, kernel width], the first
/// parameter. The second, [out], is added if it is there. Axes before the channels count images of their own.
impl Operation for Geometry {
    fn shape(&self, inputs: &[&[usize]], parameters: &[&[usize]]) -> Result<Vec<usize>, String> {
        let (images, image) = one(inputs)?.split_last_chunk().ok_or("takes an input of fewer than three axes")?;
        let &[channels, height, width] = image;
        let (weight, bias) = parameters.split_first().ok_or("has no weight")?;
        let &[out, group, rows, columns] = *weight else {
            return Err(format!("has a weight of the shape {weight:?}, not of four axes"));
        };
        if self.groups == 0 || group.checked_mul(self.groups) != Some(channels) || out % self.groups != 0 {
            return Err(format!("has a weight {weight:?} in {} groups for {channels} channels", self.groups));
        }
        if bias.len() > 1 || bias.iter().any(|bias| **bias != [out]) {
            return Err(format!("has a bias that does not fit its {out} filters"));
        }
        let [height, width] = output(self, [height, width], [rows, columns])?;
        Ok([images, &[out, height, width]].concat())
    }

    fn forward(&self, inputs: Vec<Value>, parameters: Vec<Value>) -> Value {
        let mut parameters = parameters.into_iter();
        let weight = tensor(parameters.next().expect("the shape rule has counted the parameters"));
        let bias = parameters.next().map(tensor);
        let x = only(inputs);
        let whole = x.shape();
        let Some((images, &image)) = whole.split_last_chunk::<3>() else {
            unreachable!("the shape rule has counted the axes")
        };
        let [channels, height, width] = image;
        let flat = Dispatch::float_reshape(x, [images.iter().product(), channels, height, width].into());
        let y = convolve(*self, tensor(flat), weight, bias, None, Activation::None);
        let [_, image @ ..] = y.dims();
        Dispatch::float_reshape(y.into_dispatch(), [images, &image].concat().into())
    }

    fn cost(&self, output: &[usize], parameters: &[&[usize]]) -> u64 {
        // The number of filters stands in both.
        let filters = parameters[0][0].max(1) as u64;
        let counts = parameters[0].iter().chain(output).map(|&extent| extent as u64);
        counts.fold(1, u64::saturating_mul) / filters
    }
}
