//! Depthwise convolution: each filter sees one channel. The channel is copied into a plane with its padding, and an
//! output row is summed a few registers at a time, tap by tap.

use super::activation::Epilogue;
use super::padded::{Padded, Window, with_window};
use super::parallel::{for_each, parts, with_scratch};
use super::simd::{MAX_LANES, dispatch_rows, load, registers, store};
use super::{Conv, Sizes};
use pulp::{Simd, WithSimd};
use std::mem::MaybeUninit;

/// Registers of an output row computed together.
const WIDE: usize = 4;

/// The inputs of one image's convolution.
#[derive(Clone, Copy)]
pub struct Depthwise<'a> {
    sizes: Sizes,
    x: &'a [f32],
    weight: &'a [f32],
    bias: &'a [f32],
    residual: Option<&'a [f32]>,
    epilogue: Epilogue,
}

impl Depthwise<'_> {
    /// Convolves a batch, writing every element of the output.
    pub fn run(conv: Conv, output: &mut [MaybeUninit<f32>]) {
        let Conv { sizes, weight, bias, activation, .. } = conv;
        let (channels, plane) = (sizes.outputs, sizes.positions());
        let (input, image) = (sizes.inputs * sizes.area(), channels * plane);
        let count = output.len() / image;
        let step = channels.div_ceil(parts(count * image * sizes.taps()).div_ceil(count));
        let mut bands = Vec::new();
        for (i, (x, output)) in conv.x.chunks_exact(input).zip(output.chunks_exact_mut(image)).enumerate() {
            let residual = conv.residual.map(|residual| &residual[i * image..][..image]);
            let one = Depthwise { sizes, x, weight, bias, residual, epilogue: activation.into() };
            bands.extend(output.chunks_mut(step * plane).enumerate().map(|(i, output)| (one, i * step, output)));
        }
        for_each(bands, |(conv, first, output)| {
            with_scratch(Padded::new(&conv.sizes, MAX_LANES).len(), |scratch| {
                dispatch_rows(conv.sizes.output[1], Job { conv: &conv, first, output, scratch });
            });
        });
    }
}

struct Job<'a> {
    conv: &'a Depthwise<'a>,
    first: usize,
    output: &'a mut [MaybeUninit<f32>],
    scratch: &'a mut [f32],
}

impl WithSimd for Job<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        with_window!(&self.conv.sizes, self.channels::<S>(simd));
    }
}

impl Job<'_> {
    /// In a browser a function of its own for each window: those that a network needs are optimized one by one, each in
    /// milliseconds, and the others never.
    #[cfg_attr(target_family = "wasm", inline(never))]
    #[cfg_attr(not(target_family = "wasm"), inline(always))]
    fn channels<S: Simd, const K: usize, const STRIDE: usize>(self, simd: S) {
        let sizes = &self.conv.sizes;
        let padded = Padded::new(sizes, S::F32_LANES);
        let scratch = &mut self.scratch[..padded.len()];
        scratch.fill(0.0);
        let planes = self.output.chunks_exact_mut(sizes.positions());
        let mut filled = None;
        for (channel, plane) in (self.first..).zip(planes) {
            let input = channel / sizes.multiplier();
            if filled != Some(input) {
                let x = &self.conv.x[input * sizes.area()..][..sizes.area()];
                padded.fill::<S, STRIDE>(scratch, sizes, x);
                filled = Some(input);
            }
            self.conv.plane::<S, K, STRIDE>(simd, scratch, padded, channel, plane);
        }
    }
}

