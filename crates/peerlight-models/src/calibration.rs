//! How often a map's brightest place lay on the object, by how much the maps agree: measured on test images.

use std::collections::BTreeMap;

use peerlight_core::Result;
use serde::{Deserialize, Serialize};

use crate::weights::invalid;

/// Calibration of a bundle's agreement: a score of statistics of agreement, and the hit rate at each score.
///
/// The score is `intercept + sum of weight * (value - mean) / deviation` over the inputs, the logistic regression's
/// log-odds. The steps are an isotonic fit of hits over scores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// sha256 of the bundle that was calibrated, before the calibration was written into it.
    pub bundle_sha256: String,
    /// The method whose joint map is calibrated, with its settings as text.
    pub method: String,
    /// Number of regions along a side of the grid.
    pub grid: usize,
    /// Side of the center square that the networks saw, as a fraction of the image's shorter side.
    pub crop: f64,
    /// Name of the test images, shown to people.
    pub set: String,
    /// Number of test images. Their objects' boxes cover at most half of the image.
    pub images: usize,
    /// Number of those whose map has its brightest place in a box.
    pub hits: usize,
    /// Statistics of agreement that the score is made of.
    pub inputs: Vec<CalibrationInput>,
    /// Log-odds where every input has its mean.
    pub intercept: f64,
    /// What the agreement of the peers adds to the other inputs: the difference of ten-fold AUROC, and both ends of its
    /// 95 % interval. None for one network.
    pub peers_add: Option<[f64; 3]>,
    /// Hit rates by score, from low to high. Rates rise, and each step begins where the one before ends.
    pub steps: Vec<CalibrationStep>,
    /// Other files with the same networks, whose agreement was measured to be worth the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<SameWorth>,
}

/// A file that a calibration holds for, too, and the measurement that says so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SameWorth {
    /// sha256 of the file.
    pub bundle_sha256: String,
    /// Difference from the bundle that was calibrated, in words for people.
    pub differs: String,
    /// Name of the test images, shown to people.
    pub set: String,
    /// Number of test images. Their objects' boxes cover at most half of the image.
    pub images: usize,
    /// How well the score foretells a hit (AUROC), by the calibrated bundle's numbers and by this file's.
    pub auroc: [f64; 2],
    /// Difference of the two, and both ends of its 95 % interval.
    pub difference: [f64; 3],
}

/// One statistic in a calibration's score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CalibrationInput {
    /// Id of the statistic.
    pub id: String,
    /// Mean over the test images.
    pub mean: f64,
    /// Standard deviation over the test images.
    pub deviation: f64,
    /// Weight of the standardized value.
    pub weight: f64,
}

/// Hit rate of the test images whose scores lie in a range.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CalibrationStep {
    /// Lowest score of the step.
    pub from: f64,
    /// Highest score of the step.
    pub to: f64,
    /// Number of test images.
    pub images: usize,
    /// Number of those that hit.
    pub hits: usize,
    /// Fraction of the test images of this step whose brightest place lay on the object, 0..=1.
    pub rate: f64,
    /// Lower end of the rate's 95 % interval (Wilson).
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// Calibrations of the bundles that come with Peerlight. Each names its bundle by the sha256, so that the files of
/// weights stay the same to the byte.
const SHIPPED: [&str; 2] =
    [include_str!("../calibrations/lite0-lite1-peers.json"), include_str!("../calibrations/lite0-lite1.json")];

