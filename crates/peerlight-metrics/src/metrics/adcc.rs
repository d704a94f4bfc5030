//! ADCC.

use async_trait::async_trait;
use peerlight_core::Result;

use super::{average_drop::drop, complexity::complexity};
use crate::{Better, Case, Masking, Means, Meta, Metric, Score, key};

/// The place of soft masking.
const SOFT: usize = Masking::Soft as usize;

/// ADCC: the harmonic mean of coherency, 1 - complexity and 1 - Average Drop (soft masking).
pub struct Adcc;

#[async_trait(?Send)]
impl Metric for Adcc {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "adcc",
            name: "ADCC",
            better: Better::Higher,
            unit: "",
            help: "Coherency, simplicity and a small Average Drop in one number, the harmonic mean: a \
                   method must do tolerably on all three, so that Fake-CAM's trick does not help. It \
                   weighs them alike, which is a choice. Over many images it is made of their means.",
            paper: "Poppi, Cornia, Baraldi, Cucchiara, Revisiting the Evaluation of Class Activation \
                   Mapping for Explainability: A Novel Metric and Experimental Analysis, CVPR Workshops \
                   2021",
            passes: 0,
            again: true,
            boxes: false,
        }
    }

    async fn score(&self, case: &Case<'_>) -> Result<Score> {
        let (whole, masked) = case.masked().await?;
        let drop = drop(whole, masked[SOFT]) / 100.0;
        Ok(Score::One(Some(adcc(case.coherency().await?, complexity(case.map()), drop))))
    }

    fn made_of(&self) -> &'static [&'static str] {
        &["average-drop", "complexity", "coherency"]
    }

    fn pool(&self, _: &str, means: &Means<'_>) -> Option<f64> {
        let drop = means(&key("average-drop", Some(Masking::Soft)))? / 100.0;
        Some(adcc(means("coherency")?, means("complexity")?, drop))
    }
}

/// 3 / (1/coherency + 1/(1 - complexity) + 1/(1 - drop)), all of them parts of 1; 0 if any of the three is.
fn adcc(coherency: f64, complexity: f64, drop: f64) -> f64 {
    let terms = [coherency, 1.0 - complexity, 1.0 - drop];
    if terms.iter().all(|&t| t > 0.0) { 3.0 / terms.iter().map(|t| 1.0 / t).sum::<f64>() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let cases = [
            ([1.0, 0.0, 0.0], 1.0),
            ([0.5, 0.5, 0.5], 0.5),
            ([1.0, 0.5, 0.0], 0.75),
            ([0.0, 0.1, 0.1], 0.0),
            ([1.0, 1.0, 0.0], 0.0),
        ];
        for ([coherency, complexity, drop], expected) in cases {
            assert!((adcc(coherency, complexity, drop) - expected).abs() < 1e-12, "{expected}");
        }
    }

    #[test]
    fn pooled_from_means() {
        let means = |key: &str| match key {
            "coherency" => Some(1.0),
            "complexity" => Some(0.5),
            "average-drop:soft" => Some(0.0),
            _ => None,
        };
        assert_eq!(Adcc.pool("adcc", &means), Some(0.75));
        assert_eq!(Adcc.pool("adcc", &|_| None), None);
        assert_eq!(Masking::ALL[SOFT], Masking::Soft);
    }
}
