//! A channel with its padding, as the kernels of depthwise convolution read it.

use super::Sizes;
use super::simd::copy;
use pulp::Simd;

/// Runs a generic method with the filter's size and the stride as constants where they are common ones, and with zeros
/// otherwise. See [`Window::known`].
macro_rules! with_window {
    ($sizes:expr, $job:ident.$method:ident::<$simd:ident>($($argument:expr),*)) => {
        match $crate::kernels::cpu::padded::Window::new($sizes).constants() {
            (3, 1) => $job.$method::<$simd, 3, 1>($($argument),*),
            (3, 2) => $job.$method::<$simd, 3, 2>($($argument),*),
            (5, 1) => $job.$method::<$simd, 5, 1>($($argument),*),
            (5, 2) => $job.$method::<$simd, 5, 2>($($argument),*),
            _ => $job.$method::<$simd, 0, 0>($($argument),*),
        }
    };
}
pub(super) use with_window;

/// How a filter lies on a padded plane.
#[derive(Clone, Copy, PartialEq)]
pub struct Window {
    pub kernel: [usize; 2],
    pub stride: [usize; 2],
    pub dilation: [usize; 2],
}

impl Window {
    #[inline(always)]
    pub fn new(sizes: &Sizes) -> Self {
        let Sizes { kernel, stride, dilation, .. } = *sizes;
        Self { kernel, stride, dilation }
    }

    /// A square filter without dilation.
    const fn square(kernel: usize, stride: usize) -> Self {
        Self { kernel: [kernel; 2], stride: [stride; 2], dilation: [1; 2] }
    }

    /// The size and the stride of a filter that kernels are compiled for, or zeros.
    pub fn constants(self) -> (usize, usize) {
        let common = [(3, 1), (3, 2), (5, 1), (5, 2)];
        common.into_iter().find(|&(kernel, stride)| self == Self::square(kernel, stride)).unwrap_or_default()
    }

    /// The same window, known to the compiler unless the constants are zero.
    #[inline(always)]
    pub const fn known<const K: usize, const STRIDE: usize>(self) -> Self {
        match K {
            0 => self,
            _ => Self::square(K, STRIDE),
        }
    }
}

/// How a padded plane lies in memory. Each row is split into as many phases as the stride has pixels (with stride 2,
/// its even and its odd columns), so that neighboring outputs read neighboring values.
#[derive(Clone, Copy)]
pub struct Padded {
    rows: usize,
    pub phases: usize,
    /// Length of a phase of a row.
    pub pitch: usize,
}

impl Padded {
    pub fn new(sizes: &Sizes, lanes: usize) -> Self {
        let Sizes { kernel, stride, dilation, output: [rows, columns], .. } = *sizes;
        Self {
            rows: (rows - 1) * stride[0] + (kernel[0] - 1) * dilation[0] + 1,
            phases: stride[1],
            pitch: columns.next_multiple_of(lanes) + (kernel[1] - 1) * dilation[1] / stride[1],
        }
    }

    pub fn len(&self) -> usize {
        self.rows * self.row()
    }

    /// Length of a row.
    #[inline(always)]
    pub fn row(&self) -> usize {
        self.pitch * self.phases
    }

    /// Place in a row where a tap's column begins, that is, the first value that the tap multiplies.
    #[inline(always)]
    pub fn column(&self, window: Window, kx: usize) -> usize {
        let x = kx * window.dilation[1];
        x % window.stride[1] * self.pitch + x / window.stride[1]
    }

    /// Copies the image into the middle of the padding, which is already zero.
    #[inline(always)]
    pub fn fill<S: Simd, const STRIDE: usize>(&self, padded: &mut [f32], sizes: &Sizes, x: &[f32]) {
        let ([_, width], [top, left]) = (sizes.input, sizes.before);
        let rows = padded.chunks_exact_mut(self.row()).skip(top);
        // The last columns may be seen by no tap.
        let left = left.min(self.row());
        let seen = width.min(self.row() - left);
        for (row, x) in rows.zip(x.chunks_exact(width)) {
            let x = &x[..seen];
            match STRIDE {
                1 => copy::<S>(&mut row[left..left + seen], x),
                2 => self.split(row, x, left),
                _ => self.phases(row, x, left),
            }
        }
    }

    /// Copies a row into its even and its odd columns.
    #[inline(always)]
    fn split(&self, row: &mut [f32], x: &[f32], left: usize) {
        let (even, odd) = row.split_at_mut(self.pitch);
        let (first, second) = match left % 2 {
            0 => (&mut even[left / 2..], &mut odd[left / 2..]),
            _ => (&mut odd[left / 2..], &mut even[left.div_ceil(2)..]),
        };
        let (pairs, last) = x.as_chunks::<2>();
        match pairs.len() {
            8.. => unzip::<8>(pairs, first, second),
            4.. => unzip::<4>(pairs, first, second),
            _ => unzip::<1>(pairs, first, second),
        }
        if let [last] = last {
            first[pairs.len()] = *last;
        }
    }

    /// Copies a row into its phases.
    fn phases(&self, row: &mut [f32], x: &[f32], left: usize) {
        for (at, x) in (left..).zip(x) {
            if let Some(value) = row[at % self.phases * self.pitch..][..self.pitch].get_mut(at / self.phases) {
                *value = *x;
            }
        }
    }
}

/// Copies at least `N` pairs apart, `N` at a time: pieces of known size become shuffles of registers. A plain loop
/// would leave the short rows of small images to its remainder, one number at a time.
#[inline(always)]
fn unzip<const N: usize>(pairs: &[[f32; 2]], first: &mut [f32], second: &mut [f32]) {
    for at in (0..pairs.len()).step_by(N) {
        // The last piece overlaps the one before it.
        let at = at.min(pairs.len() - N);
        let pairs: &[[f32; 2]; N] = pairs[at..].first_chunk().expect("a piece's pairs");
        first[at..][..N].copy_from_slice(&pairs.map(|pair| pair[0]));
        second[at..][..N].copy_from_slice(&pairs.map(|pair| pair[1]));
    }
}
