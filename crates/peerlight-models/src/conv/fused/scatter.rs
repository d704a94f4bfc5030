//! The gradients of a depthwise convolution.

use super::depthwise::{Depthwise, Padded};
use super::shape::Shape;
use super::simd::{MAX_LANES, copy, load, registers};
use super::work::{for_each, parts, with_scratch};
use pulp::{Arch, Simd, WithSimd};
use std::mem::MaybeUninit;

/// A depthwise convolution of a batch, seen from behind.
#[derive(Clone, Copy)]
pub struct DepthwiseBack<'a> {
    pub shape: Shape,
    /// Of the output, `[batch, channels, height, width]`.
    pub gradient: &'a [f32],
}

impl DepthwiseBack<'_> {
    /// How many channels one task has, of this many planes in all.
    fn band(&self, planes: usize) -> usize {
        let shape = &self.shape;
        planes.div_ceil(parts(planes * shape.positions() * shape.kernel * shape.kernel))
    }

    /// Writes the gradient of the input, every element.
    pub fn input(&self, weight: &[f32], output: &mut [MaybeUninit<f32>]) {
        let shape = self.shape;
        let (image, area) = (shape.inputs * shape.positions(), shape.input[0] * shape.input[1]);
        if shape.geometry.stride == 1 {
            // It is the convolution of the gradient with the filter turned by half a turn.
            let turned: Vec<f32> =
                weight.chunks(shape.kernel * shape.kernel).flat_map(|f| f.iter().rev()).copied().collect();
            let shape = Shape { before: shape.before.map(|before| shape.kernel - 1 - before), ..shape };
            let bias = vec![0.0; shape.outputs];
            let images = self.gradient.chunks_exact(image).zip(output.chunks_exact_mut(shape.outputs * area));
            let convolution = |x| Depthwise { shape, x, weight: &turned, bias: &bias, residual: None, relu6: false };
            Depthwise::run(images.map(|(gradient, output)| (convolution(gradient), output)).collect());
            return;
        }
        let planes = self.gradient.len() / shape.positions();
        let band = self.band(planes);
        let scratch = Spread::new(&shape, MAX_LANES);
        for_each(output.chunks_mut(band * area).enumerate().collect(), |(i, output)| {
            with_scratch(scratch.len(), |scratch| {
                Arch::new().dispatch(Input { back: self, weight, first: i * band, output, scratch });
            });
        });
    }

    /// The gradient of the weight.
    pub fn weight(&self, x: &[f32]) -> Vec<f32> {
        let taps = self.shape.kernel * self.shape.kernel;
        let mut output = vec![0.0; self.shape.outputs * taps];
        let planes = self.gradient.len() / self.shape.positions();
        let band = self.band(planes).div_ceil(planes / self.shape.outputs);
        let scratch = Padded::new(&self.shape, MAX_LANES).len();
        for_each(output.chunks_mut(band * taps).enumerate().collect(), |(i, output)| {
            with_scratch(scratch, |scratch| {
                Arch::new().dispatch(Weight { back: self, x, first: i * band, output, scratch });
            });
        });
        output
    }
}

struct Weight<'a> {
    back: &'a DepthwiseBack<'a>,
    x: &'a [f32],
    first: usize,
    output: &'a mut [f32],
    scratch: &'a mut [f32],
}

impl WithSimd for Weight<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let shape = &self.back.shape;
        match (shape.kernel, shape.geometry.stride) {
            (3, 1) => self.channels::<S, 3, 1>(simd),
            (3, _) => self.channels::<S, 3, 2>(simd),
            (_, 1) => self.channels::<S, 5, 1>(simd),
            (..) => self.channels::<S, 5, 2>(simd),
        }
    }
}

impl Weight<'_> {
    #[inline(always)]
    fn channels<S: Simd, const K: usize, const STRIDE: usize>(self, simd: S) {
        let shape = &self.back.shape;
        let padded = Padded::new(shape, S::F32_LANES);
        let (area, positions) = (shape.input[0] * shape.input[1], shape.positions());
        let scratch = &mut self.scratch[..padded.len()];
        scratch.fill(0.0);
        for (channel, output) in (self.first..).zip(self.output.chunks_exact_mut(K * K)) {
            let mut total = [[simd.splat_f32s(0.0); K]; K];
            let planes = self.x.chunks_exact(area).zip(self.back.gradient.chunks_exact(positions));
            for (x, gradient) in planes.skip(channel).step_by(shape.outputs) {
                padded.fill::<S, STRIDE>(scratch, shape, x);
                for (ky, total) in total.iter_mut().enumerate() {
                    let sum = self.back.row::<S, K, STRIDE>(simd, scratch, padded.pitch, ky, gradient);
                    for kx in 0..K {
                        total[kx] = simd.add_f32s(total[kx], sum[kx]);
                    }
                }
            }
            for (output, total) in output.iter_mut().zip(total.as_flattened()) {
                *output = simd.reduce_sum_f32s(*total);
            }
        }
    }
}

