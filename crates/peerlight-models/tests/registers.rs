//! A convolution has the same bits on AVX-512 and on AVX2: each element is summed in one order. On a processor that
//! has not both, the test compares one with itself.
#![allow(clippy::disallowed_methods, reason = "a native test may wait")]

use burn::tensor::{Device, Distribution, Tensor};
use peerlight_models::kernels::{Activation, Geometry, Padding, conv_act, use_avx512};

/// Input channels, output channels, input side, filter side, stride, groups.
const CASES: [[usize; 6]; 13] = [
    [3, 17, 33, 3, 2, 1],
    [3, 8, 40, 7, 2, 1],
    [40, 19, 28, 1, 1, 1],
    [33, 50, 7, 1, 1, 1],
    [16, 12, 14, 3, 1, 1],
    [12, 8, 15, 3, 1, 4],
    [6, 6, 112, 3, 1, 6],
    [6, 6, 56, 5, 2, 6],
    [6, 6, 33, 3, 1, 6],
    [6, 6, 14, 5, 1, 6],
    [6, 6, 28, 3, 2, 6],
    [6, 6, 7, 5, 1, 6],
    [6, 12, 9, 3, 1, 6],
];

#[test]
fn convolutions_have_the_same_bits_on_all_registers() {
    let device = Device::flex();
    for [inputs, outputs, side, k, stride, groups] in CASES {
        let random = |shape: [usize; 4]| Tensor::<4>::random(shape, Distribution::Default, &device) - 0.5;
        let x = random([2, inputs, side, side]);
        let weight = random([outputs, inputs / groups, k, k]);
        let bias = random([outputs, 1, 1, 1]).reshape([outputs]);
        let (stride, padding) = ([stride; 2], Padding::symmetric(k / 2, k / 2));
        let geometry = Geometry { stride, dilation: [1; 2], padding, groups };
        let [first, second] = [true, false].map(|wide| {
            use_avx512(wide);
            let y = conv_act(x.clone(), weight.clone(), bias.clone(), None, geometry, Activation::Relu6);
            y.into_data().try_to_vec::<f32>().expect("floats").into_iter().map(f32::to_bits).collect::<Vec<_>>()
        });
        assert_eq!(first, second, "{inputs} to {outputs} channels, {side} pixels, filter {k}, {groups} groups");
    }
}