impl Depthwise<'_> {
    /// Computes a plane, of which a block of several short rows or part of a long one is summed at a time: enough
    /// sums to hide how long one takes.
    #[inline(always)]
    fn plane<S: Simd, const K: usize, const STRIDE: usize>(
        &self,
        simd: S,
        values: &[f32],
        padded: Padded,
        channel: usize,
        plane: &mut [MaybeUninit<f32>],
    ) {
        let [height, width] = self.sizes.output;
        let window = Window::new(&self.sizes).known::<K, STRIDE>();
        let taps = window.kernel[0] * window.kernel[1];
        let weight = &self.weight[channel * taps..][..taps];
        let residual = self.residual.map(|r| &r[channel * plane.len()..][..plane.len()]);
        let (bias, epilogue) = (self.bias[channel], self.epilogue);
        let mut blocks = Blocks { values, padded, window, weight, bias, residual, epilogue, width, plane };
        let registers = width.div_ceil(S::F32_LANES);
        let mut y = 0;
        while y < height {
            y += match (registers, height - y) {
                (1, 4..) => blocks.run::<S, K, STRIDE, 4, 1>(simd, y, 0),
                (1, 2..) => blocks.run::<S, K, STRIDE, 2, 1>(simd, y, 0),
                (2, 2..) => blocks.run::<S, K, STRIDE, 2, 2>(simd, y, 0),
                _ => {
                    for done in (0..registers).step_by(WIDE) {
                        let at = done * S::F32_LANES;
                        match registers - done {
                            1 => blocks.run::<S, K, STRIDE, 1, 1>(simd, y, at),
                            2 => blocks.run::<S, K, STRIDE, 1, 2>(simd, y, at),
                            3 => blocks.run::<S, K, STRIDE, 1, 3>(simd, y, at),
                            _ => blocks.run::<S, K, STRIDE, 1, WIDE>(simd, y, at),
                        };
                    }
                    1
                }
            };
        }
        // SAFETY: the blocks cover the plane.
        unsafe { self.epilogue.finish_written(simd, plane) };
    }
}

/// A plane of the output, and what it is computed from.
struct Blocks<'a> {
    values: &'a [f32],
    padded: Padded,
    window: Window,
    weight: &'a [f32],
    bias: f32,
    residual: Option<&'a [f32]>,
    epilogue: Epilogue,
    width: usize,
    plane: &'a mut [MaybeUninit<f32>],
}

impl Blocks<'_> {
    /// Computes `W` registers of each of `R` rows, from row `y` and column `at` on, and returns `R`. A block of several
    /// rows holds all their columns.
    #[inline(always)]
    fn run<S: Simd, const K: usize, const STRIDE: usize, const R: usize, const W: usize>(
        &mut self,
        simd: S,
        y: usize,
        at: usize,
    ) -> usize {
        let (lanes, window, row) = (S::F32_LANES, self.window.known::<K, STRIDE>(), self.padded.row());
        let rows = &self.values[y * window.stride[0] * row..];
        let mut sum = [[simd.splat_f32s(self.bias); W]; R];
        for ky in 0..window.kernel[0] {
            for kx in 0..window.kernel[1] {
                let w = simd.splat_f32s(self.weight[ky * window.kernel[1] + kx]);
                let start = ky * window.dilation[0] * row + self.padded.column(window, kx) + at;
                for r in 0..R {
                    let from = &rows[start + r * window.stride[0] * row..][..W * lanes];
                    let from = &registers::<S>(from)[..W];
                    for i in 0..W {
                        sum[r][i] = simd.mul_add_e_f32s(w, from[i], sum[r][i]);
                    }
                }
            }
        }
        #[allow(clippy::needless_range_loop, reason = "an iterator over the array is not inlined into AVX-512 code")]
        for r in 0..R {
            let start = (y + r) * self.width + at;
            // Registers wider than the row run over its end: into the next row, which is written later, or are cut at
            // the end of the plane.
            let end = (start + W * lanes).min(self.plane.len());
            let valid = (self.width - at).min(W * lanes);
            let residual = self.residual.map(|residual| &residual[start..start + valid]);
            let output = &mut self.plane[start..end];
            for i in 0..W {
                let mut value = sum[r][i];
                if let Some(residual) = residual {
                    let rest = residual.get(i * lanes..).unwrap_or_default();
                    value = simd.add_f32s(value, load(simd, rest));
                }
                let value = self.epilogue.clamp(simd, value);
                let end = ((i + 1) * lanes).min(output.len());
                store::<S>(&mut output[(i * lanes).min(end)..end], value);
            }
        }
        R
    }
}
