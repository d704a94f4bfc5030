//! Keys of results up to version 1, which are added to the present ones.
//!
//! Scripts and pages that read the old keys keep working for one version. No other module knows of the old keys.

use serde_json::{Value, json};

/// Adds the old keys to an [`Explanation`](crate::Explanation) as JSON: `native` beside `raw`, `contrast` beside
/// `versus`, `stages` beside the peers' `layers`, `backbone` beside `architecture`; for the mutual map also `mutual`,
/// and in `settings` what was asked of the map as a whole.
pub fn explanation(result: &mut Value) {
    let Some(object) = result.as_object_mut() else { return };
    if let Some(raw) = object.get("raw").cloned() {
        object.insert("native".into(), raw);
    }
    let versus = object.get("versus").cloned().unwrap_or_default();
    let contrast = match versus.is_object() {
        true => json!({ "class": versus["class"], "gamma": versus["weight"] }),
        false => Value::Null,
    };
    object.insert("contrast".into(), contrast);
    let layers = object.get("peers").map(|peers| peers[0]["layers"].clone()).unwrap_or_default();
    object.insert("stages".into(), layers.clone());
    if object.get("method").is_some_and(|method| method == "mutual") {
        object.insert("mutual".into(), json!({ "blank": object.get("blank") }));
        let side = |of: &str| object["image"][of].as_f64().unwrap_or_default();
        let crop = object["image"]["crop"]["side"].as_f64().unwrap_or_default() / side("width").min(side("height"));
        let chosen = object["target"]["chosen"] == true;
        let target = if chosen { object["target"]["class"].clone() } else { Value::Null };
        let grid = object["grid"].clone();
        if let Some(settings) = object.get_mut("settings").and_then(Value::as_object_mut) {
            let exponent = settings.get("exponent").cloned().unwrap_or_default();
            let old = [("grid", grid), ("target", target), ("crop", json!(crop)), ("stages", layers)];
            settings.extend(old.into_iter().chain([("contrast", exponent)]).map(|(key, value)| (key.into(), value)));
        }
    }
    architectures(object.get_mut("peers"));
}

/// Adds the old keys to a [`BundleInfo`](crate::BundleInfo) as JSON.
pub fn bundle(info: &mut Value) {
    architectures(info.get_mut("peers"));
}

/// Adds the old keys to a [`Catalog`](crate::Catalog) as JSON.
pub fn catalog(catalog: &mut Value) {
    let architectures = catalog["architectures"].clone();
    catalog["backbones"] = architectures;
    for method in catalog["methods"].as_array_mut().into_iter().flatten() {
        let reads = match method["target_layer"].as_str() {
            Some("last") => "head",
            Some("one") => "block",
            Some("input") => "image",
            _ => "several",
        };
        method["reads"] = reads.into();
    }
}

fn architectures(peers: Option<&mut Value>) {
    for peer in peers.and_then(Value::as_array_mut).into_iter().flatten() {
        peer["backbone"] = peer["architecture"].clone();
    }
}
