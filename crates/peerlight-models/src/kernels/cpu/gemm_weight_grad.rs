//! The gradient of the weight of a dense convolution: the output's gradient times the transposed im2col matrix, summed
//! over the images.
//!
//! A matrix product whose depth is the positions of all images, blocked over them. The side with fewer rows is
//! transposed into panels; the rows of the other are read as they lie in memory, or are copied where a block spans
//! several small images.

use super::Sizes;
use super::im2col::Im2col;
use super::parallel::{for_each, parts, with_scratch};
use super::simd::{MAX_LANES, MAX_ROWS, MAX_WIDE, dispatch, products, registers, widest, with_tile};
use pulp::{Simd, WithSimd};
use std::ops::Range;

/// Positions in a block: with so many, a panel of 48 columns is 48 kB and stays in the nearest caches.
const DEPTH: usize = 256;

/// The constant inputs, of a whole batch.
#[derive(Clone, Copy)]
pub struct WeightGrad<'a> {
    pub sizes: Sizes,
    /// `[batch, inputs, height, width]`.
    pub x: &'a [f32],
    /// Gradient of the output, `[batch, outputs, height, width]`.
    pub gradient: &'a [f32],
}

/// One side of the product, each row a number for every position.
#[derive(Clone, Copy)]
enum Side {
    /// The gradient, a row for each output channel.
    Gradient,
    /// The im2col matrix, a row for each input channel and tap.
    Input,
}

impl WeightGrad<'_> {
    /// The gradient of the weight, `[outputs, inputs / groups, rows, columns]`.
    pub fn run(&self) -> Vec<f32> {
        let Sizes { outputs, groups, .. } = self.sizes;
        let (rows, depth) = (outputs / groups, self.sizes.depth());
        // Only rows that lie in memory can be read as they lie.
        if self.sizes.pointwise() && depth > rows {
            let turned = self.product(Side::Input, depth, Side::Gradient, rows);
            let groups = turned.chunks_exact(depth * rows);
            groups.flat_map(|turned| (0..rows * depth).map(|i| turned[i % depth * rows + i / depth])).collect()
        } else {
            self.product(Side::Gradient, rows, Side::Input, depth)
        }
    }

    /// For each group, `rows` times `columns` sums.
    fn product(&self, tall: Side, rows: usize, wide: Side, columns: usize) -> Vec<f32> {
        let groups = self.sizes.groups;
        let mut output = vec![0.0; groups * rows * columns];
        let work = self.gradient.len() * self.sizes.depth();
        let band = rows.div_ceil(parts(work).div_ceil(groups)).next_multiple_of(MAX_ROWS);
        let scratch = DEPTH * (MAX_WIDE * MAX_LANES + band + 1);
        let bands = output.chunks_exact_mut(rows * columns).enumerate().flat_map(|(group, output)| {
            let bands = output.chunks_mut(band * columns).enumerate();
            bands.map(move |(i, output)| (group, i * band, output))
        });
        for_each(bands.collect(), |(group, first, output)| {
            with_scratch(scratch, |scratch| {
                dispatch(Job { grad: self, group, tall, wide, first, columns, output, scratch });
            });
        });
        output
    }

    /// The blocks of positions: of one image, or of several small ones.
    fn blocks(&self) -> impl Iterator<Item = Block> {
        let positions = self.sizes.positions();
        let batch = self.gradient.len() / (positions * self.sizes.outputs);
        let together = (DEPTH / positions).max(1);
        let step = positions.div_ceil(positions.div_ceil(DEPTH));
        (0..batch).step_by(together).flat_map(move |first| {
            (0..positions).step_by(step).map(move |start| Block {
                images: first..(first + together).min(batch),
                positions: start..(start + step).min(positions),
            })
        })
    }

    /// A row as it lies in memory, for some positions of one image.
    #[inline(always)]
    fn row(&self, side: Side, group: usize, image: usize, row: usize, positions: &Range<usize>) -> &[f32] {
        let (values, rows) = match side {
            Side::Gradient => (self.gradient, self.sizes.outputs),
            Side::Input => (self.x, self.sizes.inputs),
        };
        let row = group * (rows / self.sizes.groups) + row;
        let count = self.sizes.positions();
        &values[(image * rows + row) * count..][positions.start..positions.end]
    }
}

