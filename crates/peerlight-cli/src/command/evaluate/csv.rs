//! A run's rows as CSV.

use std::fmt::Display;

use peerlight_core::{Code, Error, Result};
use peerlight_metrics::{Estimate, FigureKey, Report};

use crate::table::cell as plain;

/// The columns after the figures.
const COSTS: [&str; 8] =
    ["forward", "partial", "backward", "milliseconds", "peak_memory", "blank", "not_finite", "tied"];

/// A line for each row, with every figure and both ends of its interval.
///
/// # Errors
/// `internal` if a row has another number of cells than the head.
pub fn csv(report: &Report) -> Result<String> {
    let mut keys: Vec<FigureKey> = report.rows.iter().flat_map(|row| row.figures.keys().copied()).collect();
    keys.sort();
    keys.dedup();
    let columns = keys.iter().flat_map(|key| ["", "_ci_low", "_ci_high"].map(|end| key.column() + end));
    let head = ["method", "explained", "masking"].map(String::from).into_iter().chain(columns);
    let head: Vec<String> = head.chain(COSTS.map(String::from)).collect();
    let rows = report.rows.iter().map(|row| {
        let mut line = [&row.method, &row.explained, &row.masking.to_string()].map(|text| plain(text)).to_vec();
        for key in &keys {
            let Estimate { value, ci } = row.figures.get(key).copied().unwrap_or_default();
            line.extend([value, ci.map(|[low, _]| low), ci.map(|[_, high]| high)].map(cell));
        }
        line.extend([row.forward, row.partial, row.backward, row.milliseconds].map(|cost| cell(Some(cost))));
        line.push(row.peak_memory.map_or(String::new(), |bytes| bytes.to_string()));
        line.extend([row.blank, row.not_finite].map(|count| count.to_string()));
        line.push(cell(row.tied));
        line
    });
    lines(&head, rows)
}

/// A CSV of a head and lines.
///
/// # Errors
/// `internal` if a row has another number of cells than the head.
pub fn lines(head: &[impl AsRef<[u8]>], rows: impl Iterator<Item = Vec<String>>) -> Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(head).map_err(|e| broken(&e))?;
    for row in rows {
        writer.write_record(&row).map_err(|e| broken(&e))?;
    }
    let bytes = writer.into_inner().map_err(|e| broken(&e))?;
    String::from_utf8(bytes).map_err(|e| broken(&e))
}

fn broken(error: &dyn Display) -> Error {
    Error::new(Code::Internal, error.to_string())
}

/// A number with at most six significant digits, or nothing.
pub fn cell(value: Option<f64>) -> String {
    let Some(value) = value else { return String::new() };
    let rounded = format!("{value:.5e}").parse::<f64>().unwrap_or(value);
    rounded.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_six_digits_at_most() {
        let cases =
            [(83.97166279143141, "83.9717"), (0.8669447898864746, "0.866945"), (-1e-7 / 3.0, "-0.0000000333333")];
        for (value, text) in cases.into_iter().chain([(0.0, "0"), (50.0, "50"), (72609792.0, "72609800")]) {
            assert_eq!(cell(Some(value)), text);
        }
        assert_eq!(cell(None), "");
    }

    #[test]
    fn results_changed_at_random_are_read_or_refused() {
        let file = |name: &str| {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/results/");
            std::fs::read(format!("{folder}{name}.json")).unwrap()
        };
        let (result, comparison) = (file("untouched-val1000"), file("tuned-gamma-against-tuned-beta0"));
        assert!(serde_json::from_slice::<peerlight_metrics::ResultFile>(&result).is_ok());
        assert!(serde_json::from_slice::<peerlight_metrics::Comparison>(&comparison).is_ok());
        crate::fuzz::each(&[&result, &comparison], |bytes| {
            drop(serde_json::from_slice::<peerlight_metrics::Comparison>(bytes));
            let Ok(found) = serde_json::from_slice::<peerlight_metrics::ResultFile>(bytes) else { return };
            csv(&found.report).unwrap();
        });
    }
}
