//! Depthwise convolution: each filter sees one channel. The channel is copied into a plane with its padding, and an
//! output row is summed a few registers at a time, tap by tap.

use super::activation::Epilogue;
use super::padded::{Padded, Window, with_window};
use super::parallel::{for_each, parts, with_scratch};
use super::simd::{MAX_LANES, load, registers, store};
use super::{Conv, Sizes};
use pulp::{Arch, Simd, WithSimd};
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
                Arch::new().dispatch(Job { conv: &conv, first, output, scratch });
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
    #[inline(always)]
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
    #[inline(always)]
    fn plane<S: Simd, const K: usize, const STRIDE: usize>(
        &self,
        simd: S,
        values: &[f32],
        padded: Padded,
        channel: usize,
        plane: &mut [MaybeUninit<f32>],
    ) {
        let width = self.sizes.output[1];
        let window = Window::new(&self.sizes).known::<K, STRIDE>();
        let taps = window.kernel[0] * window.kernel[1];
        let weight = &self.weight[channel * taps..][..taps];
        let residual = self.residual.map(|r| &r[channel * plane.len()..][..plane.len()]);
        let registers = width.div_ceil(S::F32_LANES);
        for y in 0..self.sizes.output[0] {
            let rows = &values[y * window.stride[0] * padded.row()..];
            let mut done = 0;
            while done < registers {
                let n = (registers - done).min(WIDE);
                let at = done * S::F32_LANES;
                let span = Span { rows, padded, at, window, weight, bias: self.bias[channel] };
                let start = y * width + at;
                // Registers wider than the row run over its end: into the next row, which is
                // written later, or are cut at the end of the plane.
                let valid = (width - at).min(n * S::F32_LANES);
                let end = (start + n * S::F32_LANES).min(plane.len());
                let residual = residual.map(|r| &r[start..start + valid]);
                let output = &mut plane[start..end];
                match n {
                    1 => span.run::<S, K, STRIDE, 1>(simd, residual, self.epilogue, output),
                    2 => span.run::<S, K, STRIDE, 2>(simd, residual, self.epilogue, output),
                    3 => span.run::<S, K, STRIDE, 3>(simd, residual, self.epilogue, output),
                    _ => span.run::<S, K, STRIDE, WIDE>(simd, residual, self.epilogue, output),
                }
                done += n;
            }
        }
        // SAFETY: the loops wrote every register of every row.
        unsafe { self.epilogue.finish_written(simd, plane) };
    }
}

/// Part of an output row.
struct Span<'a> {
    /// From the first row that it sees on.
    rows: &'a [f32],
    padded: Padded,
    at: usize,
    window: Window,
    weight: &'a [f32],
    bias: f32,
}

impl Span<'_> {
    #[inline(always)]
    fn run<S: Simd, const K: usize, const STRIDE: usize, const W: usize>(
        &self,
        simd: S,
        residual: Option<&[f32]>,
        epilogue: Epilogue,
        output: &mut [MaybeUninit<f32>],
    ) {
        let lanes = S::F32_LANES;
        let window = self.window.known::<K, STRIDE>();
        let mut sum = [simd.splat_f32s(self.bias); W];
        for ky in 0..window.kernel[0] {
            let row = &self.rows[ky * window.dilation[0] * self.padded.row()..][..self.padded.row()];
            for kx in 0..window.kernel[1] {
                let from = &row[self.padded.column(window, kx) + self.at..][..W * lanes];
                let from = &registers::<S>(from)[..W];
                let w = simd.splat_f32s(self.weight[ky * window.kernel[1] + kx]);
                for i in 0..W {
                    sum[i] = simd.mul_add_e_f32s(w, from[i], sum[i]);
                }
            }
        }
        for i in 0..W {
            let mut value = sum[i];
            if let Some(residual) = residual {
                let rest = residual.get(i * lanes..).unwrap_or_default();
                value = simd.add_f32s(value, load(simd, rest));
            }
            let value = epilogue.clamp(simd, value);
            let end = ((i + 1) * lanes).min(output.len());
            store::<S>(&mut output[(i * lanes).min(end)..end], value);
        }
    }
}
