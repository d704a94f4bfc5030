//! What is kept of each map, for the study of agreement.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Statistics of agreement of one map of one image, and what they are to foretell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgreementRecord {
    /// The method with its settings, as text.
    pub method: String,
    /// The peer whose own map it is; none for the joint map of all.
    pub peer: Option<usize>,
    /// The explained class: the one of the highest mean probability.
    pub class: usize,
    /// Whether the map's highest point lies in a box of the image's class; none without boxes.
    pub hit: Option<bool>,
    /// The fraction of the map that lies in the boxes; none without boxes.
    pub energy: Option<f64>,
    /// Whether the explained class is the image's; none where that is unknown.
    pub correct: Option<bool>,
    /// The peers' mean probability of the class, of the whole image and of the half that the map ranks highest; none
    /// unless everything was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub masked: Option<[f64; 2]>,
    /// Values by the statistics' ids.
    pub values: BTreeMap<String, f64>,
    /// The regions of the grid, for the joint map of an image with small boxes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<RegionRecord>,
}

/// One region of an image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RegionRecord {
    /// Mean correlation over the pairs of peers.
    pub rho: f32,
    /// Mean of each peer's map over the region.
    pub attention: Vec<f32>,
    /// The fraction of the region that lies in the boxes.
    pub inside: f32,
    /// Whether hiding the region changes the log-odds of the class of all peers alike: in the same direction, the
    /// least by half of the most or more. None unless everything was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alike: Option<bool>,
}
