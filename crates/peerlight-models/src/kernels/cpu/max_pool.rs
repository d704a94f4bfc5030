//! Maximum pooling: down into a line, then across the line.

use super::parallel::{filled, for_each, parts, with_scratch};
use super::simd::{dispatch, inlined, update};
use super::{all_floats, contiguous, tensor};
use crate::kernels::max_pool::{MaxPoolBackend, Windows, composed};
use burn::backend::{Flex, TensorMetadata, tensor::FloatTensor};
use pulp::{Simd, WithSimd};
use std::mem::MaybeUninit;

impl MaxPoolBackend for Flex {
    fn max_pool(x: FloatTensor<Self>, windows: Windows) -> FloatTensor<Self> {
        if !all_floats(&[&x]) {
            return composed::<Self>(x, windows);
        }
        let [batch, channels, height, width] = x.shape().dims();
        let x = contiguous(x);
        let x: &[f32] = x.storage();
        let [rows, columns] = windows.output;
        let (planes, area) = (batch * channels, rows * columns);
        let step = planes.div_ceil(parts(planes * area * windows.kernel[0] * windows.kernel[1]));
        let fill = |y: &mut [MaybeUninit<f32>]| {
            let pieces = x.chunks(step * height * width).zip(y.chunks_mut(step * area)).collect();
            for_each(pieces, |(x, y): (&[f32], &mut [_])| {
                with_scratch(windows.span()[1], |line| dispatch(Job { windows, size: [height, width], x, y, line }));
            });
        };
        // SAFETY: the pieces cover it, and a job writes every row of every plane of a piece.
        tensor(unsafe { filled(planes * area, fill) }, [batch, channels, rows, columns])
    }
}

/// Some planes.
struct Job<'a> {
    windows: Windows,
    /// Height and width of the input.
    size: [usize; 2],
    x: &'a [f32],
    y: &'a mut [MaybeUninit<f32>],
    /// As long as all windows span across.
    line: &'a mut [f32],
}

impl WithSimd for Job<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { windows: Windows { kernel, stride, dilation, before, output }, size: [height, width], .. } = self;
        let ([top, left], line) = (before, self.line);
        let seen = width.min(line.len() - left);
        let max = inlined!(|a, [b]: [S::f32s; 1]| simd.max_f32s(a, b));
        let planes = self.x.chunks_exact(height * width).zip(self.y.chunks_exact_mut(output[0] * output[1]));
        for (x, y) in planes {
            for (oy, y) in y.chunks_exact_mut(output[1]).enumerate() {
                line.fill(f32::NEG_INFINITY);
                for ky in 0..kernel[0] {
                    // Above the image this wraps around, and is not below the height either.
                    let row = (oy * stride[0] + ky * dilation[0]).wrapping_sub(top);
                    if row < height {
                        update(simd, &mut line[left..left + seen], [&x[row * width..][..seen]], max);
                    }
                }
                for (ox, y) in y.iter_mut().enumerate() {
                    let window = &line[ox * stride[1]..];
                    let mut greatest = window[0];
                    for kx in 1..kernel[1] {
                        let value = window[kx * dilation[1]];
                        greatest = if value > greatest { value } else { greatest };
                    }
                    y.write(greatest);
                }
            }
        }
    }
}
