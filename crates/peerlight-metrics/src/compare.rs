//! Two sides, each of one run or several over the same images, compared image by image.

use std::collections::{BTreeMap, BTreeSet};

use peerlight_core::Result;
use serde::{Deserialize, Serialize};

use crate::{
    bootstrap::{interval, resampled_means},
    pool::{Statistic, difference, pooled},
    record::Record,
};

/// A statistic of two sides, and their difference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The method with its settings, if the statistic is of a method's map.
    pub method: Option<String>,
    /// The explained peer, counted from 0, if the statistic is of one.
    pub peer: Option<usize>,
    /// Statistic that is compared.
    pub metric: Statistic,
    /// The first side's value.
    pub a: f64,
    /// The second side's value.
    pub b: f64,
    /// The first value minus the second.
    pub difference: f64,
    /// The 95 % interval of the difference over the images.
    pub ci: Option<[f64; 2]>,
}

/// A file of differences, and what they are of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Name of the protocol of both sides.
    pub protocol: String,
    /// The sha256 of the first side's bundles.
    pub a: Vec<String>,
    /// The sha256 of the second side's bundles.
    pub b: Vec<String>,
    /// The seed of the resamples.
    pub seed: u64,
    /// Differences, a row for each method and statistic that both sides have.
    pub differences: Vec<Difference>,
}

/// The method and the explained peer that a statistic is of.
type Subject = (Option<String>, Option<usize>);
/// The values of each subject and statistic by image, those of all runs together.
type Values = BTreeMap<Subject, BTreeMap<Statistic, BTreeMap<String, Vec<f64>>>>;

/// Compares two sides on the images, methods and figures that both have. The runs of a side, of different seeds say,
/// are averaged image by image; then the images are resampled, the same for both sides.
///
/// # Errors
/// `ask-invalid` for a metric that does not exist.
pub fn compare(a: &[Vec<Record>], b: &[Vec<Record>], seed: u64) -> Result<Vec<Difference>> {
    let (a, b) = (values(a), values(b));
    let mut differences = Vec::new();
    for (subject, ours) in &a {
        let Some(theirs) = b.get(subject) else { continue };
        let statistics: Vec<Statistic> = ours.keys().filter(|key| theirs.contains_key(key)).copied().collect();
        let sides = [ours, theirs];
        let images: BTreeSet<&String> = statistics
            .iter()
            .flat_map(|key| sides[0][key].keys().filter(|name| sides[1][key].contains_key(*name)))
            .collect();
        let columns: Vec<Vec<Option<f64>>> = sides
            .iter()
            .flat_map(|side| {
                statistics.iter().map(|key| images.iter().map(|name| mean(side[key].get(*name))).collect())
            })
            .collect();
        let means = resampled_means(&columns, seed);
        let (first, second) = means.split_at(statistics.len());
        let (first, second) = (pooled(&statistics, first)?, pooled(&statistics, second)?);
        for ((metric, a), b) in statistics.iter().zip(&first).zip(&second) {
            let samples = difference(a, b);
            if samples[0].is_finite() {
                differences.push(Difference {
                    method: subject.0.clone(),
                    peer: subject.1,
                    metric: *metric,
                    a: a[0],
                    b: b[0],
                    difference: samples[0],
                    ci: interval(&samples[1..]),
                });
            }
        }
    }
    Ok(differences)
}

fn values(runs: &[Vec<Record>]) -> Values {
    let mut values = Values::new();
    for record in runs.iter().flatten() {
        let mut add = |subject: Subject, statistic: Statistic, value: f64| {
            let of = values.entry(subject).or_default().entry(statistic).or_default();
            of.entry(record.image.clone()).or_default().push(value);
        };
        if let Some(agreement) = record.agreement {
            add((None, None), Statistic::Agreement, agreement);
        }
        if let Some(class) = record.class {
            for (peer, &predicted) in record.predicted.iter().enumerate() {
                add((None, Some(peer)), Statistic::Accuracy, f64::from(u8::from(predicted == class)));
            }
        }
        for entry in &record.entries {
            for (&key, value) in entry.figures.iter().filter_map(|(key, value)| Some((key, (*value)?))) {
                add((Some(entry.method.clone()), Some(entry.peer)), Statistic::Figure(key), value);
            }
        }
    }
    values
}

fn mean(values: Option<&Vec<f64>>) -> Option<f64> {
    values.map(|values| values.iter().sum::<f64>() / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Entry;

    fn record(i: usize, drop: f64, predicted: usize) -> Record {
        let figures = [("average-drop:top50", Some(drop)), ("energy", (i < 2).then_some(drop))];
        let entry = Entry {
            method: "cam".into(),
            peer: 0,
            class: predicted,
            probability: 0.5,
            blank: false,
            finite: true,
            tied: None,
            forward: 1,
            partial: 0,
            backward: 0,
            ms: 1.0,
            memory: None,
            figures: figures.map(|(key, value)| (key.parse().unwrap(), value)).into(),
            curves: BTreeMap::new(),
        };
        Record {
            image: i.to_string(),
            class: Some(0),
            boxes: Vec::new(),
            small: false,
            agreement: Some(drop / 100.0),
            predicted: vec![predicted],
            entries: vec![entry],
            judged: Vec::new(),
        }
    }

    #[test]
    fn sides_by_hand() {
        // Two seeds on the first side: 12 and 8, 22 and 18, ... Their means are 10, 20, 30, 40; the other side has 4
        // more.
        let seed = |off: f64| (0..4).map(|i| record(i, 10.0 * (i + 1) as f64 + off, i / 2)).collect::<Vec<_>>();
        let other: Vec<Record> = (0..4).map(|i| record(i, 10.0 * (i + 1) as f64 + 4.0, 0)).collect();
        // An image that one side alone has does not count.
        let lone = [other.clone(), vec![record(9, 1000.0, 0)]].concat();
        let found = compare(&[seed(2.0), seed(-2.0)], &[lone], 0).unwrap();
        let of = |metric: &str| found.iter().find(|d| d.metric.to_string() == metric).unwrap();

        let drop = of("average-drop:top50");
        assert_eq!((drop.method.as_deref(), drop.peer), (Some("cam"), Some(0)));
        assert_eq!((drop.a, drop.b), (25.0, 29.0));
        let [low, high] = drop.ci.unwrap();
        assert!((low + 4.0).abs() < 1e-9 && (high + 4.0).abs() < 1e-9, "the same on every image");
        assert_eq!((of("energy").a, of("energy").b), (15.0, 19.0));
        assert!((of("agreement").difference + 0.04).abs() < 1e-12);
        let accuracy = of("right");
        assert_eq!((accuracy.peer, accuracy.a, accuracy.b), (Some(0), 0.5, 1.0));
        assert!(accuracy.ci.unwrap()[0] < accuracy.difference && accuracy.difference < accuracy.ci.unwrap()[1]);
    }
}
