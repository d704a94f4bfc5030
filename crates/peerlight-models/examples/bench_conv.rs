//! Speed of the convolution kernels in GFLOP/s, with AVX2 and with AVX-512 in turns: the layers of EfficientNet-Lite0
//! and ResNet-18 that most of the time goes into. The ratio is that of the times, AVX-512 over AVX2: the median
//! over the turns, so that another program's load meets both alike.
//!
//!     cargo run --release --example bench_conv --features cpu,rayon -- BATCH [SECONDS A ROW]
#![allow(clippy::disallowed_methods, reason = "a native program may wait")]

use burn::tensor::{Device, Distribution, Tensor};
use peerlight_models::kernels::{Activation, Geometry, Padding, conv_act, use_avx512};
use std::time::Instant;

/// Input channels, output channels, input side, filter side, stride, groups.
const LAYERS: [[usize; 6]; 26] = [
    [3, 32, 224, 3, 2, 1],
    [32, 16, 112, 1, 1, 1],
    [16, 96, 112, 1, 1, 1],
    [96, 24, 56, 1, 1, 1],
    [24, 144, 56, 1, 1, 1],
    [40, 240, 28, 1, 1, 1],
    [80, 480, 14, 1, 1, 1],
    [480, 80, 14, 1, 1, 1],
    [192, 1152, 7, 1, 1, 1],
    [1152, 320, 7, 1, 1, 1],
    [320, 1280, 7, 1, 1, 1],
    [32, 32, 112, 3, 1, 32],
    [96, 96, 112, 3, 2, 96],
    [144, 144, 56, 3, 1, 144],
    [144, 144, 56, 5, 2, 144],
    [240, 240, 28, 5, 1, 240],
    [240, 240, 28, 3, 2, 240],
    [480, 480, 14, 3, 1, 480],
    [672, 672, 14, 5, 1, 672],
    [672, 672, 14, 5, 2, 672],
    [1152, 1152, 7, 5, 1, 1152],
    [3, 64, 224, 7, 2, 1],
    [64, 64, 56, 3, 1, 1],
    [128, 128, 28, 3, 1, 1],
    [256, 256, 14, 3, 1, 1],
    [512, 512, 7, 3, 1, 1],
];

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let batch = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(1);
    let seconds = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(1.0);
    let device = Device::flex();
    println!("{:<40} {:>7} {:>7} {:>6}", format!("batch {batch}"), "AVX2", "AVX-512", "ratio");
    for [inputs, outputs, side, k, stride, groups] in LAYERS {
        let random = |shape: [usize; 4]| Tensor::<4>::random(shape, Distribution::Default, &device);
        let x = random([batch, inputs, side, side]);
        let weight = random([outputs, inputs / groups, k, k]);
        let bias = Tensor::<1>::zeros([outputs], &device);
        let padding = Padding::symmetric(k / 2, k / 2);
        let geometry = Geometry { stride: [stride; 2], dilation: [1; 2], padding, groups };
        let [height, width] = geometry.output([side; 2], [k; 2]);
        let gflop = 2e-9 * (batch * outputs * height * width * weight.dims()[1] * k * k) as f64;

        let mut times = [Vec::new(), Vec::new()];
        let start = Instant::now();
        while times[0].len() < 3 || start.elapsed().as_secs_f64() < seconds {
            for (wide, times) in [false, true].into_iter().zip(&mut times) {
                use_avx512(wide);
                let start = Instant::now();
                conv_act(x.clone(), weight.clone(), bias.clone(), None, geometry, Activation::Relu6);
                times.push(start.elapsed().as_secs_f64());
            }
        }
        let ratio = median(times[1].iter().zip(&times[0]).map(|(wide, narrow)| wide / narrow).collect());
        let [narrow, wide] = times.map(|times| gflop / median(times));
        let name = format!("{k}x{k} stride {stride}, {inputs} to {outputs} in {groups}, {side}x{side}");
        println!("{name:<40} {narrow:>7.1} {wide:>7.1} {ratio:>6.2}");
    }
}
