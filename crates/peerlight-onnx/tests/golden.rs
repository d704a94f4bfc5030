//! Small networks as ONNX files (tests/golden/onnx, made by make_onnx.py) against what onnxruntime and PyTorch compute.
#![allow(clippy::disallowed_methods, reason = "a native test may read synchronously")]

use std::{collections::BTreeMap, fs, path::PathBuf};

use burn::tensor::{Device, Tensor, TensorData};
use peerlight_core::Code;
use peerlight_models::{Graph, Layer, Network};
use peerlight_onnx::{Options, import, inspect};
use serde::Deserialize;

const SIDE: usize = 12;
/// The largest error, as a part of the largest value that there should be.
const TOLERANCE: f64 = 1e-4;

#[derive(Deserialize)]
struct Golden {
    cases: BTreeMap<String, Case>,
    refused: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Case {
    classes: usize,
    logits: Probe,
    /// Whether the logits are known but for a summand that all have in common.
    #[serde(default)]
    shift: bool,
    gradient: Option<Probe>,
}

#[derive(Deserialize)]
struct Probe {
    at: Vec<usize>,
    value: Vec<f64>,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden")
}

fn golden() -> Golden {
    serde_json::from_slice(&fs::read(folder().join("onnx.json")).unwrap()).unwrap()
}

fn file(name: &str) -> Vec<u8> {
    fs::read(folder().join("onnx").join(format!("{name}.onnx"))).unwrap()
}

/// The formula of make_tiny.py for tensor 1000: two images.
fn input() -> Tensor<4> {
    let value = |i: u32| {
        let hash = i.wrapping_mul(2_654_435_761).wrapping_add(1000 * 40_503).wrapping_add(12_345);
        (f64::from(hash) / 2f64.powi(31) - 1.0) as f32
    };
    let values: Vec<f32> = (0..(2 * 3 * SIDE * SIDE) as u32).map(value).collect();
    Tensor::from_data(TensorData::new(values, [2, 3, SIDE, SIDE]), &Device::flex())
}

/// The network of a file; none, and a note, if it cannot be read.
fn network(name: &str, wrong: &mut Vec<String>) -> Option<Network> {
    match import(&file(name), &Options { side: Some(SIDE), ..Options::default() }) {
        Ok(imported) => Some(Network::new(imported.graph, imported.values, &Device::flex()).unwrap()),
        Err(error) => {
            wrong.push(format!("{name}: {error}"));
            None
        }
    }
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_to_vec().unwrap()
}

fn compare(what: &str, got: &[f32], expected: &Probe, tolerance: f64, wrong: &mut Vec<String>) {
    let largest = expected.value.iter().fold(1e-6f64, |a, b| a.max(b.abs()));
    let each = expected.at.iter().zip(&expected.value).map(|(&at, value)| (f64::from(got[at]) - value).abs());
    let error = each.map(|error| if error.is_nan() { f64::INFINITY } else { error }).fold(0.0, f64::max) / largest;
    if error > tolerance {
        wrong.push(format!("{what}: {error:.1e}"));
    }
}

fn all(values: &[f32]) -> Probe {
    Probe { at: (0..values.len()).collect(), value: values.iter().map(|&value| f64::from(value)).collect() }
}

/// Less the mean of each image's logits.
fn centered(values: &mut [f32], classes: usize) {
    for row in values.chunks_mut(classes) {
        let mean = row.iter().sum::<f32>() / classes as f32;
        row.iter_mut().for_each(|value| *value -= mean);
    }
}

#[test]
fn every_small_network_gives_onnxruntimes_logits() {
    let mut wrong = Vec::new();
    for (name, case) in golden().cases {
        let Some(network) = network(&name, &mut wrong) else { continue };
        let mut logits = values(network.logits(Layer::INPUT, input()));
        assert_eq!(logits.len(), 2 * case.classes, "{name}");
        let mut expected = case.logits;
        if case.shift {
            assert_eq!(expected.value.len(), logits.len(), "{name}");
            let mut known: Vec<f32> = expected.value.iter().map(|&value| value as f32).collect();
            centered(&mut known, case.classes);
            centered(&mut logits, case.classes);
            expected = all(&known);
        }
        compare(&name, &logits, &expected, TOLERANCE, &mut wrong);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_block_has_pytorchs_gradient() {
    let mut wrong = Vec::new();
    for (name, case) in golden().cases {
        let Some(expected) = case.gradient else { continue };
        let Some(network) = network(&name, &mut wrong) else { continue };
        let x = input().autodiff().require_grad();
        let score = network.logits(Layer::INPUT, x.clone()).slice([0..2, 0..1]).sum();
        compare(&name, &values(x.grad(&score.backward()).unwrap()), &expected, TOLERANCE, &mut wrong);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_network_resumes_from_each_of_its_layers() {
    let mut wrong = Vec::new();
    for name in golden().cases.into_keys() {
        let Some(network) = network(&name, &mut wrong) else { continue };
        let features = network.run(Layer::INPUT, input());
        let logits = values(features.logits.clone());
        for layer in (1..=network.layers()).map(Layer) {
            let resumed = network.run(layer, features.at(layer).clone());
            assert_eq!(values(resumed.logits.clone()), logits, "{name} from {layer:?}");
            assert_eq!(resumed.last(), network.last(), "{name}");
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_network_survives_being_folded_written_and_read() {
    let mut wrong = Vec::new();
    for (name, case) in golden().cases {
        let Some(network) = network(&name, &mut wrong) else { continue };
        let logits = values(network.logits(Layer::INPUT, input()));
        let folded = network.folded();
        let json = serde_json::to_string(folded.graph().spec()).unwrap();
        let graph = Graph::new(serde_json::from_str(&json).unwrap()).unwrap();
        let arrays = folded.arrays(&mut |tensor| Ok(values(tensor))).unwrap();
        let own = graph.parameters().iter().map(|parameter| arrays[&parameter.name].values.clone()).collect();
        let read = Network::new(graph, own, &Device::flex()).unwrap();
        compare(&name, &values(read.logits(Layer::INPUT, input())), &all(&logits), 1e-5, &mut wrong);
        assert_eq!(read.graph().classes(), case.classes, "{name}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_windows_and_layers_share_is_one_parameter() {
    let network = network("windows.shared", &mut Vec::new()).unwrap();
    let shapes: Vec<_> = network.graph().parameters().iter().map(|parameter| parameter.shape.clone()).collect();
    let own: [&[usize]; 5] = [&[4, 3, 3, 3], &[4], &[6, 2, 3, 3], &[6], &[SIDE, SIDE]];
    assert_eq!(shapes, own);
}

#[test]
fn pooled_tokens_are_a_layer_and_a_row_of_features_is_none() {
    for name in ["layer.tokens", "layer.row"] {
        let network = network(name, &mut Vec::new()).unwrap();
        let layers = network.graph().layers();
        assert!(!layers.is_empty(), "{name}");
        for layer in layers {
            assert_eq!(network.graph().shape(layer.node), [4, SIDE, SIDE], "{name}: {}", layer.name);
        }
        assert_eq!(layers.len() > 1, name == "layer.tokens", "{name}");
    }
}

#[test]
fn what_cannot_be_run_is_refused_by_name() {
    for (name, texts) in golden().refused {
        let name = format!("refused.{name}");
        let error = import(&file(&name), &Options::default()).expect_err(&name);
        assert!(matches!(error.code(), Code::NetworkUnsupported | Code::BundleInvalid), "{name}: {error}");
        for text in texts {
            assert!(error.to_string().contains(&text), "{name} does not say '{text}': {error}");
        }
        if error.code() == Code::NetworkUnsupported {
            let found = inspect(&file(&name), &Options::default()).unwrap();
            assert_eq!(found.unsupported.len(), 1, "{name}: {found:?}");
            assert_eq!(found.refusal, Some(error.to_string()));
        }
    }
}

#[test]
fn layers_have_their_channels_first() {
    for name in ["windows.script", "windows.dynamo", "next.script", "response.dynamo"] {
        let graph = import(&file(name), &Options::default()).unwrap().graph;
        let shapes: Vec<&[usize]> = graph.layers().iter().map(|layer| graph.shape(layer.node)).collect();
        assert!(shapes.iter().all(|shape| shape[0] == 8) && shapes.len() > 1, "{name}: {shapes:?}");
    }
}