impl DepthwiseBack<'_> {
    /// The sums for one row of the filter over one plane.
    #[inline(always)]
    fn row<S: Simd, const K: usize, const STRIDE: usize>(
        &self,
        simd: S,
        padded: &[f32],
        pitch: usize,
        ky: usize,
        gradient: &[f32],
    ) -> [S::f32s; K] {
        let (lanes, width) = (S::F32_LANES, self.shape.output[1]);
        let mut sum = [simd.splat_f32s(0.0); K];
        for (y, gradient) in gradient.chunks_exact(width).enumerate() {
            let row = &padded[(y * STRIDE + ky) * STRIDE * pitch..][..STRIDE * pitch];
            let mut at = 0;
            while at < width {
                let g = load(simd, &gradient[at..width.min(at + lanes)]);
                for kx in 0..K {
                    let x = &row[kx % STRIDE * pitch + kx / STRIDE + at..][..lanes];
                    sum[kx] = simd.mul_add_e_f32s(registers::<S>(x)[0], g, sum[kx]);
                }
                at += lanes;
            }
        }
        sum
    }
}

/// How a plane of the gradient is padded for a stride of 2, where an input of even place (counted with
/// the padding) sees the even taps of the filter and one of odd place the odd taps. Above and to the
/// left are as many zeros as the longer half of the filter reaches back.
struct Spread {
    /// The longer half of the filter, less one.
    reach: usize,
    rows: usize,
    /// Length of a row of the gradient with its padding.
    pitch: usize,
    /// Even places in a row of the input, in whole registers.
    half: usize,
}

impl Spread {
    fn new(shape: &Shape, lanes: usize) -> Self {
        let reach = (shape.kernel - 1) / 2;
        let [rows, columns] =
            [0, 1].map(|axis| ((shape.input[axis] + shape.before[axis]).div_ceil(2)).max(shape.output[axis]));
        let half = columns.next_multiple_of(lanes);
        Self { reach, rows: rows + reach, pitch: half + reach, half }
    }

    fn len(&self) -> usize {
        self.rows * self.pitch + 2 * self.half
    }
}

struct Input<'a> {
    back: &'a DepthwiseBack<'a>,
    weight: &'a [f32],
    first: usize,
    output: &'a mut [MaybeUninit<f32>],
    scratch: &'a mut [f32],
}

impl WithSimd for Input<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match self.back.shape.kernel {
            3 => self.planes::<S, 3>(simd),
            _ => self.planes::<S, 5>(simd),
        }
    }
}

impl Input<'_> {
    #[inline(always)]
    fn planes<S: Simd, const K: usize>(self, simd: S) {
        let shape = &self.back.shape;
        let ([height, width], [top, left], columns) = (shape.input, shape.before, shape.output[1]);
        let spread = Spread::new(shape, S::F32_LANES);
        let (padded, halves) = self.scratch.split_at_mut(spread.rows * spread.pitch);
        padded.fill(0.0);
        for (i, output) in (self.first..).zip(self.output.chunks_exact_mut(height * width)) {
            let gradient = &self.back.gradient[i * shape.positions()..][..shape.positions()];
            let weight: &[f32] = &self.weight[i % shape.outputs * K * K..][..K * K];
            let rows = padded.chunks_exact_mut(spread.pitch).skip(spread.reach);
            for (row, gradient) in rows.zip(gradient.chunks_exact(columns)) {
                copy::<S>(&mut row[spread.reach..][..columns], gradient);
            }
            for (y, output) in (top..).zip(output.chunks_exact_mut(width)) {
                let (even, odd) = halves[..2 * spread.half].split_at_mut(spread.half);
                // The row of the gradient that the first tap of this parity meets, then upwards.
                let rows = &padded[..(y / 2 + spread.reach + 1) * spread.pitch];
                match y % 2 {
                    0 => spread.row::<S, K, 0>(simd, rows, weight, [even, odd]),
                    _ => spread.row::<S, K, 1>(simd, rows, weight, [even, odd]),
                }
                let (first, second) = match left % 2 {
                    0 => (&even[left / 2..], &odd[left / 2..]),
                    _ => (&odd[left / 2..], &even[left / 2 + 1..]),
                };
                let (pairs, last) = output.as_chunks_mut::<2>();
                let count = pairs.len();
                for ((pair, &one), &other) in pairs.iter_mut().zip(first).zip(second) {
                    pair[0].write(one);
                    pair[1].write(other);
                }
                if let [last] = last {
                    last.write(first[count]);
                }
            }
        }
    }
}

impl Spread {
    /// One row of the input's gradient, its even and its odd places apart.
    #[inline(always)]
    fn row<S: Simd, const K: usize, const ODD: usize>(
        &self,
        simd: S,
        rows: &[f32],
        weight: &[f32],
        [even, odd]: [&mut [f32]; 2],
    ) {
        let lanes = S::F32_LANES;
        let last = rows.len() - self.pitch;
        let mut at = 0;
        while at < self.half {
            let mut sums = [simd.splat_f32s(0.0); 2];
            for ty in 0..(K - ODD).div_ceil(2) {
                let row = &rows[last - ty * self.pitch..][..self.pitch];
                let taps = &weight[(2 * ty + ODD) * K..][..K];
                for tx in 0..K.div_ceil(2) {
                    let g = registers::<S>(&row[self.reach - tx + at..][..lanes])[0];
                    sums[0] = simd.mul_add_e_f32s(simd.splat_f32s(taps[2 * tx]), g, sums[0]);
                    if 2 * tx + 1 < K {
                        sums[1] = simd.mul_add_e_f32s(simd.splat_f32s(taps[2 * tx + 1]), g, sums[1]);
                    }
                }
            }
            even[at..at + lanes].copy_from_slice(pulp::bytemuck::cast_slice(&sums[..1]));
            odd[at..at + lanes].copy_from_slice(pulp::bytemuck::cast_slice(&sums[1..]));
            at += lanes;
        }
    }
}
