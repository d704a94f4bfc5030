//! Statistics of agreement, and of what it is worth, against scikit-learn and SciPy: tests/golden/make_agreement.py.

use std::collections::BTreeMap;

use burn::tensor::Device;
use peerlight_explain::{MapContext, MapPair, STATISTICS};
use peerlight_metrics::{auroc, isotonic, logistic, rate_at, spearman, wilson};
use peerlight_testkit::golden::golden;
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
