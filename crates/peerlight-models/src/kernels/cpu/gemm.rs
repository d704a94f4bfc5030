//! Dense convolution of one image as a matrix product: weights times the im2col matrix, blocked after Goto & van de
//! Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008.
//!
//! The columns are packed a few registers at a time into a panel that stays in the nearest cache, and bias, residual
//! and activation are applied while the product is still in registers.

use super::activation::Epilogue;
use super::im2col::Im2col;
use super::parallel::{for_each, parts, with_scratch};
use super::simd::{MAX_LANES, MAX_ROWS, MAX_WIDE, dispatch, load, products, registers, store, widest, with_tile};
use super::{Conv, Sizes};
use pulp::{Simd, WithSimd};
use std::mem::MaybeUninit;
use std::ops::Range;

/// Numbers packed before they are used, unless one panel is longer: what the nearest cache holds.
const PACKED: usize = 4096;

/// The constant inputs of the convolution of one group of one image.
#[derive(Clone, Copy)]
pub struct Gemm<'a> {
    /// Sizes of the group.
    pub sizes: Sizes,
    pub x: &'a [f32],
    pub weight: &'a [f32],
    pub bias: &'a [f32],
    pub residual: Option<&'a [f32]>,
    pub epilogue: Epilogue,
}

/// A rectangle of the output: some rows (channels), and the same columns (positions) of each.
pub struct Tile<'a> {
    pub rows: Range<usize>,
    pub columns: Range<usize>,
    pub output: Vec<&'a mut [MaybeUninit<f32>]>,
}

impl Gemm<'_> {
    /// Convolves a batch group by group, writing every element of the output.
    pub fn run(conv: Conv, output: &mut [MaybeUninit<f32>]) {
        let (groups, sizes) = (conv.sizes.groups, conv.sizes.group());
        let (input, weights) = (sizes.inputs * sizes.area(), sizes.outputs * sizes.depth());
        let image = sizes.outputs * sizes.positions();
        let count = output.len() / image;
        let mut tiles = Vec::new();
        for (i, (x, output)) in conv.x.chunks_exact(input).zip(output.chunks_exact_mut(image)).enumerate() {
            let group = i % groups;
            let gemm = Gemm {
                sizes,
                x,
                weight: &conv.weight[group * weights..][..weights],
                bias: &conv.bias[group * sizes.outputs..][..sizes.outputs],
                residual: conv.residual.map(|residual| &residual[i * image..][..image]),
                epilogue: conv.activation.into(),
            };
            tiles.extend(gemm.tiles(output, count).into_iter().map(|tile| (gemm, tile)));
        }
        for_each(tiles, |(gemm, tile)| {
            with_scratch(Self::scratch(&sizes), |packed| dispatch(Job { gemm: &gemm, tile, packed }));
        });
    }

    /// Numbers of scratch memory that a task needs.
    pub fn scratch(sizes: &Sizes) -> usize {
        PACKED.max(sizes.depth() * MAX_WIDE * MAX_LANES)
    }

    /// Cuts the output of one of so many images into tiles for the threads. How it is cut does not change
    /// the result: every element is summed in the same order.
    fn tiles<'o>(&self, output: &'o mut [MaybeUninit<f32>], images: usize) -> Vec<Tile<'o>> {
        const COLUMNS: usize = 96;
        let (rows, columns) = (self.sizes.outputs, self.sizes.positions());
        let parts = parts(images * rows * columns * self.sizes.depth()).div_ceil(images);
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
}

/// The computation of one tile.
pub struct Job<'a, 'o> {
    pub gemm: &'a Gemm<'a>,
    pub tile: Tile<'o>,
    /// [`Gemm::scratch`] numbers.
    pub packed: &'o mut [f32],
}

impl WithSimd for Job<'_, '_> {
    type Output = ();

    /// Chooses the register tile: rows by registers of columns. More rows use a packed register more often, more
    /// registers a weight; together they must fit, with the operands.
    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let mut from = self.tile.columns.start;
        while from < self.tile.columns.end {
            let left = self.tile.columns.end - from;
            let wide = left.div_ceil(S::F32_LANES).min(widest::<S>());
            from += with_tile!(wide, self.panels::<S>(simd, from));
        }
    }
}

impl Job<'_, '_> {
    /// Computes a few panels of `W` registers from this column on and returns how many columns. In a browser a function
    /// of its own for each tile: those that a network needs are optimized one by one.
    #[cfg_attr(target_family = "wasm", inline(never))]
    #[cfg_attr(not(target_family = "wasm"), inline(always))]
    fn panels<S: Simd, const R: usize, const W: usize>(&mut self, simd: S, from: usize) -> usize {
        let Self { gemm, tile, packed } = self;
        let (depth, stride) = (gemm.sizes.depth(), W * S::F32_LANES);
        let left = tile.columns.end - from;
        let width = left.min(stride);
        let count = (packed.len() / (depth * stride)).min(left / stride).max(1);
        let packed = &mut packed[..count * depth * stride];
        let im2col = Im2col { sizes: &gemm.sizes, x: gemm.x };
        for (i, panel) in packed.chunks_exact_mut(depth * stride).enumerate() {
            im2col.pack(panel, 0, from + i * stride, width, stride);
        }
        let panels = Panels { packed, count, columns: from, at: from - tile.columns.start, width };
        let mut row = tile.rows.start;
        let (blocks, rest) = tile.output.as_chunks_mut::<R>();
        for output in blocks {
            gemm.rows::<S, R, W>(simd, row, &panels, output);
            row += R;
        }
        for output in rest {
            gemm.rows::<S, 1, W>(simd, row, &panels, std::array::from_mut(output));
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

impl Gemm<'_> {
    /// `R` rows from this one on, times every panel.
    #[inline(always)]
    fn rows<S: Simd, const R: usize, const W: usize>(
        &self,
        simd: S,
        row: usize,
        panels: &Panels,
        output: &mut [&mut [MaybeUninit<f32>]; R],
    ) {
        let (depth, positions) = (self.sizes.depth(), self.sizes.positions());
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
                    store::<S>(&mut output[start..end], self.epilogue.clamp(simd, value));
                }
                // SAFETY: the loop above wrote these.
                unsafe { self.epilogue.finish_written(simd, output) };
            }
        }
    }
}
