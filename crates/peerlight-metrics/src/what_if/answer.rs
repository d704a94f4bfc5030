//! The answer: plain data.

use peerlight_core::{Crop, Preprocess, Rgba8};
use peerlight_explain::{PeerMap, Prediction, TargetClass};
use serde::Serialize;

use super::Replacement;

/// Answers of the networks before and after places are hidden.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct WhatIfResult {
    /// Class that is explained in both answers.
    pub target: TargetClass,
    /// Number of regions along a side of the grid.
    pub grid: usize,
    /// What replaced hidden pixels.
    pub baseline: Replacement,
    /// Fraction of the pixels that was hidden, 0 to 1.
    pub hidden: f64,
    /// Explained peers, with their answers.
    pub peers: Vec<PeerAnswer>,
    /// Agreement of the peers' maps of the whole image, -1 to 1. `None` for one peer.
    pub agreement_before: Option<f32>,
    /// Agreement of their maps of the image with hidden places, -1 to 1. `None` for one peer.
    pub agreement_after: Option<f32>,
    /// What replaced the hidden pixels, as the peer with the largest input saw them.
    pub patch: Patch,
    /// Time in milliseconds.
    pub ms: f64,
}

/// Answers of one peer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PeerAnswer {
    /// Index of the peer in the bundle, counted from 0.
    pub peer: usize,
    /// Id of the peer in the bundle.
    pub id: String,
    /// Name of the peer, shown to people.
    pub name: String,
    /// Index of the class that the figures of this peer are about: the target, or the peer's first class if it does not
    /// have the target.
    pub class: usize,
    /// Name of that class.
    pub label: String,
    /// Answer about the whole image.
    pub before: Answer,
    /// Answer about the image with hidden places.
    pub after: Answer,
    /// Effect of hiding each region alone in the whole image. `None` unless it was asked for.
    pub effects: Option<RegionEffects>,
}

/// Answer of a peer about one image.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Answer {
    /// Softmax probability of the class, 0 to 1.
    pub probability: f64,
    /// Log-odds of the class: ln(p / (1 - p)).
    pub log_odds: f64,
    /// Five most probable classes, the best first.
    pub top: Vec<Prediction>,
}

/// Least probability that log-odds are computed of: single precision knows none below.
const LEAST: f64 = 1e-45;

impl Answer {
    /// The answer of a peer about the class that is its `class`th.
    pub(super) fn of(probabilities: &[f32], class: usize, peer: &PeerMap) -> Self {
        let own = f64::from(probabilities[class]);
        // The sum of the others keeps the digits that 1 - p has lost where p is nearly 1.
        let others = probabilities.iter().enumerate().filter(|(other, _)| *other != class);
        let rest: f64 = others.map(|(_, &p)| f64::from(p)).sum();
        Self { probability: own, log_odds: odds(own, rest), top: peer.top.clone() }
    }
}

fn odds(own: f64, rest: f64) -> f64 {
    own.max(LEAST).ln() - rest.max(LEAST).ln()
}

/// What hiding each region alone takes from the class: the figure for the whole image minus the one without the region.
/// Below 0 where hiding the region speaks for the class.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RegionEffects {
    /// Drop of the probability for each region, row by row.
    pub probability: Vec<f64>,
    /// Drop of the log-odds for each region, row by row.
    pub log_odds: Vec<f64>,
}

impl RegionEffects {
    /// The effects of hiding that leaves these probabilities.
    pub(super) fn of(before: &Answer, after: &[f64]) -> Self {
        Self {
            probability: after.iter().map(|p| before.probability - p).collect(),
            log_odds: after.iter().map(|p| before.log_odds - odds(*p, 1.0 - p)).collect(),
        }
    }
}

/// Image to lay over the square that the networks see: what replaced the hidden pixels, and nothing elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Patch {
    /// Number of pixels along a side.
    pub side: usize,
    /// Red, green, blue and alpha of every pixel, row by row. Alpha is 255 where a pixel is hidden, else 0. Left out of
    /// JSON.
    #[serde(skip_serializing)]
    #[cfg_attr(feature = "typescript", ts(type = "Uint8Array"))]
    pub rgba: Vec<u8>,
}

