//! Metrics against torch-cam's, pytorch-grad-cam's and what PyTorch computes by the protocol's definitions.
#![allow(clippy::disallowed_methods, reason = "a native test may read synchronously")]

use std::{collections::BTreeMap, fs};

use burn::tensor::{Device, Tensor, TensorData};
use peerlight_core::{Framing, Rect, resize_map, rng::uniform};
use peerlight_explain::{Explanation, ForwardPass, Map, Request, Session, Silent};
use peerlight_metrics::{EvaluatedImage, Evaluation, Measures, MetricId, measure, metric_ids};
use peerlight_models::{Bundle, micro};
use peerlight_testkit::golden::{golden, image, root};
use pollster::block_on;
use serde::Deserialize;

/// How far a fraction may be off.
const TOLERANCE: f64 = 1e-5;

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    net: String,
    image: String,
    target: usize,
    score: f64,
    maps: Vec<Trial>,
    method: Again,
}

/// A fixed map, and every figure of it.
#[derive(Deserialize)]
struct Trial {
    map: String,
    rows: Option<usize>,
    levels: Option<Vec<f32>>,
    map_sum: f64,
    masked: BTreeMap<String, BTreeMap<String, f64>>,
    curves: BTreeMap<String, Curve>,
    complexity: f64,
    road: Road,
    located: Vec<Located>,
}

#[derive(Deserialize)]
struct Curve {
    y: Vec<f64>,
    auc: f64,
}

#[derive(Deserialize)]
struct Road {
    combined: f64,
}

#[derive(Deserialize)]
struct Located {
    boxes: Vec<[f64; 4]>,
    pointing: f64,
    energy: f64,
}

/// A method's own map, for the figures that ask the method again.
#[derive(Deserialize)]
struct Again {
    method: String,
    stages: Vec<usize>,
    complexity: f64,
    coherency: f64,
    adcc: f64,
}

/// The map that both sides make alike, to the last bit.
fn fixed(trial: &Trial, side: usize) -> Vec<f32> {
    let map: Vec<f32> = match (trial.map.as_str(), &trial.levels) {
        (_, Some(levels)) => {
            let rows = trial.rows.unwrap();
            let values: Vec<f32> = levels.iter().map(|level| level / 256.0).collect();
            let native = Tensor::<3>::from_data(TensorData::new(values, [1, rows, rows]), &Device::flex());
            resize_map(native, [side, side]).into_data().iter::<f32>().collect()
        }
        ("noise", _) => (0..(side * side) as u64).map(|i| uniform(0, i) as f32).collect(),
        (name, _) => {
            assert_eq!(name, "gaussian");
            let apart = |i: usize| (i as f64 + 0.5 - side as f64 / 2.0).powi(2);
            let deviation = side as f64 / 4.0;
            let raw: Vec<f64> = (0..side * side)
                .map(|i| (-(apart(i / side) + apart(i % side)) / (2.0 * deviation * deviation)).exp())
                .collect();
            let (low, high) = raw.iter().fold((1.0f64, 0.0f64), |(low, high), &v| (low.min(v), high.max(v)));
            raw.into_iter().map(|v| ((v - low) / (high - low + 1e-8)) as f32).collect()
        }
    };
    let sum: f64 = map.iter().map(|&v| f64::from(v)).sum();
    assert!((sum - trial.map_sum).abs() < 1e-6 * trial.map_sum, "{}: {sum} instead of {}", trial.map, trial.map_sum);
    map
}

fn figures(
    (session, pass): (&Session, &ForwardPass),
    (map, request): (&Explanation, &Request),
    boxes: &[Rect],
    metrics: &[MetricId],
) -> Measures {
    let image = block_on(EvaluatedImage::new(session, pass, boxes, &Silent)).unwrap();
    block_on(measure(&Evaluation::new(&image, map, request), metrics)).unwrap()
}

fn value(measures: &Measures, id: &str, masking: Option<&str>) -> f64 {
    let figure = measures.figures.iter().find(|f| f.id.as_str() == id && f.masking.map(|m| m.id()) == masking);
    figure.unwrap_or_else(|| panic!("no {id} {masking:?}")).value.unwrap_or_else(|| panic!("{id} has no value"))
}

