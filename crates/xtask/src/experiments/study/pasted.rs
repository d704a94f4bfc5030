//! Images of one class with a small one of another class pasted in: is the brightest place where the class that is
//! explained is?

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Study, unlike};
use crate::{
    experiments::planted::{estimate, ranked},
    pasted::{self, TRUTH},
    shell::{Result, read},
};

/// Number of images.
const COUNT: usize = 300;
/// Scores of a network's own map.
const ALONE: [&str; 4] = ["mirrored", "itself", "confidence", "spread"];
const BESIDE: [&str; 3] = ["regional-weighted", "regional-7", "regional-1"];

/// One map of one image: whether it points where its class is, and scores by name.
type Row = (bool, BTreeMap<String, f64>);

pub fn run(study: &Study<'_>) -> Result<Value> {
    let out = study.out.join("pasted-images");
    if !out.join(TRUTH).exists() {
        let images = study.args.data.join("imagenette/val");
        pasted::make(&pasted::Args { out: out.clone(), images, count: study.args.limit.unwrap_or(COUNT), seed: 0 })?;
    }
    let bundle = unlike::four(study)?;
    let flags = ["--agreement=itself", "--agreement-also=committees"];
    study.evaluate("pasted", &bundle, [&out, &out.join(TRUTH)], &flags)?;
    let records = read(&study.out.join("pasted/records.jsonl"))?;
    let records: Vec<Value> = records
        .lines()
        .skip(1)
        .map(|line| serde_json::from_str::<Value>(line).map(|mut line| line["record"].take()))
        .collect::<std::result::Result<_, _>>()
        .map_err(|e| format!("pasted: {e}"))?;
    Ok(results(&records, &read(&out.join(TRUTH))?))
}

fn results(records: &[Value], truth: &str) -> Value {
    let folder = |name: &str| name.rsplit('/').nth(1).unwrap_or_default().to_owned();
    let index: BTreeMap<String, u64> = records
        .iter()
        .filter_map(|record| Some((folder(record["image"].as_str()?), record["class"].as_u64()?)))
        .collect();
    let others: BTreeMap<&str, &str> =
        truth.lines().skip(1).filter_map(|line| Some((line.split(',').next()?, line.rsplit(',').next()?))).collect();
    let mut maps: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    let mut neither = 0;
    for record in records {
        let image = record["image"].as_str().unwrap_or_default();
        let second = others.iter().find(|(name, _)| image.ends_with(*name)).and_then(|(_, other)| index.get(*other));
        let judged: Vec<&Value> = record["judged"].as_array().into_iter().flatten().collect();
        let explained = judged.first().and_then(|of| of["class"].as_u64());
        // The box is around the first class: all the rest is the second's.
        let first = match explained {
            Some(class) if Some(class) == record["class"].as_u64() => true,
            Some(class) if Some(&class) == second => false,
            _ => {
                neither += 1;
                continue;
            }
        };
        for of in judged.iter().filter(|of| of["peer"].is_null() || of["method"] == "mutual") {
            let own = of["values"].as_object().into_iter().flatten();
            let kept = own.filter(|(id, _)| ALONE.contains(&id.as_str()) || BESIDE.contains(&id.as_str()));
            let sign = |id: &str| if id == "spread" { -1.0 } else { 1.0 };
            let mut scores: BTreeMap<String, f64> =
                kept.filter_map(|(id, value)| Some((id.clone(), sign(id) * value.as_f64()?))).collect();
            let name = match of["peer"].as_u64() {
                Some(peer) => format!("peer {peer}"),
                None => of["method"].as_str().unwrap_or_default().to_owned(),
            };
            if let (Some(with), Some(itself)) = (scores.get("regional-weighted"), scores.get("mirrored")) {
                scores.insert("both".into(), with + itself);
            }
            maps.entry(name).or_default().push((of["hit"] == first, scores));
        }
    }
    let maps: Map<String, Value> = maps.iter().map(|(name, rows)| (name.clone(), aurocs(rows))).collect();
    json!({ "images": records.len(), "neither_class": neither, "maps": maps })
}

/// AUROC of each score, and how much the peers' is above that of the mirrored image.
fn aurocs(rows: &[Row]) -> Value {
    let figure = |id: &str, rows: &[Row]| {
        ranked(rows.iter().filter_map(|(hit, scores)| Some((*scores.get(id)?, *hit))).collect())
    };
    let columns = [(0, rows.to_vec())];
    let mut found = Map::new();
    let ids = rows.first().map(|(_, scores)| scores.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    for id in &ids {
        found.insert(id.clone(), estimate(&columns, |rows| figure(id, rows)));
    }
    if ids.iter().any(|id| id == "mirrored") && ids.iter().any(|id| id == "regional-weighted") {
        let above = |rows: &[Row]| figure("regional-weighted", rows) - figure("mirrored", rows);
        found.insert("regional-weighted minus mirrored".into(), estimate(&columns, above));
    }
    found.insert("hits".into(), rows.iter().filter(|(hit, _)| *hit).count().into());
    found.insert("images".into(), rows.len().into());
    found.into()
}
