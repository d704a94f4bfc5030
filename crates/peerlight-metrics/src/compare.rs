//! Two sides, each of one run or several over the same images, compared image by image.

use std::collections::{BTreeMap, BTreeSet};

use peerlight_core::Result;
use serde::Serialize;

use crate::{Means, Record, interval, metric, resampled_means};

/// A figure of two sides, and their difference.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// The method with its settings, if the figure is of a method's map.
    pub method: Option<String>,
    /// The explained peer, counted from 0, if the figure is of one.
    pub peer: Option<usize>,
    /// The metric's [`key`](crate::key); or `agreement`, the mean correlation of the peers' maps; or `right`, the part of
    /// the images that a peer is right about.
    pub metric: String,
    /// The first side's figure.
    pub a: f64,
    /// The second side's.
    pub b: f64,
    /// The first less the second.
    pub difference: f64,
    /// Its 95 % interval over the images.
    pub ci: Option<[f64; 2]>,
}

/// What a figure is of.
type Subject = (Option<String>, Option<usize>);
/// Of each subject and figure, the values by image, all runs' together.
type Values = BTreeMap<Subject, BTreeMap<String, BTreeMap<String, Vec<f64>>>>;

/// Compares two sides on the images, methods and figures that both have. The runs of a side, of different seeds say, are
/// averaged image by image; then the images are resampled, the same for both sides.
///
/// # Errors
/// `ask-invalid` for a metric that there is not.
pub fn compare(a: &[Vec<Record>], b: &[Vec<Record>], seed: u64) -> Result<Vec<Difference>> {
    let (a, b) = (values(a), values(b));
    let mut differences = Vec::new();
    for (subject, ours) in &a {
        let Some(theirs) = b.get(subject) else { continue };
        let keys: Vec<&String> = ours.keys().filter(|key| theirs.contains_key(*key)).collect();
        let sides = [ours, theirs];
        let images: BTreeSet<&String> = keys
            .iter()
            .flat_map(|key| sides[0][*key].keys().filter(|name| sides[1][*key].contains_key(*name)))
            .collect();
        let columns: Vec<Vec<Option<f64>>> = sides
            .iter()
            .flat_map(|side| keys.iter().map(|key| images.iter().map(|name| mean(side[*key].get(*name))).collect()))
            .collect();
        let means = resampled_means(&columns, seed);
        let (first, second) = means.split_at(keys.len());
        for (i, key) in keys.iter().enumerate() {
            let (a, b) = (pooled(&keys, i, first)?, pooled(&keys, i, second)?);
            let differences_of: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a - b).collect();
            if differences_of[0].is_finite() {
                differences.push(Difference {
                    method: subject.0.clone(),
                    peer: subject.1,
                    metric: (*key).clone(),
                    a: a[0],
                    b: b[0],
                    difference: differences_of[0],
                    ci: interval(&differences_of[1..]),
                });
            }
        }
    }
    Ok(differences)
}

fn values(runs: &[Vec<Record>]) -> Values {
    let mut values = Values::new();
    for record in runs.iter().flatten() {
        let mut add = |subject: Subject, key: &str, value: f64| {
            let of = values.entry(subject).or_default().entry(key.into()).or_default();
            of.entry(record.image.clone()).or_default().push(value);
        };
        if let Some(agreement) = record.agreement {
            add((None, None), "agreement", agreement);
        }
        if let Some(class) = record.class {
            for (peer, &says) in record.says.iter().enumerate() {
                add((None, Some(peer)), "right", f64::from(u8::from(says == class)));
            }
        }
        for entry in &record.entries {
            for (key, value) in entry.figures.iter().filter_map(|(key, value)| Some((key, (*value)?))) {
                add((Some(entry.method.clone()), Some(entry.peer)), key, value);
            }
        }
    }
    values
}

fn mean(values: Option<&Vec<f64>>) -> Option<f64> {
    values.map(|values| values.iter().sum::<f64>() / values.len() as f64)
}

/// The figure in the place `i` of the sample and of each resample, from the means of all.
fn pooled(keys: &[&String], i: usize, means: &[Vec<f64>]) -> Result<Vec<f64>> {
    let id = keys[i].split(':').next().unwrap_or_default();
    if ["agreement", "right"].contains(&id) {
        return Ok(means[i].clone());
    }
    let metric = metric(id)?;
    let at = |sample: usize| {
        let mean = |key: &str| keys.iter().position(|other| *other == key).map(|place| means[place][sample]);
        let mean: &Means<'_> = &mean;
        metric.pool(keys[i], mean).unwrap_or(f64::NAN)
    };
    Ok((0..means[i].len()).map(at).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Entry;

    fn record(i: usize, drop: f64, says: usize) -> Record {
        let figures = [("average-drop:top50".to_string(), Some(drop)), ("energy".into(), (i < 2).then_some(drop))];
        let entry = Entry {
            method: "cam".into(),
            peer: 0,
            class: says,
            probability: 0.5,
            blank: false,
            finite: true,
            forward: 1,
            partial: 0,
            backward: 0,
            ms: 1.0,
            memory: None,
            figures: figures.into(),
            curves: BTreeMap::new(),
        };
        Record {
            image: i.to_string(),
            class: Some(0),
            boxes: Vec::new(),
            small: false,
            agreement: Some(drop / 100.0),
            says: vec![says],
            entries: vec![entry],
        }
    }

    #[test]
    fn sides_by_hand() {
        // Two seeds on the first side: 12 and 8, 22 and 18, ... Their means are 10, 20, 30, 40; the other side has 4 more.
        let seed = |off: f64| (0..4).map(|i| record(i, 10.0 * (i + 1) as f64 + off, i / 2)).collect::<Vec<_>>();
        let other: Vec<Record> = (0..4).map(|i| record(i, 10.0 * (i + 1) as f64 + 4.0, 0)).collect();
        // An image that one side alone has does not count.
        let lone = [other.clone(), vec![record(9, 1000.0, 0)]].concat();
        let found = compare(&[seed(2.0), seed(-2.0)], &[lone], 0).unwrap();
        let of = |metric: &str| found.iter().find(|d| d.metric == metric).unwrap();

        let drop = of("average-drop:top50");
        assert_eq!((drop.method.as_deref(), drop.peer), (Some("cam"), Some(0)));
        assert_eq!((drop.a, drop.b), (25.0, 29.0));
        let [low, high] = drop.ci.unwrap();
        assert!((low + 4.0).abs() < 1e-9 && (high + 4.0).abs() < 1e-9, "the same on every image");
        assert_eq!((of("energy").a, of("energy").b), (15.0, 19.0));
        assert!((of("agreement").difference + 0.04).abs() < 1e-12);
        let right = of("right");
        assert_eq!((right.peer, right.a, right.b), (Some(0), 0.5, 1.0));
        assert!(right.ci.unwrap()[0] < right.difference && right.difference < right.ci.unwrap()[1]);
    }
}
