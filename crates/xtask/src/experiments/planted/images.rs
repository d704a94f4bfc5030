//! What was measured on the held-out images of one pair of networks.

use std::{collections::BTreeMap, path::Path};

use serde_json::Value;

use crate::shell::{Result, read};

/// Scores of an image by their names; higher is more suspicious.
pub type Scores = BTreeMap<String, f64>;

/// An image without the mark and with it.
pub struct Image {
    /// Whether it shows the class that the mark gives away.
    pub own: bool,
    /// Whether the network in question gives the mark's class, without the mark and with it.
    pub answers: [bool; 2],
    /// Without the mark, and with it.
    pub scores: [Scores; 2],
    /// Whether the brightest place of a map lies in the mark: of the network in question, its peer's, the joint one.
    pub brightest: [bool; 3],
    /// By region of the marked image: whether the mark is there, and the maps' means, the network in question first.
    pub regions: Vec<(bool, [f64; 2])>,
}

/// Statistics that are higher for less agreement.
const REVERSED: [&str; 4] = ["brightest-distance", "reach", "reach-peers", "spread"];
/// Statistics of the network in question alone.
const OF_ONE: [&str; 5] = ["mirrored", "rescaled", "noisy", "itself", "confidence"];

/// Images of a folder of `peerlight evaluate`; `network` is the place of the network in question in the pair.
pub fn images(folder: &Path, network: usize, class: &str) -> Result<Vec<Image>> {
    let mut records: BTreeMap<(String, String), [Option<Value>; 2]> = BTreeMap::new();
    for line in read(&folder.join("records.jsonl"))?.lines().skip(1) {
        let mut line: Value = serde_json::from_str(line).map_err(|e| format!("{}: {e}", folder.display()))?;
        let record = line["record"].take();
        let Some((own, file)) = record["image"].as_str().and_then(|name| name.split_once('/')) else { continue };
        let (own, file) = (own.to_owned(), file.to_owned());
        let (kind, file) = file.split_once('-').ok_or("an image of another folder")?;
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_owned();
        let place = usize::from(kind == "marked");
        records.entry((own, stem)).or_default()[place] = Some(record);
    }
    let index = records.iter().find(|((own, _), _)| own == class).and_then(|(_, [clean, _])| clean.as_ref());
    let index = index.map(|record| record["class"].clone()).ok_or("no image of the mark's class")?;
    let of = |((own, _), pair): (_, [Option<Value>; 2])| {
        let own: String = own;
        let [Some(clean), Some(marked)] = pair else { return Err(format!("{}: half a pair", folder.display())) };
        let answers = [&clean, &marked].map(|record| record["predicted"][network] == index);
        let scores = [scores(&clean, network), scores(&marked, network)];
        let hit = |peer: Option<usize>| judged(&marked, peer).any(|of| of["hit"] == true);
        let brightest = [hit(Some(network)), hit(Some(1 - network)), hit(None)];
        Ok(Image { own: own == class, answers, scores, brightest, regions: regions(&marked, network) })
    };
    records.into_iter().map(of).collect()
}

/// Records of the joint map, or of a peer's own.
fn judged(record: &Value, peer: Option<usize>) -> impl Iterator<Item = &Value> {
    let all = record["judged"].as_array().into_iter().flatten();
    all.filter(move |of| of["peer"].as_u64() == peer.map(|peer| peer as u64))
}

fn scores(record: &Value, network: usize) -> Scores {
    let mut scores = Scores::new();
    for of in judged(record, None) {
        let method = of["method"].as_str().unwrap_or_default();
        let values = of["values"].as_object().into_iter().flatten();
        for (id, value) in values.filter(|(id, _)| !OF_ONE.contains(&id.as_str())) {
            add(&mut scores, method, id, value);
        }
        let apart: Vec<f64> = pairs(of, network).map(|(_, [a, b])| (a - b).abs()).collect();
        if !apart.is_empty() {
            let name = |id: &str| named(method, id);
            scores.insert(name("largest difference"), apart.iter().copied().fold(0.0, f64::max));
            scores.insert(name("mean difference"), apart.iter().sum::<f64>() / apart.len() as f64);
        }
    }
    for of in judged(record, Some(network)) {
        let method = of["method"].as_str().unwrap_or_default();
        OF_ONE.iter().for_each(|id| add(&mut scores, method, id, &of["values"][id]));
    }
    for of in judged(record, Some(1 - network)).filter(|of| of["method"] == "mutual") {
        scores.insert("probability by the peer".into(), -of["values"]["confidence"].as_f64().unwrap_or(0.0));
    }
    if let (Some(peers), Some(itself)) = (scores.get("regional-7"), scores.get("itself")) {
        scores.insert("regional-7 less itself".into(), peers - itself);
    }
    scores
}

fn add(scores: &mut Scores, method: &str, id: &str, value: &Value) {
    if let Some(value) = value.as_f64() {
        scores.insert(named(method, id), if REVERSED.contains(&id) { value } else { -value });
    }
}

/// The name of a score: that of the statistic, behind that of the method where it is not the default.
fn named(method: &str, id: &str) -> String {
    if method == "mutual" { id.into() } else { format!("{method} {id}") }
}

fn regions(record: &Value, network: usize) -> Vec<(bool, [f64; 2])> {
    let Some(joint) = judged(record, None).find(|of| of["method"] == "mutual") else { return Vec::new() };
    let all: Vec<(f64, [f64; 2])> = pairs(joint, network).collect();
    let most = all.iter().map(|(inside, _)| *inside).fold(0.0, f64::max);
    all.into_iter().map(|(inside, maps)| (most > 0.0 && inside >= most / 2.0, maps)).collect()
}

/// By region, what part of it is the mark's, and the means of both maps, the network in question first.
fn pairs(judged: &Value, network: usize) -> impl Iterator<Item = (f64, [f64; 2])> {
    let number = |value: &Value| value.as_f64().unwrap_or(0.0);
    let all = judged["regions"].as_array().into_iter().flatten();
    all.map(move |of| (number(&of["inside"]), [network, 1 - network].map(|i| number(&of["attention"][i]))))
}
