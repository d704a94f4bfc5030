//! Occlusion.

use std::ops::Range;

use async_trait::async_trait;
use burn::tensor::{Tensor, TensorData};
use peerlight_core::{Code, Error, Result, read};
use peerlight_models::Layer;

use crate::{CountSetting, Explainer, Family, Meta, Probe, TargetLayer};

/// Drop of the score behind a black square, averaged over the squares that cover a pixel (Zeiler & Fergus 2014).
pub struct Occlusion;

/// Side of the black square, in pixels of the input.
const WINDOW: CountSetting =
    CountSetting::new("window", "Window", [2, 32, 512], "Side of the black square, in pixels of the networks' input.");
/// Distance between neighboring squares, in pixels of the input.
const STRIDE: CountSetting =
    CountSetting::new("stride", "Stride", [1, 16, 512], "Distance between neighboring squares, in pixels.");

#[async_trait(?Send)]
impl Explainer for Occlusion {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "occlusion",
            name: "Occlusion",
            family: Family::Perturbation,
            formula: "M(i, j) = mean over the windows W that cover the pixel of y(x) - y(x with W black)",
            paper: "Zeiler, Fergus, Visualizing and Understanding Convolutional Networks, ECCV 2014",
            url: "https://arxiv.org/abs/1311.2901",
            shows: "How far the class's logit falls when a black square hides a place.",
            caveat: "Joint effects of distant places and details smaller than the square are missed. The black square \
                     is itself something to see.",
            target_layer: TargetLayer::Input,
            passes: 169,
            settings: const { &[WINDOW.setting, STRIDE.setting] },
            ..Meta::DEFAULT
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>> {
        let (window, stride) = (probe.setting(&WINDOW), probe.setting(&STRIDE));
        let side = probe.input().dims()[2];
        if window > side || stride > window {
            let text = format!("The window must be at most {side} pixels wide, and the stride at most the window.");
            return Err(Error::new(Code::AskInvalid, text));
        }
        let windows = Windows { window, stride, side };
        let hidden = |range: Range<usize>| {
            let mut masks = vec![0.0f32; range.len() * side * side];
            for (mask, i) in masks.chunks_exact_mut(side * side).zip(range.clone()) {
                windows.each_pixel(i, |pixel| mask[pixel] = 1.0);
            }
            let masks = TensorData::new(masks, [range.len(), 1, side, side]);
            let masks = Tensor::<4>::from_data(masks, probe.device());
            probe.input() * (-masks.clone() + 1.0) + probe.normalized(0.0) * masks
        };
        let scores = probe.scores(layer, windows.count(), &hidden).await?;
        let drops = read(probe.baseline() - scores).await?;
        let mut map = vec![(0.0f32, 0.0f32); side * side];
        for (i, drop) in drops.into_iter().enumerate() {
            windows.each_pixel(i, |pixel| {
                map[pixel].0 += drop;
                map[pixel].1 += 1.0;
            });
        }
        // No window reaches the last rows and columns if the stride does not divide the rest: their drop is 0.
        let map: Vec<f32> = map.into_iter().map(|(sum, count)| sum / count.max(1.0)).collect();
        Ok(Tensor::from_data(TensorData::new(map, [1, side, side]), probe.device()))
    }
}

/// Windows of an image of `side` x `side` pixels, all inside it, row by row.
struct Windows {
    window: usize,
    stride: usize,
    side: usize,
}

impl Windows {
    fn along(&self) -> usize {
        (self.side - self.window) / self.stride + 1
    }

    fn count(&self) -> usize {
        self.along() * self.along()
    }

    fn each_pixel(&self, i: usize, mut visit: impl FnMut(usize)) {
        let (top, left) = (i / self.along() * self.stride, i % self.along() * self.stride);
        for row in top..top + self.window {
            (left..left + self.window).for_each(|column| visit(row * self.side + column));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_by_hand() {
        let windows = Windows { window: 2, stride: 1, side: 3 };
        let pixels = |i| {
            let mut found = Vec::new();
            windows.each_pixel(i, |pixel| found.push(pixel));
            found
        };
        assert_eq!(windows.count(), 4);
        assert_eq!(pixels(0), [0, 1, 3, 4]);
        assert_eq!(pixels(3), [4, 5, 7, 8]);
    }
}
