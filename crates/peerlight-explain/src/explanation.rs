//! The result of an explanation: plain data, the same for the page, the command line and a file.

use std::collections::BTreeMap;

use peerlight_core::Crop;
use serde::Serialize;

use crate::{Cost, Settings, Versus};

/// Map of side x side values in 0..=1. JSON leaves out the values; programs write them as images.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Map {
    /// Values, row by row.
    #[serde(skip_serializing)]
    #[cfg_attr(feature = "typescript", ts(rename = "map", type = "Float32Array"))]
    pub values: Vec<f32>,
    /// Whether the map was constant or had values that are not finite. All values of a blank map are 0.
    pub blank: bool,
}

impl Map {
    /// Wraps the values of a normalized map. Blank maps are flagged and set to 0.
    pub(crate) fn finished(values: Vec<f32>) -> Self {
        // A normalized map reaches 1, or nearly so after resizing, unless it was constant.
        let blank = values.iter().any(|v| !v.is_finite()) || values.iter().all(|&v| v < 0.5);
        Self { values: if blank { vec![0.0; values.len()] } else { values }, blank }
    }
}

/// Joint map at its own size, before it is resized to the networks' input.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RawMap {
    /// Height of the map.
    pub rows: usize,
    /// Width of the map.
    pub columns: usize,
    /// Values in 0..=1, row by row; zeros if the map is blank. Left out of JSON.
    #[serde(skip_serializing)]
    #[cfg_attr(feature = "typescript", ts(type = "Float32Array"))]
    pub values: Vec<f32>,
}

/// Explanation of one image by one method.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Explanation {
    /// Version of this structure, 2.
    pub version: u32,
    /// Name of the device that computed the explanation.
    pub device: String,
    /// Bundle whose networks are explained.
    pub bundle: BundleName,
    /// Size of the image, and the square of it that the networks saw.
    pub image: ImageInfo,
    /// Id of the method.
    pub method: &'static str,
    /// Name of the method.
    pub name: &'static str,
    /// Settings of the method with their values, defaults included.
    #[cfg_attr(feature = "typescript", ts(type = "Record<string, number | string>"))]
    pub settings: Settings,
    /// Explained class.
    pub target: TargetClass,
    /// Class to compare with by its index in the bundle's list, if any (Finer-CAM).
    pub versus: Option<Versus>,
    /// Side of every map, in pixels: that of the largest input of the networks whose maps were made.
    pub side: usize,
    /// Explained peers, with their predictions and maps.
    pub peers: Vec<PeerMap>,
    /// Joint map: the mutual map for `mutual`, else the mean of the explained peers' maps. JSON has its field `blank`.
    #[serde(flatten)]
    pub map: Map,
    /// Joint map before resizing, after ReLU (if the method rectifies) and min-max.
    pub raw: RawMap,
    /// `false` if a raw map held NaN or infinity. The joint map is then blank.
    pub finite: bool,
    /// Agreement of the explained peers' own maps, -1 to 1: the mean correlation over the regions. A region where a map
    /// is constant counts as 0. `None` for one peer.
    pub agreement: Option<f32>,
    /// Overlap of the brightest fifths of the explained peers' maps: intersection over union, 0 to 1, the mean over the
    /// pairs. Unrelated maps give about 0.11. `None` for one peer.
    pub overlap: Option<f32>,
    /// What to know before the maps are read, if anything: that nothing was recognized, say.
    pub caution: Option<String>,
    /// What agreement like this was worth on test images. `None` for one peer.
    pub trust: Option<Trust>,
    /// Regions of the grid, row by row. Empty for one peer.
    pub regions: Vec<Region>,
    /// Number of regions along a side of the grid.
    pub grid: usize,
    /// Cost in passes.
    pub cost: Cost,
    /// Time in milliseconds, with that of the forward passes, which all explanations of an image share.
    pub ms: f64,
    /// Time of each step.
    pub timings: Vec<Timing>,
}

impl Explanation {
    /// Indices of the explained peers in the bundle, counted from 0.
    pub fn explained(&self) -> Vec<usize> {
        self.peers.iter().map(|peer| peer.peer).collect()
    }
}

/// Name and checksum of a bundle.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct BundleName {
    /// Name shown to people.
    pub name: String,
    /// sha256 of the file, 64 hexadecimal digits.
    pub sha256: String,
}

