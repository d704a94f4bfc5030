//! Statistics of two-sided targets: ranking, regression, calibration.

mod ranking;

use peerlight_core::rng::permutation;

pub use ranking::{Ranking, auroc};
use ranking::{groups, order};

/// Spearman's rank correlation, prepared for any number of resamples.
pub struct RankCorrelation([Vec<Vec<usize>>; 2]);

impl RankCorrelation {
    /// Ranks two columns of the same images.
    pub fn new(a: &[f64], b: &[f64]) -> Self {
        Self([a, b].map(groups))
    }

    /// The correlation, each image counted `counts` times; NaN if a column is constant.
    pub fn of(&self, counts: &[f64]) -> f64 {
        let [a, b] = self.0.each_ref().map(|groups| {
            let mut ranks = vec![0.0; counts.len()];
            let mut before = 0.0;
            for group in groups {
                let own: f64 = group.iter().map(|&i| counts[i]).sum();
                group.iter().for_each(|&i| ranks[i] = before + own / 2.0);
                before += own;
            }
            ranks
        });
        let total: f64 = counts.iter().sum();
        let mean = |x: &[f64]| x.iter().zip(counts).map(|(x, n)| x * n).sum::<f64>() / total;
        let (mean_a, mean_b) = (mean(&a), mean(&b));
        let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
        for ((a, b), n) in a.iter().zip(&b).zip(counts) {
            let (a, b) = (a - mean_a, b - mean_b);
            ab += n * a * b;
            aa += n * a * a;
            bb += n * b * b;
        }
        ab / (aa * bb).sqrt()
    }
}

/// Spearman's rank correlation; equal values share the mean of their ranks. NaN if a column is constant.
pub fn spearman(a: &[f64], b: &[f64]) -> f64 {
    RankCorrelation::new(a, b).of(&vec![1.0; a.len()])
}

/// 95 % interval of a rate: `hits` of `images`. Wilson, Journal of the American Statistical Association 1927.
pub fn wilson(hits: usize, images: usize) -> [f64; 2] {
    /// The normal distribution's 97.5 % point.
    const Z: f64 = 1.959_963_984_540_054;
    let n = images as f64;
    if images == 0 {
        return [0.0, 1.0];
    }
    let (p, z2) = (hits as f64 / n, Z * Z);
    let middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    // Rounding leaves an end a hair inside where nothing or everything is hit.
    [(middle - half).clamp(0.0, p), (middle + half).clamp(p, 1.0)]
}

/// Logistic regression on standardized columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Logistic {
    /// Mean and deviation of each column; the deviation of a constant column is 1.
    pub scales: Vec<[f64; 2]>,
    /// Weight of each standardized column.
    pub weights: Vec<f64>,
    /// Log-odds at the means.
    pub intercept: f64,
}

impl Logistic {
    /// Log-odds of a row.
    pub fn score(&self, row: &[f64]) -> f64 {
        let terms = row.iter().zip(&self.scales).zip(&self.weights).map(|((v, [mean, dev]), w)| w * (v - mean) / dev);
        self.intercept + terms.sum::<f64>()
    }
}

