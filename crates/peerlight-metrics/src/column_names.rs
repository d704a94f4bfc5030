//! How a result file names figures: by columns such as `average_drop`, `average_drop_ci` and `energy_small`.

use serde::{Deserialize, Serialize};

use crate::{
    figure::{FigureKey, MetricId, column_of},
    masking::Masking,
};

/// Ends the name of an interval.
const INTERVAL: &str = "_ci";

/// Figures as the columns of a row, each with its interval.
pub mod columns {
    use std::collections::BTreeMap;

    use serde::{Deserializer, Serializer, de, ser::SerializeMap};

    use super::*;
    use crate::figure::Estimate;

    /// What stands in a column.
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Cell {
        Value(Option<f64>),
        Interval([f64; 2]),
    }

    pub fn serialize<S: Serializer>(figures: &BTreeMap<FigureKey, Estimate>, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(2 * figures.len()))?;
        for (key, Estimate { value, ci }) in figures {
            let column = key.column();
            map.serialize_entry(&column, value)?;
            map.serialize_entry(&format!("{column}{INTERVAL}"), ci)?;
        }
        map.end()
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<FigureKey, Estimate>, D::Error> {
        let mut figures = BTreeMap::<FigureKey, Estimate>::new();
        for (name, cell) in BTreeMap::<String, Cell>::deserialize(from)? {
            let column = name.strip_suffix(INTERVAL);
            let key = FigureKey::from_column(column.unwrap_or(&name), None).map_err(de::Error::custom)?;
            let figure = figures.entry(key).or_default();
            match (column, cell) {
                (None, Cell::Value(value)) => figure.value = value,
                (Some(_), Cell::Interval(ci)) => figure.ci = Some(ci),
                (Some(_), Cell::Value(None)) => figure.ci = None,
                _ => return Err(de::Error::custom(format!("'{name}' holds the wrong kind of value"))),
            }
        }
        Ok(figures)
    }
}

/// A figure as two keys: its masking, and the name of its column.
pub mod split_key {
    use serde::{Deserializer, Serializer, de};

    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Split {
        masking: Option<Masking>,
        metric: String,
    }

    pub fn serialize<S: Serializer>(key: &FigureKey, to: S) -> Result<S::Ok, S::Error> {
        Split { masking: key.masking, metric: key.column() }.serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<FigureKey, D::Error> {
        let Split { masking, metric } = Split::deserialize(from)?;
        FigureKey::from_column(&metric, masking).map_err(de::Error::custom)
    }
}

/// A metric as the name of its column.
pub mod metric_column {
    use serde::{Deserializer, Serializer, de};

    use super::*;

    pub fn serialize<S: Serializer>(metric: &MetricId, to: S) -> Result<S::Ok, S::Error> {
        column_of(*metric).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<MetricId, D::Error> {
        let column = String::deserialize(from)?;
        FigureKey::from_column(&column, None).map(|key| key.metric).map_err(de::Error::custom)
    }
}
