//! Pooling over windows.

use burn::{
    backend::ops::AvgPoolOptions,
    tensor::{Tensor, module::avg_pool2d},
};
use serde::{Deserialize, Serialize};

use super::{Operation, Value, conv::output, image, only, tensor};
use crate::kernels::{Geometry, Padding, max_pool, max_pool::Windows};

/// The greatest value or the mean of every window of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    /// Value that is taken of a window.
    pub kind: PoolKind,
    /// Height and width of a window.
    pub kernel: [usize; 2],
    /// Pixels between two windows, down and across.
    pub stride: [usize; 2],
    /// Padding around the image. It is never the greatest value, and counts as zeros in a mean.
    pub padding: Padding,
    /// Pixels between two pixels of a window, down and across. For means, 1.
    pub dilation: [usize; 2],
    /// Whether a window may end beyond the padding, if it begins before the padding at the end, as in PyTorch.
    pub ceil_mode: bool,
}

/// Value that is taken of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PoolKind {
    /// The greatest value.
    Max,
    /// The mean.
    Mean {
        /// Whether the padding counts among the values that are averaged.
        count_padding: bool,
    },
}

impl Pool {
    fn geometry(&self) -> Geometry {
        Geometry { stride: self.stride, dilation: self.dilation, padding: self.padding, groups: 1 }
    }

    /// The number of windows down and across an image of this height and width.
    fn windows(&self, size: [usize; 2]) -> Result<[usize; 2], String> {
        let geometry = self.geometry();
        let mut windows = output(&geometry, size, self.kernel)?;
        for (axis, windows) in windows.iter_mut().enumerate() {
            let (before, after) = geometry.zeros(axis, size[axis], self.kernel[axis]);
            let (stride, span) = (self.stride[axis], (self.kernel[axis] - 1) * self.dilation[axis] + 1);
            if before >= span || after >= span {
                return Err("has more padding than its window is wide".into());
            }
            let is_more = self.ceil_mode
                && !(size[axis] + before + after - span).is_multiple_of(stride)
                && *windows * stride < size[axis] + before;
            *windows += usize::from(is_more);
        }
        Ok(windows)
    }
}

impl Operation for Pool {
    fn shape(&self, inputs: &[&[usize]], _: &[&[usize]]) -> Result<Vec<usize>, String> {
        let &[channels, height, width] = image(inputs)?;
        if matches!(self.kind, PoolKind::Mean { .. }) && self.dilation != [1; 2] {
            return Err("averages a dilated window".into());
        }
        let [rows, columns] = self.windows([height, width])?;
        Ok(vec![channels, rows, columns])
    }

    fn forward(&self, inputs: Vec<Value>, _: Vec<Value>) -> Value {
        let x: Tensor<4> = tensor(only(inputs));
        let [_, _, height, width] = x.dims();
        let zeros = |axis: usize, size| self.geometry().zeros(axis, size, self.kernel[axis]);
        let padding = [zeros(0, height), zeros(1, width)];
        let pooled = match self.kind {
            PoolKind::Max => {
                let output = self.windows([height, width]).expect("the shape rule has asked the same");
                let Self { kernel, stride, dilation, .. } = *self;
                max_pool(x, Windows { kernel, stride, dilation, before: padding.map(|(before, _)| before), output })
            }
            PoolKind::Mean { count_padding } => {
                let options = AvgPoolOptions::new(self.kernel).with_stride(self.stride).with_padding_pairs(padding);
                avg_pool2d(x, options.with_count_include_pad(count_padding).with_ceil_mode(self.ceil_mode))
            }
        };
        pooled.into_dispatch()
    }
}