/// Fits a logistic regression to rows of values, with a ridge penalty of half the squared weights, as scikit-learn does
/// by default. The intercept is not penalized.
pub fn logistic(rows: &[Vec<f64>], targets: &[bool]) -> Logistic {
    let (n, columns) = (rows.len().max(1) as f64, rows.first().map_or(0, Vec::len));
    let scales: Vec<[f64; 2]> = (0..columns)
        .map(|c| {
            let mean = rows.iter().map(|row| row[c]).sum::<f64>() / n;
            let variance = rows.iter().map(|row| (row[c] - mean).powi(2)).sum::<f64>() / n;
            [mean, if variance > 1e-18 { variance.sqrt() } else { 1.0 }]
        })
        .collect();
    let standardized = |row: &Vec<f64>| {
        let scaled = row.iter().zip(&scales).map(|(v, [mean, dev])| (v - mean) / dev);
        std::iter::once(1.0).chain(scaled).collect::<Vec<f64>>()
    };
    let x: Vec<Vec<f64>> = rows.iter().map(standardized).collect();
    let size = columns + 1;
    let mut beta = vec![0.0; size];
    for _ in 0..50 {
        let mut gradient = vec![0.0; size];
        let mut hessian = vec![vec![0.0; size]; size];
        for (row, &target) in x.iter().zip(targets) {
            let p = 1.0 / (1.0 + (-dot(row, &beta)).exp());
            let (error, weight) = (p - f64::from(u8::from(target)), (p * (1.0 - p)).max(1e-12));
            for i in 0..size {
                gradient[i] += error * row[i];
                (0..size).for_each(|k| hessian[i][k] += weight * row[i] * row[k]);
            }
        }
        for i in 1..size {
            gradient[i] += beta[i];
            hessian[i][i] += 1.0;
        }
        let step = solved(hessian, gradient);
        beta.iter_mut().zip(&step).for_each(|(b, s)| *b -= s);
        if step.iter().all(|s| s.abs() < 1e-10) {
            break;
        }
    }
    Logistic { scales, weights: beta[1..].to_vec(), intercept: beta[0] }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Solves a symmetric positive definite system by Gaussian elimination.
fn solved(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let size = right.len();
    for i in 0..size {
        let pivot = matrix[i].clone();
        for k in i + 1..size {
            let factor = matrix[k][i] / pivot[i];
            matrix[k].iter_mut().zip(&pivot).skip(i).for_each(|(v, p)| *v -= factor * p);
            right[k] -= factor * right[i];
        }
    }
    for i in (0..size).rev() {
        let known: f64 = (i + 1..size).map(|k| matrix[i][k] * right[k]).sum();
        right[i] = (right[i] - known) / matrix[i][i];
    }
    right
}

/// Number of folds of [`out_of_fold`].
const FOLDS: usize = 10;

/// Log-odds of every row by a regression that was fitted without its tenth of the rows, drawn by `seed`.
pub fn out_of_fold(rows: &[Vec<f64>], targets: &[bool], seed: u64) -> Vec<f64> {
    let mut fold = vec![0; rows.len()];
    permutation(seed, rows.len()).into_iter().enumerate().for_each(|(place, i)| fold[i] = place % FOLDS);
    let mut scores = vec![0.0; rows.len()];
    for own in 0..FOLDS {
        let kept = || (0..rows.len()).filter(|&i| fold[i] != own);
        let train: Vec<Vec<f64>> = kept().map(|i| rows[i].clone()).collect();
        let fitted = logistic(&train, &kept().map(|i| targets[i]).collect::<Vec<_>>());
        (0..rows.len()).filter(|&i| fold[i] == own).for_each(|i| scores[i] = fitted.score(&rows[i]));
    }
    scores
}

/// Number of draws of folds that [`mean_out_of_fold`] takes the mean of.
const DRAWS: u64 = 20;

/// Log-odds of every row by regressions that were fitted without it: the mean over several draws of the folds, so that
/// a lucky or unlucky draw does not decide.
pub fn mean_out_of_fold(rows: &[Vec<f64>], targets: &[bool], seed: u64) -> Vec<f64> {
    let draws: Vec<Vec<f64>> = (0..DRAWS).map(|draw| out_of_fold(rows, targets, seed + draw)).collect();
    (0..rows.len()).map(|i| draws.iter().map(|scores| scores[i]).sum::<f64>() / DRAWS as f64).collect()
}

/// One block of an isotonic fit: images whose scores lie in a range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Block {
    /// Lowest score of the block.
    pub from: f64,
    /// Highest score of the block.
    pub to: f64,
    /// Number of images in the block.
    pub images: usize,
    /// Number of those with the target.
    pub hits: usize,
}

impl Block {
    /// The fraction of images with the target.
    pub fn rate(&self) -> f64 {
        self.hits as f64 / self.images as f64
    }

    fn joined(self, next: Self) -> Self {
        Self { from: self.from, to: next.to, images: self.images + next.images, hits: self.hits + next.hits }
    }
}

/// Isotonic fit of the rate of targets over scores, by pooling adjacent violators, as blocks from low to high. Blocks
/// of fewer than `least` images are joined to a neighbor, so 1 gives the exact fit.
pub fn isotonic(scores: &[f64], targets: &[bool], least: usize) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for group in groups(scores) {
        let hits = group.iter().filter(|&&i| targets[i]).count();
        blocks.push(Block { from: scores[group[0]], to: scores[group[0]], images: group.len(), hits });
        // Equal rates are pooled as well.
        while let [.., before, last] = blocks.as_slice()
            && before.rate() >= last.rate()
        {
            let joined = before.joined(*last);
            blocks.truncate(blocks.len() - 2);
            blocks.push(joined);
        }
    }
    // The smallest block joins the neighbor whose rate is nearer: rates then still rise.
    while blocks.len() > 1 {
        let (i, smallest) = blocks.iter().enumerate().min_by_key(|(_, block)| block.images).expect("a block");
        if smallest.images >= least {
            break;
        }
        let gap = |k: usize| (blocks[k].rate() - smallest.rate()).abs();
        let first = if i == 0 || (i + 1 < blocks.len() && gap(i + 1) < gap(i - 1)) { i } else { i - 1 };
        let joined = blocks[first].joined(blocks[first + 1]);
        blocks.splice(first..first + 2, [joined]);
    }
    blocks
}

/// The rate that blocks give a score: that of the nearest block.
pub fn rate_at(blocks: &[Block], score: f64) -> f64 {
    let distance = |block: &&Block| (block.from - score).max(score - block.to).max(0.0);
    blocks.iter().min_by(|a, b| distance(a).total_cmp(&distance(b))).map_or(f64::NAN, Block::rate)
}

