//! The gradient of the weight of a depthwise convolution: for each tap, the products of the output's gradient with what
//! the tap saw, summed over batch and space.

use super::Sizes;
use super::padded::{Padded, Window, with_window};
use super::parallel::{for_each, parts, with_scratch};
use super::simd::{MAX_LANES, dispatch_sums, load, registers};
use pulp::{Simd, WithSimd};

/// The constant inputs, of a whole batch.
#[derive(Clone, Copy)]
pub struct DepthwiseWeightGrad<'a> {
    pub sizes: Sizes,
    /// `[batch, inputs, height, width]`.
    pub x: &'a [f32],
    /// Gradient of the output, `[batch, outputs, height, width]`.
    pub gradient: &'a [f32],
}

impl DepthwiseWeightGrad<'_> {
    /// The gradient of the weight, `[outputs, 1, rows, columns]`. A channel is one task's.
    pub fn run(&self) -> Vec<f32> {
        let (taps, channels) = (self.sizes.taps(), self.sizes.outputs);
        let mut output = vec![0.0; channels * taps];
        let band = channels.div_ceil(parts(self.gradient.len() * taps).min(channels));
        let scratch = Padded::new(&self.sizes, MAX_LANES).len();
        for_each(output.chunks_mut(band * taps).enumerate().collect(), |(i, output)| {
            with_scratch(scratch, |scratch| {
                dispatch_sums(Job { grad: self, first: i * band, output, scratch });
            });
        });
        output
    }

    /// The planes of an output channel and of the input channel that it sees, image by image.
    #[inline(always)]
    fn planes(&self, channel: usize) -> impl Iterator<Item = (&[f32], &[f32])> {
        let Sizes { inputs, outputs, .. } = self.sizes;
        let x = self.x.chunks_exact(self.sizes.area()).skip(channel / self.sizes.multiplier()).step_by(inputs);
        x.zip(self.gradient.chunks_exact(self.sizes.positions()).skip(channel).step_by(outputs))
    }
}

struct Job<'a> {
    grad: &'a DepthwiseWeightGrad<'a>,
    first: usize,
    output: &'a mut [f32],
    scratch: &'a mut [f32],
}

impl WithSimd for Job<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        self.scratch.fill(0.0);
        with_window!(&self.grad.sizes, self.channels::<S>(simd));
    }
}

impl Job<'_> {
    #[inline(always)]
    fn channels<S: Simd, const K: usize, const STRIDE: usize>(self, simd: S) {
        if K == 0 {
            return self.any(simd);
        }
        let Self { grad, first, output, scratch } = self;
        let padded = Padded::new(&grad.sizes, S::F32_LANES);
        let values = &mut scratch[..padded.len()];
        for (channel, output) in (first..).zip(output.chunks_exact_mut(K * K)) {
            let mut total = [[simd.splat_f32s(0.0); K]; K];
            for (x, gradient) in grad.planes(channel) {
                padded.fill::<S, STRIDE>(values, &grad.sizes, x);
                for (ky, total) in total.iter_mut().enumerate() {
                    let sum = grad.row::<S, K, STRIDE>(simd, values, padded, ky, gradient);
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

    /// A filter of any size, stride and dilation, one tap at a time.
    #[inline(always)]
    fn any<S: Simd>(self, simd: S) {
        let Self { grad, first, output, scratch } = self;
        let padded = Padded::new(&grad.sizes, S::F32_LANES);
        let (values, window) = (&mut scratch[..padded.len()], Window::new(&grad.sizes));
        let mut totals = vec![simd.splat_f32s(0.0); grad.sizes.taps()];
        for (channel, output) in (first..).zip(output.chunks_exact_mut(totals.len())) {
            totals.fill(simd.splat_f32s(0.0));
            for (x, gradient) in grad.planes(channel) {
                padded.fill::<S, 0>(values, &grad.sizes, x);
                for (tap, total) in totals.iter_mut().enumerate() {
                    let (ky, kx) = (tap / window.kernel[1], tap % window.kernel[1]);
                    let rows = &values[ky * window.dilation[0] * padded.row() + padded.column(window, kx)..];
                    let sum = grad.tap(simd, rows, window.stride[0] * padded.row(), gradient);
                    *total = simd.add_f32s(*total, sum);
                }
            }
            for (output, total) in output.iter_mut().zip(&totals) {
                *output = simd.reduce_sum_f32s(*total);
            }
        }
    }
}

impl DepthwiseWeightGrad<'_> {
    /// The sums for one row of the filter over one plane.
    #[inline(always)]
    fn row<S: Simd, const K: usize, const STRIDE: usize>(
        &self,
        simd: S,
        values: &[f32],
        padded: Padded,
        ky: usize,
        gradient: &[f32],
    ) -> [S::f32s; K] {
        let (lanes, width) = (S::F32_LANES, self.sizes.output[1]);
        let mut sum = [simd.splat_f32s(0.0); K];
        for (y, gradient) in gradient.chunks_exact(width).enumerate() {
            let row = &values[(y * STRIDE + ky) * padded.row()..][..padded.row()];
            let mut at = 0;
            while at < width {
                let g = load(simd, &gradient[at..width.min(at + lanes)]);
                for kx in 0..K {
                    let x = &row[kx % STRIDE * padded.pitch + kx / STRIDE + at..][..lanes];
                    sum[kx] = simd.mul_add_e_f32s(registers::<S>(x)[0], g, sum[kx]);
                }
                at += lanes;
            }
        }
        sum
    }

    /// The sum for one tap over one plane; the rows that it sees are `pitch` apart.
    #[inline(always)]
    fn tap<S: Simd>(&self, simd: S, rows: &[f32], pitch: usize, gradient: &[f32]) -> S::f32s {
        let (lanes, width) = (S::F32_LANES, self.sizes.output[1]);
        let mut sum = simd.splat_f32s(0.0);
        for (y, gradient) in gradient.chunks_exact(width).enumerate() {
            let mut at = 0;
            while at < width {
                let g = load(simd, &gradient[at..width.min(at + lanes)]);
                let x = registers::<S>(&rows[y * pitch + at..][..lanes])[0];
                sum = simd.mul_add_e_f32s(x, g, sum);
                at += lanes;
            }
        }
        sum
    }
}
