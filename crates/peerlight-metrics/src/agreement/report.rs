//! Answers about agreement: plain data, as a result file holds them.

use serde::{Deserialize, Serialize};

/// Which images a figure is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Images {
    /// Every image that has what the question asks for.
    All,
    /// Those with boxes that cover at most half of the image.
    Small,
}

/// Kind of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Area under the receiver operating characteristic: 0.5 is chance, 1 tells every image.
    Auroc,
    /// Difference of two areas on the same images.
    AurocDifference,
    /// Spearman's rank correlation.
    Spearman,
    /// Expected calibration error over ten parts.
    CalibrationError,
    /// Difference of two maps' mean figures on the same images.
    Difference,
    /// Mean figure of a map.
    Mean,
}

/// One figure that answers one question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgreementRow {
    /// The question, `Q1` to `Q7`.
    pub question: String,
    /// The method with its settings, as text.
    pub method: String,
    /// The map: a peer's id, or `joint`.
    pub map: String,
    /// Images that the figure is over.
    pub images: Images,
    /// What is measured: a statistic's id, or several.
    pub of: String,
    /// Statistic or map that it is compared with, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<String>,
    /// Kind of the figure.
    pub measure: Measure,
    /// Value of the figure; none where it cannot be computed.
    pub value: Option<f64>,
    /// 95 % interval of the value, by resampling the images.
    pub ci: Option<[f64; 2]>,
    /// The number of images, or of regions.
    pub count: usize,
    /// The number of those with the target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub positives: Option<usize>,
}

/// Hit rate of a tenth of the images by a statistic, from the lowest tenth to the highest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tenth {
    /// The method with its settings, as text.
    pub method: String,
    /// The statistic's id, or `combined`, the calibration's log-odds.
    pub of: String,
    /// Lowest value of the statistic in this tenth.
    pub from: f64,
    /// Highest value of the statistic in this tenth.
    pub to: f64,
    /// Number of images in this tenth.
    pub images: usize,
    /// Number of hits in this tenth.
    pub hits: usize,
    /// The 95 % interval of the rate (Wilson).
    pub ci: [f64; 2],
    /// The mean of the foretold rates; none for a statistic alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foretold: Option<f64>,
}

/// Answers to the questions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AgreementReport {
    /// The figures, question by question.
    pub rows: Vec<AgreementRow>,
    /// Hit rates by tenths, of the small images.
    pub tenths: Vec<Tenth>,
}
