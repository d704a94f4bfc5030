//! The im2col matrix of one image, a part at a time: row `k` holds, for each output position, the pixel that tap `k` of
//! the filter sees there, so that a convolution is a matrix product (Chellapilla, Puri & Simard, "High Performance
//! Convolutional Neural Networks for Document Processing", 2006). The whole matrix never exists.

use super::Sizes;

/// The im2col matrix of one image of one group.
#[derive(Clone, Copy)]
pub struct Im2col<'a> {
    /// Sizes of one group.
    pub sizes: &'a Sizes,
    /// The group's channels, `[inputs, height, width]`.
    pub x: &'a [f32],
}

/// A tap of the filter.
#[derive(Clone, Copy)]
struct Tap {
    channel: usize,
    row: usize,
    column: usize,
}

impl Tap {
    /// The tap behind a row of the matrix.
    #[inline(always)]
    fn new(k: usize, [rows, columns]: [usize; 2]) -> Self {
        Self { channel: k / (rows * columns), row: k / columns % rows, column: k % columns }
    }

    #[inline(always)]
    fn advance(&mut self, [rows, columns]: [usize; 2]) {
        self.column += 1;
        if self.column == columns {
            (self.column, self.row) = (0, self.row + 1);
        }
        if self.row == rows {
            (self.row, self.channel) = (0, self.channel + 1);
        }
    }
}

impl Im2col<'_> {
    /// Packs the rows from `first` on of the columns `from..from + width` into a panel: `stride` values for each row,
    /// of which those beyond `width` are zero.
    #[inline(always)]
    pub fn pack(&self, panel: &mut [f32], first: usize, from: usize, width: usize, stride: usize) {
        let panel = panel.chunks_exact_mut(stride);
        if self.sizes.pointwise() {
            let columns = self.sizes.positions();
            for (row, x) in panel.zip(self.x[first * columns..].chunks_exact(columns)) {
                let x = &x[from..];
                if x.len() >= stride && width == stride {
                    row.copy_from_slice(&x[..stride]);
                } else {
                    for (i, value) in row.iter_mut().enumerate() {
                        *value = if i < width { x[i] } else { 0.0 };
                    }
                }
            }
        } else {
            let columns = self.sizes.output[1];
            let start = (from / columns, from % columns);
            let mut tap = Tap::new(first, self.sizes.kernel);
            for row in panel {
                let (row, rest) = row.split_at_mut(width);
                self.taps(row, tap, start);
                rest.fill(0.0);
                tap.advance(self.sizes.kernel);
            }
        }
    }

    /// Writes part of row `k`, from the column `from` on.
    #[inline(always)]
    pub fn row(&self, row: &mut [f32], k: usize, from: usize) {
        let columns = self.sizes.output[1];
        self.taps(row, Tap::new(k, self.sizes.kernel), (from / columns, from % columns));
    }

    /// Writes what a tap sees from an output position on.
    #[inline(always)]
    fn taps(&self, mut row: &mut [f32], tap: Tap, (mut oy, mut ox): (usize, usize)) {
        while !row.is_empty() {
            let (piece, rest) = row.split_at_mut((self.sizes.output[1] - ox).min(row.len()));
            self.line(piece, tap, oy, ox);
            (row, oy, ox) = (rest, oy + 1, 0);
        }
    }

    /// Writes what a tap sees from the output positions `ox..` of row `oy`.
    #[inline(always)]
    fn line(&self, row: &mut [f32], tap: Tap, oy: usize, ox: usize) {
        let Sizes { input: [height, width], before: [top, left], stride, dilation, .. } = *self.sizes;
        let (step, dx) = (stride[1], tap.column * dilation[1]);
        // Above the image this wraps around, and is not below the height either.
        let y = (oy * stride[0] + tap.row * dilation[0]).wrapping_sub(top);
        if y >= height {
            row.fill(0.0);
            return;
        }
        let first = left.saturating_sub(dx).div_ceil(step).saturating_sub(ox).min(row.len());
        let end = (width + left).saturating_sub(dx).div_ceil(step).saturating_sub(ox);
        let end = end.clamp(first, row.len());
        row[..first].fill(0.0);
        row[end..].fill(0.0);
        let row = &mut row[first..end];
        if row.is_empty() {
            return;
        }
        let x = &self.x[(tap.channel * height + y) * width..][(ox + first) * step + dx - left..];
        match step {
            1 => row.copy_from_slice(&x[..row.len()]),
            2 => {
                let last = row.len() - 1;
                for (value, pair) in row[..last].iter_mut().zip(x.as_chunks::<2>().0) {
                    *value = pair[0];
                }
                row[last] = x[2 * last];
            }
            _ => {
                for (value, &x) in row.iter_mut().zip(x.iter().step_by(step)) {
                    *value = x;
                }
            }
        }
    }
}
