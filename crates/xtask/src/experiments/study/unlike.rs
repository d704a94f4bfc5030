//! Unlike networks: two EfficientNets and two MobileNets, each explained beside every choice of the others.

use serde_json::{Map, Value, json};

use super::{Half, Study, estimate, rows};
use crate::shell::{Result, root};

/// The networks: of the bundle that ships, and ONNX files of `--networks`.
const SHIPPED: [&str; 2] = ["efficientnet-lite0", "efficientnet-lite1"];
const OTHERS: [&str; 2] = ["mobilenet-v1", "mobilenet-v2"];
/// Statistics that are kept.
const KEPT: [&str; 12] = [
    "regional-1",
    "regional-2",
    "regional-4",
    "regional-7",
    "regional-14",
    "regional-weighted",
    "brightest-overlap",
    "minima-over-maxima",
    "mirrored",
    "itself",
    "confidence",
    "spread",
];

/// Number of images of each half that each network's agreement with itself is measured on: three passes more.
const ITSELF: usize = 300;

pub fn run(study: &Study<'_>) -> Result<Value> {
    let bundle = four(study)?;
    let mut found = Map::new();
    for (what, level, limit) in [("", "peers", None), ("-itself", "itself", Some(ITSELF))] {
        for half in Half::BOTH {
            let [images, boxes] = study.lists(half, limit)?;
            let name = format!("unlike-{}{what}", half.name());
            let flags = [&format!("--agreement={level}"), "--agreement-also=committees"];
            let report = study.evaluate(&name, &bundle, [&images, &boxes], &flags)?;
            found.insert(format!("{}{what}", half.name()), digest(&report));
        }
    }
    Ok(found.into())
}

/// The bundle of all four networks.
pub fn four(study: &Study<'_>) -> Result<std::path::PathBuf> {
    let Some(folder) = &study.args.networks else {
        return Err("--networks DIR, with mobilenet-v1.onnx and mobilenet-v2.onnx, is needed for this part".into());
    };
    let shipped = root().join(super::super::PRETRAINED);
    let mut networks: Vec<String> = SHIPPED.map(|id| format!("{}:{id}", shipped.display())).into();
    networks.extend(OTHERS.map(|id| format!("{id}={}", folder.join(format!("{id}.onnx")).display())));
    let flags = OTHERS.iter().flat_map(|id| [format!("--preprocess={id}=tf"), format!("--labels={id}=imagenet")]);
    study.bundle("four", &networks, &flags.collect::<Vec<_>>())
}

/// The figures that are kept of a report, by map: AUROC of each statistic, and what peers add.
fn digest(report: &Value) -> Value {
    let mut maps: Map<String, Value> = Map::new();
    for row in rows(report).filter(|row| row["images"] == "small") {
        let (question, of) = (row["question"].as_str().unwrap_or_default(), row["of"].as_str().unwrap_or_default());
        let text = |key: &str| row[key].as_str().unwrap_or_default();
        let name = if text("map") == "joint" { text("method") } else { text("map") };
        let name = name.replace("efficientnet-lite", "lite").replace("mobilenet-", "");
        let (measure, against) = (text("measure"), row["against"].as_str());
        let key = match (question, measure, against) {
            ("Q1", "auroc", None) if KEPT.contains(&of) => of.to_owned(),
            ("Q1", "auroc-difference", Some(against)) => format!("{of} minus {against}"),
            ("Q2", "auroc-difference", Some(against)) if !of.contains("same-class") => format!("{of} over {against}"),
            _ => continue,
        };
        let entry = maps.entry(name).or_insert_with(|| json!({}));
        entry["images"] = row["count"].clone();
        entry["hits"] = row["positives"].clone();
        entry[key] = estimate(row);
    }
    maps.into()
}
