//! Work that goes channel by channel through a batch: sums and moments.
//!
//! A channel is one task, so that sums have one order whatever the number of threads.

use super::parallel::for_each;
use super::simd::{dispatch_sums, inlined, sums};
use burn::backend::{Flex, TensorMetadata, tensor::FloatTensor};
use pulp::{Simd, WithSimd};

/// Where the planes of a channel lie in `[batch, channels, height, width]`.
#[derive(Clone, Copy)]
pub struct Planes {
    pub channels: usize,
    /// Numbers in a plane.
    pub area: usize,
}

impl Planes {
    /// Planes of a tensor.
    pub fn new(x: &FloatTensor<Flex>) -> Self {
        let [_, channels, height, width] = x.shape().dims();
        Self { channels, area: height * width }
    }

    /// The planes of one channel, image by image.
    #[inline(always)]
    pub fn of<'a>(&self, x: &'a [f32], channel: usize) -> impl Iterator<Item = &'a [f32]> + Clone {
        x.chunks_exact(self.area).skip(channel).step_by(self.channels)
    }

    /// The same planes to write on, of every channel.
    pub fn split<'a, T>(&self, x: &'a mut [T]) -> Vec<Vec<&'a mut [T]>> {
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
            *sum = dispatch_sums(Sum { planes: self.of(x, channel) }) as f32;
        });
        sums
    }

    /// The mean and the population variance of each channel.
    pub fn moments(&self, x: &[f32]) -> (Vec<f32>, Vec<f32>) {
        let (mut mean, mut variance) = (vec![0.0; self.channels], vec![0.0; self.channels]);
        let channels = mean.iter_mut().zip(&mut variance).enumerate().collect();
        for_each(channels, |(channel, (mean, variance)): (usize, (&mut f32, &mut f32))| {
            [*mean, *variance] = dispatch_sums(Moments { planes: self.of(x, channel) });
        });
        (mean, variance)
    }
}

/// The sum of a plane.
#[inline(always)]
fn plane_sum<S: Simd>(simd: S, plane: &[f32]) -> f32 {
    sums(simd, [plane], inlined!(|x: [S::f32s; 1]| x))[0]
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
            total += f64::from(plane_sum(simd, plane));
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
            let local = (f64::from(plane_sum(simd, plane)) / area) as f32;
            let (whole, rest) = plane.split_at(plane.len() / S::F32_LANES * S::F32_LANES);
            let middle = simd.splat_f32s(local);
            let squared = inlined!(|[x]: [S::f32s; 1]| {
                let d = simd.sub_f32s(x, middle);
                [d, simd.mul_f32s(d, d)]
            });
            let [sum, mut own] = sums(simd, [whole], squared);
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
