//! Metrics of one map of one image.

use peerlight_core::{Rect, Result};
use peerlight_explain::{Explanation, ForwardPass, Progress, Request, Session};
use serde::Serialize;

use crate::{Case, Masking, Score, Subject, metric, steps::parts};

/// One figure of one metric.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// The metric's id.
    pub id: &'static str,
    /// How the map masks the image, if it does.
    pub masking: Option<Masking>,
    /// In the metric's unit; none where it does not apply: no box was given, say.
    pub value: Option<f64>,
}

/// The curve that a figure is the area under.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Curve {
    /// The metric's id.
    pub id: &'static str,
    /// The part of the pixels, 0..=1.
    pub x: Vec<f32>,
    /// The probability of the class.
    pub y: Vec<f32>,
}

/// What metrics say of one map.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measures {
    /// Of each metric one, or one for each masking.
    pub figures: Vec<Figure>,
    /// Insertion's and deletion's.
    pub curves: Vec<Curve>,
    /// Milliseconds that it took.
    pub ms: f64,
    /// Passes that it took.
    pub forward: usize,
}

/// Measures the map that `request` gave of a pass. `boxes` are those of the class, in pixels of the map.
///
/// # Errors
/// `ask-invalid` for a metric that there is not, `device-lost`, or `cancelled`.
pub async fn measure(
    session: &Session,
    pass: &ForwardPass,
    explanation: &Explanation,
    request: &Request,
    metrics: &[&str],
    boxes: &[Rect],
    progress: &dyn Progress,
) -> Result<Measures> {
    Subject::new(session, pass, boxes, progress).await?.measure(explanation, request, metrics).await
}

impl Subject<'_> {
    /// Measures the map that `request` gave of this image.
    ///
    /// # Errors
    /// As [`measure`].
    pub async fn measure(&self, explanation: &Explanation, request: &Request, metrics: &[&str]) -> Result<Measures> {
        let chosen = metrics.iter().map(|id| metric(id)).collect::<Result<Vec<_>>>()?;
        let start = self.progress.now();
        let case = Case::new(self, explanation, request);
        let (mut figures, mut curves) = (Vec::new(), Vec::new());
        for metric in chosen {
            let meta = metric.meta();
            let id = meta.id;
            case.name(meta.name);
            match metric.score(&case).await? {
                Score::One(value) => figures.push(Figure { id, masking: None, value }),
                Score::Masked(values) => {
                    let masked = Masking::ALL.into_iter().zip(values);
                    figures.extend(masked.map(|(m, v)| Figure { id, masking: Some(m), value: Some(v) }));
                }
                Score::Curve(area, y) => {
                    figures.push(Figure { id, masking: None, value: Some(area) });
                    curves.push(Curve { id, x: parts(), y });
                }
            }
        }
        Ok(Measures { figures, curves, ms: self.progress.now() - start, forward: case.passes() })
    }
}
