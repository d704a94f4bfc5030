//! Other ways of fusing the peers' maps, and what they explain: the peers' joint decision.

use serde_json::{Map, Value, json};

use super::{Half, Study, estimate, rows};
use crate::shell::{Result, root};

/// The pair that ships.
const BUNDLE: &str = "web/models/lite0-lite1-peers.safetensors";

/// On the images for choosing; on the others where `--limit` leaves them.
pub fn run(study: &Study<'_>) -> Result<Value> {
    let mut found = Map::new();
    for half in Half::BOTH {
        let [images, boxes] = study.lists(half, None)?;
        let name = format!("fusions-{}", half.name());
        let flags = ["--agreement=masked", "--agreement-also=fusions"];
        let report = study.evaluate(&name, &root().join(BUNDLE), [&images, &boxes], &flags)?;
        found.insert(half.name().into(), digest(&report));
    }
    Ok(found.into())
}

/// By map: the mean figures, and how much the mutual map is above.
fn digest(report: &Value) -> Value {
    let mut maps: Map<String, Value> = Map::new();
    for row in rows(report).filter(|row| row["question"] == "Q7" && row["images"] == "small") {
        let text = |key: &str| row[key].as_str().unwrap_or_default();
        let name = match text("map") {
            "joint" => text("method").trim_start_matches("mutual ").to_owned(),
            peer => peer.replace("efficientnet-lite", "lite"),
        };
        let entry = maps.entry(name).or_insert_with(|| json!({}));
        entry["images"] = row["count"].clone();
        let key = if row["measure"] == "mean" { "mean" } else { "mutual map minus this" };
        entry[text("of")][key] = estimate(row);
    }
    maps.into()
}
