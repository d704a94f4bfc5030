//! What a metric is, and the list of them.

use async_trait::async_trait;
use peerlight_core::{Code, Error, Result};
use serde::Serialize;

pub use crate::metrics::METRICS;
use crate::{Case, Masking};

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// Lower is better.
    Lower,
    /// Higher is better.
    Higher,
}

/// What is to be known of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Meta {
    /// Its id.
    pub id: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// Which way is better.
    pub better: Better,
    /// `%` if its figures are 0 to 100, else nothing.
    pub unit: &'static str,
    /// What it says and what it does not.
    pub help: &'static str,
    /// Authors, title, venue and year.
    pub paper: &'static str,
    /// Forward passes of one network that it takes, roughly, beside those that the metrics before it in the list share
    /// with it.
    pub passes: usize,
    /// Whether it asks the method for a second map.
    pub again: bool,
    /// Whether it needs boxes around what the image shows.
    pub boxes: bool,
}

/// What a metric finds in one image.
#[derive(Debug, Clone, PartialEq)]
pub enum Score {
    /// One figure; none where the metric does not apply.
    One(Option<f64>),
    /// One for each of [`Masking::ALL`].
    Masked([f64; 3]),
    /// A figure, and the curve [29] over the part of the pixels that it is the area under.
    Curve(f64, Vec<f32>),
}

/// Means over images, by [`key`]. None for a figure that nobody asked for.
pub type Means<'a> = dyn Fn(&str) -> Option<f64> + 'a;

/// A metric.
#[async_trait(?Send)]
pub trait Metric: Sync {
    /// What is to be known of it.
    fn meta(&self) -> &'static Meta;

    /// Its score for one image and map.
    ///
    /// # Errors
    /// `device-lost`, or `cancelled`.
    async fn score(&self, case: &Case<'_>) -> Result<Score>;

    /// The metrics whose means its figure over many images is made of.
    fn made_of(&self) -> &'static [&'static str] {
        &[]
    }

    /// Its figure over many images: unless it says otherwise, the mean of the images' figures.
    fn pool(&self, key: &str, means: &Means<'_>) -> Option<f64> {
        means(key)
    }
}

/// The metric of this id.
///
/// # Errors
/// `ask-invalid`, naming those that there are.
pub fn metric(id: &str) -> Result<&'static dyn Metric> {
    METRICS.iter().copied().find(|m| m.meta().id == id).ok_or_else(|| {
        let known: Vec<_> = METRICS.iter().map(|m| m.meta().id).collect();
        Error::new(Code::AskInvalid, format!("There is no metric '{id}'. There are: {}.", known.join(", ")))
    })
}

/// The ids of these metrics, each after those that it is made of.
///
/// # Errors
/// `ask-invalid` for one that there is not.
pub fn metrics_with_parts(ids: &[impl AsRef<str>]) -> Result<Vec<&'static str>> {
    let mut all = Vec::new();
    for id in ids {
        let metric = metric(id.as_ref())?;
        for &id in metric.made_of().iter().chain([&metric.meta().id]) {
            if !all.contains(&id) {
                all.push(id);
            }
        }
    }
    Ok(all)
}

/// A metric of more passes is not a fast one.
const FEW: usize = 4;

/// The metrics' ids: all, or only the fast ones, which take no more than a few passes (and some of them the method once
/// more).
pub fn metric_ids(fast: bool) -> Vec<&'static str> {
    METRICS.iter().map(|m| m.meta()).filter(|meta| meta.passes <= FEW || !fast).map(|meta| meta.id).collect()
}

/// How a figure is named where names are flat: the metric's id, and after a colon the masking if there is one.
pub fn key(id: &str, masking: Option<Masking>) -> String {
    match masking {
        None => id.into(),
        Some(masking) => format!("{id}:{}", masking.id()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_every_metric_is_explained() {
        for (i, meta) in METRICS.iter().map(|m| m.meta()).enumerate() {
            assert!(METRICS[..i].iter().all(|other| other.meta().id != meta.id), "{} twice", meta.id);
            assert!(meta.help.ends_with('.') && meta.help.len() > 60, "{}: {}", meta.id, meta.help);
            assert!(meta.paper.ends_with(|c: char| c.is_ascii_digit()), "{}: {}", meta.id, meta.paper);
            assert!(["", "%"].contains(&meta.unit));
            assert_eq!(metric(meta.id).unwrap().meta(), meta);
        }
        let error = metric("average").err().unwrap();
        assert!(error.to_string().contains("average-drop, "), "{error}");
        let whole = ["average-drop", "complexity", "coherency", "adcc"];
        assert_eq!(metrics_with_parts(&["adcc", "complexity"]).unwrap(), whole);
        assert!(metric_ids(true).len() < metric_ids(false).len());
    }

    #[test]
    fn keys() {
        assert_eq!(key("adcc", None), "adcc");
        assert_eq!(key("average-drop", Some(Masking::SoftNormalized)), "average-drop:soft-normalised");
    }
}