impl Patch {
    /// The hidden pixels of normalized values [3, side, side].
    pub(super) fn of(pixels: &[f32], hidden: &[bool], side: usize, preprocess: &Preprocess) -> Self {
        let area = side * side;
        let byte = |i: usize, color: usize| {
            let channel = preprocess.order()[color];
            let value = pixels[channel * area + i] * preprocess.std[color] + preprocess.mean[color];
            (value.clamp(0.0, 1.0) * 255.0).round() as u8
        };
        let pixel = |i: usize| if hidden[i] { [byte(i, 0), byte(i, 1), byte(i, 2), 255] } else { [0; 4] };
        Self { side, rgba: (0..area).flat_map(pixel).collect() }
    }

    /// The patch over an image of which the networks see `crop`, at the image's own size.
    pub fn over(&self, image: &Rgba8, crop: Crop) -> Rgba8 {
        let mut pixels = image.pixels().to_vec();
        let scale = self.side as f64 / crop.side;
        let at = |v: u32, start: f64| {
            let v = (f64::from(v) + 0.5 - start) * scale;
            (0.0..self.side as f64).contains(&v).then_some(v as usize)
        };
        let (width, height) = (image.width(), image.height());
        for (y, row) in (0..height).zip(pixels.chunks_exact_mut(4 * width as usize)) {
            let Some(v) = at(y, crop.y) else { continue };
            for (x, pixel) in (0..width).zip(row.chunks_exact_mut(4)) {
                let Some(u) = at(x, crop.x) else { continue };
                let over = &self.rgba[4 * (v * self.side + u)..][..4];
                if over[3] > 0 {
                    pixel.copy_from_slice(over);
                }
            }
        }
        Rgba8::new(width, height, pixels).expect("as many pixels as the image")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_odds_keep_their_digits_near_certainty() {
        assert_eq!(odds(0.5, 0.5), 0.0);
        assert!((odds(1.0, 1e-12) - 27.631_021).abs() < 1e-5);
        assert!(odds(0.0, 1.0).is_finite() && odds(1.0, 0.0).is_finite());
    }

    #[test]
    fn an_effect_is_what_hiding_takes() {
        let before = Answer { probability: 0.5, log_odds: 0.0, top: Vec::new() };
        let effects = RegionEffects::of(&before, &[0.25, 0.5, 0.75]);
        assert_eq!(effects.probability, [0.25, 0.0, -0.25]);
        let third = 3f64.ln();
        assert!(effects.log_odds.iter().zip([third, 0.0, -third]).all(|(a, b)| (a - b).abs() < 1e-12));
    }

    #[test]
    fn a_patch_covers_what_is_hidden_at_the_size_of_the_image() {
        let preprocess = Preprocess { side: 2, crop: 1.0, mean: [0.5; 3], std: [0.25; 3], bgr: false };
        let pixels = [[-2.0, 0.0, 0.0, 9.0], [0.0; 4], [0.0; 4]].concat();
        let patch = Patch::of(&pixels, &[true, false, false, true], 2, &preprocess);
        assert_eq!(patch.rgba, [0, 128, 128, 255, 0, 0, 0, 0, 0, 0, 0, 0, 255, 128, 128, 255]);
        // The middle 4 x 4 of 6 x 4 pixels are seen.
        let image = Rgba8::new(6, 4, [7, 7, 7, 255].repeat(24)).unwrap();
        let painted = patch.over(&image, Crop { x: 1.0, y: 0.0, side: 4.0 });
        let red: Vec<u8> = painted.pixels().chunks(4).map(|pixel| pixel[0]).collect();
        let (top, bottom) = ([7, 0, 0, 7, 7, 7], [7, 7, 7, 255, 255, 7]);
        assert_eq!(red, [top, top, bottom, bottom].concat());
    }
}
