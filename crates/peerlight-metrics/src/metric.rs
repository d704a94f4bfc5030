//! What a metric is.

use async_trait::async_trait;
use peerlight_core::Result;
use serde::Serialize;

use crate::{
    evaluation::Evaluation,
    figure::{FigureKey, MetricId},
    masking::{Masking, PerMasking},
};

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Better {
    /// Lower is better.
    Lower,
    /// Higher is better.
    Higher,
}

impl Better {
    /// An arrow that points the better way, for labels.
    pub const fn arrow(self) -> char {
        match self {
            Self::Lower => '↓',
            Self::Higher => '↑',
        }
    }

    /// Whether `a` is better than `b`.
    pub fn prefers(self, a: f64, b: f64) -> bool {
        match self {
            Self::Lower => a < b,
            Self::Higher => a > b,
        }
    }
}

/// A metric of more passes than this is not a fast one.
const FEW: usize = 4;

/// A metric's texts, and what it needs.
///
/// [`Meta::new`] gives the defaults and the other functions change one thing each:
///
/// ```
/// use peerlight_metrics::Meta;
///
/// const META: Meta = Meta::new("deletion", "Deletion").lower_is_better().passes(28);
/// assert_eq!(META.label(), "Deletion ↓");
/// assert!(!META.fast);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "Metric"))]
pub struct Meta {
    /// The id that files and programs use.
    #[cfg_attr(feature = "typescript", ts(type = "string"))]
    pub id: MetricId,
    /// The name in the literature.
    pub name: &'static str,
    /// A shorter name, for the heads of columns and for one image, of which there is no average.
    pub short: &'static str,
    /// Which way is better.
    pub better: Better,
    /// `%` if the figures are 0 to 100, else nothing.
    pub unit: &'static str,
    /// What the metric tells and what it does not.
    pub help: &'static str,
    /// Authors, title, venue and year.
    pub paper: &'static str,
    /// Forward passes of one network that it takes, roughly, beside those that the metrics before it in the list share
    /// with it.
    pub passes: usize,
    /// Whether it takes no more than a few passes of its own.
    pub fast: bool,
    /// Whether it asks the method for a second map.
    pub again: bool,
    /// Whether it needs boxes around what the image shows.
    pub boxes: bool,
    /// Whether it has a figure for each masking.
    pub masked: bool,
    /// Whether it asks only for the order of the map's pixels.
    pub ordered: bool,
}

impl Meta {
    /// A metric of which higher fractions are better, which takes no passes of its own and needs no boxes.
    pub const fn new(id: &'static str, name: &'static str) -> Self {
        Self {
            id: MetricId(id),
            name,
            short: name,
            better: Better::Higher,
            unit: "",
            help: "",
            paper: "",
            passes: 0,
            fast: true,
            again: false,
            boxes: false,
            masked: false,
            ordered: false,
        }
    }

    /// Sets the shorter name.
    pub const fn short(self, short: &'static str) -> Self {
        Self { short, ..self }
    }

    /// Makes lower figures better.
    pub const fn lower_is_better(self) -> Self {
        Self { better: Better::Lower, ..self }
    }

    /// Gives the metric a figure in percent for each masking.
    pub const fn percent_per_masking(self) -> Self {
        Self { unit: "%", masked: true, ..self }
    }

    /// Sets what the metric tells and what it does not.
    pub const fn help(self, help: &'static str) -> Self {
        Self { help, ..self }
    }

    /// Sets the authors, title, venue and year.
    pub const fn paper(self, paper: &'static str) -> Self {
        Self { paper, ..self }
    }

    /// Sets the number of passes.
    pub const fn passes(self, passes: usize) -> Self {
        Self { passes, fast: passes <= FEW, ..self }
    }

    /// Says that the metric asks only for the order of the map's pixels.
    pub const fn by_order_alone(self) -> Self {
        Self { ordered: true, ..self }
    }

    /// Says that the metric asks the method for a second map.
    pub const fn asks_again(self) -> Self {
        Self { again: true, ..self }
    }

    /// Says that the metric needs boxes around what the image shows.
    pub const fn needs_boxes(self) -> Self {
        Self { boxes: true, ..self }
    }

    /// The name with an arrow that points the better way.
    pub fn label(&self) -> String {
        format!("{} {}", self.name, self.better.arrow())
    }

    /// Whether a figure under this masking asks only for the order of the map's pixels. Of equal values, their position
    /// then decides.
    pub fn by_order(&self, masking: Option<Masking>) -> bool {
        self.ordered || masking == Some(Masking::Top50)
    }

    /// Digits after the point that tell figures apart.
    pub fn digits(&self) -> usize {
        if self.unit == "%" { 1 } else { 3 }
    }
}

/// Result of a metric on one image.
#[derive(Debug, Clone, PartialEq)]
pub enum Score {
    /// One figure; none where the metric does not apply.
    One(Option<f64>),
    /// A figure for each masking.
    Masked(PerMasking<f64>),
    /// A figure that is the area under a curve of 29 values, over equal steps of the fraction of the pixels.
    Curve(f64, Vec<f32>),
}

/// A metric: how well a map does on one image, and over many.
#[async_trait(?Send)]
pub trait Metric: Sync {
    /// The metric's texts, and what it needs.
    fn meta(&self) -> &'static Meta;

    /// Scores one map of one image.
    ///
    /// # Errors
    /// `device-lost`, or `cancelled`.
    async fn score(&self, evaluation: &Evaluation<'_>) -> Result<Score>;

    /// The figures of other metrics whose means this metric's figure over many images is made of.
    fn made_of(&self) -> &'static [FigureKey] {
        &[]
    }

    /// The figure over many images: from the mean of the images' own figures, and from the means of
    /// [`Metric::made_of`]. It is the own mean unless the metric says otherwise.
    fn pool(&self, own: f64, parts: &[f64]) -> f64 {
        let _ = parts;
        own
    }
}
