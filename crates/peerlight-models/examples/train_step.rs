//! Our share of the benchmark of training (tests/bench/train.py is the other's): for each line on
//! standard input, one step of Lite0 on random images, answered with its milliseconds and the
//! process's largest memory in megabytes.
//!
//!     cargo run --release --example train_step --features cpu,rayon -- 224 16
#![allow(clippy::disallowed_methods, reason = "a native program may wait")]

use burn::tensor::{Device, Distribution, Int, Tensor, TensorData, activation::log_softmax};
use peerlight_models::kernels::{Activation, BatchNorm, Geometry, conv_act, moments, norm_act};
use peerlight_models::{ConvKind, ConvShape, architecture};
use std::io::{BufRead, Write};
use std::time::Instant;

const CLASSES: usize = 1000;

/// A weight that is learnt, with its momentum.
struct Learnt<const D: usize> {
    value: Tensor<D>,
    velocity: Tensor<D>,
}

impl<const D: usize> Learnt<D> {
    fn new(value: Tensor<D>) -> Self {
        Self { velocity: value.clone().inner().zeros_like(), value: value.require_grad() }
    }

    /// SGD with momentum 0.9.
    fn learn(&mut self, gradients: &mut burn::tensor::Gradients) {
        let gradient = self.value.grad_remove(gradients).expect("every weight takes part");
        let velocity = std::mem::replace(&mut self.velocity, gradient.clone());
        self.velocity = velocity.mul_scalar(0.9) + gradient;
        let value = self.value.clone().inner() - self.velocity.clone().mul_scalar(0.01);
        self.value = Tensor::from_inner(value).require_grad();
    }
}

struct Layer {
    shape: ConvShape,
    weight: Learnt<4>,
    scale: Learnt<1>,
    shift: Learnt<1>,
    bias: Tensor<1>,
    running: [Tensor<1>; 2],
}

impl Layer {
    fn new(shape: ConvShape, device: &Device) -> Self {
        let [outputs, group, k, _] = shape.weight;
        let spread = (2.0 / (group * k * k) as f64).sqrt();
        let ones = || Tensor::ones([outputs], device);
        Self {
            weight: Learnt::new(Tensor::random(shape.weight, Distribution::Normal(0.0, spread), device)),
            scale: Learnt::new(ones()),
            shift: Learnt::new(ones().zeros_like()),
            bias: ones().zeros_like(),
            running: [ones().inner().zeros_like(), ones().inner()],
            shape,
        }
    }

    fn forward(&mut self, x: Tensor<4>, residual: Option<Tensor<4>>) -> Tensor<4> {
        let geometry = Geometry::same(self.shape.stride, self.shape.groups);
        let x = conv_act(x, self.weight.value.clone(), self.bias.clone(), None, geometry, Activation::None);
        let (mean, variance) = moments(x.clone());
        let live = [mean.clone().inner(), variance.clone().inner()];
        for (running, live) in self.running.iter_mut().zip(live) {
            *running = running.clone() * 0.99 + live * 0.01;
        }
        let activation = match self.shape.kind {
            ConvKind::Project(_) => Activation::None,
            _ => Activation::Relu6,
        };
        let (scale, bias) = (self.scale.value.clone(), self.shift.value.clone());
        norm_act(x, BatchNorm { mean, variance, scale, bias, epsilon: 1e-3 }, residual, activation)
    }
}

struct Net {
    layers: Vec<Layer>,
    weight: Learnt<2>,
    bias: Learnt<1>,
}

impl Net {
    fn step(&mut self, images: Tensor<4>, classes: Tensor<2, Int>) -> f32 {
        let (mut x, mut input) = (images.clone(), images);
        for layer in &mut self.layers {
            if layer.shape.begins_block {
                input = x.clone();
            }
            let residual = layer.shape.residual.then(|| input.clone());
            x = layer.forward(x, residual);
        }
        drop(input);
        let [n, c, h, w] = x.dims();
        let pooled: Tensor<2> = x.reshape([n, c, h * w]).mean_dim(2).squeeze_dim(2);
        let logits = pooled.matmul(self.weight.value.clone().swap_dims(0, 1)) + self.bias.value.clone().unsqueeze();
        let loss = log_softmax(logits, 1).gather(1, classes).mean().neg();
        let value = loss.clone().into_scalar();
        let mut gradients = loss.backward();
        for layer in &mut self.layers {
            layer.weight.learn(&mut gradients);
            layer.scale.learn(&mut gradients);
            layer.shift.learn(&mut gradients);
        }
        self.weight.learn(&mut gradients);
        self.bias.learn(&mut gradients);
        value
    }
}

/// The largest memory that this process has had, in megabytes, where the system tells.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok());
    kilobytes.unwrap_or(f64::NAN) / 1024.0
}

fn main() {
    let mut arguments = std::env::args().skip(1).filter_map(|argument| argument.parse().ok());
    let (side, batch) = (arguments.next().unwrap_or(224), arguments.next().unwrap_or(16));
    let device = Device::flex().autodiff();
    let lite0 = architecture("efficientnet-lite0").expect("it is in the list");
    let layers: Vec<_> = lite0.convolutions().into_iter().map(|shape| Layer::new(shape, &device)).collect();
    let features = layers.last().expect("layers").shape.weight[0];
    let mut net = Net {
        layers,
        weight: Learnt::new(Tensor::random([CLASSES, features], Distribution::Normal(0.0, 0.01), &device)),
        bias: Learnt::new(Tensor::zeros([CLASSES], &device)),
    };
    let images = Tensor::random([batch, 3, side, side], Distribution::Normal(0.0, 1.0), &device);
    let classes: Vec<i64> = (0..batch as i64).map(|i| i * 61 % CLASSES as i64).collect();
    let classes = Tensor::<2, Int>::from_data(TensorData::new(classes, [batch, 1]), &device);
    println!("ready");
    for _ in std::io::stdin().lock().lines() {
        let start = Instant::now();
        let loss = net.step(images.clone(), classes.clone());
        println!("{:.3} {:.1} {loss}", start.elapsed().as_secs_f64() * 1e3, peak());
        std::io::stdout().flush().expect("somebody listens");
    }
}
