//! RISE.

use std::ops::Range;

use async_trait::async_trait;
use burn::tensor::{Tensor, TensorData};
use peerlight_core::{Result, resize_map, rng::uniform};
use peerlight_models::Layer;

use crate::{CountSetting, Explainer, Family, Meta, NumberSetting, Probe, TargetLayer, options::SEED};

/// Random masks averaged with the probability that each leaves to the class (Petsiuk et al. 2018).
pub struct Rise;

/// Number of random masks.
const SAMPLES: CountSetting =
    CountSetting::new("samples", "Masks", [1, 2000, 16_000], "Number of random masks. The paper uses 4,000 to 8,000.");
/// Number of cells along a side of a mask.
const CELLS: CountSetting = CountSetting::new("grid", "Cells", [2, 7, 32], "Number of cells along a side of a mask.");
/// Fraction of the cells that a mask keeps.
const KEEP: NumberSetting =
    NumberSetting::new("keep", "Kept", [0.01, 0.5, 0.99], "Fraction of the cells that a mask keeps.");

#[async_trait(?Send)]
impl Explainer for Rise {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "rise",
            name: "RISE",
            family: Family::Perturbation,
            formula: "M = 1 / (n p) * sum_i P(x * m_i) m_i, m_i a random grid, upsampled and shifted at random, P the \
                      probability of the class",
            paper: "Petsiuk, Das, Saenko, RISE: Randomized Input Sampling for Explanation of Black-box Models, BMVC \
                    2018",
            url: "https://arxiv.org/abs/1806.07421",
            shows: "Which places make the class probable when they are visible. Only the network's outputs are used.",
            caveat: "With few masks the map is noisy. Another seed gives another map.",
            target_layer: TargetLayer::Input,
            passes: 2000,
            settings: const { &[SAMPLES.setting, CELLS.setting, KEEP.setting, SEED.setting] },
            ..Meta::DEFAULT
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
        // The masks are drawn a second time: keeping thousands of them takes memory, and drawing takes no time.
        let sums = probe.batches(layer, samples).map(|range| {
            let weights = probabilities.clone().slice([range.clone()]).reshape([range.len(), 1, 1]);
            (mask(range) * weights).sum_dim(0)
        });
        Ok(sums.reduce(|a, b| a + b).expect("one mask or more") / (samples as f64 * draw.keep) as f32)
    }
}

/// Random masks of one seed.
struct Draw {
    seed: u64,
    grid: usize,
    keep: f64,
    side: usize,
}

impl Draw {
    /// Side of a cell, in pixels.
    fn cell(&self) -> usize {
        self.side.div_ceil(self.grid)
    }

    /// Cells of a mask, row by row: 1 for kept, else 0.
    fn cells(&self, mask: usize) -> impl Iterator<Item = f32> {
        let (count, seed, keep) = (self.grid * self.grid, self.seed, self.keep);
        (mask * count..(mask + 1) * count).map(move |i| f32::from(u8::from(uniform(seed, i as u64) < keep)))
    }

    /// Shift of a mask up and to the left, in pixels.
    fn shift(&self, mask: usize) -> [usize; 2] {
        [0, 1].map(|axis| (uniform(self.seed + 1, 2 * mask as u64 + axis) * self.cell() as f64) as usize)
    }
}
