//! Is agreement better evidence after the transfer, or only larger? The arms of the plan that start from published
//! weights, over their seeds, on the same images.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{super::PRETRAINED, Half, Study, records};
use crate::{
    experiments::{
        UNTOUCHED,
        planted::{estimate, ranked},
    },
    shell::{Result, read, root},
};

const ARMS: [&str; 5] = ["tuned-transfer", "tuned-beta5", "tuned-whole", "tuned-gamma", "tuned-beta0"];
/// What the arms are compared with: the same training without transfer.
const PLAIN: &str = "tuned-beta0";
const SEEDS: [u64; 3] = [0, 1, 2];
/// Scores of the mutual map, by their ids; of the last ones less is better.
const SCORES: [&str; 6] = ["regional-weighted", "regional-7", "regional-1", "confidence", "reach-peers", "reach"];
const LESS_IS_BETTER: [&str; 2] = ["reach-peers", "reach"];
const HITS: &str = "hits";
const AGREEMENT: &str = "agreement";

/// One run's mutual map of one image.
#[derive(Clone)]
struct Found {
    hit: bool,
    values: BTreeMap<String, f64>,
}

/// An arm's figure of a set of images: the mean over its seeds.
type Figure = dyn Fn(&[&Found]) -> f64;

/// Arms of which no bundle is here keep what was found of them before.
pub fn run(study: &Study<'_>) -> Result<Value> {
    let before = super::kept()?;
    let mut found = Map::new();
    for half in Half::BOTH {
        let lists = study.lists(half, None)?;
        let mut arms = vec![(UNTOUCHED, vec![(UNTOUCHED.to_owned(), root().join(PRETRAINED))])];
        for arm in ARMS {
            let runs = SEEDS.map(|seed| format!("{arm}-{seed}"));
            let bundles = runs.map(|run| (run.clone(), study.args.out.join(&run).join("bundle.safetensors")));
            arms.push((arm, bundles.into_iter().filter(|(_, bundle)| bundle.exists()).collect()));
        }
        arms.retain(|(_, runs)| !runs.is_empty());
        let mut maps: Vec<(&str, Vec<Vec<Found>>)> = Vec::new();
        for (arm, runs) in arms {
            let mut own = Vec::new();
            for (run, bundle) in runs {
                let name = format!("{run}-{}", half.name());
                study.evaluate(&name, &bundle, [&lists[0], &lists[1]], &["--agreement=peers"])?;
                own.push(joint_maps(&read(&study.out.join(name).join("records.jsonl"))?)?);
            }
            maps.push((arm, own));
        }
        let mut own = digest(&maps)?;
        let known = &before["arms"][half.name()];
        for (arm, figures) in known["arms"].as_object().into_iter().flatten() {
            if own["arms"].get(arm).is_none() && known["images"] == own["images"] {
                own["arms"][arm] = figures.clone();
            }
        }
        found.insert(half.name().into(), own);
    }
    Ok(found.into())
}

/// The mutual map of each image, in the order of the images' names.
fn joint_maps(text: &str) -> Result<Vec<Found>> {
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    for record in records(text)? {
        let judged = record["judged"].as_array().into_iter().flatten();
        let joint = judged.into_iter().find(|of| of["peer"].is_null() && of["method"] == "mutual");
        let (Some(image), Some(joint)) = (record["image"].as_str(), joint) else { continue };
        let mut values: BTreeMap<String, f64> =
            SCORES.iter().filter_map(|id| Some(((*id).into(), joint["values"][id].as_f64()?))).collect();
        for id in LESS_IS_BETTER {
            values.entry(id.into()).and_modify(|value| *value = -*value);
        }
        found.insert(image.into(), Found { hit: joint["hit"] == true, values });
    }
    Ok(found.into_values().collect())
}

