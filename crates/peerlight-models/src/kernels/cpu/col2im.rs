//! The gradient of the input of a dense convolution.
//!
//! With stride 1 it is the convolution of the output's gradient with the flipped and transposed filter. Else the
//! gradient of the im2col matrix, `weight^T * gradient`, is computed a few input channels at a time and added to the
//! pixels that its elements were copied from (col2im).

use super::activation::Epilogue;
use super::gemm::{Gemm, Job, Tile};
use super::parallel::{for_each, with_scratch};
use super::simd::dispatch;
use super::{Conv, Sizes};
use crate::kernels::Activation;
use std::mem::MaybeUninit;

/// Input channels of a task, fixed so that sums do not depend on the number of threads.
const CHANNELS: usize = 8;
/// Numbers of the im2col matrix's gradient that are computed before they are added.
const COLUMNS: usize = 1 << 15;

/// The constant inputs, of a whole batch.
#[derive(Clone, Copy)]
pub struct InputGrad<'a> {
    pub sizes: Sizes,
    /// `[outputs, inputs / groups, rows, columns]`.
    pub weight: &'a [f32],
    /// Gradient of the output, `[batch, outputs, height, width]`.
    pub gradient: &'a [f32],
}

impl InputGrad<'_> {
    /// Writes the gradient of the input, every element.
    pub fn run(&self, output: &mut [MaybeUninit<f32>]) {
        if let Some(sizes) = self.sizes.flipped() {
            let taps = self.sizes.taps();
            let weight = self.transposed(|tap| taps - 1 - tap, false);
            let bias = vec![0.0; sizes.outputs];
            let (x, activation) = (self.gradient, Activation::None);
            Gemm::run(Conv { sizes, x, weight: &weight, bias: &bias, residual: None, activation }, output);
            return;
        }
        let group = self.sizes.group();
        let (area, image) = (group.area(), group.outputs * group.positions());
        let weight = self.transposed(|tap| tap, true);
        let mut blocks = Vec::new();
        for (i, output) in output.chunks_exact_mut(group.inputs * area).enumerate() {
            let gradient = &self.gradient[i * image..][..image];
            let weight = &weight[i % self.sizes.groups * group.depth() * group.outputs..];
            for (j, output) in output.chunks_mut(CHANNELS * area).enumerate() {
                let rows = output.len() / area * group.taps();
                let weight = &weight[j * CHANNELS * group.taps() * group.outputs..][..rows * group.outputs];
                blocks.push((weight, gradient, output));
            }
        }
        for_each(blocks, |(weight, gradient, output)| block(&group, weight, gradient, output));
    }

    /// The weight with inputs and outputs exchanged within each group, and the taps in another order: `[groups, inputs,
    /// outputs, taps]`, or `[groups, inputs, taps, outputs]` if the taps are rows of their own.
    fn transposed(&self, tap: impl Fn(usize) -> usize, rows: bool) -> Vec<f32> {
        let group = self.sizes.group();
        let Sizes { inputs, outputs, .. } = group;
        let (taps, mut turned) = (group.taps(), Vec::with_capacity(self.weight.len()));
        for weight in self.weight.chunks_exact(outputs * inputs * taps) {
            let at = |input: usize, output: usize, t: usize| weight[(output * inputs + input) * taps + tap(t)];
            for input in 0..inputs {
                match rows {
                    true => (0..taps).for_each(|t| turned.extend((0..outputs).map(|output| at(input, output, t)))),
                    false => (0..outputs).for_each(|output| turned.extend((0..taps).map(|t| at(input, output, t)))),
                }
            }
        }
        turned
    }
}

/// The gradient of a few input channels, from their rows of the transposed weight: a piece of the output's rows at a
/// time.
fn block(group: &Sizes, weight: &[f32], gradient: &[f32], output: &mut [MaybeUninit<f32>]) {
    output.fill(MaybeUninit::new(0.0));
    // SAFETY: it has just been filled.
    let output = unsafe { output.assume_init_mut() };
    let rows = weight.len() / group.outputs;
    // The product of a pointwise convolution.
    let product = Sizes {
        kernel: [1; 2],
        stride: [1; 2],
        inputs: group.outputs,
        outputs: rows,
        input: group.output,
        before: [0; 2],
        ..*group
    };
    let bias = vec![0.0; rows];
    let epilogue = Epilogue::from(Activation::None);
    let gemm = Gemm { sizes: product, x: gradient, weight, bias: &bias, residual: None, epilogue };
    let lines = (COLUMNS / (rows * group.output[1])).clamp(1, group.output[0]);
    let columns = lines * group.output[1];
    with_scratch(Gemm::scratch(&product) + rows * columns, |scratch| {
        let (packed, matrix) = scratch.split_at_mut(Gemm::scratch(&product));
        for first in (0..group.output[0]).step_by(lines) {
            let lines = lines.min(group.output[0] - first);
            let (start, columns) = (first * group.output[1], lines * group.output[1]);
            let matrix = &mut matrix[..rows * columns];
            let output_rows = uninit(matrix).chunks_exact_mut(columns).collect();
            let tile = Tile { rows: 0..rows, columns: start..start + columns, output: output_rows };
            dispatch(Job { gemm: &gemm, tile, packed });
            add(group, first, matrix, output);
        }
    });
}

/// Numbers seen as memory to write on.
fn uninit(values: &mut [f32]) -> &mut [MaybeUninit<f32>] {
    // SAFETY: the types have one layout, and what writes there, `Job`, only ever writes numbers.
    unsafe { &mut *(std::ptr::from_mut(values) as *mut [MaybeUninit<f32>]) }
}

/// Adds the elements of the im2col matrix for the output rows from `first` on to the pixels that they were copied from.
fn add(group: &Sizes, first: usize, matrix: &[f32], output: &mut [f32]) {
    let Sizes { kernel, stride, dilation, input: [height, width], before: [top, left], .. } = *group;
    let (columns, taps) = (group.output[1], group.taps());
    let row = matrix.len() / (output.len() / group.area() * taps);
    for (tap, row) in matrix.chunks_exact(row).enumerate() {
        let plane = &mut output[tap / taps * group.area()..][..group.area()];
        let (ky, kx) = (tap / kernel[1] % kernel[0] * dilation[0], tap % kernel[1] * dilation[1]);
        for (oy, row) in (first..).zip(row.chunks_exact(columns)) {
            let Some(y) = (oy * stride[0] + ky).checked_sub(top).filter(|&y| y < height) else { continue };
            // The output columns that see a pixel, and the first pixel.
            let skip = left.saturating_sub(kx).div_ceil(stride[1]);
            let Some(x) = (skip * stride[1] + kx).checked_sub(left).filter(|&x| x < width) else { continue };
            let pixels = plane[y * width..][x..width].iter_mut().step_by(stride[1]);
            for (pixel, value) in pixels.zip(row.iter().skip(skip)) {
                *pixel += value;
            }
        }
    }
}
