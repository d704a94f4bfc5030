//! Dense convolution of one image as a matrix product: weights times columns of the image.
//!
//! The columns are packed a few registers at a time into a panel that stays in the nearest cache, and
//! bias, shortcut and activation are applied while the product is still in registers.

use super::shape::Shape;
use super::simd::{MAX_LANES, activate, load, products, registers, store};
use super::work::{for_each, parts, with_scratch};
use pulp::{Arch, Simd, WithSimd};
use std::mem::MaybeUninit;
use std::ops::Range;

/// Numbers packed before they are used, unless one panel is longer: what the nearest cache holds.
const PACKED: usize = 4096;
/// Registers of the widest panel.
const MAX_WIDE: usize = 4;
/// Rows of the highest block.
const MAX_ROWS: usize = 8;

/// The constant inputs of one image's convolution.
#[derive(Clone, Copy)]
pub struct Dense<'a> {
    pub shape: Shape,
    pub x: &'a [f32],
    pub weight: &'a [f32],
    pub bias: &'a [f32],
    pub residual: Option<&'a [f32]>,
    pub relu6: bool,
}

/// A rectangle of the output: some rows (channels), and the same columns (positions) of each.
struct Tile<'a> {
    rows: Range<usize>,
    columns: Range<usize>,
    output: Vec<&'a mut [MaybeUninit<f32>]>,
}

impl Dense<'_> {
    /// Convolves images, each into its own output, writing every element.
    pub fn run(images: Vec<(Self, &mut [MaybeUninit<f32>])>) {
        let count = images.len();
        let tiles = images
            .into_iter()
            .flat_map(|(dense, output)| dense.tiles(output, count).into_iter().map(move |tile| (dense, tile)));
        for_each(tiles.collect(), |(dense, tile)| {
            let packed = PACKED.max(dense.shape.depth() * MAX_WIDE * MAX_LANES);
            with_scratch(packed, |packed| Arch::new().dispatch(Job { dense: &dense, tile, packed }));
        });
    }

    /// Cuts the output of one of so many images into tiles for the threads. How it is cut does not change
    /// the result: every element is summed in the same order.
    fn tiles<'o>(&self, output: &'o mut [MaybeUninit<f32>], images: usize) -> Vec<Tile<'o>> {
        const COLUMNS: usize = 96;
        let (rows, columns) = (self.shape.outputs, self.shape.positions());
        let parts = parts(images * rows * columns * self.shape.depth()).div_ceil(images);
        let (row_step, column_step) = if columns >= parts * COLUMNS {
            (rows, columns.div_ceil(parts).next_multiple_of(COLUMNS))
        } else {
            (rows.div_ceil(parts).next_multiple_of(MAX_ROWS), columns)
        };
        let mut tiles = Vec::new();
        for (i, band) in output.chunks_mut(row_step * columns).enumerate() {
            let first = tiles.len();
            let top = i * row_step;
            for left in (0..columns).step_by(column_step) {
                tiles.push(Tile {
                    rows: top..(top + row_step).min(rows),
                    columns: left..(left + column_step).min(columns),
                    output: Vec::with_capacity(band.len() / columns),
                });
            }
            for row in band.chunks_mut(columns) {
                for (tile, piece) in tiles[first..].iter_mut().zip(row.chunks_mut(column_step)) {
                    tile.output.push(piece);
                }
            }
        }
        tiles
    }

    /// Writes the panel of the columns `from..from + width`: for each depth, `stride` values of which
    /// those beyond `width` are zero.
    #[inline(always)]
    fn pack(&self, panel: &mut [f32], from: usize, width: usize, stride: usize) {
        let shape = &self.shape;
        if shape.pointwise() {
            let columns = shape.positions();
            for (row, x) in panel.chunks_exact_mut(stride).zip(self.x.chunks_exact(columns)) {
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
            self.pack_patches(panel, from, width, stride);
        }
    }

    /// Packs the patch under each output position, one output row at a time.
    #[inline(always)]
    fn pack_patches(&self, panel: &mut [f32], from: usize, width: usize, stride: usize) {
        let (columns, mut at) = (self.shape.output[1], 0);
        while at < width {
            let (oy, ox) = ((from + at) / columns, (from + at) % columns);
            let run = (columns - ox).min(width - at);
            for (k, row) in panel.chunks_exact_mut(stride).enumerate() {
                self.pack_row(&mut row[at..at + run], k, oy, ox);
            }
            at += run;
        }
        for row in panel.chunks_exact_mut(stride) {
            row[width..].fill(0.0);
        }
    }

    /// Writes what tap `k` of the filter sees from the output position `from` on.
    #[inline(always)]
    pub fn seen(&self, mut row: &mut [f32], k: usize, from: usize) {
        let columns = self.shape.output[1];
        let (mut oy, mut ox) = (from / columns, from % columns);
        while !row.is_empty() {
            let (piece, rest) = row.split_at_mut((columns - ox).min(row.len()));
            self.pack_row(piece, k, oy, ox);
            (row, oy, ox) = (rest, oy + 1, 0);
        }
    }

    /// Writes what tap `k` of the filter sees from the output positions `ox..` of row `oy`.
    #[inline(always)]
    fn pack_row(&self, row: &mut [f32], k: usize, oy: usize, ox: usize) {
        let Shape { kernel, input: [height, width], before: [top, left], .. } = self.shape;
        let step = self.shape.geometry.stride;
        let (channel, dy, dx) = (k / (kernel * kernel), k / kernel % kernel, k % kernel);
        // Above the image this wraps around, and is not below the height either.
        let y = (oy * step + dy).wrapping_sub(top);
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
        let x = &self.x[(channel * height + y) * width..][(ox + first) * step + dx - left..];
        if step == 2 {
            let last = row.len() - 1;
            for (value, pair) in row[..last].iter_mut().zip(x.as_chunks::<2>().0) {
                *value = pair[0];
            }
            row[last] = x[2 * last];
        } else {
            for (value, &x) in row.iter_mut().zip(x.iter().step_by(step)) {
                *value = x;
            }
        }
    }
}