/// The same positions of a few images.
struct Block {
    images: Range<usize>,
    positions: Range<usize>,
}

struct Job<'a> {
    grad: &'a WeightGrad<'a>,
    group: usize,
    tall: Side,
    wide: Side,
    /// The first row of the tall side.
    first: usize,
    columns: usize,
    output: &'a mut [f32],
    scratch: &'a mut [f32],
}

impl WithSimd for Job<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let needed = self.columns.div_ceil(S::F32_LANES);
        // Panels of one width, rather than a narrow one at the end.
        let wide = needed.div_ceil(needed.div_ceil(widest::<S>()));
        with_tile!(wide, self.blocks::<S>(simd));
    }
}

impl Job<'_> {
    #[inline(always)]
    fn blocks<S: Simd, const R: usize, const W: usize>(self, simd: S) {
        let Self { grad, group, tall, wide, first, columns, output, scratch } = self;
        let stride = W * S::F32_LANES;
        let rows = output.len() / columns;
        let (panel, scratch) = scratch.split_at_mut(DEPTH * MAX_WIDE * MAX_LANES);
        let (line, copied) = scratch.split_at_mut(DEPTH);
        for block in grad.blocks() {
            let depth = block.images.len() * block.positions.len();
            let several = block.images.len() > 1;
            if several {
                for (row, copy) in (first..).zip(copied.chunks_exact_mut(depth).take(rows)) {
                    grad.gather(tall, group, row, &block, copy);
                }
            }
            let row = |row: usize| match several {
                true => &copied[row * depth..][..depth],
                false => grad.row(tall, group, block.images.start, first + row, &block.positions),
            };
            for left in (0..columns).step_by(stride) {
                let width = stride.min(columns - left);
                let panel = &mut panel[..depth * stride];
                for column in 0..width {
                    grad.gather(wide, group, left + column, &block, &mut line[..depth]);
                    for (value, to) in line[..depth].iter().zip(panel[column..].iter_mut().step_by(stride)) {
                        *to = *value;
                    }
                }
                for column in width..stride {
                    panel[column..].iter_mut().step_by(stride).for_each(|to| *to = 0.0);
                }
                let panel = &registers::<S>(panel).as_chunks::<W>().0[..depth];
                let mut at = 0;
                while at + R <= rows {
                    tile::<S, R, W>(
                        simd,
                        std::array::from_fn(|r| row(at + r)),
                        panel,
                        &mut output[at * columns + left..],
                        columns,
                        width,
                    );
                    at += R;
                }
                while at < rows {
                    tile::<S, 1, W>(simd, [row(at)], panel, &mut output[at * columns + left..], columns, width);
                    at += 1;
                }
            }
        }
    }
}

impl WeightGrad<'_> {
    /// Copies a row, for all positions of a block.
    #[inline(always)]
    fn gather(&self, side: Side, group: usize, row: usize, block: &Block, to: &mut [f32]) {
        let pieces = to.chunks_exact_mut(block.positions.len());
        let sizes = self.sizes.group();
        let channels = sizes.inputs * sizes.area();
        for (image, piece) in block.images.clone().zip(pieces) {
            if matches!(side, Side::Gradient) || sizes.pointwise() {
                piece.copy_from_slice(self.row(side, group, image, row, &block.positions));
            } else {
                let x = &self.x[(image * self.sizes.groups + group) * channels..][..channels];
                Im2col { sizes: &sizes, x }.row(piece, row, block.positions.start);
            }
        }
    }
}

/// Adds `R` rows times a panel to what is there.
#[inline(always)]
fn tile<S: Simd, const R: usize, const W: usize>(
    simd: S,
    rows: [&[f32]; R],
    panel: &[[S::f32s; W]],
    output: &mut [f32],
    pitch: usize,
    width: usize,
) {
    let mut sum = [[simd.splat_f32s(0.0); W]; R];
    products(simd, &mut sum, &rows, panel);
    for r in 0..R {
        let values: &[f32] = pulp::bytemuck::cast_slice(&sum[r]);
        for (to, value) in output[r * pitch..][..width].iter_mut().zip(values) {
            *to += value;
        }
    }
}
