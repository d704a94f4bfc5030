//! What agreement like an image's was worth on test images, in words.

use std::collections::BTreeMap;

use peerlight_core::Result;
use peerlight_models::{Calibration, Layer, distinct_name};

use crate::{
    Explanation, ForwardPass, PeerMap, Progress, Request, Session, Trust, TrustEstimate, explainer,
    map_pair::mean,
    plan::Plan,
    statistic::Statistic,
    statistics::{overlap, statistic},
};

const NOTHING: &str = "It says nothing about whether the answer is right.";

impl Session {
    /// What agreement like this explanation's was worth on test images; none for one peer.
    pub(crate) async fn trust(
        &self,
        pass: &ForwardPass,
        request: &Request,
        explanation: &Explanation,
        progress: &dyn Progress,
    ) -> Result<Option<Trust>> {
        let single = self.info.peers.len() == 1;
        if explanation.peers.len() < 2 && !single {
            return Ok(None);
        }
        let Some(calibration) = &self.info.calibration else {
            return Ok(Some(unknown("no test photos have been measured for this bundle (`peerlight calibrate` does)")));
        };
        if let Some(why) = self.otherwise(calibration, explanation, pass)? {
            return Ok(Some(unknown(&why)));
        }
        let wanted: Vec<&dyn Statistic> =
            calibration.inputs.iter().map(|input| statistic(&input.id)).collect::<Result<_>>()?;
        let found = self.statistics(pass, request, explanation, &wanted, progress).await?;
        let values: BTreeMap<String, f64> = found[0].values.iter().map(|(id, v)| ((*id).to_owned(), *v)).collect();
        let Some(score) = calibration.score(&values) else {
            return Ok(Some(unknown("this image lacks one of the statistics that the test photos had")));
        };
        Ok(Some(known(calibration, score, values)))
    }

    /// Why a calibration does not speak of an explanation, if it does not.
    fn otherwise(
        &self,
        calibration: &Calibration,
        explanation: &Explanation,
        pass: &ForwardPass,
    ) -> Result<Option<String>> {
        let measured: Request = calibration.method.parse()?;
        let plan = Plan::of(self, explainer(&measured.method)?, &measured)?;
        let layers = |of: &[Layer]| of.iter().map(|layer| layer.0).collect::<Vec<_>>();
        let same_layers = plan.used.iter().zip(&explanation.peers).all(|((_, used), peer)| layers(used) == peer.layers);
        let image = &explanation.image;
        let [width, height] = [image.width, image.height].map(f64::from);
        let shorter = width.min(height);
        let crop = image.crop.side / shorter;
        let off = |at: f64, length: f64| (at - (length - image.crop.side) / 2.0).abs() > 0.01 * shorter;
        Ok(if explanation.method != measured.method || explanation.settings != plan.settings || !same_layers {
            Some(format!("the test photos were measured with '{}' and its defaults", calibration.method))
        } else if explanation.versus.is_some() || explanation.target.class != pass.likeliest(&explanation.explained()) {
            Some("on the test photos, the class with the highest average probability was explained".into())
        } else if (crop - calibration.crop).abs() > 0.01 {
            Some(format!("the test photos were seen with a crop of {}", calibration.crop))
        } else if off(image.crop.x, width) || off(image.crop.y, height) {
            Some("of the test photos, the networks saw the center".into())
        } else {
            None
        })
    }
}

/// The calibration's inputs, in words.
fn names(calibration: &Calibration) -> String {
    let name = |id: &str| statistic(id).map_or(id.to_owned(), |statistic| statistic.meta().name.to_lowercase());
    calibration.inputs.iter().map(|input| name(&input.id)).collect::<Vec<_>>().join("; ")
}

/// What the peers add to what takes no second network, in words.
fn part_of_peers(added: [f64; 3]) -> String {
    let what = if added[1] > 0.0 { "something" } else { "nothing certain" };
    // A difference of AUROC is one of pairs in the right order. Adding 0 takes the sign from a zero.
    let [pairs, low, high] = added.map(|auroc| (auroc * 1000.0).round() / 10.0 + 0.0);
    format!(
        ", to which a second network adds {what} beside what one map tells alone ({pairs:+.1} of 100 pairs of a hit \
         and a miss in the right order, {low:+.1} to {high:+.1})"
    )
}

fn unknown(why: &str) -> Trust {
    let sentence = format!("How often agreement like this goes with a map on the object is not known here: {why}.");
    Trust { sentence, limits: String::new(), estimate: None }
}

