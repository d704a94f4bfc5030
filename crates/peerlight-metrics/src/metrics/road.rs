//! ROAD.

use async_trait::async_trait;
use peerlight_core::Result;

use crate::{Evaluation, Meta, Metric, PeerTrial, Score};

/// The percentages of the pixels that stay.
const PERCENTILES: [usize; 4] = [20, 40, 60, 80];

/// ROAD, combined: half the difference of the class's probability when the least important pixels are imputed and when
/// the most important ones are, the mean over 4 percentages of pixels.
pub struct Road;

#[async_trait(?Send)]
impl Metric for Road {
    fn meta(&self) -> &'static Meta {
        const {
            &Meta::new("road", "ROAD")
                .passes(8)
                .help(
                    "Removes the least and the most important pixels, fills the holes from their surroundings, and \
                     compares. Above 0 the map's order means something; a random order gives about 0. The filling \
                     still shows faintly where the holes were.",
                )
                .paper(
                    "Rong, Leemann, Borisov, Kasneci, Kasneci, A Consistent and Efficient Evaluation Strategy for \
                     Attribution Methods, ICML 2022",
                )
        }
    }

    async fn score(&self, evaluation: &Evaluation<'_>) -> Result<Score> {
        // First those that keep the least important pixels, then those that keep the most important ones.
        let make = |i: usize, trial: &PeerTrial<'_>, out: &mut Vec<f32>| {
            let (map, percentile) = (trial.map.values(), PERCENTILES[i % PERCENTILES.len()]);
            let removed = match i < PERCENTILES.len() {
                true => from(map, percentile),
                false => from(&map.iter().map(|v| 1.0 - v).collect::<Vec<_>>(), percentile),
            };
            out.extend(trial.inputs.imputed(&removed));
        };
        let found = evaluation.probabilities(2 * PERCENTILES.len(), &make).await?;
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let (without_most, without_least) = found.split_at(PERCENTILES.len());
        Ok(Score::One(Some((mean(without_least) - mean(without_most)) / 2.0)))
    }
}

/// The pixels that are not below the percentile of the map (linear between two values, as NumPy has it): pytorch-grad-
/// cam removes these, and with them all that have the percentile's own value.
fn from(map: &[f32], percentile: usize) -> Vec<bool> {
    let mut sorted = map.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    let place = (map.len() - 1) * percentile;
    let (low, high) = (sorted[place / 100], sorted[place.div_ceil(100)]);
    // Between two different values lies the threshold; on a value, that value itself is removed.
    map.iter().map(|&v| if low < high { v > low } else { v >= low }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_by_hand() {
        let removed = |map: &[f32], percentile| from(map, percentile).iter().filter(|&&r| r).count();
        let map: Vec<f32> = (0..11).map(|i| i as f32 / 10.0).collect();
        // The 10th percentile is the value 0.1: 0 alone is below it. The 15th is 0.15: 0 and 0.1 are.
        assert_eq!(removed(&map, 10), 10);
        assert_eq!(removed(&map, 15), 9);
        assert_eq!(from(&map, 90)[8..], [false, true, true]);
        // Ties go together.
        assert_eq!(from(&[0.0, 0.0, 0.0, 1.0], 50), [true; 4]);
        assert_eq!(from(&[0.0, 0.0, 0.0, 1.0], 90), [false, false, false, true]);
    }
}
