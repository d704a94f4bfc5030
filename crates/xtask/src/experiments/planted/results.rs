//! What the measurements come to, for docs/planted.json.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use serde_json::{Value, json};

use super::{
    CASES, Case, NETWORKS,
    images::{Image, images},
    named,
};
use crate::{
    random::Random,
    shell::{Result, read},
};

/// A network that trained with the mark, and what was seen beside several peers.
struct Network {
    case: Case,
    place: usize,
    /// Fraction of the images of other classes whose answer the mark changes to its class.
    learned: f64,
    /// By who else is in the pair.
    beside: BTreeMap<&'static str, Vec<Image>>,
}

/// Seeds whose networks choose the statistic.
const CHOOSING: [u64; 2] = [0, 1];
/// A cue counts as learned where it changes half of the answers.
const LEARNED: f64 = 0.5;
const RESAMPLES: usize = 2000;

/// Everything that was measured until now, pooled.
pub fn results(out: &Path) -> Result<Value> {
    let mut networks = Vec::new();
    for case in CASES {
        for place in 0..NETWORKS.len() {
            networks.extend(network(out, case, place)?);
        }
    }
    let learned = |of: &&Network| of.learned >= LEARNED;
    let valid: Vec<&Network> = networks.iter().filter(learned).collect();
    let not: Vec<&Network> = networks.iter().filter(|of| !learned(of)).collect();
    let (choosing, reporting): (Vec<&Network>, Vec<&Network>) =
        valid.iter().partition(|of| CHOOSING.contains(&of.case.1));
    Ok(json!({
        "networks": networks.iter().map(one).collect::<Vec<_>>(),
        "choosing": { "networks": choosing.len(), "stays": pooled(&choosing, "clean", stays) },
        "reporting": {
            "networks": reporting.len(),
            "stays": pooled(&reporting, "clean", stays),
            "changes": pooled(&reporting, "clean", changes),
        },
        "all": {
            "networks": valid.len(),
            "stays": pooled(&valid, "clean", stays),
            "changes": pooled(&valid, "clean", changes),
            "both_marked": pooled(&valid, "marked", stays),
            "regions": regions(&valid),
            "brightest_place_in_mark": brightest(&valid),
        },
        "not_learned": { "networks": not.len(), "stays": pooled(&not, "clean", stays) },
        "neither_marked": pooled(&networks.iter().collect::<Vec<_>>(), "neither", stays),
    }))
}

fn network(out: &Path, case: Case, place: usize) -> Result<Option<Network>> {
    let made: Value = match read(&out.join(format!("images-{}/planted.json", named(case)))) {
        Ok(text) => serde_json::from_str(&text).map_err(|e| e.to_string())?,
        Err(_) => return Ok(None),
    };
    let class = made["class"].as_str().unwrap_or_default();
    let alone = ["first", "second"][place];
    let folder = |who: &str| out.join(format!("maps-{}-{who}", named(case)));
    let mut beside = BTreeMap::new();
    for (who, folder) in [("clean", folder(alone)), ("marked", folder("both")), ("neither", folder("neither"))] {
        if folder.join("report.json").exists() {
            beside.insert(who, images(&folder, place, class)?);
        }
    }
    let Some(clean) = beside.get_mut("clean") else { return Ok(None) };
    let others = folder(&format!("{alone}-maps"));
    if others.join("report.json").exists() {
        for (image, more) in clean.iter_mut().zip(images(&others, place, class)?) {
            image.scores.iter_mut().zip(more.scores).for_each(|(own, more)| own.extend(more));
        }
    }
    let others: Vec<&Image> = clean.iter().filter(|image| !image.own && !image.answers[0]).collect();
    let learned = others.iter().filter(|image| changes(image)).count() as f64 / others.len().max(1) as f64;
    Ok(Some(Network { case, place, learned, beside }))
}

/// Whether an image of the mark's class is recognized without the mark and with it.
fn stays(image: &Image) -> bool {
    image.own && image.answers == [true, true]
}

/// Whether the mark changes the answer to its class.
fn changes(image: &Image) -> bool {
    !image.own && image.answers == [false, true]
}

/// What one network comes to.
fn one(network: &Network) -> Value {
    let count = |of: fn(&Image) -> bool| network.beside["clean"].iter().filter(|image| of(image)).count();
    let auroc = |who: &str, of: fn(&Image) -> bool| {
        let column = column(network, who, "regional-7", of);
        (!column.is_empty()).then(|| rounded(auroc(&column)))
    };
    json!({
        "cue": network.case.0.name(), "seed": network.case.1, "network": NETWORKS[network.place],
        "learned": rounded(network.learned), "stay": count(stays), "change": count(changes),
        "regional_7": {
            "stays": auroc("clean", stays), "changes": auroc("clean", changes),
            "both_marked": auroc("marked", stays), "neither_marked": auroc("neither", stays),
        },
    })
}

