//! Peers from scratch over several seeds: each arm's figures, and differences between arms seed by seed.

use serde_json::{Map, Value, json};

use super::{super::FOUR, Study, rows};
use crate::shell::{Result, read};

const ARMS: [&str; 3] = ["seeds-transfer", "seeds-beta0", "seeds-gamma"];
/// What the arms are compared with.
const PLAIN: &str = "seeds-beta0";
const SET: &str = "imagenette500";
/// 97.5th percentile of Student's t by the degrees of freedom, from 1.
const T: [f64; 9] = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

/// Figures of a run by their names.
type Figures = Vec<(String, f64)>;

pub fn run(study: &Study<'_>) -> Result<Value> {
    let mut arms: Vec<(&str, Vec<(u64, Figures)>)> = Vec::new();
    for arm in ARMS {
        let mut seeds = Vec::new();
        for &seed in FOUR {
            let path = study.args.out.join(format!("{arm}-{seed}/{SET}/report.json"));
            if let Ok(text) = read(&path) {
                let report = serde_json::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))?;
                seeds.push((seed, figures(&report)));
            }
        }
        arms.push((arm, seeds));
    }
    let plain = arms.iter().find(|(arm, _)| *arm == PLAIN).map(|(_, seeds)| seeds.clone()).unwrap_or_default();
    let of = |seeds: &[(u64, Figures)], name: &str| -> Vec<(u64, f64)> {
        let value = |figures: &Figures| figures.iter().find(|(other, _)| other == name).map(|(_, value)| *value);
        seeds.iter().filter_map(|(seed, figures)| Some((*seed, value(figures)?))).collect()
    };
    let mut found = Map::new();
    for (arm, seeds) in &arms {
        let Some((_, first)) = seeds.first() else { continue };
        let mut own = Map::new();
        for (name, _) in first {
            let values = of(seeds, name);
            let others = of(&plain, name);
            let paired = values.iter().filter_map(|(seed, value)| {
                Some(value - others.iter().find(|(other, _)| other == seed).map(|(_, value)| value)?)
            });
            let differences: Vec<f64> = if *arm == PLAIN { Vec::new() } else { paired.collect() };
            let values: Vec<f64> = values.into_iter().map(|(_, value)| value).collect();
            own.insert(name.clone(), json!({ "seeds": round(&values), "above_beta0": interval(&differences) }));
        }
        found.insert((*arm).into(), own.into());
    }
    Ok(found.into())
}

/// Values to four digits.
pub fn round(values: &[f64]) -> Vec<f64> {
    values.iter().map(|value| (value * 1e4).round() / 1e4).collect()
}

/// The mean of differences with its 95 % interval by Student's t; nothing for fewer than two.
fn interval(differences: &[f64]) -> Option<Vec<f64>> {
    let count = differences.len();
    let t = T.get(count.checked_sub(2)?)?;
    let mean = differences.iter().sum::<f64>() / count as f64;
    let variance = differences.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / (count - 1) as f64;
    let half = t * (variance / count as f64).sqrt();
    Some(round(&[mean, mean - half, mean + half]))
}

/// The figures of a report that are followed over seeds.
fn figures(report: &Value) -> Figures {
    let mut found = Figures::new();
    let mut add = |name: String, value: &Value| found.extend(value.as_f64().map(|value| (name, value)));
    add("agreement".into(), &report["agreement"]);
    for (peer, (_, value)) in report["accuracy"].as_object().into_iter().flatten().enumerate() {
        add(format!("top-1 of peer {}", peer + 1), value);
    }
    for row in report["rows"].as_array().into_iter().flatten().filter(|row| row["masking"] == "top50") {
        let method = row["method"].as_str().unwrap_or_default();
        for (key, name) in [("average_drop", "drop"), ("average_increase", "increase"), ("pointing", "pointing")] {
            add(format!("{method}: {name}"), &row[key]);
        }
    }
    for row in rows(report).filter(|row| row["question"] == "Q1" && row["images"] == "all" && row["map"] == "joint") {
        let of = row["of"].as_str().unwrap_or_default();
        if row["measure"] == "auroc" && ["regional-weighted", "regional-7", "regional-1", "confidence"].contains(&of) {
            add(format!("AUROC of a hit: {of}"), &row["value"]);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_by_hand() {
        assert_eq!(interval(&[1.0]), None);
        // Mean 2, deviation 1, three values: 4.303 / sqrt(3).
        assert_eq!(interval(&[1.0, 2.0, 3.0]), Some(vec![2.0, -0.4843, 4.4843]));
    }
}
