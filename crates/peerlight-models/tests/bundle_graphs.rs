//! Bundles of format 2: peers that are graphs, with preprocessing and classes of their own.
#![allow(clippy::disallowed_methods, reason = "a native test may read synchronously")]

mod support;

use std::collections::BTreeMap;

use burn::tensor::Device;
use peerlight_core::{Code, Preprocess};
use peerlight_models::{
    Array, Builder, Bundle, Layer, Manifest, Model, PeerManifest, Precision, Role, architecture,
    kernels::Geometry,
    micro,
    ops::{Flatten, Linear, Op},
};
use serde_json::{Value, json};
use support::{code, described, header, open, with_header};

/// The micro bundle with the first peer's architecture as a graph, and classes and preprocessing of its own.
fn of_graphs() -> (Manifest, BTreeMap<String, Array>) {
    let mut manifest = micro::manifest(&micro::PEERS);
    let graph = architecture("efficientnet-lite-micro").unwrap().graph(micro::CLASSES, false).unwrap();
    let labels = (0..micro::CLASSES).map(|i| format!("own {i}")).collect();
    manifest.peers[0] = PeerManifest {
        model: Model::Graph(Box::new(graph.spec().clone())),
        name: Some("A graph".into()),
        preprocess: Some(Preprocess { side: 32, bgr: true, ..manifest.preprocess.clone() }),
        labels: Some(labels),
        ..manifest.peers[0].clone()
    };
    (manifest, micro::tensors(&micro::PEERS).unwrap())
}

#[test]
fn a_graph_is_the_network_that_it_is_of() {
    let (manifest, tensors) = of_graphs();
    let bytes = Bundle::write(&manifest, &tensors, Precision::Single).unwrap();
    assert_eq!(open(&bytes).unwrap(), manifest);
    let bundle = Bundle::parse(&bytes).unwrap();
    let (plain, device) = (micro::bundle().unwrap(), Device::flex());
    let plain = Bundle::parse(&plain).unwrap();
    let logits = |bundle: &Bundle| {
        let network = bundle.build(0, &device).unwrap();
        network.logits(Layer::INPUT, micro::input(&device)).into_data()
    };
    logits(&bundle).assert_eq(&logits(&plain), true);
    assert_eq!((bundle.manifest.labels(0)[3].as_str(), bundle.manifest.labels(1)[3].as_str()), ("own 3", "class 3"));
    assert_eq!((bundle.manifest.preprocess(0).side, bundle.manifest.preprocess(1).side), (32, micro::SIDE));
    assert_eq!((manifest.peers[0].display_name(), manifest.peers[0].architecture()), ("A graph", "graph"));
    assert_eq!(bundle.manifest.classes().names().len(), 2 * micro::CLASSES);
}

