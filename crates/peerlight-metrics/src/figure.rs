//! What a figure is of, and how sure it is.

use std::{cmp::Ordering, fmt, str::FromStr};

use peerlight_core::{Code, Error, Result};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{bootstrap::interval, masking::Masking};

/// The id of a metric, such as `average-drop`. Text is parsed to the id of a metric of the list
/// [`METRICS`](crate::METRICS) or refused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct MetricId(pub(crate) &'static str);

impl MetricId {
    /// The id as text.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for MetricId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl fmt::Debug for MetricId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Which images count for a figure, by the boxes around what they show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Boxes {
    /// Every image that has the figure.
    #[default]
    All,
    /// Only images whose boxes cover at most half of the whole image.
    Small,
}

/// Identity of a figure: its metric, the masking that it used if it masks, and the images that count.
///
/// As text, `average-drop:top50`, `complexity` or `energy:small`. Keys sort by the ids in their texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FigureKey {
    /// Metric of the figure.
    pub metric: MetricId,
    /// How the map masked the image; none for a metric that masks nothing.
    pub masking: Option<Masking>,
    /// Images that count, by the size of their boxes.
    pub boxes: Boxes,
}

/// Ends the text of a key of small boxes, and the name of its column.
const SMALL: &str = "small";

impl FigureKey {
    /// The key of a metric's figure over every image.
    pub const fn new(metric: MetricId, masking: Option<Masking>) -> Self {
        Self { metric, masking, boxes: Boxes::All }
    }

    /// The name of the figure in the rows of a result file, `average_drop` or `energy_small`. The row tells the
    /// masking.
    pub fn column(self) -> String {
        let metric = column_of(self.metric);
        match self.boxes {
            Boxes::All => metric,
            Boxes::Small => format!("{metric}_{SMALL}"),
        }
    }

    /// Reads the name of a column in a row of this masking, or of none.
    ///
    /// # Errors
    /// `ask-invalid` for a metric that does not exist.
    pub fn from_column(column: &str, masking: Option<Masking>) -> Result<Self> {
        let (metric, boxes) = match column.strip_suffix(SMALL).and_then(|rest| rest.strip_suffix('_')) {
            Some(metric) => (metric, Boxes::Small),
            None => (column, Boxes::All),
        };
        Ok(Self { metric: metric.replace('_', "-").parse()?, masking, boxes })
    }
}

/// The name of a metric in a result file, such as `average_drop`.
pub(crate) fn column_of(metric: MetricId) -> String {
    metric.0.replace('-', "_")
}

impl fmt::Display for FigureKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.metric.0.to_owned();
        if let Some(masking) = self.masking {
            text += &format!(":{masking}");
        }
        if self.boxes == Boxes::Small {
            text += &format!(":{SMALL}");
        }
        f.pad(&text)
    }
}

impl FromStr for FigureKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut parts = text.split(':');
        let mut key = Self::new(parts.next().unwrap_or_default().parse()?, None);
        for part in parts {
            match part {
                SMALL => key.boxes = Boxes::Small,
                masking => key.masking = Some(masking.parse()?),
            }
        }
        if key.to_string() != text {
            return Err(Error::new(Code::AskInvalid, format!("'{text}' is not a figure: it should read '{key}'.")));
        }
        Ok(key)
    }
}

impl Ord for FigureKey {
    fn cmp(&self, other: &Self) -> Ordering {
        let parts = |key: &Self| (key.metric, key.masking.map(Masking::id), key.boxes);
        parts(self).cmp(&parts(other))
    }
}

impl PartialOrd for FigureKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Serialize for FigureKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FigureKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        parsed(deserializer)
    }
}

impl<'de> Deserialize<'de> for MetricId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        parsed(deserializer)
    }
}

/// Reads a value from its text.
pub(crate) fn parsed<'de, T, D>(deserializer: D) -> std::result::Result<T, D::Error>
where
    T: FromStr<Err = Error>,
    D: Deserializer<'de>,
{
    String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
}

/// A figure over many images.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Estimate {
    /// The figure, in the metric's unit; none where there was nothing to pool.
    pub value: Option<f64>,
    /// The 95 % interval of the figure.
    pub ci: Option<[f64; 2]>,
}

impl Estimate {
    /// The estimate that the sample's figure and those of the resamples give, in this order.
    pub(crate) fn of(samples: &[f64]) -> Self {
        let (value, resamples) = samples.split_first().map_or((f64::NAN, samples), |(first, rest)| (*first, rest));
        Self { value: Some(value).filter(|v| v.is_finite()), ci: interval(resamples) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_as_it_is_written() {
        for text in ["adcc", "average-drop:soft-normalised", "energy:small", "average-drop:soft:small"] {
            let key: FigureKey = text.parse().unwrap();
            assert_eq!(key.to_string(), text);
            assert_eq!(FigureKey::from_column(&key.column(), key.masking).unwrap(), key);
            assert_eq!(serde_json::from_str::<FigureKey>(&serde_json::to_string(&key).unwrap()).unwrap(), key);
        }
        for text in ["", "average", "average-drop:hard", "energy:small:small", "average-drop:small:soft"] {
            assert_eq!(text.parse::<FigureKey>().unwrap_err().code(), Code::AskInvalid, "{text}");
        }
    }

    #[test]
    fn ids_and_keys_fill_a_column() {
        let key: FigureKey = "average-drop:soft:small".parse().unwrap();
        assert_eq!(
            format!("{:<14}|{:<6}|{key:>25}", key.metric, Masking::Soft),
            "average-drop  |soft  |  average-drop:soft:small"
        );
    }

    #[test]
    fn columns_and_order_are_those_of_the_files() {
        let key = |text: &str| text.parse::<FigureKey>().unwrap();
        assert_eq!(key("average-drop:soft").column(), "average_drop");
        assert_eq!(key("insertion-blur").column(), "insertion_blur");
        assert_eq!(key("energy:small").column(), "energy_small");
        let texts = ["average-drop:soft", "average-drop:soft-normalised", "average-drop:top50", "insertion"];
        assert!(texts.map(key).is_sorted() && texts.is_sorted());
    }
}
