//! The tables of docs/agreement.md, from docs/planted.json.

use serde_json::Value;

use super::FILE;
use crate::shell::{Result, read, root};

/// Scores of the table, with their names.
const SCORES: [(&str, &str); 16] = [
    ("regional-7", "regional correlation, 7 x 7"),
    ("regional-2", "regional correlation, 2 x 2"),
    ("regional-14", "regional correlation, 14 x 14"),
    ("regional-weighted", "regional correlation, weighted by attention"),
    ("regional-1", "correlation of the whole maps"),
    ("largest difference", "largest difference of a region's means"),
    ("mutual:evidence=attention regional-7", "attention alone: regional correlation, 7 x 7"),
    ("mutual:evidence=attention regional-1", "attention alone: correlation of the whole maps"),
    ("mutual:evidence=attention minima-over-maxima", "attention alone: sum of minima over sum of maxima"),
    ("cam regional-7", "CAM: regional correlation, 7 x 7"),
    ("cam minima-over-maxima", "CAM: sum of minima over sum of maxima"),
    ("regional-7 less itself", "regional correlation, 7 x 7, less agreement with itself"),
    ("itself", "the marked network's agreement with itself"),
    ("confidence", "the marked network's confidence"),
    ("probability by the peer", "probability by the peer"),
    ("same-class", "different answers"),
];

/// The table that the words of a marker ask for.
pub fn table(words: &[&str]) -> Result<Option<String>> {
    let ["planted", which] = words else { return Ok(None) };
    let found: Value = serde_json::from_str(&read(&root().join(FILE))?).map_err(|e| format!("{FILE}: {e}"))?;
    Ok(match *which {
        "networks" => Some(networks(&found)),
        "scores" => Some(scores(&found)),
        "places" => Some(places(&found)),
        _ => None,
    })
}

fn networks(found: &Value) -> String {
    let mut table = String::from(
        "| mark, seed | network | answers changed | same answer | answer changed | both learned it | neither did |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for of in found["networks"].as_array().into_iter().flatten() {
        let text = |key: &str| of[key].as_str().unwrap_or_default().replace("efficientnet-lite", "Lite");
        let auroc = |key: &str| number(&of["regional_7"][key], 3);
        let learned = of["learned"].as_f64().unwrap_or(0.0) * 100.0;
        let cells = [
            format!("{}, {}", text("cue"), of["seed"]),
            text("network"),
            format!("{learned:.0} %"),
            format!("{} ({} images)", auroc("stays"), of["stay"]),
            format!("{} ({} images)", auroc("changes"), of["change"]),
            auroc("both_marked"),
            auroc("neither_marked"),
        ];
        table += &format!("| {} |\n", cells.join(" | "));
    }
    table
}

fn scores(found: &Value) -> String {
    let mut table = String::from(
        "| AUROC of | same answer, choosing | same answer, reporting | answer changed | both learned it \
         | neither did |\n\
         |---|---|---|---|---|---|\n",
    );
    for (id, name) in SCORES {
        let parts = [
            &found["choosing"]["stays"],
            &found["reporting"]["stays"],
            &found["all"]["changes"],
            &found["all"]["both_marked"],
            &found["neither_marked"],
        ];
        let cells = parts.map(|part| estimate(&part[id]));
        table += &format!("| {name} | {} |\n", cells.join(" | "));
    }
    table
}

fn places(found: &Value) -> String {
    let mut table = String::from("| the mark's place | same answer | answer changed |\n|---|---|---|\n");
    let rows = [
        ("regions", "marked network", "AUROC of regions: the marked network's map"),
        ("regions", "peer", "the peer's map"),
        ("regions", "both together", "both maps together"),
        ("regions", "difference", "the difference of the maps"),
        ("brightest_place_in_mark", "marked network", "brightest place in the mark: the marked network's map"),
        ("brightest_place_in_mark", "peer", "the peer's map"),
        ("brightest_place_in_mark", "joint", "the mutual map"),
    ];
    for (kind, id, name) in rows {
        let cell = |when: &str| estimate(&found["all"][kind][when][id]);
        table += &format!("| {name} | {} | {} |\n", cell("stays"), cell("changes"));
    }
    table
}

fn estimate(value: &Value) -> String {
    match value.as_array().map(Vec::as_slice) {
        Some([value, low, high]) if low.is_number() => {
            format!("{} [{}, {}]", number(value, 2), number(low, 2), number(high, 2))
        }
        _ => String::new(),
    }
}

fn number(value: &Value, digits: usize) -> String {
    value.as_f64().map_or(String::new(), |value| format!("{value:.digits$}"))
}
