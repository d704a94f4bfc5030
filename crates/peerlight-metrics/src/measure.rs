//! Metrics of one map of one image.

use peerlight_core::Result;
use serde::Serialize;

use crate::{
    evaluation::Evaluation,
    figure::{FigureKey, MetricId},
    masking::Masking,
    metric::Score,
    metrics::metric,
    steps::fractions,
};

/// One figure of one metric.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Figure {
    /// Metric that was measured.
    #[cfg_attr(feature = "typescript", ts(type = "string"))]
    pub id: MetricId,
    /// How the map masked the image; none for a metric that masks nothing.
    pub masking: Option<Masking>,
    /// The figure in the metric's unit; none where the metric does not apply, for want of a box, say.
    pub value: Option<f64>,
}

impl Figure {
    /// The key of the figure.
    pub fn key(&self) -> FigureKey {
        FigureKey::new(self.id, self.masking)
    }
}

/// The curve that a figure is the area under.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Curve {
    /// Metric that was measured.
    #[cfg_attr(feature = "typescript", ts(type = "string"))]
    pub id: MetricId,
    /// Fractions of the pixels, 0..=1.
    pub x: Vec<f32>,
    /// The probability of the class at each of them.
    pub y: Vec<f32>,
}

/// The figures of one map.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Measures {
    /// One figure for each metric, or one for each masking.
    pub figures: Vec<Figure>,
    /// The curves of insertion and deletion.
    pub curves: Vec<Curve>,
    /// Milliseconds that measuring took.
    pub ms: f64,
    /// Passes from the image that measuring took.
    pub forward: usize,
}

/// Scores a map by the given metrics.
///
/// # Errors
/// `ask-invalid` for a metric that is not in the list, `device-lost`, or `cancelled`.
pub async fn measure(evaluation: &Evaluation<'_>, metrics: &[MetricId]) -> Result<Measures> {
    let chosen = metrics.iter().map(|id| metric(id.as_str())).collect::<Result<Vec<_>>>()?;
    let start = evaluation.now();
    let (mut figures, mut curves) = (Vec::new(), Vec::new());
    for metric in chosen {
        let id = metric.meta().id;
        evaluation.doing(metric.meta().name);
        match metric.score(evaluation).await? {
            Score::One(value) => figures.push(Figure { id, masking: None, value }),
            Score::Masked(values) => {
                figures.extend(values.iter().map(|(m, v)| Figure { id, masking: Some(m), value: Some(*v) }));
            }
            Score::Curve(area, y) => {
                figures.push(Figure { id, masking: None, value: Some(area) });
                curves.push(Curve { id, x: fractions(), y });
            }
        }
    }
    Ok(Measures { figures, curves, ms: evaluation.now() - start, forward: evaluation.passes() })
}
