//! The sizes that a convolution's kernels work with.

use super::Geometry;

/// The sizes of one image's convolution. Pairs are `[down, across]`.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Taps of the filter.
    pub kernel: [usize; 2],
    pub stride: [usize; 2],
    pub dilation: [usize; 2],
    pub groups: usize,
    /// Channels of all groups.
    pub inputs: usize,
    pub outputs: usize,
    /// Height and width of the input.
    pub input: [usize; 2],
    pub output: [usize; 2],
    /// Zeros above and to the left.
    pub before: [usize; 2],
}

impl Sizes {
    /// The sizes for an input `[channels, height, width]` and a weight `[outputs, inputs / groups, rows, columns]`.
    /// `None` if they do not fit together, or if there is nothing to compute.
    pub fn new(x: [usize; 3], weight: [usize; 4], geometry: Geometry) -> Option<Self> {
        let [inputs, height, width] = x;
        let [outputs, group, rows, columns] = weight;
        let Geometry { stride, dilation, groups, .. } = geometry;
        let (input, kernel) = ([height, width], [rows, columns]);
        let positive = [inputs, height, width, outputs, group, rows, columns, groups];
        if positive.into_iter().chain(stride).chain(dilation).any(|size| size == 0) {
            return None;
        }
        let output = geometry.output(input, kernel);
        let fits = inputs == group * groups && outputs.is_multiple_of(groups) && !output.contains(&0);
        let before = [0, 1].map(|axis| geometry.zeros(axis, input[axis], kernel[axis]).0);
        fits.then_some(Self { kernel, stride, dilation, groups, inputs, outputs, input, output, before })
    }

    /// Output positions of a channel.
    pub fn positions(&self) -> usize {
        self.output[0] * self.output[1]
    }

    /// Pixels of an input channel.
    pub fn area(&self) -> usize {
        self.input[0] * self.input[1]
    }

    /// Taps of a filter in one channel.
    pub fn taps(&self) -> usize {
        self.kernel[0] * self.kernel[1]
    }

    /// Products in one output element: rows of the im2col matrix.
    pub fn depth(&self) -> usize {
        self.inputs / self.groups * self.taps()
    }

    /// The dense convolution of one group.
    pub fn group(&self) -> Self {
        let Self { groups, inputs, outputs, .. } = *self;
        Self { groups: 1, inputs: inputs / groups, outputs: outputs / groups, ..*self }
    }

    /// Whether an output position sees the one input pixel where it lies, so that the im2col matrix is the input.
    pub fn pointwise(&self) -> bool {
        self.kernel == [1; 2] && self.stride == [1; 2] && self.input == self.output && self.before == [0; 2]
    }

    /// Whether each filter sees one channel.
    pub fn depthwise(&self) -> bool {
        self.groups == self.inputs && (self.groups > 1 || self.outputs == 1)
    }

    /// Output channels of each input channel of a depthwise convolution.
    pub fn multiplier(&self) -> usize {
        self.outputs / self.inputs
    }

    /// For stride 1, the zeros before the gradient of the output in the convolution with the flipped filter that
    /// gives the gradient of the input. `None` if the input is padded by more than the filter reaches.
    pub fn flipped(&self) -> Option<Self> {
        if self.stride != [1; 2] {
            return None;
        }
        let Self { kernel, dilation, inputs, outputs, input, output, before, .. } = *self;
        let zeros = |axis: usize| ((kernel[axis] - 1) * dilation[axis]).checked_sub(before[axis]);
        let before = [zeros(0)?, zeros(1)?];
        Some(Self { inputs: outputs, outputs: inputs, input: output, output: input, before, ..*self })
    }
}
