//! Kernels against definitions, or against Burn's own operations.
#![allow(clippy::disallowed_methods, reason = "a native test may wait")]

use burn::tensor::{Device, Distribution, Tensor, TensorData, module::conv2d};
use peerlight_models::kernels::{
    Activation, Geometry, Padding, conv_act,
    max_pool::{Windows, max_pool},
};

/// Reproducible numbers in -1..1.
fn numbers(len: usize) -> Vec<f32> {
    (0..len).map(|i| (i * 7919 % 10007) as f32 / 5003.5 - 1.0).collect()
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_to_vec().expect("floats")
}

/// By the definition, a window at a time.
fn defined(x: &[f32], [height, width]: [usize; 2], windows: Windows) -> Vec<f32> {
    let Windows { kernel, stride, dilation, before, output } = windows;
    let mut y = Vec::new();
    for plane in x.chunks(height * width) {
        for (oy, ox) in (0..output[0]).flat_map(|oy| (0..output[1]).map(move |ox| (oy, ox))) {
            let mut greatest = f32::NEG_INFINITY;
            for (ky, kx) in (0..kernel[0]).flat_map(|ky| (0..kernel[1]).map(move |kx| (ky, kx))) {
                let row = (oy * stride[0] + ky * dilation[0]).checked_sub(before[0]).filter(|&row| row < height);
                let column = (ox * stride[1] + kx * dilation[1]).checked_sub(before[1]).filter(|&x| x < width);
                if let (Some(row), Some(column)) = (row, column) {
                    greatest = greatest.max(plane[row * width + column]);
                }
            }
            y.push(greatest);
        }
    }
    y
}

#[test]
fn any_windows() {
    let case = |kernel, stride, dilation, before, output| Windows { kernel, stride, dilation, before, output };
    let cases = [
        ([9, 21], case([3, 3], [2, 2], [1, 1], [1, 1], [5, 11])),
        // A window that ends beyond the padding, as with PyTorch's `ceil_mode`.
        ([8, 40], case([3, 3], [2, 2], [1, 1], [0, 0], [4, 20])),
        ([7, 19], case([2, 5], [1, 3], [2, 1], [1, 4], [6, 7])),
        // Pixels that no window sees.
        ([6, 8], case([2, 2], [3, 3], [1, 1], [0, 0], [2, 2])),
        ([5, 5], case([5, 5], [1, 1], [1, 1], [0, 0], [1, 1])),
    ];
    for (size, windows) in cases {
        let x = numbers(2 * 3 * size[0] * size[1]);
        let expected = defined(&x, size, windows);
        let x = TensorData::new(x, [2, 3, size[0], size[1]]);
        // With gradients it is Burn's own operation.
        for device in [Device::flex(), Device::flex().autodiff()] {
            let y = max_pool(Tensor::from_data(x.clone(), &device), windows);
            assert_eq!(y.dims(), [2, 3, windows.output[0], windows.output[1]]);
            assert_eq!(values(y), expected, "{windows:?}");
        }
    }
}

/// More taps than are packed at a time.
#[test]
fn deep_convolutions() {
    let device = Device::flex();
    let random = |shape: [usize; 4]| Tensor::<4>::random(shape, Distribution::Default, &device) - 0.5;
    for (inputs, k) in [(260, 3), (1030, 1)] {
        let (x, weight, shortcut) = (random([2, inputs, 7, 7]), random([19, inputs, k, k]), random([2, 19, 7, 7]));
        let bias = random([19, 1, 1, 1]).reshape([19]);
        let padding = Padding::symmetric(k / 2, k / 2);
        let geometry = Geometry { stride: [1; 2], dilation: [1; 2], padding, groups: 1 };
        let (w, b, s) = (weight.clone(), bias.clone(), shortcut.clone());
        let y = conv_act(x.clone(), w, b, Some(s), geometry, Activation::Relu);
        let options = burn::backend::ops::ConvOptions::new([1; 2], [k / 2; 2], [1; 2], 1);
        let expected = (conv2d(x, weight, Some(bias), options) + shortcut).clamp_min(0.0);
        assert!(values((y - expected).abs().max())[0] < 1e-4, "{inputs} channels");
    }
}
