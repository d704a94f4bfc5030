//! Files that are damaged, or made to do damage: every one gives an error of the right code or a
//! bundle that can be used, and none a panic.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};

use burn::tensor::Device;
use peerlight_core::{Code, Preprocess, Result};
use peerlight_models::{
    Array, Builder, Bundle, Layer, Manifest, Model, PeerManifest, Precision, Role, architecture,
    kernels::Geometry,
    micro,
    ops::{Flatten, Linear, Op},
};
use safetensors::{Dtype, View};
use serde_json::{Value, json};

/// Reads a file as far as it goes: its description, and every peer's tensors.
fn open(bytes: &[u8]) -> Result<Manifest> {
    let bundle = Bundle::parse(bytes)?;
    for peer in 0..bundle.manifest.peers.len() {
        bundle.build(peer, &Device::flex())?;
        assert!(bundle.parameters(peer) > 0);
    }
    Ok(bundle.manifest)
}

fn code(bytes: &[u8]) -> Option<Code> {
    open(bytes).err().map(|e| {
        assert!(e.to_string().len() > 20 && e.to_string().ends_with('.'), "not a sentence: {e}");
        e.code()
    })
}

/// The length of the header, and the header as JSON.
fn header(bytes: &[u8]) -> (usize, Value) {
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    (length, serde_json::from_slice(&bytes[8..8 + length]).unwrap())
}

/// The file with another header.
fn with_header(bytes: &[u8], header: &str) -> Vec<u8> {
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let mut changed = (header.len() as u64).to_le_bytes().to_vec();
    changed.extend(header.as_bytes());
    changed.extend(&bytes[8 + length..]);
    changed
}

/// The micro bundle with a change to its description.
fn described(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let bytes = micro::bundle().unwrap();
    let (_, mut header) = header(&bytes);
    let mut manifest = serde_json::from_str(header["__metadata__"]["peerlight"].as_str().unwrap()).unwrap();
    change(&mut manifest);
    header["__metadata__"]["peerlight"] = manifest.to_string().into();
    with_header(&bytes, &header.to_string())
}

/// The micro bundle with a change to one tensor.
fn with_tensor(name: &str, change: impl FnOnce(&mut Array)) -> Vec<u8> {
    let mut tensors = micro::tensors(&micro::PEERS).unwrap();
    change(tensors.get_mut(name).unwrap());
    written(tensors.into_iter().map(|(name, array)| (name, Stored::from(array))).collect())
}

/// A tensor as it lies in a file: of any type, and with any numbers.
struct Stored(Dtype, Vec<usize>, Vec<u8>);

impl From<Array> for Stored {
    fn from(array: Array) -> Self {
        Self(Dtype::F32, array.shape, array.values.iter().flat_map(|v| v.to_le_bytes()).collect())
    }
}

impl View for &Stored {
    fn dtype(&self) -> Dtype {
        self.0
    }

    fn shape(&self) -> &[usize] {
        &self.1
    }

    fn data(&self) -> Cow<'_, [u8]> {
        (&self.2).into()
    }

    fn data_len(&self) -> usize {
        self.2.len()
    }
}

/// A file with the micro bundle's description and these tensors, whatever they are.
fn written(tensors: Vec<(String, Stored)>) -> Vec<u8> {
    let manifest = serde_json::to_string(&micro::manifest(&micro::PEERS)).unwrap();
    let metadata = [("peerlight".to_string(), manifest)].into_iter().collect();
    safetensors::serialize(tensors.iter().map(|(name, stored)| (name, stored)), Some(metadata)).unwrap()
}

#[test]
fn the_micro_bundle_opens_in_both_precisions() {
    assert_eq!(open(&micro::bundle().unwrap()).unwrap(), micro::manifest(&micro::PEERS));
    let tensors = micro::tensors(&["a", "b", "c"]).unwrap();
    let manifest = micro::manifest(&["a", "b", "c"]);
    let half = Bundle::write(&manifest, &tensors, Precision::Half).unwrap();
    assert_eq!(open(&half).unwrap(), manifest);
}

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

#[test]
fn a_file_cut_short_says_so() {
    let bytes = micro::bundle().unwrap();
    let (header, _) = header(&bytes);
    let cuts = (0..16).map(|i| i * bytes.len() / 16).chain(0..16).chain((8..8 + header).step_by(97));
    for cut in cuts.chain([8 + header - 1, 8 + header, 8 + header + 1, bytes.len() - 1]) {
        assert_eq!(code(&bytes[..cut]), Some(Code::BundleTruncated), "{cut} of {}", bytes.len());
    }
}

