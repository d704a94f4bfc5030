//! ROAD's noisy linear imputation: removed pixels become what their neighbors make likely, so that a mask's own shape
//! says as little as possible.

use peerlight_core::rng::normal;

use crate::dot::dot;

/// Weight of a neighbor beside, above or below.
const SIDE: f64 = 1.0 / 6.0;
/// Weight of a neighbor at a corner.
const CORNER: f64 = 1.0 / 12.0;
/// Deviation of the noise, on pixels that are normalized to a range of a few units.
const NOISE: f64 = 0.01;
/// The solution is good enough when the equations hold to this, root mean square, on normalized pixels.
const TOLERANCE: f64 = 1e-9;
/// The most steps of conjugate gradients.
const STEPS: usize = 5000;

/// An image [3, side, side] without the pixels that are `removed`: each of them is the weighted mean of its eight
/// neighbors (1/6 beside, 1/12 at the corners; those beyond the border are left out), plus noise of deviation 0.01
/// times `unit`. An image of which nothing is left is noise about zero.
///
/// Rong et al., "A Consistent and Efficient Evaluation Strategy for Attribution Methods", ICML 2022. The equations are
/// those of pytorch-grad-cam, which solves them directly; here by conjugate gradients, since the matrix (a graph's
/// Laplacian with the known pixels fixed) is symmetric and positive. The noise of a channel's removed pixels follows
/// that of the channel before.
pub fn imputed(pixels: &[f32], side: usize, removed: &[bool], unit: f64, seed: u64) -> Vec<f32> {
    let area = side * side;
    let count = removed.iter().filter(|&&r| r).count();
    let mut out = pixels.to_vec();
    if count == 0 {
        return out;
    }
    let system = System::new(side, removed);
    for (channel, first) in out.chunks_exact_mut(area).zip((0u64..).step_by(count)) {
        let solution = if count < area { system.solve(channel, removed) } else { vec![0.0; area] };
        for (i, place) in (0..area).filter(|&i| removed[i]).zip(first..) {
            channel[i] = (solution[i] + unit * NOISE * f64::from(normal(seed, place))) as f32;
        }
    }
    out
}

/// The equations of the removed pixels, on a grid with a border of one pixel that belongs to nobody.
struct System {
    side: usize,
    /// Sum of the weights of a pixel's neighbors within the image.
    weight: Vec<f64>,
    /// 1 for a removed pixel, else 0.
    free: Vec<f64>,
}

impl System {
    fn new(side: usize, removed: &[bool]) -> Self {
        let image = padded(side, |_| 1.0);
        let mut weight = vec![0.0; image.len()];
        around(side, &image, |i, sum| weight[i] = sum);
        Self { side, weight, free: padded(side, |i| f64::from(u8::from(removed[i]))) }
    }

    /// The values of the removed pixels of a channel, by conjugate gradients; the others stay.
    fn solve(&self, channel: &[f32], removed: &[bool]) -> Vec<f64> {
        let guess =
            guess(channel.iter().map(|&v| f64::from(v)).collect(), removed.iter().map(|r| !r).collect(), self.side);
        let mut x = padded(self.side, |i| guess[i]);
        let mut residual = vec![0.0; x.len()];
        self.apply(&x, &mut residual);
        residual.iter_mut().for_each(|r| *r = -*r);
        let mut direction = residual.clone();
        let mut image = vec![0.0; x.len()];
        let mut norm = dot(&residual, &residual);
        let enough = TOLERANCE * TOLERANCE * removed.iter().filter(|&&r| r).count() as f64;
        for _ in 0..STEPS {
            if norm <= enough {
                break;
            }
            self.apply(&direction, &mut image);
            let length = norm / dot(&direction, &image);
            for (x, d) in x.iter_mut().zip(&direction) {
                *x += length * d;
            }
            for (r, i) in residual.iter_mut().zip(&image) {
                *r -= length * i;
            }
            let next = dot(&residual, &residual);
            for (d, r) in direction.iter_mut().zip(&residual) {
                *d = r + next / norm * *d;
            }
            norm = next;
        }
        let stride = self.side + 2;
        x.chunks_exact(stride).skip(1).take(self.side).flat_map(|row| &row[1..=self.side]).copied().collect()
    }

    /// At every removed pixel, how far it is above the mean of its neighbors, times their weights; 0 elsewhere.
    fn apply(&self, field: &[f64], out: &mut [f64]) {
        around(self.side, field, |i, sum| out[i] = self.free[i] * (self.weight[i] * field[i] - sum));
    }
}

/// A grid with a border of zeros.
fn padded(side: usize, value: impl Fn(usize) -> f64) -> Vec<f64> {
    let stride = side + 2;
    let mut grid = vec![0.0; stride * stride];
    for i in 0..side * side {
        grid[(i / side + 1) * stride + i % side + 1] = value(i);
    }
    grid
}

