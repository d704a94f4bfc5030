//! The sizes a kernel works with.

use crate::conv::Geometry;

/// Sizes of one image's convolution.
#[derive(Clone, Copy)]
pub struct Shape {
    pub geometry: Geometry,
    pub kernel: usize,
    pub inputs: usize,
    pub outputs: usize,
    /// Height and width.
    pub input: [usize; 2],
    pub output: [usize; 2],
    /// Zeros above and to the left.
    pub before: [usize; 2],
}

impl Shape {
    pub fn new(x: [usize; 3], weight: [usize; 4], geometry: Geometry) -> Self {
        let [inputs, height, width] = x;
        let [outputs, group, kernel, across] = weight;
        assert_eq!(kernel, across, "the filter is square");
        assert_eq!(inputs, group * geometry.groups, "the filter fits the input's channels");
        let input = [height, width];
        Self {
            geometry,
            kernel,
            inputs,
            outputs,
            input,
            output: input.map(|size| geometry.output(size)),
            before: input.map(|size| geometry.padding(size, kernel).0),
        }
    }

    /// Output positions of a channel.
    pub fn positions(&self) -> usize {
        self.output[0] * self.output[1]
    }

    /// Multiplications for one output element of a dense convolution.
    pub fn depth(&self) -> usize {
        self.inputs * self.kernel * self.kernel
    }

    /// Whether an output position sees the one input position where it lies.
    pub fn pointwise(&self) -> bool {
        self.kernel == 1 && self.geometry.stride == 1
    }

    /// Whether there is a kernel for it among those that filter each channel by itself.
    pub fn depthwise(&self) -> bool {
        self.geometry.groups == self.inputs
            && self.outputs == self.inputs
            && matches!(self.kernel, 3 | 5)
            && matches!(self.geometry.stride, 1 | 2)
    }
}
