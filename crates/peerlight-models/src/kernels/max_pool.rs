//! Maximum pooling.

use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::{Autodiff, Backend, Dispatch, TensorMetadata, backend_extension, tensor::FloatTensor};
use burn::tensor::{Slice, Tensor};

/// Windows on an image. Pairs are `[down, across]`. What a window sees beyond the image is never greatest.
#[derive(Clone, Copy, Debug)]
pub struct Windows {
    /// Pixels of a window.
    pub kernel: [usize; 2],
    /// Pixels from one window to the next.
    pub stride: [usize; 2],
    /// Pixels from one pixel of a window to the next.
    pub dilation: [usize; 2],
    /// Rows and columns of the first window that are above and to the left of the image.
    pub before: [usize; 2],
    /// Number of windows, down and across.
    pub output: [usize; 2],
}

impl Windows {
    /// Pixels that all windows together span.
    pub(crate) fn span(&self) -> [usize; 2] {
        [0, 1]
            .map(|axis| (self.output[axis] - 1) * self.stride[axis] + (self.kernel[axis] - 1) * self.dilation[axis] + 1)
    }
}

/// The backends that [`max_pool`] runs on.
#[backend_extension(Flex: cfg(feature = "cpu"), Cube: cfg(feature = "cube"), Autodiff)]
pub trait MaxPoolBackend: Backend {
    /// See [`max_pool`].
    fn max_pool(x: FloatTensor<Self>, windows: Windows) -> FloatTensor<Self> {
        composed::<Self>(x, windows)
    }
}

#[cfg(feature = "cube")]
impl MaxPoolBackend for burn::backend::Cube {}

// Only gradients need to know which pixel was greatest: there Burn's own operation is as good.
impl<B: MaxPoolBackend, C: CheckpointStrategy> MaxPoolBackend for Autodiff<B, C> {}

/// [`max_pool`] written with Burn's own operations.
pub(crate) fn composed<B: Backend>(x: FloatTensor<B>, windows: Windows) -> FloatTensor<B> {
    let [batch, channels, height, width] = x.shape().dims();
    let (Windows { kernel, stride, dilation, before: [top, left], .. }, [rows, columns]) = (windows, windows.span());
    let x = match [top, left] == [0; 2] && rows <= height && columns <= width {
        true => x,
        false => {
            let shape = [batch, channels, rows.max(top + height), columns.max(left + width)];
            let lowest = B::float_full(shape.into(), f32::NEG_INFINITY.into(), &x.device(), x.dtype().into());
            let slices = [0..batch, 0..channels, top..top + height, left..left + width].map(Slice::from);
            B::float_slice_assign(lowest, &slices, x)
        }
    };
    let y = B::max_pool2d(x, kernel, stride, [0; 2], dilation, false);
    // A window that begins in the padding at the end may be one too many.
    let [rows, columns] = windows.output;
    B::float_slice(y, &[0..batch, 0..channels, 0..rows, 0..columns].map(Slice::from))
}

/// The greatest value of every window: of `[batch, channels, height, width]` a
/// `[batch, channels, windows down, windows across]`. It can have gradients.
pub fn max_pool(x: Tensor<4>, windows: Windows) -> Tensor<4> {
    Tensor::from_dispatch(<Dispatch as MaxPoolBackend>::max_pool(x.into_dispatch(), windows))
}