/// Gives `take` the weighted sum of every pixel's neighbors.
fn around(side: usize, field: &[f64], mut take: impl FnMut(usize, f64)) {
    let stride = side + 2;
    for y in 1..=side {
        let rows: [&[f64]; 3] = std::array::from_fn(|k| &field[(y + k - 1) * stride..][..stride]);
        for x in 1..=side {
            let sides = rows[0][x] + rows[1][x - 1] + rows[1][x + 1] + rows[2][x];
            let corners = rows[0][x - 1] + rows[0][x + 1] + rows[2][x - 1] + rows[2][x + 1];
            take(y * stride + x, SIDE * sides + CORNER * corners);
        }
    }
}

/// Where conjugate gradients begin: unknown pixels take the mean of the known ones in the smallest square of a pyramid
/// that has any. It settles what lies far from the known pixels, which conjugate gradients alone are slow to reach.
fn guess(mut values: Vec<f64>, known: Vec<bool>, side: usize) -> Vec<f64> {
    if side == 1 || known.iter().all(|&k| k) {
        return values;
    }
    let half = side.div_ceil(2);
    let parent = |i: usize| i / side / 2 * half + i % side / 2;
    let (mut sums, mut counts) = (vec![0.0; half * half], vec![0u32; half * half]);
    for i in (0..side * side).filter(|&i| known[i]) {
        sums[parent(i)] += values[i];
        counts[parent(i)] += 1;
    }
    let means = sums.iter().zip(&counts).map(|(sum, &count)| sum / f64::from(count.max(1))).collect();
    let coarse = guess(means, counts.iter().map(|&count| count > 0).collect(), half);
    for i in (0..side * side).filter(|&i| !known[i]) {
        values[i] = coarse[parent(i)];
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn solved(image: &[f32], side: usize, removed: &[bool]) -> Vec<f64> {
        System::new(side, removed).solve(image, removed)
    }

    #[test]
    fn a_hole_is_the_weighted_mean_of_its_neighbors() {
        let image: Vec<f32> = vec![1.0, 2.0, 3.0, 4.0, 99.0, 6.0, 7.0, 8.0, 9.0];
        let hole = |at: usize| (0..9).map(|i| i == at).collect::<Vec<_>>();
        // (2 + 4 + 6 + 8) / 6 + (1 + 3 + 7 + 9) / 12 = 5.
        assert!((solved(&image, 3, &hole(4))[4] - 5.0).abs() < 1e-8);
        // At the corner: (2/6 + 4/6 + 99/12) / (1/6 + 1/6 + 1/12) = 9.25 * 2.4 = 22.2.
        assert!((solved(&image, 3, &hole(0))[0] - 22.2).abs() < 1e-8);
    }

    #[test]
    fn two_holes_by_hand() {
        // In 2 x 2 pixels, the unknown a and b stand above the known 1 and 2. Each has a neighbor above or below, one
        // beside, and one at the corner.
        // 5/12 a = 1/6 b + 1/6 * 1 + 1/12 * 2;  5/12 b = 1/6 a + 1/6 * 2 + 1/12 * 1  =>  5a = 2b + 4, 5b = 2a + 5.
        let solution = solved(&[0.0, 0.0, 1.0, 2.0], 2, &[true, true, false, false]);
        assert!((solution[0] - 30.0 / 21.0).abs() < 1e-8, "{solution:?}");
        assert!((solution[1] - 33.0 / 21.0).abs() < 1e-8, "{solution:?}");
    }

    #[test]
    fn the_equations_hold_however_much_is_removed() {
        let side = 96usize;
        let pixels: Vec<f32> = (0..side * side).map(|i| normal(1, i as u64) + (i % side) as f32 / 20.0).collect();
        for keep in [0.01, 0.1, 0.5, 0.9] {
            let removed: Vec<bool> = (0..side * side)
                .map(|i| ((i % side).pow(2) + (i / side).pow(2)) as f64 > keep * (side * side) as f64)
                .collect();
            let system = System::new(side, &removed);
            let solution = system.solve(&pixels, &removed);
            let mut off = vec![0.0; (side + 2) * (side + 2)];
            system.apply(&padded(side, |i| solution[i]), &mut off);
            let worst = off.iter().fold(0.0f64, |a, b| a.max(b.abs()));
            assert!(worst < 1e-7, "{keep}: {worst}");
            for i in (0..side * side).filter(|&i| !removed[i]) {
                assert_eq!(solution[i], f64::from(pixels[i]));
            }
        }
    }

    #[test]
    fn noise_is_numbered_by_channel_and_removed_pixel() {
        let pixels = [1.0f32; 12];
        let out = imputed(&pixels, 2, &[false, true, true, false], 1.0, 0);
        assert_eq!([out[0], out[3], out[4], out[11]], [1.0; 4]);
        for (at, place) in [(1, 0), (2, 1), (5, 2), (6, 3), (9, 4)] {
            assert!((f64::from(out[at]) - 1.0 - 0.01 * f64::from(normal(0, place))).abs() < 1e-6, "{at}");
        }
        let all = imputed(&pixels, 2, &[true; 4], 1.0, 0);
        assert!(all.iter().all(|v| v.abs() < 0.1), "{all:?}");
        assert_eq!(imputed(&pixels, 2, &[false; 4], 1.0, 0), pixels);
    }
}
