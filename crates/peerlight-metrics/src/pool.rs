//! Figures over many images, from the means of the images' figures.

use std::{fmt, str::FromStr};

use peerlight_core::{Error, Result};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    figure::{FigureKey, parsed},
    metrics::metric,
};

/// Quantity that can be averaged over images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Statistic {
    /// The mean correlation of the peers' maps over the regions.
    Agreement,
    /// Whether a peer's likeliest class is the image's.
    Accuracy,
    /// A figure of a method's map.
    Figure(FigureKey),
}

// How files name the statistics that are of no map.
const AGREEMENT: &str = "agreement";
const ACCURACY: &str = "right";

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agreement => f.write_str(AGREEMENT),
            Self::Accuracy => f.write_str(ACCURACY),
            Self::Figure(key) => key.fmt(f),
        }
    }
}

impl FromStr for Statistic {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            AGREEMENT => Ok(Self::Agreement),
            ACCURACY => Ok(Self::Accuracy),
            key => key.parse().map(Self::Figure),
        }
    }
}

impl Serialize for Statistic {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Statistic {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        parsed(deserializer)
    }
}

/// The value of each statistic in every sample, from its mean in every sample: the mean itself, or what the metric
/// makes of it and of the means of its parts. A figure whose parts are not all there is NaN.
pub(crate) fn pooled(statistics: &[Statistic], means: &[Vec<f64>]) -> Result<Vec<Vec<f64>>> {
    let pool = |(statistic, own): (&Statistic, &Vec<f64>)| {
        let Statistic::Figure(key) = statistic else { return Ok(own.clone()) };
        let metric = metric(key.metric.as_str())?;
        let place = |part: &FigureKey| statistics.iter().position(|other| *other == Statistic::Figure(*part));
        let Some(places) = metric.made_of().iter().map(place).collect::<Option<Vec<_>>>() else {
            return Ok(vec![f64::NAN; own.len()]);
        };
        let parts = |sample: usize| places.iter().map(|&place| means[place][sample]).collect::<Vec<_>>();
        Ok(own.iter().enumerate().map(|(sample, &own)| metric.pool(own, &parts(sample))).collect())
    };
    statistics.iter().zip(means).map(pool).collect()
}

/// The difference of two statistics in every sample.
pub(crate) fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statistic_reads_as_it_is_written() {
        for text in ["agreement", "right", "average-drop:top50", "energy:small"] {
            let statistic: Statistic = text.parse().unwrap();
            assert_eq!(serde_json::to_value(statistic).unwrap(), text);
            assert_eq!(serde_json::from_value::<Statistic>(text.into()).unwrap(), statistic);
        }
        assert!("agreements".parse::<Statistic>().is_err());
    }

    #[test]
    fn adcc_is_pooled_from_its_parts_and_nothing_without_them() {
        let texts = ["complexity", "coherency", "adcc", "average-drop:soft", "agreement"];
        let statistics = texts.map(|text| text.parse().unwrap());
        let means = [vec![0.5, 0.0], vec![1.0, 0.0], vec![0.1, 0.1], vec![0.0, 0.0], vec![0.3, 0.4]];
        let found = pooled(&statistics, &means).unwrap();
        assert_eq!((&found[2], &found[0], &found[4]), (&vec![0.75, 0.0], &means[0], &means[4]));
        assert!(pooled(&statistics[1..], &means[1..]).unwrap()[1].iter().all(|v| v.is_nan()));
    }
}
