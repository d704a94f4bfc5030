//! How sure a mean over images is: bootstrap intervals.

use peerlight_core::rng::uniform;

use crate::dot::dot;

/// The number of resamples of the images.
pub const RESAMPLES: usize = 2000;

/// The mean of each column over the images, first of the sample itself and then of each resample.
///
/// Efron, "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics 1979. Each resample draws as many
/// images as there are, with replacement, by the numbers of `seed`; every column is resampled alike, so that the
/// difference of two columns is a paired one. An image that has no value in a column is left out of that column; a
/// mean of none is NaN. A column of fewer than two values has no resamples.
pub fn resampled_means(columns: &[Vec<Option<f64>>], seed: u64) -> Vec<Vec<f64>> {
    let images = columns.first().map_or(0, Vec::len);
    let split: Vec<(Vec<f64>, Option<Vec<f64>>)> = columns
        .iter()
        .map(|column| {
            let values = column.iter().map(|v| v.unwrap_or(0.0)).collect();
            let there = column.iter().map(|v| f64::from(u8::from(v.is_some()))).collect();
            (values, column.contains(&None).then_some(there))
        })
        .collect();
    let mut means = vec![Vec::with_capacity(RESAMPLES + 1); columns.len()];
    resampled(images, seed, |counts| {
        for (means, (values, there)) in means.iter_mut().zip(&split) {
            let of = there.as_ref().map_or(images as f64, |there| dot(counts, there));
            means.push(dot(counts, values) / of);
        }
    });
    for (means, column) in means.iter_mut().zip(columns) {
        if column.iter().flatten().nth(1).is_none() {
            means.truncate(1);
        }
    }
    means
}

/// Calls `each` with how often every image counts: first once each, the sample itself, and then in each resample. One
/// image alone cannot be resampled: it says nothing of others.
pub(crate) fn resampled(images: usize, seed: u64, mut each: impl FnMut(&[f64])) {
    let mut counts = vec![1.0; images];
    for resample in 0..=if images < 2 { 0 } else { RESAMPLES } {
        if resample > 0 {
            counts.fill(0.0);
            let first = (resample - 1) * images;
            for draw in first..first + images {
                counts[(uniform(seed, draw as u64) * images as f64) as usize] += 1.0;
            }
        }
        each(&counts);
    }
}

/// The interval that holds 95 % of the values, by percentiles (linear between two values); none without a value. Values
/// that are not finite are left out: a resample may hold no image that has a figure.
pub fn interval(values: &[f64]) -> Option<[f64; 2]> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    if sorted.is_empty() {
        return None;
    }
    sorted.sort_by(f64::total_cmp);
    let at = |part: f64| {
        let place = part * (sorted.len() - 1) as f64;
        let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
        low + (high - low) * place.fract()
    };
    Some([at(0.025), at(0.975)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_by_hand() {
        // 0..=40: 2.5 % of 40 is 1, 97.5 % is 39.
        let values: Vec<f64> = (0..=40).rev().map(f64::from).collect();
        assert_eq!(interval(&values), Some([1.0, 39.0]));
        // 2.5 % of 2 is 0.05, 97.5 % is 1.95.
        let [low, high] = interval(&[0.0, 10.0, 30.0]).unwrap();
        assert!((low - 0.5).abs() < 1e-12 && (high - 29.0).abs() < 1e-12);
        assert_eq!(interval(&[1.0, f64::NAN]), Some([1.0, 1.0]));
        assert_eq!(interval(&[]), None);
    }

    #[test]
    fn a_mean_lies_in_its_interval_and_a_constant_has_none() {
        let columns =
            vec![(0..200).map(|i| Some(f64::from(i % 10))).collect::<Vec<_>>(), vec![Some(7.0); 200], vec![None; 200]];
        let means = resampled_means(&columns, 0);
        assert_eq!(means[0].len(), RESAMPLES + 1);
        assert_eq!(means[0][0], 4.5);
        let [low, high] = interval(&means[0][1..]).unwrap();
        // The mean's deviation is sqrt(8.25 / 200) = 0.203: 1.96 of them to either side.
        assert!((low - 4.1).abs() < 0.03 && (high - 4.9).abs() < 0.03, "{low} {high}");
        assert_eq!(interval(&means[1]), Some([7.0, 7.0]));
        assert!(means[2][0].is_nan());
        assert_eq!(resampled_means(&columns, 0)[0], means[0]);
        assert_ne!(resampled_means(&columns, 1)[0], means[0]);
    }

    #[test]
    fn resamples_are_paired_and_leave_out_what_is_not_there() {
        let first: Vec<Option<f64>> = (0..50).map(|i| Some(f64::from(i * i % 17))).collect();
        let above = first.iter().map(|v| v.map(|v| v + 2.0)).collect();
        let half = first.iter().enumerate().map(|(i, v)| v.filter(|_| i < 25)).collect();
        let means = resampled_means(&[first.clone(), above, half], 3);
        assert!(means[0].iter().zip(&means[1]).all(|(a, b)| (b - a - 2.0).abs() < 1e-12));
        let mean = first[..25].iter().flatten().sum::<f64>() / 25.0;
        assert!((means[2][0] - mean).abs() < 1e-12);
    }
}
