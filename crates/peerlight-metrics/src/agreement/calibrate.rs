//! Hit rates by agreement: fitting them, and refusing to.

use peerlight_core::{Code, Error, Result};
use peerlight_models::{Calibration, CalibrationInput, CalibrationStep};

use super::{
    sample::{Sample, above},
    stats::{Block, Logistic, isotonic, logistic, mean_out_of_fold, out_of_fold, wilson},
};
use crate::{
    figure::Estimate,
    record::{CROP, Record},
};

/// Fewest images, with boxes that cover at most half, from which hit rates are fitted.
pub const LEAST_IMAGES: usize = 100;
/// Fewest images of those that hit, and that miss: five for each statistic in the score, as is the rule of thumb.
pub const LEAST_OF_A_KIND: usize = 25;
/// Fewest images in a step of the fit: its interval is then at most 36 points wide.
const LEAST_IN_A_STEP: usize = 25;

/// Statistics that take no pass of their own: the best on the images that were for choosing.
const FREE: [&str; 3] = ["reach-peers", "spread", "confidence"];
/// Those of records that an earlier version made, without reach.
const EARLIER: [&str; 4] = ["regional-weighted", "spread", "confidence", "same-class"];
/// Those of one network, which has no peers to agree with.
const ALONE: [&str; 3] = ["reach", "spread", "confidence"];
/// What is added to the free ones where it makes the score better for certain.
const ITSELF: &str = "itself";

/// Images whose number is odd, and those whose number is even: the number that a file's name ends in, or else its
/// place.
///
/// One half is for choosing and fitting, the other for reporting.
pub fn halves(records: &[Record]) -> [Vec<Record>; 2] {
    let mut halves = [Vec::new(), Vec::new()];
    for (place, record) in records.iter().enumerate() {
        let name = record.image.rsplit('/').next().unwrap_or_default();
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let last = stem.chars().last().filter(char::is_ascii_digit).and_then(|digit| digit.to_digit(10));
        let number = last.map_or(place + 1, |digit| digit as usize);
        halves[1 - number % 2].push(record.clone());
    }
    halves
}

/// Fits hit rates of a method's joint map to the records of images with small boxes.
///
/// The score is a logistic regression on how far the peers' maps reach from each other's brightest place, spread and
/// confidence. Each network's agreement with itself joins them only where ten-fold AUROC then rises by an interval
/// that excludes zero, because it takes more passes. Of a network alone, its own map's reach stands in for the peers.
/// The steps are an isotonic fit to scores of the folds that did not see the image.
///
/// # Errors
/// `ask-invalid` with fewer than [`LEAST_IMAGES`] images, or fewer than [`LEAST_OF_A_KIND`] that hit or that miss.
pub fn calibrate(records: &[Record], method: &str, set: &str, sha256: &str, seed: u64) -> Result<Calibration> {
    let sample = Sample::new(records, method, None, seed).only(|record, judged| record.small && judged.hit.is_some());
    let targets = sample.targets(|judged| judged.hit);
    let (images, hits) = (targets.len(), targets.iter().filter(|hit| **hit).count());
    let rarer = hits.min(images - hits);
    if images < LEAST_IMAGES || rarer < LEAST_OF_A_KIND {
        return Err(Error::new(
            Code::AskInvalid,
            format!(
                "There are too few images for hit rates: {images} have boxes that cover at most half of the image, of \
                 which {hits} are hit and {} missed. It takes {LEAST_IMAGES} or more, with {LEAST_OF_A_KIND} of each \
                 kind.",
                images - hits
            ),
        ));
    }
    let (ids, rows) = inputs(&sample, &targets).ok_or_else(|| {
        let text = "The records lack statistics of agreement. Measure them with `--agreement peers`.";
        Error::new(Code::AskInvalid, text)
    })?;
    let Logistic { scales, weights, intercept } = logistic(&rows, &targets);
    // Rows are oriented, so that more is more agreement; inputs are the statistics as they are.
    let input = |((id, [mean, deviation]), weight): ((&&str, [f64; 2]), f64)| {
        let sign = peerlight_explain::statistic(id)?.meta().oriented(1.0);
        Ok(CalibrationInput { id: (*id).into(), mean: sign * mean, deviation, weight: sign * weight })
    };
    let inputs = ids.iter().zip(scales).zip(weights).map(input).collect::<Result<_>>()?;
    let step = |Block { from, to, images, hits }: Block| {
        let [low, high] = wilson(hits, images);
        CalibrationStep { from, to, images, hits, rate: hits as f64 / images as f64, low, high }
    };
    let steps = isotonic(&mean_out_of_fold(&rows, &targets, seed), &targets, LEAST_IN_A_STEP).into_iter().map(step);
    let grid = peerlight_explain::REGIONS;
    let (bundle_sha256, method, set) = (sha256.into(), method.into(), set.into());
    let steps = steps.collect();
    let (crop, peers_add, also) = (CROP, peers_add(&sample, &targets, &ids), Vec::new());
    let found =
        Calibration { bundle_sha256, method, grid, crop, set, images, hits, inputs, intercept, peers_add, steps, also };
    found.check()?;
    Ok(found)
}

/// What the peers add to all that takes no second network: the difference of ten-fold AUROC, with its interval.
fn peers_add(sample: &Sample<'_>, targets: &[bool], ids: &[&str]) -> Option<[f64; 3]> {
    let peers = [FREE[0], EARLIER[0]].into_iter().find(|id| ids.contains(id))?;
    let reach = ALONE[..1].iter().copied().filter(|id| peers == FREE[0] && sample.values(id).is_some());
    let alone: Vec<&str> = ids.iter().copied().filter(|id| *id != peers).chain(reach).collect();
    let all: Vec<&str> = alone.iter().copied().chain([peers]).collect();
    let scores = [
        out_of_fold(&sample.rows(&alone)?, targets, sample.seed),
        out_of_fold(&sample.rows(&all)?, targets, sample.seed),
    ];
    let found = sample.aurocs(&scores, targets);
    let Estimate { value, ci } = above(&found[1], &found[0]);
    let [low, high] = ci?;
    Some([value?, low, high])
}

/// The statistics of the score, and their rows.
fn inputs(sample: &Sample<'_>, targets: &[bool]) -> Option<(Vec<&'static str>, Vec<Vec<f64>>)> {
    let with = |ids: &[&'static str]| Some((ids.to_vec(), sample.rows(ids)?));
    let Some((ids, free)) = with(&FREE).or_else(|| with(&EARLIER)) else {
        return with(&ALONE);
    };
    let more: Vec<&str> = ids.iter().copied().chain([ITSELF]).collect();
    if let Some(rows) = sample.rows(&more) {
        let scores = [&free, &rows].map(|rows| out_of_fold(rows, targets, sample.seed));
        let found = sample.aurocs(&scores, targets);
        if above(&found[1], &found[0]).ci.is_some_and(|[low, _]| low > 0.0) {
            return Some((more, rows));
        }
    }
    Some((ids, free))
}
