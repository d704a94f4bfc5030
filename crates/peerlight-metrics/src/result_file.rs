//! The shape of a result file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    agreement::AgreementReport,
    column_names::{columns, metric_column, split_key},
    figure::{Estimate, FigureKey, MetricId},
    masking::Masking,
};

/// The rows of a run, with what they are compared by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// One row for each method, explained peer and masking.
    pub rows: Vec<Row>,
    /// The first method against each of the others.
    pub paired: Vec<Paired>,
    /// The methods that do best by each figure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub best: Vec<Best>,
    /// The mean curves of insertion and deletion.
    pub curves: Vec<MeanCurve>,
    /// The mean correlation of the peers' maps over regions and images, as the page shows it; none for a peer alone.
    pub agreement: Option<f64>,
    /// The 95 % interval of the agreement.
    pub agreement_ci: Option<[f64; 2]>,
    /// The fraction of the images that each peer recognizes, by the peer's id, where the images' classes are known.
    pub accuracy: BTreeMap<String, f64>,
    /// The number of images with a box that the networks can see.
    pub with_boxes: usize,
    /// The number of those whose boxes cover at most half of the image.
    pub with_small_boxes: usize,
}

impl Report {
    /// The ids of the explained peers, in order.
    pub fn peers(&self) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        for row in &self.rows {
            if !found.contains(&row.explained.as_str()) {
                found.push(&row.explained);
            }
        }
        found
    }

    /// The rows of a peer under a masking.
    pub fn rows(&self, peer: &str, masking: Masking) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.explained == peer && row.masking == masking)
    }

    /// Whether a method is among the best of a peer's by this figure.
    pub fn is_best(&self, peer: &str, key: FigureKey, method: &str) -> bool {
        let mut own = self.best.iter().filter(|best| best.explained == peer && best.key == key);
        own.any(|best| best.methods.iter().any(|other| other == method))
    }

    /// The first method's difference from another one's figure.
    pub fn difference(&self, peer: &str, key: FigureKey, method: &str) -> Option<&Paired> {
        self.paired.iter().find(|pair| pair.explained == peer && pair.key == key && pair.b == method)
    }
}

/// One method on one explained peer with one masking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The method with its settings, as text.
    pub method: String,
    /// The explained peer's id.
    pub explained: String,
    /// How the map masks the image. Figures that do not mask are the same in every masking's row.
    pub masking: Masking,
    /// The figures over all images. Their keys name no masking, since the row does. In a file, `average_drop` and its
    /// 95 % interval `average_drop_ci`; for small boxes alone, `energy_small`.
    #[serde(flatten, with = "columns")]
    pub figures: BTreeMap<FigureKey, Estimate>,
    /// The mean number of passes from the image.
    pub forward: f64,
    /// The mean number of passes from a cut point.
    pub partial: f64,
    /// The mean number of backward passes.
    pub backward: f64,
    /// The mean time of a map in milliseconds.
    pub milliseconds: f64,
    /// The most bytes that the method held at once, if that is known.
    pub peak_memory: Option<u64>,
    /// The number of blank maps.
    pub blank: usize,
    /// The number of maps that were blank because of NaN or infinity.
    pub not_finite: usize,
    /// The mean fraction of the kept half of the pixels that only their position chose; none in older files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tied: Option<f64>,
}

impl Row {
    /// The figure of a metric over every image.
    pub fn figure(&self, metric: MetricId) -> Estimate {
        self.figures.get(&FigureKey::new(metric, None)).copied().unwrap_or_default()
    }

    /// Whether position chose most of the pixels that were kept: figures that ask for the order of the pixels then tell
    /// nothing about the map.
    pub fn is_tied(&self) -> bool {
        self.tied.is_some_and(|tied| tied > 0.5)
    }
}

/// The difference of two methods on the same images.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Paired {
    /// Id of the first method.
    pub a: String,
    /// Id of the second method.
    pub b: String,
    /// The explained peer's id.
    pub explained: String,
    /// The figure. In a file, `masking` and the name of the column, `metric`.
    #[serde(flatten, with = "split_key")]
    pub key: FigureKey,
    /// The first one's figure minus the second one's.
    pub difference: f64,
    /// The 95 % interval of the difference.
    pub ci: Option<[f64; 2]>,
}

/// The methods that cannot be told from the best one by a figure: the best, and those whose difference from it has a
/// 95 % interval that holds 0. Controls are left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Best {
    /// The explained peer's id.
    pub explained: String,
    /// The figure. In a file, `masking` and the name of the column, `metric`.
    #[serde(flatten, with = "split_key")]
    pub key: FigureKey,
    /// The methods with their settings, as text.
    pub methods: Vec<String>,
}

/// The mean over the images of one curve.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeanCurve {
    /// The method with its settings, as text.
    pub method: String,
    /// The explained peer's id.
    pub explained: String,
    /// The metric, in a file by the name of its column.
    #[serde(with = "metric_column")]
    pub metric: MetricId,
    /// The mean probability at each of the equal steps.
    pub y: Vec<f64>,
}

/// A result file: the report, and what it is of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResultFile {
    /// Name of the protocol.
    pub protocol: String,
    /// The number of images, under the name that the protocol fixes.
    #[serde(rename = "pictures")]
    pub images: usize,
    /// The name of the set of images.
    pub set: String,
    /// Name of the bundle.
    pub bundle: String,
    /// The sha256 of the bundle's file, in hexadecimal.
    pub bundle_sha256: String,
    /// The seed of the drawing of images and of the resamples.
    pub seed: u64,
    /// The device that computed.
    pub device: String,
    /// Versions of the crates that the figures depend on.
    pub crates: BTreeMap<String, String>,
    /// Images that could not be read, each with the reason.
    pub skipped: Vec<(String, String)>,
    /// What agreement is worth, if that was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement_worth: Option<AgreementReport>,
    /// The rows and the rest.
    #[serde(flatten)]
    pub report: Report,
}
