//! RISE.

use std::ops::Range;

use async_trait::async_trait;
use burn::tensor::{Tensor, TensorData};
use peerlight_core::{Result, resize_map, rng::uniform};
use peerlight_models::Layer;

use crate::{CountSetting, Explainer, Family, Meta, NumberSetting, Probe, TargetLayer, options::SEED};

/// Random masks, each weighted by what is left of the class.
pub struct Rise;

/// How many masks are drawn.
const SAMPLES: CountSetting =
    CountSetting::new("samples", "Masks", [1, 2000, 16_000], "How many masks. The paper takes 4,000 to 8,000.");
/// How fine the masks are.
const CELLS: CountSetting = CountSetting::new("grid", "Cells", [2, 7, 32], "Cells along a side of a mask.");
/// How much of the image a mask shows.
const KEEP: NumberSetting =
    NumberSetting::new("keep", "Kept", [0.01, 0.5, 0.99], "The fraction of the cells that are kept.");

#[async_trait(?Send)]
impl Explainer for Rise {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "rise",
            name: "RISE",
            family: Family::Perturbation,
            formula: "M = 1 / (n p) * sum_i P(x * m_i) m_i, m_i a random grid, upsampled and shifted at random, P the \
                      probability of the class",
            paper: "Petsiuk, Das, Saenko, RISE: Randomized Input Sampling for Explanation of Black-box Models, BMVC 2018",
            url: "https://arxiv.org/abs/1806.07421",
            shows: "Which places, when they are seen, make the class probable. It knows nothing of the network but its answers.",
            caveat: "A smooth image with few masks: the rest is the noise of the draw. Another seed gives another map.",
            target_layer: TargetLayer::Input,
            rectify: false,
            joint: false,
            passes: 2000,
            settings: const { &[SAMPLES.setting, CELLS.setting, KEEP.setting, SEED.setting] },
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>> {
        let side = probe.input().dims()[2];
        let draw =
            Draw { seed: probe.setting(&SEED) as u64, grid: probe.setting(&CELLS), keep: probe.setting(&KEEP), side };
        let samples = probe.setting(&SAMPLES);
        let mask = |range: Range<usize>| {
            let grids: Vec<f32> = range.clone().flat_map(|i| draw.cells(i)).collect();
            let grids = TensorData::new(grids, [range.len(), draw.grid, draw.grid]);
            let whole = (draw.grid + 1) * draw.cell();
            let masks = resize_map(Tensor::from_data(grids, probe.device()), [whole, whole]);
            let shifted = range.enumerate().map(|(row, i)| {
                let [y, x] = draw.shift(i);
                masks.clone().slice([row..row + 1, y..y + side, x..x + side])
            });
            Tensor::cat(shifted.collect(), 0)
        };
        let shown = |range: Range<usize>| mask(range).unsqueeze_dim::<4>(1) * probe.input();
        let probabilities = probe.probabilities(layer, samples, &shown).await?;
        // The masks are drawn again: keeping thousands of them would take the memory, and this takes no time.
        let sums = probe.batches(layer, samples).map(|range| {
            let weights = probabilities.clone().slice([range.clone()]).reshape([range.len(), 1, 1]);
            (mask(range) * weights).sum_dim(0)
        });
        Ok(sums.reduce(|a, b| a + b).expect("one mask or more") / (samples as f64 * draw.keep) as f32)
    }
}

/// Which masks are drawn.
struct Draw {
    seed: u64,
    grid: usize,
    keep: f64,
    side: usize,
}

impl Draw {
    /// Side of a cell in pixels.
    fn cell(&self) -> usize {
        self.side.div_ceil(self.grid)
    }

    /// The cells of a mask, row by row: 1 where it is kept.
    fn cells(&self, mask: usize) -> impl Iterator<Item = f32> {
        let (count, seed, keep) = (self.grid * self.grid, self.seed, self.keep);
        (mask * count..(mask + 1) * count).map(move |i| f32::from(u8::from(uniform(seed, i as u64) < keep)))
    }

    /// How far a mask is moved up and to the left.
    fn shift(&self, mask: usize) -> [usize; 2] {
        [0, 1].map(|axis| (uniform(self.seed + 1, 2 * mask as u64 + axis) * self.cell() as f64) as usize)
    }
}
