//! Depthwise convolution: one small filter for each channel.

use super::shape::Shape;
use super::simd::{MAX_LANES, activate, copy, load, registers, store};
use super::work::{for_each, parts, with_scratch};
use pulp::{Arch, Simd, WithSimd};
use std::mem::MaybeUninit;

/// Registers of an output row computed together.
const WIDE: usize = 4;

/// The inputs of one image's convolution.
#[derive(Clone, Copy)]
pub struct Depthwise<'a> {
    pub shape: Shape,
    pub x: &'a [f32],
    pub weight: &'a [f32],
    pub bias: &'a [f32],
    pub residual: Option<&'a [f32]>,
    pub relu6: bool,
}

impl Depthwise<'_> {
    /// Convolves images, each into its own output, writing every element.
    pub fn run(images: Vec<(Self, &mut [MaybeUninit<f32>])>) {
        let count = images.len();
        let mut bands = Vec::new();
        for (conv, output) in images {
            let (channels, plane) = (conv.shape.outputs, conv.shape.positions());
            let work = count * channels * plane * conv.shape.kernel * conv.shape.kernel;
            let step = channels.div_ceil(parts(work).div_ceil(count));
            bands.extend(output.chunks_mut(step * plane).enumerate().map(|(i, output)| (conv, i * step, output)));
        }
        for_each(bands, |(conv, first, output)| {
            with_scratch(Padded::new(&conv.shape, MAX_LANES).len(), |scratch| {
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
        let shape = &self.conv.shape;
        match (shape.kernel, shape.geometry.stride) {
            (3, 1) => self.channels::<S, 3, 1>(simd),
            (3, _) => self.channels::<S, 3, 2>(simd),
            (_, 1) => self.channels::<S, 5, 1>(simd),
            (..) => self.channels::<S, 5, 2>(simd),
        }
    }
}

/// How a padded plane lies in memory. With stride 2 each row is split into its even and its odd
/// columns, so that neighboring outputs read neighboring values.
pub struct Padded {
    rows: usize,
    stride: usize,
    /// Length of a row, or of its even or odd half.
    pub pitch: usize,
}

impl Padded {
    pub fn new(shape: &Shape, lanes: usize) -> Self {
        let ([rows, columns], stride) = (shape.output, shape.geometry.stride);
        Self {
            rows: (rows - 1) * stride + shape.kernel,
            stride,
            pitch: columns.next_multiple_of(lanes) + (shape.kernel - 1) / stride,
        }
    }

    pub fn len(&self) -> usize {
        self.rows * self.pitch * self.stride
    }

    /// Copies the image into the middle of the padding, which is already zero.
    #[inline(always)]
    pub fn fill<S: Simd, const STRIDE: usize>(&self, padded: &mut [f32], shape: &Shape, x: &[f32]) {
        let ([_, width], [top, left]) = (shape.input, shape.before);
        let rows = padded.chunks_exact_mut(self.pitch * STRIDE).skip(top);
        for (row, x) in rows.zip(x.chunks_exact(width)) {
            if STRIDE == 1 {
                copy::<S>(&mut row[left..left + width], x);
            } else {
                let (even, odd) = row.split_at_mut(self.pitch);
                let (first, second) = if left % 2 == 0 {
                    (&mut even[left / 2..], &mut odd[left / 2..])
                } else {
                    (&mut odd[left / 2..], &mut even[left.div_ceil(2)..])
                };
                let (pairs, last) = x.as_chunks::<2>();
                let (ones, others) = (&mut first[..], &mut second[..pairs.len()]);
                for (([a, b], one), other) in pairs.iter().zip(&mut *ones).zip(others) {
                    (*one, *other) = (*a, *b);
                }
                if let [last] = last {
                    ones[pairs.len()] = *last;
                }
            }
        }
    }
}

impl Job<'_> {
    #[inline(always)]
    fn channels<S: Simd, const K: usize, const STRIDE: usize>(self, simd: S) {
        let shape = &self.conv.shape;
        let padded = Padded::new(shape, S::F32_LANES);
        let area = shape.input[0] * shape.input[1];
        let scratch = &mut self.scratch[..padded.len()];
        scratch.fill(0.0);
        let planes = self.output.chunks_exact_mut(shape.positions());
        for (channel, plane) in (self.first..).zip(planes) {
            let x = &self.conv.x[channel * area..][..area];
            padded.fill::<S, STRIDE>(scratch, shape, x);
            self.conv.plane::<S, K, STRIDE>(simd, scratch, padded.pitch, channel, plane);
        }
    }
}

impl Depthwise<'_> {
    #[inline(always)]
    fn plane<S: Simd, const K: usize, const STRIDE: usize>(
        &self,
        simd: S,
        padded: &[f32],
        pitch: usize,
        channel: usize,
        plane: &mut [MaybeUninit<f32>],
    ) {
        let width = self.shape.output[1];
        let weight = &self.weight[channel * K * K..][..K * K];
        let residual = self.residual.map(|r| &r[channel * plane.len()..][..plane.len()]);
        let registers = width.div_ceil(S::F32_LANES);
        for y in 0..self.shape.output[0] {
            let rows = &padded[y * STRIDE * STRIDE * pitch..][..K * STRIDE * pitch];
            let mut done = 0;
            while done < registers {
                let n = (registers - done).min(WIDE);
                let at = done * S::F32_LANES;
                let span = Span { rows, pitch, at, weight, bias: self.bias[channel] };
                let start = y * width + at;
                // Registers wider than the row run over its end: into the next row, which is
                // written later, or are cut at the end of the plane.
                let valid = (width - at).min(n * S::F32_LANES);
                let end = (start + n * S::F32_LANES).min(plane.len());
                let residual = residual.map(|r| &r[start..start + valid]);
                let output = &mut plane[start..end];
                match n {
                    1 => span.run::<S, K, STRIDE, 1>(simd, residual, self.relu6, output),
                    2 => span.run::<S, K, STRIDE, 2>(simd, residual, self.relu6, output),
                    3 => span.run::<S, K, STRIDE, 3>(simd, residual, self.relu6, output),
                    _ => span.run::<S, K, STRIDE, WIDE>(simd, residual, self.relu6, output),
                }
                done += n;
            }
        }
    }
}

/// Part of an output row.
struct Span<'a> {
    rows: &'a [f32],
    pitch: usize,
    at: usize,
    weight: &'a [f32],
    bias: f32,
}

impl Span<'_> {
    #[inline(always)]
    fn run<S: Simd, const K: usize, const STRIDE: usize, const W: usize>(
        &self,
        simd: S,
        residual: Option<&[f32]>,
        relu6: bool,
        output: &mut [MaybeUninit<f32>],
    ) {
        let lanes = S::F32_LANES;
        let mut sum = [simd.splat_f32s(self.bias); W];
        for ky in 0..K {
            for kx in 0..K {
                let half = (ky * STRIDE + kx % STRIDE) * self.pitch + self.at;
                let from = &self.rows[half..][..W * lanes + (K - 1) / STRIDE];
                let from = &registers::<S>(&from[kx / STRIDE..][..W * lanes])[..W];
                let w = simd.splat_f32s(self.weight[ky * K + kx]);
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
            let value = activate(simd, relu6, value);
            let end = ((i + 1) * lanes).min(output.len());
            store::<S>(&mut output[(i * lanes).min(end)..end], value);
        }
    }
}