/// By arm and figure: each seed's value, the mean, and the difference from [`PLAIN`], with intervals over the images.
fn digest(arms: &[(&str, Vec<Vec<Found>>)]) -> Result<Value> {
    let count = arms.iter().flat_map(|(_, runs)| runs).map(Vec::len).min().unwrap_or_default();
    if arms.iter().flat_map(|(_, runs)| runs).any(|run| run.len() != count) {
        return Err("the runs did not measure the same images".into());
    }
    let plain = arms.iter().find(|(arm, _)| *arm == PLAIN).map(|(_, runs)| runs);
    let mut figures: Vec<(&str, Box<Figure>)> = vec![
        (HITS, Box::new(|maps| maps.iter().filter(|map| map.hit).count() as f64 / maps.len() as f64)),
        (
            AGREEMENT,
            Box::new(|maps| {
                maps.iter().filter_map(|map| map.values.get("regional-7")).sum::<f64>() / maps.len() as f64
            }),
        ),
    ];
    for id in SCORES {
        let auroc = move |maps: &[&Found]| ranked(maps.iter().filter_map(|map| Some((*map.values.get(id)?, map.hit))));
        figures.push((id, Box::new(auroc)));
    }
    let mut found = Map::new();
    for (arm, runs) in arms {
        let mut own = Map::new();
        for (name, figure) in &figures {
            let of = |runs: &[Vec<Found>], images: &[usize]| {
                let each = runs.iter().map(|run| figure(&images.iter().map(|&image| &run[image]).collect::<Vec<_>>()));
                each.sum::<f64>() / runs.len() as f64
            };
            let columns = [(0, (0..count).collect::<Vec<_>>())];
            let seeds: Vec<f64> = runs.iter().map(|run| of(std::slice::from_ref(run), &columns[0].1)).collect();
            let above = plain
                .filter(|_| *arm != PLAIN)
                .map(|plain| estimate(&columns, |images| of(runs, images) - of(plain, images)));
            let mean = estimate(&columns, |images| of(runs, images));
            own.insert(
                (*name).into(),
                json!({ "seeds": super::seeds::round(&seeds), "mean": mean, "above_beta0": above }),
            );
        }
        found.insert((*arm).into(), own.into());
    }
    Ok(json!({ "images": count, "arms": found }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arm_is_the_mean_of_its_seeds_and_compared_on_the_same_images() {
        let map = |hit: bool, value: f64| Found { hit, values: [("confidence".to_owned(), value)].into() };
        // Ranks by hand: 1, then 0.5 (one of two pairs in order); the other arm 0.
        let good = vec![map(true, 0.9), map(false, 0.1), map(true, 0.8)];
        let half = vec![map(true, 0.9), map(false, 0.5), map(true, 0.1)];
        let bad = vec![map(false, 0.9), map(true, 0.1), map(true, 0.8)];
        let arms = [("tuned-transfer", vec![good.clone(), half]), (PLAIN, vec![bad])];
        let found = digest(&arms).unwrap();
        let of = &found["arms"]["tuned-transfer"];
        assert_eq!((&found["images"], &of["confidence"]["seeds"]), (&json!(3), &json!([1.0, 0.5])));
        assert_eq!((&of["confidence"]["mean"][0], &of["confidence"]["above_beta0"][0]), (&json!(0.75), &json!(0.75)));
        assert_eq!(of[HITS]["seeds"], json!([0.6667, 0.6667]));
        assert!(digest(&[(PLAIN, vec![good[1..].to_vec(), good])]).is_err());
    }

    #[test]
    fn the_joint_map_is_read_and_scores_of_which_less_is_better_are_turned() {
        let line = json!({ "record": { "image": "a", "judged": [
            { "peer": 0, "method": "mutual", "hit": false, "values": {} },
            { "peer": null, "method": "mutual", "hit": true, "values": { "reach": 0.25, "confidence": 0.5 } },
        ] } });
        let found = joint_maps(&format!("{{}}\n{line}\n")).unwrap();
        assert!(found.len() == 1 && found[0].hit);
        assert_eq!((found[0].values["reach"], found[0].values["confidence"]), (-0.25, 0.5));
    }
}