#[test]
fn a_flipped_bit_never_panics() {
    let bytes = micro::bundle().unwrap();
    let (header, _) = header(&bytes);
    let mut codes = HashMap::new();
    let mut random = 1u64;
    for _ in 0..600 {
        // A linear congruential generator (Knuth's MMIX), so that every run flips the same bits.
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let bit = (random >> 20) as usize % ((8 + header) * 8);
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        *codes.entry(code(&flipped).map_or("none", Code::id)).or_insert(0) += 1;
    }
    println!("{codes:?}");
    let expected = ["none", "bundle-truncated", "bundle-invalid", "bundle-version"];
    assert!(codes.keys().all(|code| expected.contains(code)), "{codes:?}");
    assert!(codes["bundle-invalid"] > 100, "{codes:?}");
}

#[test]
fn headers_that_lie_are_refused() {
    let bytes = micro::bundle().unwrap();
    let with_length = |length: u64| [&length.to_le_bytes(), &bytes[8..]].concat();
    let (_, header) = header(&bytes);
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut header = header.clone();
        change(&mut header);
        with_header(&bytes, &header.to_string())
    };
    let invalid = Some(Code::BundleInvalid);
    let cases = [
        ("empty", Vec::new(), Some(Code::BundleTruncated)),
        ("zeros", vec![0; 4096], invalid),
        ("a web page", b"<!doctype html><title>404 Not Found</title>".repeat(40), invalid),
        ("a header of 2^64 - 1 bytes", with_length(u64::MAX), invalid),
        ("a header of 2^40 bytes", with_length(1 << 40), invalid),
        ("a header of a byte more than the file", with_length(bytes.len() as u64), Some(Code::BundleTruncated)),
        ("a header of 0 bytes", with_length(0), invalid),
        ("not JSON", with_header(&bytes, "{oops"), invalid),
        ("deep JSON", with_header(&bytes, &"[".repeat(100_000)), invalid),
        ("no metadata", changed(&|h| drop(h.as_object_mut().unwrap().remove("__metadata__"))), invalid),
        ("another's metadata", changed(&|h| h["__metadata__"] = json!({ "format": "pt" })), invalid),
        (
            "overlapping tensors",
            changed(&|h| h["second.stem.bias"]["data_offsets"] = h["first.stem.bias"]["data_offsets"].clone()),
            invalid,
        ),
        ("offsets backwards", changed(&|h| h["first.stem.bias"]["data_offsets"] = json!([32, 0])), invalid),
        (
            "offsets beyond the file",
            changed(&|h| h["first.stem.bias"]["data_offsets"] = json!([0, 1u64 << 60])),
            invalid,
        ),
        ("a shape that overflows", changed(&|h| h["first.stem.bias"]["shape"] = json!([u64::MAX, u64::MAX])), invalid),
        ("a type that does not exist", changed(&|h| h["first.stem.bias"]["dtype"] = "F13".into()), invalid),
        ("bytes after the end", [bytes.as_slice(), b"more"].concat(), Some(Code::BundleTruncated)),
    ];
    for (what, file, expected) in cases {
        let got = code(&file);
        assert_eq!(got, expected, "{what}");
    }
}

