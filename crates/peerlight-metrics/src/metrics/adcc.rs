//! ADCC.

use async_trait::async_trait;
use peerlight_core::Result;

use super::{ADCC, average_drop::drop, complexity::complexity};
use crate::{Evaluation, FigureKey, Masking, Meta, Metric, MetricId, Score};

/// Average Drop, Coherency and Complexity in one: the harmonic mean of coherency, 1 - complexity and 1 - Average Drop
/// (soft masking).
pub struct Adcc;

#[async_trait(?Send)]
impl Metric for Adcc {
    fn meta(&self) -> &'static Meta {
        const {
            &Meta::new("adcc", "ADCC")
                .asks_again()
                .help(
                    "Coherency, simplicity and a small Average Drop in one number, their harmonic mean. A method must \
                     do tolerably well on all three, so Fake-CAM's trick does not help. The three count equally, which \
                     is a choice. Over many images it is computed from their means.",
                )
                .paper(ADCC)
        }
    }

    async fn score(&self, evaluation: &Evaluation<'_>) -> Result<Score> {
        let (whole, masked) = evaluation.masked().await?;
        let drop = drop(whole, masked[Masking::Soft]);
        Ok(Score::One(Some(adcc(evaluation.coherency().await?, complexity(evaluation.map()), drop))))
    }

    fn made_of(&self) -> &'static [FigureKey] {
        const {
            &[
                FigureKey::new(MetricId("average-drop"), Some(Masking::Soft)),
                FigureKey::new(MetricId("complexity"), None),
                FigureKey::new(MetricId("coherency"), None),
            ]
        }
    }

    fn pool(&self, _: f64, parts: &[f64]) -> f64 {
        match parts {
            &[drop, complexity, coherency] => adcc(coherency, complexity, drop),
            _ => f64::NAN,
        }
    }
}

/// 3 / (1/coherency + 1/(1 - complexity) + 1/(1 - drop)), the drop being in percent; 0 if any of the three terms is.
fn adcc(coherency: f64, complexity: f64, drop: f64) -> f64 {
    let terms = [coherency, 1.0 - complexity, 1.0 - drop / 100.0];
    if terms.iter().all(|&t| t > 0.0) { 3.0 / terms.iter().map(|t| 1.0 / t).sum::<f64>() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let cases = [
            ([1.0, 0.0, 0.0], 1.0),
            ([0.5, 0.5, 50.0], 0.5),
            ([1.0, 0.5, 0.0], 0.75),
            ([0.0, 0.1, 10.0], 0.0),
            ([1.0, 1.0, 0.0], 0.0),
        ];
        for ([coherency, complexity, drop], expected) in cases {
            assert!((adcc(coherency, complexity, drop) - expected).abs() < 1e-12, "{expected}");
        }
    }

    #[test]
    fn pooled_from_the_means_of_its_parts() {
        assert_eq!(Adcc.made_of().len(), 3);
        // An average drop of 20 %, a complexity of 0.2, a coherency of 0.8, whatever the mean of the images' own.
        assert!((Adcc.pool(0.1, &[20.0, 0.2, 0.8]) - 0.8).abs() < 1e-12);
    }
}
