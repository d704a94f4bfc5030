//! How a convolution moves over its input.

use burn::backend::{Shape, ops::ConvOptions};
use serde::{Deserialize, Serialize};

/// Zeros around the input of a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Padding {
    /// TensorFlow's "SAME": the output has `ceil(input / stride)` positions. An odd zero goes below and to the right.
    Same,
    /// So many rows and columns of zeros on each side.
    Explicit {
        /// Rows above.
        top: usize,
        /// Columns to the left.
        left: usize,
        /// Rows below.
        bottom: usize,
        /// Columns to the right.
        right: usize,
    },
}

impl Padding {
    /// No zeros at all, TensorFlow's "VALID".
    pub const VALID: Self = Self::symmetric(0, 0);

    /// The same zeros above and below, and the same left and right, as PyTorch's `padding=(rows, columns)`.
    pub const fn symmetric(rows: usize, columns: usize) -> Self {
        Self::Explicit { top: rows, left: columns, bottom: rows, right: columns }
    }
}

/// How a convolution moves over its input. Pairs are `[down, across]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Geometry {
    /// Pixels from one output position to the next, at least 1.
    pub stride: [usize; 2],
    /// Pixels from one tap of the filter to the next, at least 1.
    pub dilation: [usize; 2],
    /// Zeros around the input.
    pub padding: Padding,
    /// Groups of channels that are filtered apart: 1 for a dense convolution, the number of input channels for a
    /// depthwise one. It divides the channels of input and output.
    pub groups: usize,
}

impl Geometry {
    /// Geometry with "SAME" padding and no dilation.
    pub const fn same(stride: usize, groups: usize) -> Self {
        Self { stride: [stride; 2], dilation: [1; 2], padding: Padding::Same, groups }
    }

    /// A dense convolution with "SAME" padding.
    pub const fn dense(stride: usize) -> Self {
        Self::same(stride, 1)
    }

    /// Geometry with one filter for each channel and "SAME" padding.
    pub const fn depthwise(stride: usize, channels: usize) -> Self {
        Self::same(stride, channels)
    }

    /// Pixels that a filter of `kernel` taps spans along an axis (0 is down, 1 across).
    const fn span(&self, axis: usize, kernel: usize) -> usize {
        kernel.saturating_sub(1) * self.dilation[axis] + 1
    }

    /// Zeros before and after an input of `size` pixels along an axis, for a filter of `kernel` taps.
    pub const fn zeros(&self, axis: usize, size: usize, kernel: usize) -> (usize, usize) {
        match self.padding {
            Padding::Same => {
                let last = size.div_ceil(self.stride[axis]).saturating_sub(1) * self.stride[axis];
                let total = (last + self.span(axis, kernel)).saturating_sub(size);
                (total / 2, total - total / 2)
            }
            Padding::Explicit { top, bottom, .. } if axis == 0 => (top, bottom),
            Padding::Explicit { left, right, .. } => (left, right),
        }
    }

    /// Output positions along an axis for an input of `size` pixels: 0 where the filter does not fit in.
    pub const fn positions(&self, axis: usize, size: usize, kernel: usize) -> usize {
        let (before, after) = self.zeros(axis, size, kernel);
        match (before + size + after).checked_sub(self.span(axis, kernel)) {
            Some(room) => room / self.stride[axis] + 1,
            None => 0,
        }
    }

    /// Height and width of the output.
    pub const fn output(&self, [height, width]: [usize; 2], [rows, columns]: [usize; 2]) -> [usize; 2] {
        [self.positions(0, height, rows), self.positions(1, width, columns)]
    }

    /// Burn's name for the convolution of such an input with such a weight.
    pub(crate) fn options(&self, x: &Shape, weight: &Shape) -> ConvOptions<2> {
        let padding = [0, 1].map(|axis| self.zeros(axis, x[axis + 2], weight[axis + 2]));
        ConvOptions::new_with_padding(self.stride, padding, self.dilation, self.groups)
    }
}
