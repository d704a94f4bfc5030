//! Images of one class with a small one of another class pasted in: is the brightest place where the class that is
//! explained is?

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Study, records, unlike};
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
    let records = records(&read(&study.out.join("pasted/records.jsonl"))?)?;
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
    let mut together: Vec<Vec<Row>> = Vec::new();
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
        together.push(Vec::new());
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
            let row = (of["hit"] == first, scores);
            if let (true, Some(own)) = (of["peer"].is_u64(), together.last_mut()) {
                own.push(row.clone());
            }
            maps.entry(name).or_default().push(row);
        }
    }
    let mut maps: Map<String, Value> = maps.iter().map(|(name, rows)| (name.clone(), aurocs(rows))).collect();
    maps.insert("each peer".into(), pooled(&together));
    json!({ "images": records.len(), "neither_class": neither, "maps": maps })
}

/// AUROC of one map's score.
fn auroc(id: &str, rows: &[&Row]) -> f64 {
    ranked(rows.iter().filter_map(|(hit, scores)| Some((*scores.get(id)?, *hit))))
}

/// AUROC of each score, and how much the peers' is above that of the mirrored image.
fn aurocs(rows: &[Row]) -> Value {
    pooled(&rows.iter().map(|row| vec![row.clone()]).collect::<Vec<_>>())
}

/// The same, as the mean over several networks; each item holds one image's rows, in the networks' order. Networks that
/// never miss are left out.
fn pooled(images: &[Vec<Row>]) -> Value {
    let figure = |id: &str, images: &[Vec<Row>]| {
        let own = |place: usize| auroc(id, &images.iter().filter_map(|rows| rows.get(place)).collect::<Vec<_>>());
        let all = (0..images.first().map_or(0, Vec::len)).map(own).filter(|value| value.is_finite());
        let all: Vec<f64> = all.collect();
        all.iter().sum::<f64>() / all.len() as f64
    };
    let columns = [(0, images.to_vec())];
    let mut found = Map::new();
    let ids = images.first().and_then(|rows| rows.first()).map(|(_, scores)| scores.keys().cloned());
    let ids: Vec<String> = ids.into_iter().flatten().collect();
    for id in &ids {
        found.insert(id.clone(), estimate(&columns, |images| figure(id, images)));
    }
    if ["mirrored", "regional-weighted"].iter().all(|id| ids.iter().any(|other| other == id)) {
        let above = |images: &[Vec<Row>]| figure("regional-weighted", images) - figure("mirrored", images);
        found.insert("regional-weighted minus mirrored".into(), estimate(&columns, above));
    }
    let all = || images.iter().flatten();
    found.insert("hits".into(), all().filter(|(hit, _)| *hit).count().into());
    found.insert("images".into(), all().count().into());
    found.into()
}