/// Places of the values in `parts` equal parts, from low to high.
pub fn parts(values: &[f64], parts: usize) -> Vec<Vec<usize>> {
    let order = order(values);
    let cut = |k: usize| k * order.len() / parts;
    (0..parts).map(|k| order[cut(k)..cut(k + 1)].to_vec()).filter(|part| !part.is_empty()).collect()
}

/// Expected calibration error over ten parts of equal size: the mean distance of the foretold from the found rate.
pub fn calibration_error(foretold: &[f64], targets: &[bool]) -> f64 {
    let error = |part: &Vec<usize>| {
        let foretold: f64 = part.iter().map(|&i| foretold[i]).sum();
        let found = part.iter().filter(|&&i| targets[i]).count() as f64;
        (foretold - found).abs()
    };
    parts(foretold, 10).iter().map(error).sum::<f64>() / foretold.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranking_by_hand() {
        assert_eq!(auroc(&[1.0, 2.0, 3.0], &[false, true, true]), 1.0);
        assert_eq!(auroc(&[1.0; 4], &[false, true, true, false]), 0.5);
        assert!(auroc(&[1.0, 2.0], &[true, true]).is_nan());
        // Twice the first positive: (2 * 0 + 1 * 1) / 3.
        let ranking = Ranking::new(&[1.0, 2.0, 3.0], &[true, false, true]);
        assert_eq!(ranking.auroc(&[2.0, 1.0, 1.0]), 1.0 / 3.0);
    }

    #[test]
    fn rank_correlation_by_hand() {
        assert_eq!(spearman(&[1.0, 2.0, 9.0], &[5.0, 6.0, 7.0]), 1.0);
        assert_eq!(spearman(&[1.0, 2.0, 9.0], &[7.0, 6.0, 5.0]), -1.0);
        // Ranks 1, 2.5, 2.5 and 1, 2, 3: covariance 1.5, variances 1.5 and 2.
        assert!((spearman(&[1.0, 2.0, 2.0], &[1.0, 2.0, 3.0]) - 1.5 / 3f64.sqrt()).abs() < 1e-12);
        assert!(spearman(&[1.0, 1.0], &[1.0, 2.0]).is_nan());
    }

    #[test]
    fn an_interval_of_a_rate_by_hand() {
        // The example of the literature: 0 of 10 gives 0 to 0.2775.
        let [low, high] = wilson(0, 10);
        assert!(low == 0.0 && (high - 0.277_533).abs() < 1e-6, "{low} {high}");
        assert_eq!(wilson(0, 0), [0.0, 1.0]);
        for images in 1..2000 {
            assert_eq!((wilson(0, images)[0], wilson(images, images)[1]), (0.0, 1.0), "{images}");
        }
    }

    #[test]
    fn isotonic_blocks_rise_and_are_as_large_as_asked() {
        let scores = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let targets = [false, true, false, true, true, true];
        let rates = |least: usize| isotonic(&scores, &targets, least).iter().map(Block::rate).collect::<Vec<_>>();
        assert_eq!(rates(1), [0.0, 0.5, 1.0]);
        assert_eq!(rates(3), [1.0 / 3.0, 1.0]);
        assert_eq!(isotonic(&scores, &targets, 1).iter().map(|b| b.images).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(rate_at(&isotonic(&scores, &targets, 1), 3.4), 0.5);
    }

    #[test]
    fn a_perfect_forecast_has_no_calibration_error() {
        let targets: Vec<bool> = (0..100).map(|i| i % 10 < i / 10).collect();
        let foretold: Vec<f64> = (0..100).map(|i| f64::from(i / 10) / 10.0).collect();
        assert!(calibration_error(&foretold, &targets) < 1e-12);
        let high: Vec<f64> = foretold.iter().map(|p| p + 0.05).collect();
        assert!((calibration_error(&high, &targets) - 0.05).abs() < 1e-12);
    }

    #[test]
    fn a_regression_finds_the_direction_and_is_fair_out_of_fold() {
        let rows: Vec<Vec<f64>> = (0..200).map(|i| vec![f64::from(i), f64::from(i * 37 % 101)]).collect();
        let targets: Vec<bool> = (0..200).map(|i| i > 100 + i * 53 % 41 - 20).collect();
        let fitted = logistic(&rows, &targets);
        assert!(fitted.weights[0] > 5.0 * fitted.weights[1].abs(), "{fitted:?}");
        assert!(auroc(&out_of_fold(&rows, &targets, 0), &targets) > 0.95);
        let coins: Vec<bool> = (0..200).map(|i| peerlight_core::rng::uniform(5, i) < 0.5).collect();
        let chance = auroc(&out_of_fold(&rows, &coins, 0), &coins);
        assert!((0.35..0.65).contains(&chance), "{chance}");
    }
}
