//! Work that goes channel by channel through a batch: moments, norm, its gradients, sums.
//!
//! A channel is one task, so that sums have one order whatever the number of threads.

use super::simd::{activate, map, pass, sums, update};
use super::work::for_each;
use pulp::{Arch, Simd, WithSimd};
use std::mem::MaybeUninit;

/// Where the planes of a channel lie in `[batch, channels, height, width]`.
#[derive(Clone, Copy)]
pub struct Planes {
    pub channels: usize,
    /// Numbers in a plane.
    pub area: usize,
}

impl Planes {
    /// The planes of one channel, image by image.
    #[inline(always)]
    fn of<'a>(&self, x: &'a [f32], channel: usize) -> impl Iterator<Item = &'a [f32]> + Clone {
        x.chunks_exact(self.area).skip(channel).step_by(self.channels)
    }

    /// The same planes to write on, of every channel.
    fn split<'a, T>(&self, x: &'a mut [T]) -> Vec<Vec<&'a mut [T]>> {
        let mut channels: Vec<Vec<_>> = (0..self.channels).map(|_| Vec::new()).collect();
        for (i, plane) in x.chunks_exact_mut(self.area).enumerate() {
            channels[i % self.channels].push(plane);
        }
        channels
    }

    /// The sums of each channel.
    pub fn sums(&self, x: &[f32]) -> Vec<f32> {
        let mut sums = vec![0.0; self.channels];
        for_each(sums.iter_mut().enumerate().collect(), |(channel, sum): (usize, &mut f32)| {
            *sum = Arch::new().dispatch(Sum { planes: self.of(x, channel) }) as f32;
        });
        sums
    }

    /// The mean and the population variance of each channel.
    pub fn moments(&self, x: &[f32]) -> (Vec<f32>, Vec<f32>) {
        let (mut mean, mut variance) = (vec![0.0; self.channels], vec![0.0; self.channels]);
        let channels = mean.iter_mut().zip(&mut variance).enumerate().collect();
        for_each(channels, |(channel, (mean, variance)): (usize, (&mut f32, &mut f32))| {
            [*mean, *variance] = Arch::new().dispatch(Moments { planes: self.of(x, channel) });
        });
        (mean, variance)
    }
}

struct Sum<I> {
    planes: I,
}

impl<'a, I: Iterator<Item = &'a [f32]>> WithSimd for Sum<I> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        let mut total = 0.0;
        for plane in self.planes {
            total += f64::from(
                sums(
                    simd,
                    [plane],
                    #[inline(always)]
                    |x| x,
                )[0],
            );
        }
        total
    }
}

struct Moments<I> {
    planes: I,
}

impl<'a, I: Iterator<Item = &'a [f32]>> WithSimd for Moments<I> {
    type Output = [f32; 2];

    /// The moments of a plane while it is in the cache, then of all the planes so far: Chan, Golub &
    /// LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979.
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> [f32; 2] {
        let (mut count, mut mean, mut squares) = (0.0, 0.0, 0.0);
        for plane in self.planes {
            let area = plane.len() as f64;
            let local = f64::from(
                sums(
                    simd,
                    [plane],
                    #[inline(always)]
                    |x| x,
                )[0],
            ) / area;
            let local = local as f32;
            let (whole, rest) = plane.split_at(plane.len() / S::F32_LANES * S::F32_LANES);
            let middle = simd.splat_f32s(local);
            let [sum, mut own] = sums(
                simd,
                [whole],
                #[inline(always)]
                |[x]| {
                    let d = simd.sub_f32s(x, middle);
                    [d, simd.mul_f32s(d, d)]
                },
            );
            // The mean as it is after rounding has a rest, which counts with small variances.
            let mut sum = f64::from(sum);
            for &x in rest {
                sum += f64::from(x - local);
                own += (x - local) * (x - local);
            }
            let (local, own) = (f64::from(local) + sum / area, f64::from(own) - sum * sum / area);
            let (total, gap) = (count + area, local - mean);
            squares += own + gap * gap * count * area / total;
            mean += gap * area / total;
            count = total;
        }
        [mean as f32, (squares / count) as f32]
    }
}

/// A norm: `(x - mean) * factor + shift`, where `factor` is the gain over the standard deviation.
#[derive(Clone, Copy)]
pub struct Norm<'a> {
    pub planes: Planes,
    pub x: &'a [f32],
    pub mean: &'a [f32],
    pub variance: &'a [f32],
    pub gain: &'a [f32],
    pub shift: &'a [f32],
    pub relu6: bool,
}

