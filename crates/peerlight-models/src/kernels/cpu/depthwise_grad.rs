//! The gradient of the input of a depthwise convolution.
//!
//! With stride 1 it is the convolution of the output's gradient with the flipped filter. With stride 2 and a common
//! filter, pixels of each parity see the taps of that parity ([`Strided`]). Else each tap adds its products to the
//! pixels that it saw ([`Scatter`]).

use super::depthwise::Depthwise;
use super::padded::{Padded, Window};
use super::parallel::{for_each, parts, with_scratch};
use super::simd::{MAX_LANES, copy, dispatch, load, registers};
use super::{Conv, Sizes};
use crate::kernels::Activation;
use pulp::{Simd, WithSimd};
use std::mem::MaybeUninit;

/// The constant inputs, of a whole batch.
#[derive(Clone, Copy)]
pub struct DepthwiseInputGrad<'a> {
    pub sizes: Sizes,
    /// `[outputs, 1, rows, columns]`.
    pub weight: &'a [f32],
    /// Gradient of the output, `[batch, outputs, height, width]`.
    pub gradient: &'a [f32],
}

impl DepthwiseInputGrad<'_> {
    /// Writes the gradient of the input, every element.
    pub fn run(&self, output: &mut [MaybeUninit<f32>]) {
        let sizes = self.sizes;
        let window = Window::new(&sizes);
        match sizes.flipped() {
            Some(flipped) if sizes.multiplier() == 1 => {
                let weight: Vec<f32> =
                    self.weight.chunks(sizes.taps()).flat_map(|filter| filter.iter().rev()).copied().collect();
                let bias = vec![0.0; flipped.outputs];
                let (x, activation) = (self.gradient, Activation::None);
                let conv = Conv { sizes: flipped, x, weight: &weight, bias: &bias, residual: None, activation };
                Depthwise::run(conv, output);
            }
            _ if sizes.multiplier() == 1 && matches!(window.constants(), (_, 2)) => {
                let scratch = Spread::new(&sizes, MAX_LANES).len();
                self.bands(scratch, output, |first, output, scratch| {
                    dispatch(Strided { grad: self, first, output, scratch });
                });
            }
            _ => {
                let scratch = Padded::new(&sizes, MAX_LANES).len();
                self.bands(scratch, output, |first, output, scratch| {
                    dispatch(Scatter { grad: self, first, output, scratch });
                });
            }
        }
    }

    /// Runs a job for bands of input planes: the first one's number, the planes, and scratch memory.
    fn bands(
        &self,
        scratch: usize,
        output: &mut [MaybeUninit<f32>],
        job: impl Fn(usize, &mut [MaybeUninit<f32>], &mut [f32]) + Send + Sync,
    ) {
        let area = self.sizes.area();
        let band = (output.len() / area).div_ceil(parts(self.gradient.len() * self.sizes.taps()));
        for_each(output.chunks_mut(band * area).enumerate().collect(), |(i, output)| {
            with_scratch(scratch, |scratch| job(i * band, output, scratch));
        });
    }
}

/// Any filter, stride and dilation: each tap adds its products to the pixels that it saw.
struct Scatter<'a> {
    grad: &'a DepthwiseInputGrad<'a>,
    first: usize,
    output: &'a mut [MaybeUninit<f32>],
    scratch: &'a mut [f32],
}

impl WithSimd for Scatter<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { grad, first, output, scratch } = self;
        let sizes = &grad.sizes;
        let (padded, multiplier) = (Padded::new(sizes, S::F32_LANES), sizes.multiplier());
        let values = &mut scratch[..padded.len()];
        let ([_, width], [top, left]) = (sizes.input, sizes.before);
        for (plane, output) in (first..).zip(output.chunks_exact_mut(sizes.area())) {
            values.fill(0.0);
            for i in 0..multiplier {
                let gradient = &grad.gradient[(plane * multiplier + i) * sizes.positions()..][..sizes.positions()];
                let channel = plane % sizes.inputs * multiplier + i;
                let weight = &grad.weight[channel * sizes.taps()..][..sizes.taps()];
                grad.scatter(simd, padded, values, weight, gradient);
            }
            let rows = values.chunks_exact(padded.row()).map(Some).chain(std::iter::repeat(None));
            for (row, output) in rows.skip(top).zip(output.chunks_exact_mut(width)) {
                for (at, output) in (left..).zip(output) {
                    let phase = row.map(|row| &row[at % padded.phases * padded.pitch..][..padded.pitch]);
                    output.write(phase.and_then(|phase| phase.get(at / padded.phases)).copied().unwrap_or_default());
                }
            }
        }
    }
}

impl DepthwiseInputGrad<'_> {
    /// Adds the products of a plane of the gradient with every tap to the padded plane of the input.
    #[inline(always)]
    fn scatter<S: Simd>(&self, simd: S, padded: Padded, values: &mut [f32], weight: &[f32], gradient: &[f32]) {
        let (lanes, columns, window) = (S::F32_LANES, self.sizes.output[1], Window::new(&self.sizes));
        for (y, gradient) in gradient.chunks_exact(columns).enumerate() {
            for (tap, &w) in weight.iter().enumerate() {
                let (ky, kx) = (tap / window.kernel[1], tap % window.kernel[1]);
                let from = (y * window.stride[0] + ky * window.dilation[0]) * padded.row();
                let row = &mut values[from + padded.column(window, kx)..];
                let w = simd.splat_f32s(w);
                for at in (0..columns).step_by(lanes) {
                    let g = load(simd, &gradient[at..columns.min(at + lanes)]);
                    let x = &mut row[at..][..lanes];
                    let sum = simd.mul_add_e_f32s(w, g, registers::<S>(x)[0]);
                    x.copy_from_slice(pulp::bytemuck::cast_slice(std::slice::from_ref(&sum)));
                }
            }
        }
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
    fn new(sizes: &Sizes, lanes: usize) -> Self {
        let reach = (sizes.kernel[0] - 1) / 2;
        let [rows, columns] =
            [0, 1].map(|axis| ((sizes.input[axis] + sizes.before[axis]).div_ceil(2)).max(sizes.output[axis]));
        let half = columns.next_multiple_of(lanes);
        Self { reach, rows: rows + reach, pitch: half + reach, half }
    }

    fn len(&self) -> usize {
        self.rows * self.pitch + 2 * self.half
    }
}

/// Stride 2: a pixel of even place (counted with the padding) sees the even taps of the filter, one of odd place the
/// odd taps.
struct Strided<'a> {
    grad: &'a DepthwiseInputGrad<'a>,
    first: usize,
    output: &'a mut [MaybeUninit<f32>],
    scratch: &'a mut [f32],
}

impl WithSimd for Strided<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match self.grad.sizes.kernel[0] {
            3 => self.planes::<S, 3>(simd),
            _ => self.planes::<S, 5>(simd),
        }
    }
}

impl Strided<'_> {
    #[inline(always)]
    fn planes<S: Simd, const K: usize>(self, simd: S) {
        let sizes = &self.grad.sizes;
        let ([height, width], [top, left], columns) = (sizes.input, sizes.before, sizes.output[1]);
        let spread = Spread::new(sizes, S::F32_LANES);
        let (padded, halves) = self.scratch.split_at_mut(spread.rows * spread.pitch);
        padded.fill(0.0);
        for (i, output) in (self.first..).zip(self.output.chunks_exact_mut(height * width)) {
            let gradient = &self.grad.gradient[i * sizes.positions()..][..sizes.positions()];
            let weight = &self.grad.weight[i % sizes.outputs * K * K..][..K * K];
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
