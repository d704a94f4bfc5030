//! What is kept of each image, so that a run can be resumed and pooled anew.

mod agreement;

use std::collections::BTreeMap;

use peerlight_core::Rect;
use serde::{Deserialize, Serialize};

use crate::figure::{FigureKey, MetricId};

pub use self::agreement::{AgreementRecord, RegionRecord};

/// The side of the center square that the networks see, as a fraction of the shorter side: of 256 pixels, 224.
pub const CROP: f64 = 224.0 / 256.0;

/// Everything that was found about one image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Name of the image, unique in the run.
    #[serde(alias = "picture")]
    pub image: String,
    /// The class that the image shows, if that is known.
    pub class: Option<usize>,
    /// The boxes of the class that the networks can see, in pixels of the largest network's map.
    pub boxes: Vec<Rect>,
    /// Whether the image has boxes that cover at most half of the whole image.
    pub small: bool,
    /// The agreement of the peers' maps by the default request, as the page shows it; none for a peer alone.
    pub agreement: Option<f64>,
    /// The class that each peer holds likeliest.
    #[serde(alias = "says")]
    pub predicted: Vec<usize>,
    /// One entry for each method and explained peer.
    pub entries: Vec<Entry>,
    /// Statistics of agreement, one for each studied map; none in older records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub judged: Vec<AgreementRecord>,
}

/// Measurements of one map of one image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The method with its settings, as text.
    pub method: String,
    /// The explained peer, counted from 0.
    pub peer: usize,
    /// The explained class, which the peer holds likeliest.
    pub class: usize,
    /// The probability of that class.
    pub probability: f32,
    /// Whether the map is blank, and so counts as all zeros.
    pub blank: bool,
    /// `false` if the raw map held NaN or infinity; the map is then blank.
    pub finite: bool,
    /// The fraction of the kept half of the pixels that only their position chose; none in older records.
    #[serde(default)]
    pub tied: Option<f64>,
    /// Passes from the image.
    pub forward: usize,
    /// Passes from a cut point.
    pub partial: usize,
    /// Number of backward passes that the map took.
    pub backward: usize,
    /// Milliseconds that the map took.
    pub ms: f64,
    /// The most bytes that the method held at once, if that is known.
    pub memory: Option<u64>,
    /// The figures; none where a metric does not apply to the image.
    pub figures: BTreeMap<FigureKey, Option<f64>>,
    /// The curves by their metrics: probabilities over equal steps of the fraction of the pixels.
    pub curves: BTreeMap<MetricId, Vec<f32>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_the_last_version_are_read() {
        let old = r#"{"picture":"n01440764/a.png","class":3,"boxes":[[1.0,2.0,3.5,4.0]],"small":true,"agreement":0.5,
            "says":[3,7],"entries":[{"method":"mutual:fuse=product","peer":1,"class":7,"probability":0.25,"blank":false,
            "finite":true,"forward":2,"partial":0,"backward":0,"ms":1.5,"memory":null,
            "figures":{"adcc":0.5,"average-drop:soft":1.0,"average-drop:soft-normalised":2.0,"energy":null},
            "curves":{"insertion-blur":[0.0,1.0]}}]}"#;
        let record: Record = serde_json::from_str(old).unwrap();
        assert_eq!((record.image.as_str(), record.predicted.as_slice()), ("n01440764/a.png", &[3, 7][..]));
        let entry = &record.entries[0];
        let figure = |key: &str| entry.figures[&key.parse().unwrap()];
        assert_eq!((figure("average-drop:soft-normalised"), figure("energy"), entry.tied), (Some(2.0), None, None));
        let line = serde_json::to_string(&record).unwrap();
        assert_eq!(serde_json::from_str::<Record>(&line).unwrap(), record);
    }
}
