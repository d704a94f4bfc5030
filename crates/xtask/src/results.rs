//! The tables of docs/RESULTS.md, from the reports in docs/results.
//!
//! `methods FILE` has a row for each method of a report, `figures FILE METHOD` compares the first method with another,
//! `compare FILE` two sides of runs.

use std::path::Path;

use serde_json::Value;

use crate::shell::{self, Result, root};

/// The table that a marker asks for; nothing if the words ask for none.
pub fn table(words: &[&str]) -> Result<Option<String>> {
    let (file, table) = match words {
        ["methods", file] => (file, methods(&result(file)?)),
        ["figures", file, rival] => (file, figures(&result(file)?, rival)),
        ["compare", file] => (file, compare(file, &result(file)?)),
        _ => return Ok(None),
    };
    table.map(Some).ok_or_else(|| format!("docs/results/{file}.json lacks a figure that the table shows"))
}

fn result(file: &str) -> Result<Value> {
    let path = Path::new("docs/results").join(file).with_extension("json");
    serde_json::from_str(&shell::read(&root().join(&path))?).map_err(|e| format!("{}: {e}", path.display()))
}

/// The row of a method under a masking.
fn row<'a>(report: &'a Value, method: &str, masking: &str) -> Option<&'a Value> {
    report["rows"].as_array()?.iter().find(|row| row["method"] == method && row["masking"] == masking)
}

/// What the first method has more than another, with its interval.
fn difference(report: &Value, rival: &str, metric: &str, masking: Option<&str>, digits: usize) -> String {
    let found = report["paired"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|pair| pair["b"] == rival && pair["metric"] == metric && pair["masking"].as_str() == masking);
    found.and_then(|pair| with_interval(pair, digits)).unwrap_or_default()
}

fn with_interval(pair: &Value, digits: usize) -> Option<String> {
    let (low, high) = (pair["ci"][0].as_f64()?, pair["ci"][1].as_f64()?);
    Some(format!("{:+.digits$} [{low:+.digits$}, {high:+.digits$}]", pair["difference"].as_f64()?))
}

/// A row for each method.
fn methods(report: &Value) -> Option<String> {
    let rows = report["rows"].as_array()?.iter().filter(|row| row["masking"] == "top50");
    let mut table = String::from(
        "| method | top50 drop | top50 increase | first less this, drop | increase | soft drop | soft increase \
         | passes |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for top in rows {
        let method = top["method"].as_str()?;
        let soft = row(report, method, "soft")?;
        let part = |row: &Value, key: &str| row[key].as_f64().map(|figure| format!("{figure:.1}"));
        let passes = [("forward", "forward"), ("partial", "partial"), ("backward", "back")];
        let passes = passes.iter().filter_map(|(key, name)| match top[*key].as_f64()? {
            0.0 => None,
            count => Some(format!("{count} {name}")),
        });
        let cells = [
            method.into(),
            part(top, "average_drop")?,
            part(top, "average_increase")?,
            difference(report, method, "average_drop", Some("top50"), 1),
            difference(report, method, "average_increase", Some("top50"), 1),
            part(soft, "average_drop")?,
            part(soft, "average_increase")?,
            passes.collect::<Vec<_>>().join(" + "),
        ];
        table += &format!("| {} |\n", cells.join(" | "));
    }
    Some(table)
}

/// Figures that have no masking, of the first method and of a rival.
fn figures(report: &Value, rival: &str) -> Option<String> {
    let first = report["rows"].as_array()?.first()?;
    let other = row(report, rival, first["masking"].as_str()?)?;
    let name = |row: &Value| row["method"].as_str().map(str::to_owned);
    let mut table = format!("| figure | {} | {} | difference |\n|---|---|---|---|\n", name(first)?, name(other)?);
    let kinds = [
        ("adcc", "ADCC"),
        ("coherency", "coherency"),
        ("complexity", "complexity"),
        ("insertion", "insertion AUC"),
        ("deletion", "deletion AUC"),
        ("pointing", "pointing game"),
        ("energy", "energy game"),
        ("energy_small", "energy game, small boxes"),
    ];
    for (key, name) in kinds {
        if let (Some(a), Some(b)) = (first[key].as_f64(), other[key].as_f64()) {
            table += &format!("| {name} | {a:.3} | {b:.3} | {} |\n", difference(report, rival, key, None, 3));
        }
    }
    Some(table)
}

/// Two sides of runs, whose names are the file's: `A-against-B`.
fn compare(file: &str, report: &Value) -> Option<String> {
    let (a, b) = file.split_once("-against-")?;
    let mut table = format!("| figure | {a} | {b} | difference |\n|---|---|---|---|\n");
    for found in report["differences"].as_array()? {
        let metric = found["metric"].as_str()?;
        if metric.ends_with("soft-normalised") {
            continue;
        }
        let (a, b) = (found["a"].as_f64()?, found["b"].as_f64()?);
        let (name, digits) = match (metric, found["peer"].as_u64(), found["method"].as_str()) {
            ("agreement", ..) => ("mean regional correlation".into(), 3),
            ("right", Some(peer), _) => (format!("top-1 of peer {}", peer + 1), 3),
            (_, _, Some(method)) => (format!("{method}, {}", metric.replace(['-', ':'], " ")), 1),
            _ => return None,
        };
        table += &format!("| {name} | {a:.digits$} | {b:.digits$} | {} |\n", with_interval(found, digits)?);
    }
    Some(table)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_table_by_hand() {
        let masked = |method: &str, masking: &str, drop: f64| {
            json!({ "method": method, "masking": masking, "average_drop": drop, "average_increase": 2.0 * drop,
                    "forward": 2.0, "partial": 0.0, "backward": 1.0 })
        };
        let report = json!({
            "rows": [masked("mutual", "top50", 1.04), masked("mutual", "soft", 2.0), masked("cam", "top50", 3.0),
                     masked("cam", "soft", 4.0)],
            "paired": [{ "b": "cam", "metric": "average_drop", "masking": "top50", "difference": -1.96,
                         "ci": [-2.0, 0.5] }],
        });
        let table = methods(&report).unwrap();
        let rows: Vec<&str> = table.lines().skip(2).collect();
        assert_eq!(rows[0], "| mutual | 1.0 | 2.1 |  |  | 2.0 | 4.0 | 2 forward + 1 back |");
        assert_eq!(rows[1], "| cam | 3.0 | 6.0 | -2.0 [-2.0, +0.5] |  | 4.0 | 8.0 | 2 forward + 1 back |");
        assert_eq!(methods(&json!({})), None, "nothing is made up");
    }
}