struct Job<'a, 'o> {
    dense: &'a Dense<'a>,
    tile: Tile<'o>,
    packed: &'o mut [f32],
}

impl WithSimd for Job<'_, '_> {
    type Output = ();

    /// Chooses how many sums are held in registers: rows by registers of columns. More rows use a
    /// packed register more often, more registers a weight; together they must fit, with the operands.
    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let lanes = S::F32_LANES;
        let widest = match lanes {
            16 => 3,
            8 => 2,
            _ => 4,
        };
        let mut from = self.tile.columns.start;
        while from < self.tile.columns.end {
            let left = self.tile.columns.end - from;
            let wide = left.div_ceil(lanes).min(widest);
            from += match (lanes, wide) {
                (16, 3) => self.panels::<S, 8, 3>(simd, from),
                (_, 4) => self.panels::<S, 2, 4>(simd, from),
                (_, 3) => self.panels::<S, 2, 3>(simd, from),
                (_, 2) => self.panels::<S, 4, 2>(simd, from),
                (..) => self.panels::<S, 8, 1>(simd, from),
            };
        }
    }
}

impl Job<'_, '_> {
    /// Computes a few panels of `W` registers from this column on and returns how many columns.
    #[inline(always)]
    fn panels<S: Simd, const R: usize, const W: usize>(&mut self, simd: S, from: usize) -> usize {
        let Self { dense, tile, packed } = self;
        let (depth, stride) = (dense.shape.depth(), W * S::F32_LANES);
        let left = tile.columns.end - from;
        let width = left.min(stride);
        let count = (packed.len() / (depth * stride)).min(left / stride).max(1);
        let packed = &mut packed[..count * depth * stride];
        for (i, panel) in packed.chunks_exact_mut(depth * stride).enumerate() {
            dense.pack(panel, from + i * stride, width, stride);
        }
        let panels = Panels { packed, count, columns: from, at: from - tile.columns.start, width };
        let mut row = tile.rows.start;
        let (blocks, rest) = tile.output.as_chunks_mut::<R>();
        for output in blocks {
            dense.rows::<S, R, W>(simd, row, &panels, output);
            row += R;
        }
        for output in rest {
            dense.rows::<S, 1, W>(simd, row, &panels, std::array::from_mut(output));
            row += 1;
        }
        left.min(count * stride)
    }
}

/// Packed columns, all panels of one width.
struct Panels<'a> {
    packed: &'a [f32],
    count: usize,
    /// The first column, in the image and in the tile.
    columns: usize,
    at: usize,
    /// Columns of each.
    width: usize,
}

impl Dense<'_> {
    /// `R` rows from this one on, times every panel.
    #[inline(always)]
    fn rows<S: Simd, const R: usize, const W: usize>(
        &self,
        simd: S,
        row: usize,
        panels: &Panels,
        output: &mut [&mut [MaybeUninit<f32>]; R],
    ) {
        let (depth, positions) = (self.shape.depth(), self.shape.positions());
        let bias: &[f32; R] = self.bias[row..].first_chunk().expect("a bias for each row");
        let mut weight: [&[f32]; R] = [&[]; R];
        for (r, weight) in weight.iter_mut().enumerate() {
            *weight = &self.weight[(row + r) * depth..][..depth];
        }
        let packed = registers::<S>(panels.packed).as_chunks::<W>().0;
        for i in 0..panels.count {
            let panel = &packed[i * depth..][..depth];
            let mut sum = [[simd.splat_f32s(0.0); W]; R];
            for r in 0..R {
                sum[r] = [simd.splat_f32s(bias[r]); W];
            }
            products(simd, &mut sum, &weight, panel);
            let skip = i * W * S::F32_LANES;
            for r in 0..R {
                let output = &mut output[r][panels.at + skip..][..panels.width];
                let residual = self
                    .residual
                    .map(|residual| &residual[(row + r) * positions + panels.columns + skip..][..panels.width]);
                for (j, &value) in sum[r].iter().enumerate() {
                    let (start, end) = (j * S::F32_LANES, panels.width.min((j + 1) * S::F32_LANES));
                    let value = match residual {
                        Some(residual) => simd.add_f32s(value, load(simd, &residual[start..end])),
                        None => value,
                    };
                    store::<S>(&mut output[start..end], activate(simd, self.relu6, value));
                }
            }
        }
    }
}