impl Calibration {
    /// The calibration that comes with Peerlight for the bundle of this sha256, if there is one: its own, or one that
    /// was measured to hold for it.
    ///
    /// # Errors
    /// `bundle-invalid` if it is not sound.
    pub fn shipped(sha256: &str) -> Result<Option<Self>> {
        for text in SHIPPED {
            let found: Self = serde_json::from_str(text).map_err(|e| invalid(format!("Its calibration: {e}.")))?;
            if found.bundle_sha256 == sha256 || found.also.iter().any(|file| file.bundle_sha256 == sha256) {
                found.check()?;
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Checks what the types cannot.
    ///
    /// # Errors
    /// `bundle-invalid`.
    pub fn check(&self) -> Result<()> {
        let inputs = self.inputs.iter().flat_map(|input| [input.mean, input.deviation, input.weight]);
        let steps = self.steps.iter().flat_map(|step| [step.from, step.to, step.rate, step.low, step.high]);
        let finite = inputs.chain(steps).chain([self.intercept, self.crop]).all(f64::is_finite);
        let deviations = self.inputs.iter().all(|input| input.deviation > 0.0);
        let rates = self.steps.iter().all(|s| {
            s.from <= s.to && 0.0 <= s.low && s.low <= s.rate && s.rate <= s.high && s.high <= 1.0 && s.hits <= s.images
        });
        let rising = self.steps.windows(2).all(|pair| pair[0].to <= pair[1].from && pair[0].rate <= pair[1].rate);
        if finite && deviations && rates && rising && !self.steps.is_empty() && !self.inputs.is_empty() {
            Ok(())
        } else {
            Err(invalid("Its calibration is not sound: numbers that are not finite, or steps that do not rise.".into()))
        }
    }

    /// The score of an image's statistics, by their ids; none if one is missing.
    pub fn score(&self, values: &BTreeMap<String, f64>) -> Option<f64> {
        let term =
            |input: &CalibrationInput| Some(input.weight * (values.get(&input.id)? - input.mean) / input.deviation);
        let terms: Option<Vec<f64>> = self.inputs.iter().map(term).collect();
        Some(self.intercept + terms?.iter().sum::<f64>())
    }

    /// The step that a score lies in; none below the lowest or above the highest score of the test images. A score
    /// between two steps belongs to the nearer one, the lower of two as near.
    pub fn step(&self, score: f64) -> Option<&CalibrationStep> {
        let (first, last) = (self.steps.first()?, self.steps.last()?);
        if !(first.from..=last.to).contains(&score) {
            return None;
        }
        let distance = |step: &CalibrationStep| (step.from - score).max(score - step.to).max(0.0);
        self.steps.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calibration() -> Calibration {
        let step = |from: f64, to: f64, images: usize, hits: usize| {
            let rate = hits as f64 / images as f64;
            CalibrationStep { from, to, images, hits, rate, low: rate / 2.0, high: 1.0 }
        };
        Calibration {
            bundle_sha256: "0".repeat(64),
            method: "mutual".into(),
            grid: 7,
            crop: 0.875,
            set: "drawn".into(),
            images: 20,
            hits: 12,
            inputs: vec![CalibrationInput { id: "regional-7".into(), mean: 0.5, deviation: 0.25, weight: 2.0 }],
            intercept: 0.5,
            peers_add: None,
            also: Vec::new(),
            steps: vec![step(-3.0, -1.0, 10, 4), step(0.0, 2.0, 10, 8)],
        }
    }

    #[test]
    fn a_score_finds_its_step() {
        let calibration = calibration();
        calibration.check().unwrap();
        let score = |rho: f64| calibration.score(&[("regional-7".to_owned(), rho)].into()).unwrap();
        assert_eq!((score(0.5), score(0.75)), (0.5, 2.5));
        let rate = |score: f64| calibration.step(score).map(|step| step.rate);
        assert_eq!(
            [-3.1, -2.0, -0.6, -0.4, 2.0, 2.1].map(rate),
            [None, Some(0.4), Some(0.4), Some(0.8), Some(0.8), None]
        );
        assert_eq!(calibration.score(&BTreeMap::new()), None);
    }

    #[test]
    fn an_unsound_calibration_is_refused() {
        let broken: [fn(&mut Calibration); 5] = [
            |c| c.steps.clear(),
            |c| c.steps.reverse(),
            |c| c.steps[0].rate = 0.9,
            |c| c.inputs[0].deviation = 0.0,
            |c| c.intercept = f64::NAN,
        ];
        for change in broken {
            let mut changed = calibration();
            change(&mut changed);
            assert!(changed.check().is_err());
        }
    }
}
