//! The tables of docs/BENCHMARKS.md, from docs/benchmarks.json, which `cargo xtask bench -- --save` writes.
//!
//! `machine` names the machine, `speed WORK WORK ..` has a row for each measurement of these kinds of work, `sizes` has
//! a row for each download.

use serde_json::Value;

use crate::shell::{self, Result, root};

const FILE: &str = "docs/benchmarks.json";

/// The table that a marker asks for; nothing if the words ask for none.
pub fn table(words: &[&str]) -> Result<Option<String>> {
    let part = match words {
        ["machine"] => machine,
        ["sizes"] => sizes,
        ["speed", ..] => |all: &Value, works: &[&str]| speed(all, &works[1..]),
        _ => return Ok(None),
    };
    let all = serde_json::from_str(&shell::read(&root().join(FILE))?).map_err(|e| format!("{FILE}: {e}"))?;
    part(&all, words).map(Some).ok_or_else(|| format!("{FILE} lacks a figure that the table shows"))
}

fn machine(all: &Value, _: &[&str]) -> Option<String> {
    Some(format!("{}\n", all["machine"].as_str()?))
}

/// A row for each measurement whose work begins with one of these words.
fn speed(all: &Value, works: &[&str]) -> Option<String> {
    let mut table = String::from(
        "| work | device | Peerlight | compared with | its time | ratio | least to greatest | pairs | memory |\n\
         |---|---|--:|---|--:|--:|---|--:|---|\n",
    );
    for row in all["rows"].as_array()? {
        let work = row["work"].as_str()?;
        if !works.iter().any(|start| work.starts_with(start)) {
            continue;
        }
        let time = |key: &str| row[key].as_f64().map(|ms| format!("{ms:.1} ms"));
        let memory = match (row["ours_mb"].as_f64(), row["rival_mb"].as_f64()) {
            (Some(ours), Some(rival)) => format!("{ours} MB, {rival} MB"),
            _ => String::new(),
        };
        let cells = [
            work.into(),
            row["device"].as_str()?.into(),
            time("ours_ms")?,
            row["rival"].as_str()?.into(),
            time("rival_ms")?,
            format!("**{:.2}**", row["ratio"].as_f64()?),
            format!("{:.2} to {:.2}", row["spread"][0].as_f64()?, row["spread"][1].as_f64()?),
            row["n"].to_string(),
            memory,
        ];
        table += &format!("| {} |\n", cells.join(" | "));
    }
    Some(table)
}

fn sizes(all: &Value, _: &[&str]) -> Option<String> {
    let mut table = String::from("| download | size | with brotli |\n|---|--:|--:|\n");
    for row in all["sizes"].as_array()? {
        let size = |key: &str| row[key].as_f64().map(|bytes| format!("{:.2} MB", bytes / 1e6));
        table += &format!("| {} | {} | {} |\n", row["name"].as_str()?, size("bytes")?, size("brotli")?);
    }
    Some(table)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tables_by_hand() {
        let all = json!({
            "rows": [{ "work": "train-128", "device": "cpu", "rival": "X 1", "ours_ms": 169.3, "rival_ms": 243,
                       "ratio": 0.7, "spread": [0.31, 0.75], "n": 6, "ours_mb": 331, "rival_mb": 1307 },
                     { "work": "page-x", "device": "cpu" }],
            "sizes": [{ "name": "engine", "bytes": 2812041, "brotli": 603708 }],
        });
        let rows = speed(&all, &["train"]).unwrap();
        let row = "| train-128 | cpu | 169.3 ms | X 1 | 243.0 ms | **0.70** | 0.31 to 0.75 | 6 | 331 MB, 1307 MB |";
        assert_eq!(rows.lines().nth(2), Some(row));
        assert_eq!(speed(&all, &["page"]), None, "nothing is made up");
        assert_eq!(sizes(&all, &[]).unwrap().lines().nth(2), Some("| engine | 2.81 MB | 0.60 MB |"));
    }
}
