//! Dense convolution of one image as a matrix product: weights times columns of the picture.
//!
//! The columns are packed a few registers at a time into a panel that stays in the nearest cache, and
//! bias, shortcut and activation are applied while the product is still in registers.

use super::Shape;
use super::simd::{MAX_LANES, activate, load, registers, store};
use super::work::{for_each, parts, with_scratch};
use pulp::{Arch, Simd, WithSimd};
use std::mem::MaybeUninit;
use std::ops::Range;

/// Rows of the product held in registers at once.
const ROWS: usize = 6;
/// Registers of each row.
const WIDE: usize = 2;

/// The constant inputs of one image's convolution.
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
    /// Convolves one image into `output`, writing every element.
    pub fn run(&self, output: &mut [MaybeUninit<f32>]) {
        let panel = self.shape.depth() * WIDE * MAX_LANES;
        for_each(self.tiles(output), |tile| {
            with_scratch(panel, |panel| Arch::new().dispatch(Job { dense: self, tile, panel }));
        });
    }

    /// Cuts the output into tiles for the threads. How it is cut does not change the result: every
    /// element is summed in the same order.
    fn tiles<'o>(&self, output: &'o mut [MaybeUninit<f32>]) -> Vec<Tile<'o>> {
        const COLUMNS: usize = 96;
        let (rows, columns) = (self.shape.outputs, self.shape.positions());
        let parts = parts(rows * columns * self.shape.depth());
        let (row_step, column_step) = if columns >= parts * COLUMNS {
            (rows, columns.div_ceil(parts).next_multiple_of(COLUMNS))
        } else {
            (rows.div_ceil(parts).next_multiple_of(ROWS), columns)
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
        if shape.kernel == 1 && shape.geometry.stride == 1 {
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

    /// Packs the patch under each output position.
    fn pack_patches(&self, panel: &mut [f32], from: usize, width: usize, stride: usize) {
        let shape = &self.shape;
        let ([height, wide], [top, left]) = (shape.input, shape.before);
        let (kernel, step) = (shape.kernel, shape.geometry.stride);
        for (k, row) in panel.chunks_exact_mut(stride).enumerate() {
            let plane = &self.x[k / (kernel * kernel) * height * wide..][..height * wide];
            let (dy, dx) = (k / kernel % kernel, k % kernel);
            let (mut oy, mut ox) = (from / shape.output[1], from % shape.output[1]);
            for value in &mut row[..width] {
                // Positions before the picture wrap around and fail the comparison too.
                let y = (oy * step + dy).wrapping_sub(top);
                let x = (ox * step + dx).wrapping_sub(left);
                *value = if y < height && x < wide { plane[y * wide + x] } else { 0.0 };
                ox += 1;
                if ox == shape.output[1] {
                    (oy, ox) = (oy + 1, 0);
                }
            }
            row[width..].fill(0.0);
        }
    }
}

struct Job<'a, 'o> {
    dense: &'a Dense<'a>,
    tile: Tile<'o>,
    panel: &'o mut [f32],
}

impl WithSimd for Job<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { dense, mut tile, panel } = self;
        let depth = dense.shape.depth();
        let lanes = S::F32_LANES;
        let mut from = tile.columns.start;
        while from < tile.columns.end {
            let width = (tile.columns.end - from).min(WIDE * lanes);
            let wide = width.div_ceil(lanes);
            let panel = &mut panel[..depth * wide * lanes];
            dense.pack(panel, from, width, wide * lanes);
            match wide {
                1 => panel_product::<S, 1>(simd, dense, &mut tile, panel, from, width),
                2 => panel_product::<S, 2>(simd, dense, &mut tile, panel, from, width),
                _ => unreachable!("a panel is at most {WIDE} registers wide"),
            }
            from += width;
        }
    }
}

/// All rows of the tile times one panel.
#[inline(always)]
fn panel_product<S: Simd, const W: usize>(
    simd: S,
    dense: &Dense,
    tile: &mut Tile,
    panel: &[f32],
    from: usize,
    width: usize,
) {
    let rows = tile.rows.len();
    // Blocks of nearly equal height run better than full ones and a small rest.
    let blocks = rows.div_ceil(ROWS);
    let mut at = 0;
    for block in 0..blocks {
        let end = (block + 1) * rows / blocks;
        let block = Block { dense, panel, from, width, row: tile.rows.start + at };
        let output = &mut tile.output[at..end];
        let left = from - tile.columns.start;
        match end - at {
            1 => block.product::<S, 1, W>(simd, output, left),
            2 => block.product::<S, 2, W>(simd, output, left),
            3 => block.product::<S, 3, W>(simd, output, left),
            4 => block.product::<S, 4, W>(simd, output, left),
            5 => block.product::<S, 5, W>(simd, output, left),
            6 => block.product::<S, 6, W>(simd, output, left),
            _ => unreachable!("a block is at most {ROWS} rows high"),
        }
        at = end;
    }
}

/// A few rows times one panel: the product that is held in registers.
struct Block<'a> {
    dense: &'a Dense<'a>,
    panel: &'a [f32],
    row: usize,
    from: usize,
    width: usize,
}

impl Block<'_> {
    #[inline(always)]
    fn product<S: Simd, const R: usize, const W: usize>(
        &self,
        simd: S,
        output: &mut [&mut [MaybeUninit<f32>]],
        left: usize,
    ) {
        let depth = self.dense.shape.depth();
        let weight: [&[f32]; R] = std::array::from_fn(|r| &self.dense.weight[(self.row + r) * depth..][..depth]);
        let panel = &registers::<S>(self.panel).as_chunks::<W>().0[..depth];
        let mut sum = [[simd.splat_f32s(0.0); W]; R];
        for k in 0..depth {
            for r in 0..R {
                let w = simd.splat_f32s(weight[r][k]);
                for i in 0..W {
                    sum[r][i] = simd.mul_add_e_f32s(w, panel[k][i], sum[r][i]);
                }
            }
        }
        let positions = self.dense.shape.positions();
        for (r, output) in output.iter_mut().enumerate() {
            let row = self.row + r;
            let bias = simd.splat_f32s(self.dense.bias[row]);
            for i in 0..W {
                let mut value = simd.add_f32s(sum[r][i], bias);
                let (start, end) = (i * S::F32_LANES, self.width.min((i + 1) * S::F32_LANES));
                if let Some(residual) = self.dense.residual {
                    let at = row * positions + self.from;
                    value = simd.add_f32s(value, load(simd, &residual[at + start..at + end]));
                }
                let value = activate(simd, self.dense.relu6, value);
                store::<S>(&mut output[left + start..left + end], value);
            }
        }
    }
}
