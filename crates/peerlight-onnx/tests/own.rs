//! Files with networks of one's own: what is found in them, what is guessed, and what becomes of them.
#![allow(clippy::disallowed_methods, reason = "a native test may read synchronously")]

use std::{fs, path::PathBuf};

use burn::tensor::{Device, Tensor};
use peerlight_core::Code;
use peerlight_models::{Layer, micro};
use peerlight_onnx::{Labels, Options, OwnOptions, PeerOptions, build_own, import, inspect_own};

fn file(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/e2e/fixtures/networks");
    fs::read(folder.join(format!("{name}.onnx"))).unwrap()
}

fn saying(peer: PeerOptions) -> OwnOptions {
    OwnOptions { peer, ..OwnOptions::default() }
}

#[test]
fn what_an_onnx_file_says_and_lets_guess() {
    let named = saying(PeerOptions { name: Some("My Net (2)".into()), ..PeerOptions::default() });
    let found = inspect_own(&file("small"), &named).unwrap();
    let [peer] = found.peers.as_slice() else { panic!("one network") };
    assert_eq!((found.kind, peer.id.as_str(), peer.name.as_str()), ("onnx", "my-net--2", "My Net (2)"));
    assert_eq!((peer.preprocess.side, peer.preset, peer.network.head), (32, Some("torchvision"), "linear"));
    assert_eq!((peer.labels.join(" "), peer.labels_are), ("cat dog bird".into(), "known"));
    let by_file = OwnOptions { file: Some("small".into()), ..OwnOptions::default() };
    assert_eq!(inspect_own(&file("small"), &by_file).unwrap().peers[0].name, "small");
    let said = saying(PeerOptions::of_json(r#"{"name": "Said"}"#, &|_| unreachable!()).unwrap());
    let both = OwnOptions { file: by_file.file, ..said };
    assert_eq!(inspect_own(&file("small"), &both).unwrap().peers[0].name, "Said");
    let other = inspect_own(&file("last-axis"), &OwnOptions::default()).unwrap();
    let peer = &other.peers[0];
    assert_eq!((peer.preprocess.side, peer.network.head, peer.labels_are), (48, "opaque", "numbers"));
}

#[test]
fn what_a_person_says_wins_or_is_refused() {
    let bytes = file("any-size");
    let says = |side, names: &[&str]| {
        let labels = Labels::Names(names.iter().map(|name| name.to_string()).collect());
        let preparation = Some("caffe,crop=1".parse().unwrap());
        saying(PeerOptions { side: Some(side), labels: Some(labels), preparation, ..PeerOptions::default() })
    };
    let found = inspect_own(&bytes, &says(64, &["a", "b", "c"])).unwrap();
    let peer = &found.peers[0];
    assert_eq!((peer.preprocess.side, peer.preset, peer.preprocess.crop), (64, Some("caffe"), 1.0));
    assert_eq!(peer.labels, ["a", "b", "c"]);
    let refused = inspect_own(&bytes, &says(64, &["a", "b"])).unwrap_err();
    assert_eq!(refused.code(), Code::AskInvalid);
    assert!(refused.to_string().contains("3 classes"), "{refused}");
    let refused = inspect_own(&file("small"), &says(64, &["a", "b", "c"])).unwrap_err();
    assert!(refused.to_string().contains("32 x 32"), "{refused}");
}

#[test]
fn an_onnx_file_built_computes_what_it_does_imported() {
    let (bytes, device) = (file("last-axis"), Device::flex());
    let own = build_own(bytes.clone(), &OwnOptions::default(), &device).unwrap();
    let [(manifest, network)] = own.peers.as_slice() else { panic!("one network") };
    assert_eq!((manifest.id.as_str(), &own.name), ("network", &None));
    // A network's map is not taken for the mutual one because of its file's name.
    let named = |name: &str| OwnOptions { file: Some(name.into()), ..OwnOptions::default() };
    let id = |name: &str| build_own(bytes.clone(), &named(name), &device).unwrap().peers[0].0.id.clone();
    assert_eq!(["Mutual", "image", "mutuals"].map(id), ["network-mutual", "network-image", "mutuals"]);
    let imported = import(&bytes, &Options::default()).unwrap();
    let other = peerlight_models::Network::new(imported.graph, imported.values, &device).unwrap();
    let x = Tensor::<4>::ones([1, 3, 48, 48], &device);
    let logits = |network: &peerlight_models::Network| network.logits(Layer::INPUT, x.clone()).into_data();
    assert_eq!(logits(network), logits(&other));
}

#[test]
fn all_of_a_bundle_or_some_of_it() {
    let (bytes, device) = (micro::bundle().unwrap(), Device::flex());
    let all = build_own(bytes.clone(), &OwnOptions::default(), &device).unwrap();
    assert_eq!((all.name.as_deref(), all.peers.len()), (Some("Known answers"), 2));
    let one = |id: &str| OwnOptions { peers: Some(vec![id.into()]), ..OwnOptions::default() };
    let second = build_own(bytes.clone(), &one("second"), &device).unwrap();
    // What comes with Peerlight for a file holds for all of its peers together.
    let shipped = include_str!("../../peerlight-models/calibrations/lite0-lite1.json");
    let shipped: serde_json::Value = serde_json::from_str(shipped).unwrap();
    let hash = shipped["bundle_sha256"].as_str().unwrap();
    assert!(all.calibration(hash).unwrap().is_some() && all.calibration("another").unwrap().is_none());
    assert!(second.calibration(hash).unwrap().is_none());
    assert_eq!((second.name.as_deref(), second.peers[0].0.id.as_str()), (None, "second"));
    assert_eq!(second.peers[0].0.labels.as_ref().map(Vec::len), Some(micro::CLASSES));
    let x = micro::input(&device);
    let logits = |own: &peerlight_models::Network| own.logits(Layer::INPUT, x.clone()).into_data();
    assert_eq!(logits(&second.peers[0].1), logits(&all.peers[1].1));
    assert_eq!(inspect_own(&bytes, &one("third")).unwrap_err().code(), Code::AskInvalid);
    let found = inspect_own(&bytes, &one("first")).unwrap();
    assert_eq!((found.kind, found.peers.len(), found.peers[0].preset), ("bundle", 1, Some("tf")));
}

#[test]
fn what_is_neither_is_refused() {
    for bytes in [&b""[..], b"not a network", &file("small")[..3000], &micro::bundle().unwrap()[..200]] {
        let refused = inspect_own(bytes, &OwnOptions::default()).unwrap_err();
        assert!(matches!(refused.code(), Code::BundleInvalid | Code::BundleTruncated), "{refused}");
    }
}

#[test]
fn a_file_of_another_kind_is_told_by_its_kind() {
    let cases: [(&[u8], &str); 4] = [
        (b"\x1f\x8b\x08\0\0\0\0\0\0\x03", "The ONNX file is a compressed file (gzip): unpack it first."),
        (b"PK\x03\x04\x14\0\0\0\0\0", "export the network as ONNX"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b"<!doctype html><html>", "download the file itself"),
    ];
    for (bytes, words) in cases {
        let said = inspect_own(bytes, &OwnOptions::default()).unwrap_err().to_string();
        assert!(said.contains(words), "{said}");
    }
}