impl Norm<'_> {
    fn inverse(&self, channel: usize) -> f32 {
        1.0 / (self.variance[channel] + crate::conv::norm::EPSILON).sqrt()
    }

    /// Writes the output, every element.
    pub fn forward(&self, residual: Option<&[f32]>, y: &mut [MaybeUninit<f32>]) {
        for_each(self.planes.split(y).into_iter().enumerate().collect(), |(channel, y)| {
            Arch::new().dispatch(Forward { norm: self, channel, residual, y });
        });
    }

    /// Turns the gradient of the output into that of the input and returns those of gain and shift.
    pub fn backward(&self, gradient: &mut [f32]) -> (Vec<f32>, Vec<f32>) {
        let (mut gain, mut shift) = (vec![0.0; self.planes.channels], vec![0.0; self.planes.channels]);
        let channels = self.planes.split(gradient).into_iter().zip(gain.iter_mut().zip(&mut shift));
        for_each(channels.enumerate().collect(), |(channel, (gradient, (gain, shift)))| {
            [*gain, *shift] = Arch::new().dispatch(Back { norm: self, channel, gradient });
        });
        (gain, shift)
    }
}

struct Forward<'a> {
    norm: &'a Norm<'a>,
    channel: usize,
    residual: Option<&'a [f32]>,
    y: Vec<&'a mut [MaybeUninit<f32>]>,
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { norm, channel, residual, y } = self;
        let mean = simd.splat_f32s(norm.mean[channel]);
        let factor = simd.splat_f32s(norm.gain[channel] * norm.inverse(channel));
        let shift = simd.splat_f32s(norm.shift[channel]);
        let mut residual = residual.map(|residual| norm.planes.of(residual, channel));
        for (x, y) in norm.planes.of(norm.x, channel).zip(y) {
            match residual.as_mut().and_then(Iterator::next) {
                None => map(
                    simd,
                    y,
                    [x],
                    #[inline(always)]
                    |[x]| {
                        let y = simd.mul_add_e_f32s(simd.sub_f32s(x, mean), factor, shift);
                        activate(simd, norm.relu6, y)
                    },
                ),
                Some(residual) => map(
                    simd,
                    y,
                    [x, residual],
                    #[inline(always)]
                    |[x, residual]| {
                        let y = simd.mul_add_e_f32s(simd.sub_f32s(x, mean), factor, shift);
                        activate(simd, norm.relu6, simd.add_f32s(y, residual))
                    },
                ),
            }
        }
    }
}

struct Back<'a> {
    norm: &'a Norm<'a>,
    channel: usize,
    gradient: Vec<&'a mut [f32]>,
}

impl WithSimd for Back<'_> {
    type Output = [f32; 2];

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> [f32; 2] {
        let Self { norm, channel, mut gradient } = self;
        let (inverse, gain) = (norm.inverse(channel), norm.gain[channel]);
        let mean = simd.splat_f32s(norm.mean[channel]);
        let factor = simd.splat_f32s(gain * inverse);
        let shift = simd.splat_f32s(norm.shift[channel]);
        let relu6 = norm.relu6;
        let (mut sum, mut product) = (0.0, 0.0);
        for (x, g) in norm.planes.of(norm.x, channel).zip(&gradient) {
            let [s, p] = sums(
                simd,
                [x, g],
                #[inline(always)]
                |[x, g]| {
                    let x = simd.sub_f32s(x, mean);
                    let g = match relu6 {
                        true => pass(simd, simd.mul_add_e_f32s(x, factor, shift), g),
                        false => g,
                    };
                    [g, simd.mul_f32s(g, x)]
                },
            );
            (sum, product) = (sum + f64::from(s), product + f64::from(p));
        }
        let count = (gradient.len() * norm.planes.area) as f64;
        let of_gain = product * f64::from(inverse);
        // What moving an input changes through the mean and the variance is taken off.
        let scale = f64::from(gain) * f64::from(inverse) / count;
        let through_mean = simd.splat_f32s((scale * sum) as f32);
        let through_variance = simd.splat_f32s((scale * of_gain * f64::from(inverse)) as f32);
        for (x, g) in norm.planes.of(norm.x, channel).zip(&mut gradient) {
            update(
                simd,
                g,
                [x],
                #[inline(always)]
                |g, [x]| {
                    let x = simd.sub_f32s(x, mean);
                    let g = match relu6 {
                        true => pass(simd, simd.mul_add_e_f32s(x, factor, shift), g),
                        false => g,
                    };
                    let through = simd.mul_add_e_f32s(x, through_variance, through_mean);
                    simd.sub_f32s(simd.mul_f32s(g, factor), through)
                },
            );
        }
        [of_gain as f32, sum as f32]
    }
}

/// Zeroes the gradient where `y` is not strictly between 0 and 6.
pub fn relu6_backward(y: &[f32], gradient: &mut [f32]) {
    /// Numbers in a task.
    const PIECE: usize = 1 << 15;
    for_each(y.chunks(PIECE).zip(gradient.chunks_mut(PIECE)).collect(), |(y, gradient): (&[f32], &mut [f32])| {
        Arch::new().dispatch(Relu6 { y, gradient });
    });
}

struct Relu6<'a> {
    y: &'a [f32],
    gradient: &'a mut [f32],
}

impl WithSimd for Relu6<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        update(
            simd,
            self.gradient,
            [self.y],
            #[inline(always)]
            |gradient, [y]| pass(simd, y, gradient),
        );
    }
}