/// The sentence of a calibration about a score.
fn known(calibration: &Calibration, score: f64, statistics: BTreeMap<String, f64>) -> Trust {
    let Calibration { images, set, steps, .. } = calibration;
    let limits = format!(
        "{NOTHING} \"Like this\" is by {} together{}. The test photos: {images} of {set}, with a box around the object \
         that covers at most half of the image.",
        names(calibration),
        calibration.peers_add.map(part_of_peers).unwrap_or_default()
    );
    let Some(step) = calibration.step(score) else {
        let side = if score < steps[0].from { "lower" } else { "higher" };
        let sentence =
            format!("This image lies outside the test photos: its agreement is {side} than that of all {images}.");
        return Trust { sentence, limits, estimate: None };
    };
    let [rate, low, high] = [step.rate, step.low, step.high].map(|rate| (rate * 100.0).round());
    let sentence = format!(
        "Of 100 test photos with agreement like this, the brightest place lay on the object in about {rate} ({low} to \
         {high})."
    );
    let place = steps.iter().position(|other| other == step).unwrap_or(0);
    let rates = steps.iter().map(|step| [step.rate, step.low, step.high]).collect();
    let (rate, low, high, images) = (step.rate, step.low, step.high, step.images);
    Trust {
        sentence,
        limits,
        estimate: Some(TrustEstimate { score, step: place, rate, low, high, images, rates, statistics }),
    }
}

/// Below this probability by every peer, nothing was recognized.
const SURE: f32 = 0.2;

/// What to know before the maps are read: that the peers recognize nothing, or different things.
pub fn caution(classes: &[String], pass: &ForwardPass, explained: &[usize]) -> Option<String> {
    let first: Vec<usize> = explained.iter().map(|&peer| pass.likeliest(&[peer])).collect();
    let probability = |(&peer, &class): (&usize, &usize)| pass.probability(peer, class).unwrap_or(0.0);
    let likeliest = explained.iter().zip(&first).map(probability).fold(0.0, f32::max);
    if likeliest < SURE {
        let who = if first.len() == 1 { "The network is not" } else { "None of the networks is" };
        return Some(format!("{who} sure what this is. What follows explains a guess."));
    }
    if first.iter().any(|class| *class != first[0]) {
        let names: Vec<String> = first.iter().map(|&class| distinct_name(classes, class)).collect();
        return Some(format!("The networks give different answers ({}).", names.join("; ")));
    }
    None
}

/// Mean overlap of the brightest fifths over the pairs of peers; none for one peer.
pub fn overlap_of_peers(peers: &[PeerMap]) -> Option<f32> {
    let pairs = peers.iter().enumerate().flat_map(|(i, a)| peers[i + 1..].iter().map(move |b| (a, b)));
    mean(pairs.map(|(a, b)| overlap(&a.map.values, &b.map.values))).map(|overlap| overlap as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use peerlight_models::{CalibrationInput, CalibrationStep};

    #[test]
    fn the_sentence_tells_the_step_and_the_gap_is_told() {
        let step = |from: f64, to: f64, rate: f64| {
            let (low, high) = (rate - 0.08, rate + 0.084);
            CalibrationStep { from, to, images: 100, hits: (rate * 100.0) as usize, rate, low, high }
        };
        let calibration = Calibration {
            bundle_sha256: String::new(),
            method: "mutual".into(),
            grid: 7,
            crop: 0.875,
            set: "a set".into(),
            images: 200,
            hits: 152,
            inputs: vec![CalibrationInput { id: "regional-7".into(), mean: 0.0, deviation: 1.0, weight: 1.0 }],
            intercept: 0.0,
            peers_add: Some([-0.002, -0.006, 0.002]),
            also: Vec::new(),
            steps: vec![step(-1.0, 0.0, 0.616), step(0.5, 2.0, 0.9)],
        };
        let found = known(&calibration, -0.5, BTreeMap::new());
        assert_eq!(
            found.sentence,
            "Of 100 test photos with agreement like this, the brightest place lay on the object in about 62 (54 to 70)."
        );
        assert!(
            found.limits.starts_with("It says nothing about whether the answer is right.")
                && found.limits.contains("200")
                && found.limits.contains("nothing certain beside what one map tells alone (-0.2 of 100 pairs of a hit")
                && found.limits.contains("-0.6 to +0.2")
        );
        assert!(part_of_peers([-0.0001, -0.02, 0.02]).contains("(+0.0 of 100"));
        assert_eq!(found.estimate.unwrap().step, 0);
        let below = known(&calibration, -1.5, BTreeMap::new());
        assert!(below.estimate.is_none() && below.sentence.contains("outside the test photos: its agreement is lower"));
    }
}