#[test]
fn descriptions_that_cannot_be_are_refused() {
    let peers = |ids: &[&str]| {
        let ids = ids.iter().map(|id| json!({ "id": id, "backbone": "efficientnet-lite-micro" }));
        Value::Array(ids.collect())
    };
    type Change = Box<dyn FnOnce(&mut Value)>;
    let set = |key: &'static str, value: Value| -> Change { Box::new(move |m| m[key] = value) };
    let preprocess = |key: &'static str, value: Value| -> Change { Box::new(move |m| m["preprocess"][key] = value) };
    let many: Vec<String> = (0..17).map(|i| format!("peer-{i}")).collect();
    let invalid = Code::BundleInvalid;
    let cases: Vec<(&str, Change, Code)> = vec![
        ("a newer format", set("format", json!(3)), Code::BundleVersion),
        (
            "a newer format in words of its own",
            Box::new(|m| *m = json!({ "format": 9, "nets": [] })),
            Code::BundleVersion,
        ),
        ("no format", set("format", Value::Null), invalid),
        ("a format in words", set("format", "one".into()), invalid),
        ("no peers", set("peers", json!([])), invalid),
        ("seventeen peers", set("peers", peers(&many.iter().map(String::as_str).collect::<Vec<_>>())), invalid),
        ("a peer twice", set("peers", peers(&["first", "first"])), invalid),
        ("a peer without tensors", set("peers", peers(&["first", "third"])), invalid),
        ("a peer named as a path", set("peers", peers(&["first", "../second"])), invalid),
        ("a peer without a name", set("peers", peers(&["first", ""])), invalid),
        ("a peer with a long name", set("peers", peers(&["first", &"x".repeat(65)])), invalid),
        ("an unknown backbone", Box::new(|m| m["peers"][1]["backbone"] = "resnet50".into()), invalid),
        ("another backbone", Box::new(|m| m["peers"][1]["backbone"] = "efficientnet-lite0".into()), invalid),
        ("a label too few", Box::new(|m| drop(m["labels"].as_array_mut().unwrap().pop())), invalid),
        ("a label too many", Box::new(|m| m["labels"].as_array_mut().unwrap().push("eleven".into())), invalid),
        ("no labels", set("labels", json!([])), invalid),
        ("labels that are numbers", set("labels", json!([1, 2])), invalid),
        ("a side of 0", preprocess("side", json!(0)), invalid),
        ("a side of a million", preprocess("side", json!(1_000_000)), invalid),
        ("a crop of 0", preprocess("crop", json!(0.0)), invalid),
        ("a crop of 2", preprocess("crop", json!(2.0)), invalid),
        ("a crop below 0", preprocess("crop", json!(-0.5)), invalid),
        ("two means", preprocess("mean", json!([0.5, 0.5])), invalid),
        ("an enormous mean", preprocess("mean", json!([1e300, 0.5, 0.5])), invalid),
        ("a deviation of 0", preprocess("std", json!([0.5, 0.0, 0.5])), invalid),
        ("a deviation below 0", preprocess("std", json!([0.5, -1.0, 0.5])), invalid),
        ("no preprocessing", set("preprocess", Value::Null), invalid),
        ("a list", Box::new(|m| *m = json!([])), invalid),
    ];
    for (what, change, expected) in cases {
        assert_eq!(code(&described(change)), Some(expected), "{what}");
    }
}

#[test]
fn tensors_that_do_not_fit_are_refused() {
    let name = "second.blocks.3.depthwise.weight";
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let file = with_tensor(name, |array| *array.values.last_mut().unwrap() = value);
        assert_eq!(code(&file), Some(Code::BundleInvalid), "{value}");
    }
    let transposed = with_tensor(name, |array| array.shape.swap(0, 1));
    assert_eq!(code(&transposed), Some(Code::BundleInvalid));
    let flat = with_tensor(name, |array| array.shape = vec![array.values.len()]);
    assert_eq!(code(&flat), Some(Code::BundleInvalid));
    let empty = with_tensor(name, |array| *array = Array { shape: vec![0], values: Vec::new() });
    assert_eq!(code(&empty), Some(Code::BundleInvalid));

    let stored = || micro::tensors(&micro::PEERS).unwrap().into_iter().map(|(n, array)| (n, Stored::from(array)));
    let missing = stored().filter(|(n, _)| n != name).collect();
    assert_eq!(code(&written(missing)), Some(Code::BundleInvalid));
    for (dtype, size) in [(Dtype::I64, 8), (Dtype::F64, 8), (Dtype::BF16, 2), (Dtype::U8, 1)] {
        let other = stored().map(|(n, Stored(own, shape, data))| {
            let count = data.len() / 4;
            if n == name { (n, Stored(dtype, shape, vec![0; count * size])) } else { (n, Stored(own, shape, data)) }
        });
        assert_eq!(code(&written(other.collect())), Some(Code::BundleInvalid), "{dtype:?}");
    }
}

#[test]
fn a_subnormal_half_and_the_largest_half_survive() {
    let mut tensors = micro::tensors(&micro::PEERS).unwrap();
    let bias = &mut tensors.get_mut("first.stem.bias").unwrap().values;
    (bias[0], bias[1]) = (5.960_464_5e-8, 65504.0);
    let manifest = micro::manifest(&micro::PEERS);
    let write = |tensors: &BTreeMap<String, Array>| Bundle::write(&manifest, tensors, Precision::Half);
    open(&write(&tensors).unwrap()).unwrap();
    tensors.get_mut("first.stem.bias").unwrap().values[0] = 70_000.0;
    assert_eq!(write(&tensors).unwrap_err().code(), Code::BundleInvalid);
}

#[test]
fn what_cannot_be_read_is_not_written() {
    let tensors = micro::tensors(&micro::PEERS).unwrap();
    let peer = |id: &str, architecture: &str| PeerManifest::new(id, architecture);
    for peers in [Vec::new(), vec![peer("first", "efficientnet-lite-micro"), peer("second", "resnet50")]] {
        let manifest = Manifest { peers, ..micro::manifest(&micro::PEERS) };
        let refused = Bundle::write(&manifest, &tensors, Precision::Single);
        assert_eq!(refused.unwrap_err().code(), Code::BundleInvalid);
    }
}
