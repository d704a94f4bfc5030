//! Every metric, one file each, and how one is found by its id.

mod adcc;
mod average_drop;
mod average_gain;
mod average_increase;
mod coherency;
mod complexity;
mod deletion;
mod energy;
mod insertion;
mod insertion_blur;
mod pointing;
mod road;

use std::str::FromStr;

use peerlight_core::{Code, Error, Result};

pub(crate) use self::energy::energy_inside;

use crate::{figure::MetricId, metric::Metric};

/// Every metric, in the order of tables and menus. A new one is a file, its `mod` line above, and a line here.
pub static METRICS: &[&dyn Metric] = &[
    &average_drop::AverageDrop,
    &average_increase::AverageIncrease,
    &average_gain::AverageGain,
    &insertion::Insertion,
    &insertion_blur::InsertionBlur,
    &deletion::Deletion,
    &complexity::Complexity,
    &coherency::Coherency,
    &adcc::Adcc,
    &road::Road,
    &pointing::Pointing,
    &energy::Energy,
];

// Papers that several metrics come from.
const GRAD_CAM_PP: &str = "Chattopadhay, Sarkar, Howlader, Balasubramanian, Grad-CAM++: Generalized Gradient-Based \
                           Visual Explanations for Deep Convolutional Networks, WACV 2018";
const ADCC: &str = "Poppi, Cornia, Baraldi, Cucchiara, Revisiting the Evaluation of Class Activation Mapping for \
                    Explainability: A Novel Metric and Experimental Analysis, CVPR Workshops 2021";
const RISE: &str = "Petsiuk, Das, Saenko, RISE: Randomized Input Sampling for Explanation of Black-box Models, BMVC \
                    2018";

/// Finds the metric of this id.
///
/// # Errors
/// `ask-invalid`, naming the metrics that there are.
pub fn metric(id: &str) -> Result<&'static dyn Metric> {
    METRICS.iter().copied().find(|m| m.meta().id.as_str() == id).ok_or_else(|| {
        let known: Vec<_> = METRICS.iter().map(|m| m.meta().id.as_str()).collect();
        Error::new(Code::AskInvalid, format!("There is no metric '{id}'. There are: {}.", known.join(", ")))
    })
}

impl FromStr for MetricId {
    type Err = Error;

    fn from_str(id: &str) -> Result<Self> {
        Ok(metric(id)?.meta().id)
    }
}

/// Adds to each metric those that its figure over many images is made of, before it, and leaves out repetitions.
///
/// # Errors
/// `ask-invalid` for a metric that does not exist.
pub fn metrics_with_parts(ids: &[impl AsRef<str>]) -> Result<Vec<MetricId>> {
    let mut all = Vec::new();
    for id in ids {
        let metric = metric(id.as_ref())?;
        for id in metric.made_of().iter().map(|key| key.metric).chain([metric.meta().id]) {
            if !all.contains(&id) {
                all.push(id);
            }
        }
    }
    Ok(all)
}

/// Lists the metrics' ids: all, or only those of the fast ones, which take few passes of their own.
pub fn metric_ids(fast: bool) -> Vec<MetricId> {
    METRICS.iter().map(|m| m.meta()).filter(|meta| meta.fast || !fast).map(|meta| meta.id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::Boxes;

    #[test]
    fn ids_are_unique_and_every_metric_is_explained() {
        for (i, meta) in METRICS.iter().map(|m| m.meta()).enumerate() {
            let id = meta.id.as_str();
            assert!(METRICS[..i].iter().all(|other| other.meta().id != meta.id), "{id} twice");
            assert!(meta.help.ends_with('.') && meta.help.len() > 60, "{id}: {}", meta.help);
            assert!(meta.paper.ends_with(|c: char| c.is_ascii_digit()), "{id}: {}", meta.paper);
            assert!(["", "%"].contains(&meta.unit) && meta.short.len() <= meta.name.len(), "{id}");
            assert_eq!(metric(id).unwrap().meta(), meta);
            // Files add these to a metric's name.
            assert!(["small", "ci"].iter().all(|end| !id.ends_with(end)) && !id.contains(['_', ':']), "{id}");
        }
        let error = metric("average").err().unwrap();
        assert!(error.to_string().contains("average-drop, "), "{error}");
        let slow: Vec<_> = METRICS.iter().map(|m| m.meta()).filter(|meta| !meta.fast).map(|meta| meta.name).collect();
        assert_eq!(slow, ["Insertion", "Insertion from blur", "Deletion", "ROAD"]);
        assert_eq!(metric_ids(true).len() + slow.len(), metric_ids(false).len());
    }

    #[test]
    fn a_metric_brings_what_it_is_made_of() {
        let ids = metrics_with_parts(&["adcc", "complexity"]).unwrap();
        let ids: Vec<_> = ids.into_iter().map(MetricId::as_str).collect();
        assert_eq!(ids, ["average-drop", "complexity", "coherency", "adcc"]);
        for part in METRICS.iter().flat_map(|metric| metric.made_of()) {
            let masked = metric(part.metric.as_str()).unwrap().meta().masked;
            assert_eq!((part.masking.is_some(), part.boxes), (masked, Boxes::All), "{part}");
        }
    }

    #[test]
    fn every_file_of_the_folder_is_listed_once() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/metrics");
        for entry in std::fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let id = name.strip_suffix(".rs").expect("a metric's file").replace('_', "-");
            assert!(metric(&id).is_ok(), "{name} is not in METRICS");
        }
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), METRICS.len());
    }
}
