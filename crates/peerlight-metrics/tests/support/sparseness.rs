//! Sparseness.

use async_trait::async_trait;
use peerlight_core::Result;
use peerlight_metrics::{Evaluation, Meta, Metric, Score};

/// Sparseness: the Gini index of the map's values; 0 for a map whose values are all the same.
pub struct Sparseness;

#[async_trait(?Send)]
impl Metric for Sparseness {
    fn meta(&self) -> &'static Meta {
        const {
            &Meta::new("sparseness", "Sparseness")
                .help(
                    "How unevenly the map is spread: near 1 if a few pixels carry all of it. Whether they are right \
                       does not count.",
                )
                .paper(
                    "Chalasani, Chen, Chowdhury, Jha, Wu, Concise Explanations of Neural Networks using \
                        Adversarial Training, ICML 2020",
                )
        }
    }

    async fn score(&self, evaluation: &Evaluation<'_>) -> Result<Score> {
        let mut values = evaluation.map().to_vec();
        values.sort_unstable_by(f32::total_cmp);
        let count = values.len() as f64;
        let sum: f64 = values.iter().map(|&v| f64::from(v)).sum();
        let ranked: f64 = (1..).zip(&values).map(|(rank, &v)| f64::from(rank) * f64::from(v)).sum();
        let gini = if sum > 0.0 { (2.0 * ranked / sum - count - 1.0) / count } else { 0.0 };
        Ok(Score::One(Some(gini)))
    }
}
