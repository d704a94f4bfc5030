//! What comes out: plain data, the same for the page, the command line and a file.

use peerlight_core::Crop;
use serde::Serialize;

use crate::Ask;

/// A map of side x side values in 0..=1, row by row. Left out of JSON: an image shows it better.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Map {
    /// The values.
    #[serde(skip)]
    pub map: Vec<f32>,
    /// Whether there was nothing to show: a constant map, or one with numbers that are not finite.
    /// Then the values are all zeros.
    pub blank: bool,
}

impl Map {
    /// A normalized map that was read back; a blank one is flagged and all zeros.
    pub(crate) fn finished(map: Vec<f32>) -> Self {
        // A normalized map reaches 1, or nearly so after resizing, unless it was constant.
        let blank = map.iter().any(|v| !v.is_finite()) || map.iter().all(|&v| v < 0.5);
        Self { map: if blank { vec![0.0; map.len()] } else { map }, blank }
    }
}

/// The explanation of one image.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// Version of this structure.
    pub version: u32,
    /// The device that computed it.
    pub device: String,
    /// The weights that computed it.
    pub bundle: BundleName,
    /// The image's size, and what part of it the networks saw.
    pub image: ImageInfo,
    /// The settings, with the bundle's crop where none was asked for.
    pub settings: Ask,
    /// The class that is explained.
    pub target: Target,
    /// Side of every map.
    pub side: usize,
    /// What each peer recognized and where it looked.
    pub peers: Vec<Peer>,
    /// Where they look together.
    pub mutual: Map,
    /// Mean correlation over the regions; a region without one counts as 0.
    pub agreement: f32,
    /// Region by region, row by row.
    pub regions: Vec<Region>,
    /// Where the time went.
    pub timings: Vec<Timing>,
}

/// Which weights.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BundleName {
    /// For people.
    pub name: String,
    /// Of the file.
    pub sha256: String,
}

/// The image, and what part of it the networks saw.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImageInfo {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// In the image's pixels: every map covers exactly this square.
    pub crop: Crop,
}

/// The class that is explained.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Target {
    /// Index of the class.
    pub class: usize,
    /// Its name.
    pub label: String,
    /// Whether somebody chose it; else it is the one with the highest mean probability of the peers.
    pub chosen: bool,
}

/// A class and how probable a peer thinks it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Prediction {
    /// Index of the class.
    pub class: usize,
    /// Its name.
    pub label: String,
    /// Softmax of the logits, 0..=1.
    pub probability: f32,
}

/// One peer's part.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Peer {
    /// Its id in the bundle.
    pub id: String,
    /// The id of its architecture.
    pub backbone: String,
    /// Its name for people.
    pub name: String,
    /// The five classes that it thinks most probable, best first.
    pub top: Vec<Prediction>,
    /// The explained class.
    pub target: Prediction,
    /// Where it looks.
    #[serde(flatten)]
    pub attention: Map,
}

/// One region of the grid.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Region {
    /// From the top, from 0.
    pub row: usize,
    /// From the left, from 0.
    pub column: usize,
    /// Mean of Pearson's correlation over the pairs of peers; 0 if a map is constant here.
    pub rho: f32,
    /// Each pair's, in the order (0, 1), (0, 2), .. (1, 2), ..
    pub pairs: Vec<f32>,
    /// Each peer's mean attention.
    pub attention: Vec<f32>,
    /// Whether a map is constant here, so that there is no correlation.
    pub constant: bool,
}

/// A step's time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Timing {
    /// The step.
    pub name: String,
    /// Milliseconds.
    pub ms: f64,
}
