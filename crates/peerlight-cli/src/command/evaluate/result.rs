//! What a run comes to, as JSON, CSV and a table.

use std::collections::BTreeMap;

use peerlight_core::Result as Fallible;
use peerlight_metrics::{METRICS, Masking, Number, Report, Row};
use serde::Serialize;

use crate::json;

/// The result file: the protocol's shape, and more.
#[derive(Serialize)]
pub struct Result {
    pub protocol: &'static str,
    /// The protocol fixes this name.
    #[serde(rename = "pictures")]
    pub images: usize,
    pub set: String,
    pub bundle: String,
    pub bundle_sha256: String,
    pub seed: u64,
    pub device: String,
    pub crates: BTreeMap<&'static str, &'static str>,
    /// Images that could not be read, each with the reason.
    pub skipped: Vec<(String, String)>,
    #[serde(flatten)]
    pub report: Report,
}

/// The versions that the figures depend on.
pub fn versions() -> BTreeMap<&'static str, &'static str> {
    BTreeMap::from([("peerlight", env!("CARGO_PKG_VERSION")), ("burn", peerlight_models::BURN_VERSION)])
}

/// What the table shows of a row: the metric's key, the column's head, digits after the point.
const COLUMNS: [(&str, &str, usize); 10] = [
    ("average_drop", "drop %", 1),
    ("average_increase", "incr %", 1),
    ("average_gain", "gain %", 1),
    ("insertion", "insert", 3),
    ("deletion", "delete", 3),
    ("complexity", "compl", 3),
    ("coherency", "coher", 3),
    ("adcc", "adcc", 3),
    ("road", "road", 3),
    ("energy", "energy", 3),
];

impl Result {
    pub fn json(&self) -> Fallible<String> {
        Ok(json::pretty(self)? + "\n")
    }

    /// A line for each row, with every figure and both ends of its interval.
    pub fn csv(&self) -> Fallible<String> {
        let mut keys: Vec<&String> = self.report.rows.iter().flat_map(|row| row.figures.keys()).collect();
        keys.sort();
        keys.dedup();
        let interval = |key: &str| key.ends_with("_ci");
        let mut head: Vec<String> = ["method", "explained", "masking"].map(String::from).to_vec();
        for key in &keys {
            match interval(key) {
                true => head.extend([format!("{key}_low"), format!("{key}_high")]),
                false => head.push(key.to_string()),
            }
        }
        head.extend(
            ["forward", "partial", "backward", "milliseconds", "peak_memory", "blank", "not_finite"].map(String::from),
        );
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&head).map_err(json::failed)?;
        for row in &self.report.rows {
            let mut line = vec![row.method.clone(), row.explained.clone(), row.masking.id().into()];
            for key in &keys {
                match row.figures.get(*key) {
                    Some(Number::Figure(value)) => line.push(text(*value)),
                    Some(Number::Interval(ends)) => line.extend([0, 1].map(|end| text(ends.map(|ends| ends[end])))),
                    None => line.extend(std::iter::repeat_n(String::new(), if interval(key) { 2 } else { 1 })),
                }
            }
            let costs = [row.forward, row.partial, row.backward, row.milliseconds];
            line.extend(costs.map(|v| v.to_string()));
            line.push(row.peak_memory.map_or(String::new(), |v| v.to_string()));
            line.extend([row.blank, row.not_finite].map(|count| count.to_string()));
            writer.write_record(&line).map_err(json::failed)?;
        }
        let bytes = writer.into_inner().map_err(json::failed)?;
        String::from_utf8(bytes).map_err(json::failed)
    }

    /// A table for each explained peer, with the primary masking.
    pub fn table(&self) -> String {
        let mut text = format!(
            "{} images of {}, {}, {} masking; the best of each column is marked, controls left out\n",
            self.images,
            self.set,
            self.protocol,
            Masking::ALL[0].id()
        );
        let columns = self.columns();
        for peer in self.peers() {
            let rows: Vec<&Row> = self.rows(peer).collect();
            let right = self.report.accuracy.get(peer);
            let right = right.map_or(String::new(), |right| format!(", right on {:.1}%", right * 100.0));
            text += &format!("\n{peer}{right}\n{:<36}", "method");
            columns.iter().for_each(|(_, head, _)| text += &format!("{head:>9}"));
            text += &format!("{:>9}{:>9}{:>7}{:>7}\n", "passes", "ms", "blank", "NaN");
            for row in &rows {
                text += &format!("{:<36}", row.method);
                for (key, _, digits) in &columns {
                    let value = figure(row, key);
                    let best = value.is_some() && value == self.best(&rows, key);
                    let shown = value.map_or("-".into(), |v| format!("{v:.digits$}"));
                    text += &format!("{:>9}", if best { format!("*{shown}") } else { shown });
                }
                let passes = row.forward + row.partial + row.backward;
                text += &format!("{passes:>9.0}{:>9.1}{:>7}{:>7}\n", row.milliseconds, row.blank, row.not_finite);
            }
        }
        if !self.skipped.is_empty() {
            text += &format!("\n{} images could not be read:\n", self.skipped.len());
            self.skipped.iter().for_each(|(image, why)| text += &format!("  {image}: {why}\n"));
        }
        text
    }

    /// The explained peers, in order.
    pub fn peers(&self) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        for row in &self.report.rows {
            if !found.contains(&row.explained.as_str()) {
                found.push(&row.explained);
            }
        }
        found
    }

    /// The rows of a peer with the primary masking.
    pub fn rows<'a>(&'a self, peer: &'a str) -> impl Iterator<Item = &'a Row> {
        self.report.rows.iter().filter(move |row| row.explained == peer && row.masking == Masking::ALL[0])
    }

    /// The columns that the report has figures for.
    pub fn columns(&self) -> Vec<(&'static str, &'static str, usize)> {
        COLUMNS.into_iter().filter(|(key, ..)| self.any(key)).collect()
    }

    fn any(&self, key: &str) -> bool {
        self.report.rows.iter().any(|row| figure(row, key).is_some())
    }

    /// The best figure of a column, of methods that are no controls.
    pub fn best(&self, rows: &[&Row], key: &str) -> Option<f64> {
        let lower = METRICS.iter().map(|m| m.meta()).find(|meta| meta.id.replace('-', "_") == key)?.better
            == peerlight_metrics::Better::Lower;
        let values = rows.iter().filter(|row| !row.method.starts_with("control-")).filter_map(|row| figure(row, key));
        values.reduce(|a, b| if (b < a) == lower { b } else { a })
    }
}

/// A figure of a row.
pub fn figure(row: &Row, key: &str) -> Option<f64> {
    match row.figures.get(key) {
        Some(Number::Figure(value)) => *value,
        _ => None,
    }
}

/// The interval of a figure.
pub fn interval(row: &Row, key: &str) -> Option<[f64; 2]> {
    match row.figures.get(&format!("{key}_ci")) {
        Some(Number::Interval(ends)) => *ends,
        _ => None,
    }
}

fn text(value: Option<f64>) -> String {
    value.map_or(String::new(), |v| v.to_string())
}