/// Size of an image, and the square of it that the networks saw.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ImageInfo {
    /// Width of the image, in pixels.
    pub width: u32,
    /// Height of the image, in pixels.
    pub height: u32,
    /// Square that the networks saw, in the image's pixels. Every map covers exactly this square.
    pub crop: Crop,
}

/// Explained class.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TargetClass {
    /// Index of the class in the bundle's list.
    pub class: usize,
    /// Name of the class.
    pub label: String,
    /// Whether the request chose the class. Otherwise it is the class with the highest mean probability.
    pub chosen: bool,
}

/// Class with its probability.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Prediction {
    /// Index of the class in the bundle's list.
    pub class: usize,
    /// Name of the class, as the peer calls it.
    pub label: String,
    /// Softmax probability, 0 to 1.
    pub probability: f32,
}

/// Predictions of one peer, and its own map.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PeerMap {
    /// Index of the peer in the bundle, counted from 0.
    pub peer: usize,
    /// Id of the peer in the bundle.
    pub id: String,
    /// Id of the peer's architecture.
    pub architecture: String,
    /// Name of the peer, shown to people.
    pub name: String,
    /// Five most probable classes, the best first.
    pub top: Vec<Prediction>,
    /// Class that the map is for, with the peer's probability.
    pub target: Prediction,
    /// Whether the peer has the explained class. One that does not explains its own first class.
    pub has_target: bool,
    /// Layers that the method read, counted from 1. Empty if it reads the input.
    pub layers: Vec<usize>,
    /// Peer's own map by the method. For `mutual`, the map that goes into the mutual map.
    #[serde(flatten)]
    pub map: Map,
}

/// Mean of a map over a region from which on its peer is said to look there.
pub const LOOKS: f32 = 0.15;

/// Who looks at a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Looks {
    /// Every explained peer.
    All,
    /// At least one, but not every one.
    Some,
    /// No explained peer.
    None,
}

impl Looks {
    /// Who looks at a region of these means of the peers' maps.
    pub fn of(attention: &[f32]) -> Self {
        match attention.iter().filter(|mean| **mean >= LOOKS).count() {
            0 => Self::None,
            count if count == attention.len() => Self::All,
            _ => Self::Some,
        }
    }
}

/// Region of the grid.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Region {
    /// Row, counted from 0 at the top.
    pub row: usize,
    /// Column, counted from 0 at the left.
    pub column: usize,
    /// Mean of Pearson's correlation over the pairs of peers, -1 to 1. A pair with a constant map counts as 0.
    pub rho: f32,
    /// Correlation of each pair of explained peers, in the order (0, 1), (0, 2), .. (1, 2), ..
    pub pairs: Vec<f32>,
    /// Mean of each explained peer's map over the region, 0 to 1.
    pub attention: Vec<f32>,
    /// Who looks here: all explained peers, some or none. A peer looks at a region if its map has a mean of at least
    /// [`LOOKS`] there. Only where all look is there something to compare.
    pub looks: Looks,
    /// Whether a map is constant in the region, so that a pair has no correlation.
    pub constant: bool,
}

/// Time of one step.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Timing {
    /// Name of the step, shown to people.
    pub name: String,
    /// Time in milliseconds.
    pub ms: f64,
}

/// What agreement like this was worth on test images.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Trust {
    /// One sentence: how often the brightest place lay on the object, or why that is not known.
    pub sentence: String,
    /// What the sentence does not say, and what the test images were.
    pub limits: String,
    /// The numbers of the sentence; none where it is not known.
    pub estimate: Option<TrustEstimate>,
}

/// Numbers of a sentence about test images.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TrustEstimate {
    /// Log-odds that the statistics give.
    pub score: f64,
    /// Place of the score's step in the bundle's calibration, counted from 0.
    pub step: usize,
    /// Fraction of the test images of this step whose map had its brightest place on the object.
    pub rate: f64,
    /// Lower end of the 95 % interval (Wilson).
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// Number of test images of this step.
    pub images: usize,
    /// Rate, and lower and upper end of its interval, of every step, from low to high scores.
    pub rates: Vec<[f64; 3]>,
    /// Statistics of agreement that the score is made of, by their ids.
    #[cfg_attr(feature = "typescript", ts(type = "Record<string, number>"))]
    pub statistics: BTreeMap<String, f64>,
}