#[test]
fn the_oldest_format_that_suffices_is_written_and_one_peer_will_do() {
    let description = |bytes: &[u8]| header(bytes).1["__metadata__"]["peerlight"].as_str().unwrap().to_owned();
    // As the last version wrote it, to the byte.
    let labels: Vec<String> = (0..10).map(|i| format!("\"class {i}\"")).collect();
    let old = [
        r#"{"format":1,"name":"Known answers","peers":[{"id":"first","backbone":"efficientnet-lite-micro"},"#,
        r#"{"id":"second","backbone":"efficientnet-lite-micro"}],"labels":["#,
        &labels.join(","),
        r#"],"preprocess":{"side":64,"crop":1.0,"mean":[0.5,0.5,0.5],"std":[0.5,0.5,0.5]},"#,
        r#""license":"MIT OR Apache-2.0","source":"a formula"}"#,
    ];
    assert_eq!(description(&micro::bundle().unwrap()), old.concat());
    let alone = micro::manifest(&["first"]);
    let bytes = Bundle::write(&alone, &micro::tensors(&["first"]).unwrap(), Precision::Single).unwrap();
    assert!(description(&bytes).starts_with(r#"{"format":2,"#));
    assert_eq!(open(&bytes).unwrap(), alone);
    let (manifest, tensors) = of_graphs();
    let bytes = Bundle::write(&manifest, &tensors, Precision::Single).unwrap();
    assert!(description(&bytes).starts_with(r#"{"format":2,"#));
    // The key of the present release is read, too.
    let renamed = described(|m| {
        let peer = m["peers"][0].as_object_mut().unwrap();
        let architecture = peer.remove("backbone").unwrap();
        peer.insert("architecture".into(), architecture);
    });
    assert_eq!(open(&renamed).unwrap(), micro::manifest(&micro::PEERS));
}

#[test]
fn graphs_that_cannot_be_are_refused() {
    let graph = |change: &dyn Fn(&mut Value)| {
        let (manifest, tensors) = of_graphs();
        let bytes = Bundle::write(&manifest, &tensors, Precision::Single).unwrap();
        let (_, mut header) = header(&bytes);
        let mut manifest = serde_json::from_str(header["__metadata__"]["peerlight"].as_str().unwrap()).unwrap();
        change(&mut manifest);
        header["__metadata__"]["peerlight"] = manifest.to_string().into();
        code(&with_header(&bytes, &header.to_string()))
    };
    assert_eq!(graph(&|_| ()), None);
    type Change = Box<dyn Fn(&mut Value)>;
    let set = |key: &'static str, value: Value| -> Change { Box::new(move |m| m["peers"][0][key] = value.clone()) };
    let inside =
        |key: &'static str, value: Value| -> Change { Box::new(move |m| m["peers"][0]["graph"][key] = value.clone()) };
    let node = |i: usize, key: &'static str, value: Value| -> Change {
        Box::new(move |m| m["peers"][0]["graph"]["nodes"][i][key] = value.clone())
    };
    let cases: Vec<(&str, Change)> = vec![
        ("no graph", set("graph", Value::Null)),
        ("neither", Box::new(|m| drop(m["peers"][0].as_object_mut().unwrap().remove("graph")))),
        ("no nodes", inside("nodes", json!([]))),
        ("no layers", inside("layers", json!([]))),
        ("no parameters", inside("parameters", json!([]))),
        ("a default layer of 2^63", inside("target", json!(1u64 << 63))),
        ("an image of no pixels", node(0, "op", json!({ "input": { "shape": [3, 0, 0] } }))),
        ("an image of 2^60 pixels", node(0, "op", json!({ "input": { "shape": [3, 1u64 << 60, 1u64 << 60] } }))),
        ("a gray image", node(0, "op", json!({ "input": { "shape": [1, 224, 224] } }))),
        ("an operation that there is not", node(1, "op", json!({ "fft": {} }))),
        ("an operation of itself", node(1, "inputs", json!([1]))),
        ("a later one's result", node(1, "inputs", json!([2]))),
        ("a parameter of another", node(1, "parameters", json!([7, 8]))),
        ("a parameter that there is not", node(1, "parameters", json!([u32::MAX]))),
        ("a negative node", node(1, "inputs", json!([-1]))),
        ("labels too few", Box::new(|m| drop(m["peers"][0]["labels"].as_array_mut().unwrap().pop()))),
        ("no labels", set("labels", json!([]))),
        ("a side of 0", Box::new(|m| m["peers"][0]["preprocess"]["side"] = json!(0))),
        ("an order that is none", Box::new(|m| m["peers"][0]["preprocess"]["bgr"] = json!("grb"))),
    ];
    for (what, change) in cases {
        assert_eq!(graph(&change), Some(Code::BundleInvalid), "{what}");
    }
    // Many graphs with one byte changed: refused or run, and nothing else.
    let (manifest, tensors) = of_graphs();
    let bytes = Bundle::write(&manifest, &tensors, Precision::Single).unwrap();
    let (_, whole) = header(&bytes);
    let text = whole["__metadata__"]["peerlight"].as_str().unwrap().to_owned();
    let mut random = 5u64;
    for _ in 0..400 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let at = (random >> 20) as usize % text.len();
        let mut changed = text.clone().into_bytes();
        changed[at] = b"0123456789[]{},:\"-ane"[(random >> 50) as usize % 21];
        let mut header = whole.clone();
        header["__metadata__"]["peerlight"] = String::from_utf8(changed).unwrap().into();
        let found = code(&with_header(&bytes, &header.to_string()));
        let expected = [None, Some(Code::BundleInvalid), Some(Code::BundleVersion)];
        assert!(expected.contains(&found), "{found:?} at {at}");
    }
}

#[test]
fn a_fixed_classifier_refuses_images_of_another_size() {
    let graph = |side: usize| {
        let (mut graph, image) = Builder::new([3, side, side]);
        let conv = graph.conv("conv", Geometry::same(4, 1), image, [4, 3, 5, 5], None);
        let flat = graph.node("flat", Op::Flatten(Flatten {}), &[conv], &[]);
        let weight = graph.parameter("weight", &[10, 4 * 16 * 16], Role::Weight);
        graph.node("classifier", Op::Linear(Linear {}), &[flat], &[weight]);
        graph.finish_with_found_layers().unwrap()
    };
    let fixed = graph(64);
    assert_eq!(fixed.check_size([64, 64]), Ok(()));
    let refused = fixed.check_size([96, 96]).unwrap_err();
    assert_eq!(refused.code(), Code::AskInvalid);
    assert!(refused.to_string().contains("64 x 64") && refused.to_string().contains("classifier"), "{refused}");
    // A classifier of means takes any size, but none so large that it does not fit the memory.
    let free = architecture("efficientnet-lite-micro").unwrap().graph(10, false).unwrap();
    assert_eq!(free.check_size([48, 80]), Ok(()));
    assert_eq!(free.check_size([1 << 20, 1 << 20]).unwrap_err().code(), Code::AskInvalid);

    let mut manifest = micro::manifest(&["first"]);
    manifest.peers[0].model = Model::Graph(Box::new(fixed.spec().clone()));
    assert_eq!(manifest.check(), Ok(()));
    manifest.peers[0].preprocess = Some(Preprocess { side: 96, ..manifest.preprocess.clone() });
    assert_eq!(manifest.check().unwrap_err().code(), Code::BundleInvalid);
}
