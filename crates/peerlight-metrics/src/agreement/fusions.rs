//! Ways of fusing the peers' maps that are measured beside the mutual map's own.

use peerlight_core::Fusion as Defaults;
use peerlight_explain::{Explanation, Looks, Map};

/// A way of fusing the maps of several peers.
pub struct Fusion {
    /// Name in results.
    pub id: &'static str,
    /// Fewest peers for which it differs from the mean.
    pub least: usize,
    /// Value of every place, before min-max.
    fuse: fn(&Maps<'_>) -> Vec<f32>,
}

/// What is fused.
struct Maps<'a> {
    /// Values of each peer's own map.
    own: Vec<&'a [f32]>,
    /// Probability of the class by each peer.
    confidences: Vec<f64>,
    of: &'a Explanation,
}

/// The ways. A new one is a line here.
pub const FUSIONS: [Fusion; 7] = [
    // Surer peers count more.
    Fusion { id: "confidence", least: 2, fuse: |maps| maps.weighted(|p| p) },
    // The log-odds of the mean probability change with a peer's own log-odds in proportion to p (1 - p).
    Fusion { id: "decision", least: 2, fuse: |maps| maps.weighted(|p| p * (1.0 - p)) },
    Fusion { id: "product", least: 2, fuse: |maps| maps.each(|v| v.iter().product::<f32>()) },
    Fusion { id: "least", least: 2, fuse: |maps| maps.each(|v| v.iter().copied().fold(1.0, f32::min)) },
    Fusion { id: "largest", least: 2, fuse: |maps| maps.each(|v| v.iter().copied().fold(0.0, f32::max)) },
    Fusion { id: "median", least: 3, fuse: |maps| maps.each(median) },
    Fusion { id: "both-look", least: 2, fuse: |maps| maps.where_all_look() },
];

impl Fusion {
    /// The explanation with its joint map fused in this way, raised to the mutual map's exponent.
    pub fn of(&self, explanation: &Explanation) -> Explanation {
        let peers = &explanation.peers;
        let confidences = peers.iter().map(|peer| f64::from(peer.target.probability)).collect();
        let own = peers.iter().map(|peer| peer.map.values.as_slice()).collect();
        let fused = (self.fuse)(&Maps { own, confidences, of: explanation });
        let [low, high] =
            fused.iter().fold([f32::INFINITY, f32::NEG_INFINITY], |[low, high], &v| [low.min(v), high.max(v)]);
        let blank = explanation.map.blank || high <= low;
        let scaled = |v: &f32| if blank { 0.0 } else { ((v - low) / (high - low)).powf(Defaults::EXPONENT as f32) };
        Explanation { map: Map { values: fused.iter().map(scaled).collect(), blank }, ..explanation.clone() }
    }
}

impl Maps<'_> {
    /// A value for every place, from the maps' values there.
    fn each(&self, of: impl Fn(&[f32]) -> f32) -> Vec<f32> {
        let mut values = vec![0.0; self.own.len()];
        let place = |i: usize| {
            values.iter_mut().zip(&self.own).for_each(|(value, map)| *value = map[i]);
            of(&values)
        };
        (0..self.own[0].len()).map(place).collect()
    }

    /// The mean with weights by the peers' probabilities of the class.
    fn weighted(&self, weight: fn(f64) -> f64) -> Vec<f32> {
        let weights: Vec<f32> = self.confidences.iter().map(|&p| weight(p) as f32 + f32::MIN_POSITIVE).collect();
        let all: f32 = weights.iter().sum();
        self.each(|values| values.iter().zip(&weights).map(|(v, w)| v * w / all).sum())
    }

    /// The mean, dimmed by (1 + rho) / 2 in regions where every peer looks.
    fn where_all_look(&self) -> Vec<f32> {
        let count = self.own.len() as f32;
        let weights = self.of.regions.iter().map(|of| if of.looks == Looks::All { (1.0 + of.rho) / 2.0 } else { 1.0 });
        let (weights, side, grid) = (weights.collect::<Vec<f32>>(), self.of.side, self.of.grid);
        let mean = self.each(|values| values.iter().sum::<f32>() / count);
        mean.iter().enumerate().map(|(i, v)| v * between(&weights, grid, [i / side, i % side], side)).collect()
    }
}

/// The weight of a pixel: those of the regions, linear between their centers.
fn between(weights: &[f32], grid: usize, pixel: [usize; 2], side: usize) -> f32 {
    let at = pixel.map(|v| ((v as f32 + 0.5) * grid as f32 / side as f32 - 0.5).clamp(0.0, grid as f32 - 1.0));
    let [low, part] = [at.map(f32::floor), at.map(f32::fract)];
    let corner = |down: usize, right: usize| {
        let [row, column] = [low[0] as usize + down, low[1] as usize + right].map(|v| v.min(grid - 1));
        weights[row * grid + column]
    };
    let along = |down: usize| corner(down, 0) * (1.0 - part[1]) + corner(down, 1) * part[1];
    along(0) * (1.0 - part[0]) + along(1) * part[0]
}

fn median(values: &[f32]) -> f32 {
    let mut values = values.to_vec();
    values.sort_by(f32::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fusing_by_hand() {
        assert_eq!([median(&[3.0, 1.0, 2.0]), median(&[4.0, 1.0, 2.0, 8.0])], [2.0, 3.0]);
        // Two regions a side over four pixels: centers at 0.5 and 2.5.
        let row: Vec<f32> = (0..4).map(|column| between(&[0.0, 1.0, 0.0, 1.0], 2, [1, column], 4)).collect();
        assert_eq!(row, [0.0, 0.25, 0.75, 1.0]);
    }
}
