//! Three tiny peers that have nothing in common: neither size, preprocessing, classes nor classifier.

use std::collections::BTreeMap;

use burn::tensor::Device;
use peerlight_core::Preprocess;
use peerlight_explain::Session;
use peerlight_models::{
    Array, Builder, Bundle, Graph, Manifest, Model, Network, NodeId, PeerManifest, Precision, Role,
    kernels::{Activation, Geometry, Padding},
    ops::{Binary, Flatten, Linear, Op, Pool, PoolKind},
};

/// Ids of the peers: a residual network with batch norms of 32 pixels and red, green, blue from -1 to 1; one of 48
/// pixels whose classifier takes every place by itself, with blue, green, red from 0 to 255; and one of 64 pixels.
pub const IDS: [&str; 3] = ["residual", "flat", "gated"];
/// Sides of the peers' inputs.
pub const SIDES: [usize; 3] = [32, 48, 64];
/// Classes of each peer. All know dogs; only two of them know ships, and only one knows planes.
pub const CLASSES: [&[&str]; 3] = [
    &["cat", "dog", "bird", "fish", "ship"],
    &["background", "Dog", "cat, Felis catus", "bird"],
    &["ship", "plane", "dog, domestic dog"],
];

/// A bundle of these peers, each with classes of its own.
pub fn bundle(peers: &[usize]) -> Vec<u8> {
    write(peers, |i| CLASSES[i].iter().map(|name| name.to_string()).collect())
}

/// A bundle of all three peers with the same two classes.
pub fn bundle_of_one_list() -> Vec<u8> {
    write(&[0, 1, 2], |_| ["red", "blue"].map(String::from).to_vec())
}

/// A session of these peers on the CPU.
pub fn session(peers: &[usize]) -> Session {
    Session::open(&Bundle::parse(&bundle(peers)).unwrap(), &Device::flex(), "CPU").unwrap()
}

fn write(peers: &[usize], labels: impl Fn(usize) -> Vec<String>) -> Vec<u8> {
    let (mut tensors, mut described) = (BTreeMap::new(), Vec::new());
    for &i in peers {
        let labels = labels(i);
        let graph = [residual, flat, gated][i](labels.len());
        let network = Network::fresh(graph, 7 + i as u64, &Device::flex());
        let arrays = network.arrays(&mut |tensor| Ok(tensor.into_data().try_to_vec().unwrap())).unwrap();
        for (name, Array { shape, mut values }) in arrays {
            // Classifiers that decide, and a first layer for bytes.
            let factor = match name.as_str() {
                "classifier.weight" => 20.0,
                "stem.weight" if i == 1 => 1.0 / 60.0,
                _ => 1.0,
            };
            values.iter_mut().for_each(|value| *value *= factor);
            tensors.insert(format!("{}.{name}", IDS[i]), Array { shape, values });
        }
        described.push(PeerManifest {
            id: IDS[i].into(),
            model: Model::Graph(Box::new(network.graph().spec().clone())),
            name: Some(format!("Tiny {}", IDS[i])),
            preprocess: Some(preprocess(i)),
            labels: Some(labels),
        });
    }
    let manifest = Manifest {
        name: "Unlike peers".into(),
        peers: described,
        labels: Vec::new(),
        preprocess: Preprocess { crop: 0.9, ..preprocess(peers[0]) },
        license: "MIT OR Apache-2.0".into(),
        source: "random numbers".into(),
        training: None,
        calibration: None,
    };
    Bundle::write(&manifest, &tensors, Precision::Single).unwrap()
}

fn preprocess(peer: usize) -> Preprocess {
    let plain = Preprocess { side: SIDES[peer], crop: 0.7, mean: [0.5; 3], std: [0.5; 3], bgr: false };
    match peer {
        0 => plain,
        1 => Preprocess { mean: [0.48, 0.46, 0.41], std: [1.0 / 255.0; 3], bgr: true, ..plain },
        _ => Preprocess { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], ..plain },
    }
}

fn relu(graph: &mut Builder, name: &str, x: NodeId) -> NodeId {
    graph.node(name, Op::Activation(Activation::Relu), &[x], &[])
}

fn residual(classes: usize) -> Graph {
    let (mut graph, image) = Builder::new([3, SIDES[0], SIDES[0]]);
    let norm = Some(1e-5);
    let stem = graph.conv("stem", Geometry::same(2, 1), image, [8, 3, 3, 3], norm);
    let stem = relu(&mut graph, "stem.relu", stem);
    let inner = graph.conv("inner", Geometry::same(1, 1), stem, [8, 8, 3, 3], norm);
    let sum = graph.node("sum", Op::Binary(Binary::Add), &[stem, inner], &[]);
    let block = relu(&mut graph, "block", sum);
    let last = graph.conv("last", Geometry::same(2, 1), block, [12, 8, 3, 3], norm);
    let last = relu(&mut graph, "last.relu", last);
    graph.classifier(last, 12, classes);
    graph.finish_with_found_layers().unwrap()
}

fn flat(classes: usize) -> Graph {
    let (mut graph, image) = Builder::new([3, SIDES[1], SIDES[1]]);
    let stem = graph.conv("stem", Geometry::same(2, 1), image, [6, 3, 5, 5], None);
    let stem = relu(&mut graph, "stem.relu", stem);
    let last = graph.conv("last", Geometry::same(4, 1), stem, [8, 6, 5, 5], None);
    let last = relu(&mut graph, "last.relu", last);
    let flat = graph.node("flat", Op::Flatten(Flatten {}), &[last], &[]);
    let places = SIDES[1] / 8 * SIDES[1] / 8;
    let weight = graph.parameter("classifier.weight", &[classes, 8 * places], Role::Weight);
    graph.node("classifier", Op::Linear(Linear {}), &[flat], &[weight]);
    graph.finish_with_found_layers().unwrap()
}

fn gated(classes: usize) -> Graph {
    let (mut graph, image) = Builder::new([3, SIDES[2], SIDES[2]]);
    let stem = graph.conv("stem", Geometry::same(2, 1), image, [8, 3, 3, 3], None);
    let pool = Pool {
        kind: PoolKind::Max,
        kernel: [2; 2],
        stride: [2; 2],
        padding: Padding::VALID,
        dilation: [1; 2],
        ceil_mode: false,
    };
    let pooled = graph.node("pooled", Op::Pool(pool), &[stem], &[]);
    let gate = graph.conv("gate", Geometry::same(1, 8), pooled, [8, 1, 3, 3], None);
    let gate = graph.node("sigmoid", Op::Activation(Activation::Sigmoid), &[gate], &[]);
    let gated = graph.node("gated", Op::Binary(Binary::Mul), &[pooled, gate], &[]);
    let last = graph.conv("last", Geometry::same(2, 1), gated, [10, 8, 3, 3], Some(1e-3));
    let last = relu(&mut graph, "last.relu", last);
    graph.classifier(last, 10, classes);
    graph.finish_with_found_layers().unwrap()
}