/// Every figure of a case that is off, in words.
fn check(session: &Session, pass: &ForwardPass, case: &Case, wrong: &mut Vec<String>) {
    let mut compare = |what: String, got: f64, expected: f64| {
        let off = (got - expected).abs();
        println!("{off:.1e}  {what}");
        if off.is_nan() || off > TOLERANCE {
            wrong.push(format!("{off:.1e}  {what}: {got} instead of {expected}"));
        }
    };
    let name = |what: &str| format!("{} of {} by {}", what, case.image, case.net);
    compare(name("score"), f64::from(pass.probabilities(0)[case.target]), case.score);
    let request = Request { peer: Some(0), ..Request::of(&case.method.method) };
    let request = request.at(case.method.stages.clone()).explaining(case.target);
    let made = block_on(session.explain(pass, &request, &Silent)).unwrap();
    let all = metric_ids(false);
    let again = figures((session, pass), (&made, &request), &[], &all);
    for (id, expected) in
        [("complexity", case.method.complexity), ("coherency", case.method.coherency), ("adcc", case.method.adcc)]
    {
        compare(name(&format!("{id} of {}", case.method.method)), value(&again, id, None), expected);
    }

    for trial in &case.maps {
        let map = Map { values: fixed(trial, made.side), blank: false };
        let made = Explanation { map, ..made.clone() };
        let name = |what: &str| name(&format!("{what} of {}", trial.map));
        for (i, Located { boxes, pointing, energy }) in trial.located.iter().enumerate() {
            let boxes: Vec<Rect> = boxes.iter().copied().map(Rect::from).collect();
            let games = ["pointing", "energy"].map(|id| id.parse().unwrap());
            let found = figures((session, pass), (&made, &request), &boxes, &games);
            compare(name(&format!("pointing {i}")), value(&found, "pointing", None), *pointing);
            compare(name(&format!("energy {i}")), value(&found, "energy", None), *energy);
        }
        let whole = [Rect::from([0.0, 0.0, made.side as f64, made.side as f64])];
        let found = figures((session, pass), (&made, &request), &whole, &all);
        for (masking, expected) in &trial.masked {
            for id in ["average-drop", "average-increase", "average-gain"] {
                let got = value(&found, id, Some(masking)) / 100.0;
                compare(name(&format!("{id} {masking}")), got, expected[id] / 100.0);
            }
        }
        for (id, expected) in &trial.curves {
            compare(name(id), value(&found, id, None), expected.auc);
            let curve = found.curves.iter().find(|curve| curve.id.as_str() == id).unwrap();
            assert_eq!(curve.y.len(), expected.y.len());
            let points = curve.y.iter().zip(&expected.y);
            let off = points.map(|(&got, expected)| (f64::from(got) - expected).abs()).fold(0.0, f64::max);
            compare(name(&format!("{id}, the farthest point")), off, 0.0);
        }
        compare(name("complexity"), value(&found, "complexity", None), trial.complexity);
        compare(name("road"), value(&found, "road", None), trial.road.combined);
    }
}

#[test]
fn figures_are_those_of_the_libraries_and_the_definitions() {
    let golden: Golden = golden("metrics.json");
    assert!(golden.cases.len() >= 4);
    let open = |bytes: &[u8]| Session::open(&Bundle::parse(bytes).unwrap(), &Device::flex(), "CPU").unwrap();
    let micro_net = open(&micro::bundle().unwrap());
    let lite = open(&fs::read(root().join("web/models/lite0-lite1.safetensors")).unwrap());
    let mut wrong = Vec::new();
    for case in &golden.cases {
        if case.net == "micro.first" {
            let pass = block_on(micro_net.forward_input(micro::input(&Device::flex()), &Silent)).unwrap();
            check(&micro_net, &pass, case, &mut wrong);
        } else {
            assert_eq!(case.net, "efficientnet-lite0");
            let image = image(&format!("crops/{}.png", case.image));
            let pass = block_on(lite.forward(&image, Framing::centered(1.0), &Silent)).unwrap();
            check(&lite, &pass, case, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{} figures are off:\n{}", wrong.len(), wrong.join("\n"));
}
