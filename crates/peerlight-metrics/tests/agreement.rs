//! Statistics of agreement, and of what it is worth, against scikit-learn and SciPy: tests/golden/make_agreement.py.

mod common;

use std::collections::BTreeMap;

use burn::tensor::Device;
use peerlight_explain::{MapContext, MapPair, STATISTICS};
use peerlight_metrics::{
    Record, auroc, calibrate, calibration_error, halves, isotonic, logistic, rate_at, spearman, wilson,
};
use peerlight_models::Calibration;
use peerlight_testkit::golden::{golden, root};
use serde::Deserialize;

const N: usize = 300;
const SIDE: usize = 28;

#[derive(Deserialize)]
struct Golden {
    auroc: Vec<f64>,
    spearman: Vec<f64>,
    logistic: Regression,
    isotonic: Vec<f64>,
    wilson: Vec<[f64; 2]>,
    maps: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
struct Regression {
    weights: Vec<f64>,
    intercept: f64,
}

/// The columns and the target of the script.
fn columns() -> ([Vec<f64>; 3], Vec<bool>) {
    let column = |factor: usize, period: usize| (0..N).map(move |i| (i * factor % period) as f64 / period as f64);
    let (first, second): (Vec<f64>, Vec<f64>) = (column(37, 101).collect(), column(53, 97).collect());
    let third = column(71, 7).collect();
    let noise: Vec<f64> = column(29, 83).collect();
    let target = (0..N).map(|i| (first[i] + 0.5 * second[i] + noise[i] * 0.8) > 1.1).collect();
    ([first, second, third], target)
}

/// The maps of the script.
fn maps() -> (Vec<f32>, Vec<f32>) {
    let map = |factors: [usize; 2], period: usize, center: [f64; 2], width: f64| -> Vec<f32> {
        (0..SIDE * SIDE)
            .map(|i| {
                let (x, y) = (i % SIDE, i / SIDE);
                let pattern = ((x * factors[0] + y * factors[1]) % period) as f64 / (period - 1) as f64;
                let distance = (x as f64 - center[0]).powi(2) + (y as f64 - center[1]).powi(2);
                (pattern * 0.3 + (-distance / width).exp() * 0.7) as f32
            })
            .collect()
    };
    (map([5, 3], 29, [9.0, 12.0], 40.0), map([7, 2], 31, [12.0, 10.0], 60.0))
}

fn near(got: f64, expected: f64, what: &str) {
    assert!((got - expected).abs() < 2e-6, "{what}: {got} for {expected}");
}

#[test]
fn ranking_regression_and_calibration_are_those_of_the_libraries() {
    let golden: Golden = golden("agreement.json");
    let ([first, second, third], target) = columns();
    for (column, expected) in [&first, &second, &third].iter().zip(&golden.auroc) {
        near(auroc(column, &target), *expected, "AUROC");
    }
    near(spearman(&first, &second), golden.spearman[0], "Spearman");
    near(spearman(&first, &third), golden.spearman[1], "Spearman with ties");
    let rows: Vec<Vec<f64>> = (0..N).map(|i| vec![first[i], second[i], third[i]]).collect();
    let fitted = logistic(&rows, &target);
    near(fitted.intercept, golden.logistic.intercept, "intercept");
    for (weight, expected) in fitted.weights.iter().zip(&golden.logistic.weights) {
        near(*weight, *expected, "weight");
    }
    let blocks = isotonic(&first, &target, 1);
    for (value, expected) in first.iter().zip(&golden.isotonic) {
        near(rate_at(&blocks, *value), *expected, "isotonic");
    }
    for ((hits, images), expected) in [(0, 10), (7, 10), (93, 130)].into_iter().zip(&golden.wilson) {
        let [low, high] = wilson(hits, images);
        near(low, expected[0], "Wilson");
        near(high, expected[1], "Wilson");
    }
}

#[test]
fn statistics_of_two_maps_are_those_of_the_libraries() {
    let golden: Golden = golden("agreement.json");
    let (a, b) = maps();
    let grids = [1, 2, 4, 7, 14];
    let pairs = pollster::block_on(MapPair::of(vec![(a.clone(), b)], SIDE, &grids, &Device::flex())).unwrap();
    let pairs = [&pairs[0]];
    let context =
        MapContext { map: &a, pairs: &pairs, itself: &[], confidence: 0.5, mean_confidence: 0.25, answers: &[3, 3, 4] };
    let mut checked = 0;
    for statistic in STATISTICS {
        let id = statistic.meta().id;
        if let Some(expected) = golden.maps.get(id) {
            near(statistic.of(&context).unwrap(), *expected, id);
            checked += 1;
        }
    }
    assert_eq!(checked, golden.maps.len());
    let value = |id: &str| peerlight_explain::statistic(id).unwrap().of(&context);
    assert_eq!((value("confidence"), value("mean-confidence")), (Some(0.5), Some(0.25)));
    assert_eq!((value("same-class"), value("same-answers")), (Some(0.0), Some(1.0)));
    assert_eq!((value("mirrored"), value("itself")), (None, None), "no view was asked for");
}

/// The committed values of a pair's joint map, one record for each image; `odd` are those of odd numbers of val1000.
fn committed(pair: &str, odd: bool) -> Vec<Record> {
    let path = root().join(format!("docs/results/agreement-{pair}.csv"));
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let head = lines.next().unwrap();
    let record = |line: Vec<&str>| {
        let values = head[2..].iter().zip(&line[2..]).map(|(id, value)| ((*id).to_owned(), value.parse().unwrap()));
        common::record(line[0], line[1] == "1", values)
    };
    let all: Vec<Record> = lines.map(record).collect();
    let [odd_half, _] = halves(&all);
    let choosing = |record: &Record| {
        record.image.starts_with("val1000/") && odd_half.iter().any(|other| other.image == record.image)
    };
    all.iter().filter(|record| choosing(record) == odd).cloned().collect()
}

const SHIPPED: [&str; 2] = ["lite0-lite1-peers", "lite0-lite1"];

#[test]
fn the_shipped_calibrations_are_what_the_committed_values_give() {
    let index = std::fs::read_to_string(root().join("web/models/index.json")).unwrap();
    let index: serde_json::Value = serde_json::from_str(&index).unwrap();
    for pair in SHIPPED {
        let bundle = index["bundles"].as_array().unwrap().iter().find(|bundle| bundle["id"] == pair).unwrap();
        let sha256 = bundle["sha256"].as_str().unwrap();
        let shipped = Calibration::shipped(sha256).unwrap().expect("a calibration for each bundle of the page");
        let found = calibrate(&committed(pair, true), "mutual", &shipped.set, sha256, 0).unwrap();
        assert_eq!((found.images, found.hits, found.steps.len()), (shipped.images, shipped.hits, shipped.steps.len()));
        near(found.intercept, shipped.intercept, "intercept");
        for (a, b) in found.inputs.iter().zip(&shipped.inputs) {
            assert_eq!(a.id, b.id);
            near(a.mean, b.mean, &a.id);
            near(a.deviation, b.deviation, &a.id);
            near(a.weight, b.weight, &a.id);
        }
        for (a, b) in found.steps.iter().zip(&shipped.steps) {
            assert_eq!((a.images, a.hits), (b.images, b.hits));
            near(a.from, b.from, "from");
            near(a.low, b.low, "low");
            near(a.high, b.high, "high");
        }
        assert!(Calibration::shipped(&"0".repeat(64)).unwrap().is_none());
    }
}

#[test]
fn the_shipped_calibrations_foretell_the_hit_rates_of_images_for_reporting() {
    for (pair, expected) in SHIPPED.into_iter().zip([0.033, 0.055]) {
        let shipped = calibrate(&committed(pair, true), "mutual", "", "", 0).unwrap();
        let records = committed(pair, false);
        let hits: Vec<bool> = records.iter().map(|record| record.judged[0].hit.unwrap()).collect();
        let ends = [shipped.steps[0].from, shipped.steps[shipped.steps.len() - 1].to];
        let rate = |record: &Record| {
            let score = shipped.score(&record.judged[0].values).unwrap().clamp(ends[0], ends[1]);
            shipped.step(score).unwrap().rate
        };
        let foretold: Vec<f64> = records.iter().map(rate).collect();
        // docs/agreement.md tells these.
        assert_eq!((calibration_error(&foretold, &hits) * 1e3).round() / 1e3, expected, "{pair}");
    }
}

#[test]
fn local_correlations_foretell_more_than_the_whole_maps_on_images_for_reporting() {
    for pair in SHIPPED {
        let records = committed(pair, false);
        let hits: Vec<bool> = records.iter().map(|record| record.judged[0].hit.unwrap()).collect();
        let of = |id: &str| records.iter().map(|record| record.judged[0].values[id]).collect::<Vec<_>>();
        let [local, global] = ["regional-weighted", "regional-1"].map(|id| auroc(&of(id), &hits));
        assert!(local > 0.7 && local > global + 0.02, "{pair}: {local} {global}");
    }
}

#[test]
fn reach_by_hand() {
    const SIDE: usize = 6;
    let map = |values: &[(usize, f32)]| {
        let mut map = vec![0.0; SIDE * SIDE];
        values.iter().for_each(|&(pixel, value)| map[pixel] = value);
        map
    };
    // Half as bright, 3 to the right and 4 below: 5 pixels away, with a third of the weight.
    let (wide, one, blank) = (map(&[(0, 1.0), (27, 0.5)]), map(&[(27, 1.0)]), map(&[]));
    for (a, b, reach, across) in [
        (&one, &one, 0.0, 0.0),
        (&wide, &wide, 5.0 / 3.0, 5.0 / 3.0),
        (&wide, &one, 5.0 / 3.0, (5.0 + 10.0 / 3.0) / 2.0),
        (&blank, &blank, 0.0, 0.0),
    ] {
        let pair = MapPair { a: a.clone(), b: b.clone(), side: SIDE, regions: Vec::new() };
        let (confidence, mean_confidence) = (0.5, 0.5);
        let context =
            MapContext { map: a, pairs: &[&pair], itself: &[], confidence, mean_confidence, answers: &[0, 0] };
        for (id, pixels) in [("reach", reach), ("reach-peers", across)] {
            near(peerlight_explain::statistic(id).unwrap().of(&context).unwrap(), pixels / SIDE as f64, id);
        }
    }
}

#[test]
fn a_calibration_rests_on_reach_where_it_was_measured() {
    let mut records = committed(SHIPPED[0], true);
    for (i, record) in records.iter_mut().enumerate() {
        let judged = &mut record.judged[0];
        let far = f64::from(u8::from(judged.hit == Some(false))) * 0.05 + (i * 37 % 101) as f64 / 1010.0;
        judged.values.extend([("reach".into(), 0.2 + far), ("reach-peers".into(), 0.25 + far)]);
    }
    let found = calibrate(&records, "mutual", "drawn", "", 0).unwrap();
    let ids: Vec<&str> = found.inputs.iter().map(|input| input.id.as_str()).collect();
    assert_eq!(ids[..3], ["reach-peers", "spread", "confidence"]);
    assert!(found.inputs[0].weight < 0.0, "near is more agreement: {}", found.inputs[0].weight);
    // Reach across peers says here what a map's own reach says already.
    let [gain, low, high] = found.peers_add.unwrap();
    assert!(low <= 0.0 && high >= 0.0 && gain.abs() < 0.01, "{gain} {low} {high}");
}

#[test]
fn too_few_images_are_refused() {
    let records = committed(SHIPPED[0], true);
    let refused = |records: &[Record]| calibrate(records, "mutual", "few", "", 0).unwrap_err().to_string();
    assert!(refused(&records[..99]).contains("too few images"));
    let hits: Vec<Record> = records.iter().filter(|record| record.judged[0].hit == Some(true)).cloned().collect();
    assert!(hits.len() > 200 && refused(&hits).contains("0 missed"));
}