/// A score of the images that count, without the mark and with it.
fn column(network: &Network, who: &str, id: &str, of: fn(&Image) -> bool) -> Vec<[f64; 2]> {
    let images = network.beside.get(who).into_iter().flatten().filter(|image| of(image));
    images.filter_map(|image| Some([*image.scores[0].get(id)?, *image.scores[1].get(id)?])).collect()
}

/// Mean AUROC over the networks by the score, with its interval: of resampled cases, and of images in them.
fn pooled(networks: &[&Network], who: &str, of: fn(&Image) -> bool) -> Value {
    let images = networks.iter().flat_map(|network| network.beside.get(who)).flatten().filter(|image| of(image));
    let ids: BTreeSet<&String> = images.flat_map(|image| image.scores[0].keys()).collect();
    let estimate = |id: &&String| {
        let columns = networks.iter().map(|network| (network.case.1, column(network, who, id, of)));
        let columns: Vec<(u64, Vec<[f64; 2]>)> = columns.filter(|(_, column)| column.len() > 1).collect();
        ((*id).clone(), estimate(&columns, auroc))
    };
    Value::Object(ids.iter().map(estimate).collect())
}

/// The mean over the networks of a figure of rows, with the interval of resampled cases, and rows in them.
pub fn estimate<T: Clone>(columns: &[(u64, Vec<T>)], figure: impl Fn(&[T]) -> f64) -> Value {
    let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
    let value = mean(&columns.iter().map(|(_, rows)| figure(rows)).collect::<Vec<_>>());
    let cases: Vec<u64> = columns.iter().map(|(seed, _)| *seed).collect::<BTreeSet<_>>().into_iter().collect();
    let mut random = Random::new(0);
    let mut found: Vec<f64> = Vec::new();
    for _ in 0..if cases.is_empty() { 0 } else { RESAMPLES } {
        let mut all = Vec::new();
        for _ in 0..cases.len() {
            let case = cases[random.below(cases.len())];
            for (_, rows) in columns.iter().filter(|(seed, _)| *seed == case) {
                let drawn: Vec<T> = (0..rows.len()).map(|_| rows[random.below(rows.len())].clone()).collect();
                all.push(figure(&drawn));
            }
        }
        found.push(mean(&all));
    }
    found.retain(|value| value.is_finite());
    found.sort_by(f64::total_cmp);
    let at = |part: f64| found.get((part * found.len() as f64) as usize).map(|value| rounded(*value));
    json!([rounded(value), at(0.025), at(0.975)])
}

/// The chance that an image scores higher with the mark than an image without; ties count half.
fn auroc(rows: &[[f64; 2]]) -> f64 {
    let split = |place: usize| rows.iter().map(move |row| (row[place], place == 1));
    ranked(split(0).chain(split(1)))
}

/// AUROC of scores with their targets.
pub fn ranked(rows: impl IntoIterator<Item = (f64, bool)>) -> f64 {
    let (scores, targets): (Vec<f64>, Vec<bool>) = rows.into_iter().unzip();
    crate::ranking::auroc(&scores, &targets)
}

/// How well regions of the marked images are ranked by a map, for finding the mark.
fn regions(networks: &[&Network]) -> Value {
    let score = |name: &str, of: fn([f64; 2]) -> f64, kind: fn(&Image) -> bool| {
        let columns = networks.iter().map(|network| {
            let images = network.beside["clean"].iter().filter(|image| kind(image));
            (network.case.1, images.map(|image| image.regions.clone()).collect::<Vec<_>>())
        });
        let figure = |images: &[Vec<(bool, [f64; 2])>]| {
            ranked(images.iter().flatten().map(|(inside, maps)| (of(*maps), *inside)))
        };
        (name.to_owned(), estimate(&columns.collect::<Vec<_>>(), figure))
    };
    let all = |kind| {
        Value::Object(
            [
                score("marked network", |[own, _]| own, kind),
                score("peer", |[_, peer]| peer, kind),
                score("both together", |[own, peer]| own + peer, kind),
                score("marked network less peer", |[own, peer]| own - peer, kind),
                score("difference", |[own, peer]| (own - peer).abs(), kind),
            ]
            .into_iter()
            .collect(),
        )
    };
    json!({ "stays": all(stays), "changes": all(changes) })
}

/// How often the brightest place lies in the mark.
fn brightest(networks: &[&Network]) -> Value {
    let rate = |place: usize, kind: fn(&Image) -> bool| {
        let columns = networks.iter().map(|network| {
            let images = network.beside["clean"].iter().filter(|image| kind(image));
            (network.case.1, images.map(|image| f64::from(u8::from(image.brightest[place]))).collect::<Vec<_>>())
        });
        estimate(&columns.collect::<Vec<_>>(), |hits| hits.iter().sum::<f64>() / hits.len() as f64)
    };
    let all = |kind| json!({ "marked network": rate(0, kind), "peer": rate(1, kind), "joint": rate(2, kind) });
    json!({ "stays": all(stays), "changes": all(changes) })
}

fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
