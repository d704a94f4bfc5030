//! Files that are damaged, or made to do damage: every one gives an error of the right code or a
//! bundle that can be used, and none a panic.

mod support;

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};

use peerlight_core::Code;
use peerlight_models::{Array, Bundle, FORMAT, Manifest, PeerManifest, Precision, micro};
use safetensors::{Dtype, View};
use serde_json::{Value, json};
use support::{code, described, header, open, with_header};

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
        ("a newer format", set("format", json!(FORMAT + 1)), Code::BundleVersion),
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
