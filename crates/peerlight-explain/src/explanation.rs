//! What comes out: plain data, the same for the page, the command line and a file.

use peerlight_core::Crop;
use serde::Serialize;

use crate::{Cost, Settings, Versus};

/// A map of side x side values in 0..=1, row by row. The values are left out of JSON: an image shows them better.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Map {
    /// The values, row by row.
    #[serde(skip)]
    pub values: Vec<f32>,
    /// Whether there was nothing to show: a constant map, or one with numbers that are not finite.
    /// Then the values are all zeros.
    pub blank: bool,
}

impl Map {
    /// A normalized map that was read back; a blank one is flagged and all zeros.
    pub(crate) fn finished(values: Vec<f32>) -> Self {
        // A normalized map reaches 1, or nearly so after resizing, unless it was constant.
        let blank = values.iter().any(|v| !v.is_finite()) || values.iter().all(|&v| v < 0.5);
        Self { values: if blank { vec![0.0; values.len()] } else { values }, blank }
    }
}

/// A joint map before it is resized to the networks' input.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RawMap {
    /// The height.
    pub rows: usize,
    /// The width.
    pub columns: usize,
    /// The values in 0..=1, row by row; all zeros if the map is blank. Left out of JSON.
    #[serde(skip)]
    pub values: Vec<f32>,
}

/// The explanation of one image by one method.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The version of this structure: 2.
    pub version: u32,
    /// The device that computed it.
    pub device: String,
    /// The weights that computed it.
    pub bundle: BundleName,
    /// The image's size, and what part of it the networks saw.
    pub image: ImageInfo,
    /// The id of the method.
    pub method: &'static str,
    /// The name of the method for people.
    pub name: &'static str,
    /// Every setting of the method with its value.
    pub settings: Settings,
    /// The class that is explained.
    pub target: TargetClass,
    /// The class that it is compared with, or none.
    pub versus: Option<Versus>,
    /// The side of every map, in pixels: the input side of the explained networks, of the largest where they differ.
    pub side: usize,
    /// What each explained peer recognized and where it looked.
    pub peers: Vec<PeerMap>,
    /// The joint map: the mutual map for `mutual`, else the mean of the explained peers' maps, or the one peer's map.
    #[serde(flatten)]
    pub map: Map,
    /// The joint map before resizing, after ReLU (where the method has one) and min-max.
    pub raw: RawMap,
    /// Whether every number that the method made was finite, before anything was done to it; else the map is blank.
    pub finite: bool,
    /// The agreement of the explained peers' own maps: their mean correlation over the regions, where a region without
    /// one counts as 0. None for one peer.
    pub agreement: Option<f32>,
    /// The regions of the grid, row by row. None for one peer, since nothing is compared.
    pub regions: Vec<Region>,
    /// The number of regions along a side.
    pub grid: usize,
    /// What it cost, in passes.
    pub cost: Cost,
    /// Milliseconds, with those of the forward passes that all explanations of the image share.
    pub ms: f64,
    /// Where the time went.
    pub timings: Vec<Timing>,
}

impl Explanation {
    /// The explained peers, counted from 0.
    pub fn explained(&self) -> Vec<usize> {
        self.peers.iter().map(|peer| peer.peer).collect()
    }
}

/// The name and the checksum of the weights.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BundleName {
    /// The name for people.
    pub name: String,
    /// The sha256 of the file, in hexadecimal digits.
    pub sha256: String,
}

/// The image, and what part of it the networks saw.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImageInfo {
    /// The width in pixels.
    pub width: u32,
    /// The height in pixels.
    pub height: u32,
    /// The square that the networks saw, in the image's pixels: every map covers exactly this square.
    pub crop: Crop,
}

/// The class that is explained.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TargetClass {
    /// Index of the class.
    pub class: usize,
    /// Name of the class.
    pub label: String,
    /// Whether somebody chose it; else it is the one with the highest mean probability of the explained peers.
    pub chosen: bool,
}

/// A class and how probable a peer thinks it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Prediction {
    /// Index of the class.
    pub class: usize,
    /// Name of the class.
    pub label: String,
    /// Softmax of the logits, 0..=1.
    pub probability: f32,
}

/// What one peer recognized, and its own map.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PeerMap {
    /// The peer's place in the bundle, counted from 0.
    pub peer: usize,
    /// The peer's id in the bundle.
    pub id: String,
    /// The id of its architecture.
    pub architecture: String,
    /// Its name for people.
    pub name: String,
    /// The five classes that it thinks most probable, best first.
    pub top: Vec<Prediction>,
    /// How probable it thinks the explained class.
    pub target: Prediction,
    /// The layers that were read, counted from 1; none if the method reads the input.
    pub layers: Vec<usize>,
    /// The peer's own map by the method. For `mutual`: what the mutual map is made of.
    #[serde(flatten)]
    pub map: Map,
}

/// One region of the grid.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Region {
    /// The row, counted from 0 at the top.
    pub row: usize,
    /// The column, counted from 0 at the left.
    pub column: usize,
    /// Mean of Pearson's correlation over the pairs of peers; 0 if a map is constant here.
    pub rho: f32,
    /// The correlation of each pair of explained peers, in the order (0, 1), (0, 2), .. (1, 2), ..
    pub pairs: Vec<f32>,
    /// The mean of each explained peer's map.
    pub attention: Vec<f32>,
    /// Whether a map is constant here, so that there is no correlation.
    pub constant: bool,
}

/// The time that a step took.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Timing {
    /// The step, in words for people.
    pub name: String,
    /// Milliseconds that it took.
    pub ms: f64,
}
