//! The bundles that the page ships are what their index says, and tell how they were made.

#![allow(clippy::disallowed_methods, reason = "a native test may read synchronously")]

mod support;

use std::fs;

use burn::tensor::Device;
use peerlight_explain::Session;
use peerlight_models::Bundle;
use peerlight_testkit::golden::root;
use peerlight_train::{Record, recipe::Optimizer};
use serde_json::Value;
use support::{Place, code, text};

#[test]
fn every_bundle_is_what_the_index_says() {
    let models = root().join("web/models");
    let index: Value = serde_json::from_slice(&fs::read(models.join("index.json")).unwrap()).unwrap();
    let bundles = index["bundles"].as_array().unwrap();
    assert_eq!(bundles[0]["id"], index["default"], "the default first");
    for entry in bundles {
        let bytes = fs::read(models.join(entry["file"].as_str().unwrap())).unwrap();
        let bundle = Bundle::parse(&bytes).unwrap();
        assert_eq!((entry["bytes"].as_u64().unwrap(), &entry["sha256"]), (bytes.len() as u64, &bundle.sha256().into()));
        let session = Session::open(&bundle, &Device::flex(), "CPU").unwrap();
        assert_eq!(entry["name"], session.info().name.as_str());
        assert_eq!(session.info().classes.len(), 1000);
    }
    let files = fs::read_dir(&models).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let listed: Vec<&str> = ["file", "from"]
        .iter()
        .flat_map(|key| bundles.iter().map(move |entry| entry[*key].as_str().unwrap()))
        .collect();
    let unlisted: Vec<String> =
        files.filter(|name| name.ends_with(".safetensors") && !listed.contains(&name.as_str())).collect();
    assert!(unlisted.is_empty(), "{unlisted:?}");
}

#[test]
fn every_bundle_is_what_import_makes_of_the_one_in_16_bits() {
    let models = root().join("web/models");
    let index: Value = serde_json::from_slice(&fs::read(models.join("index.json")).unwrap()).unwrap();
    let place = Place::new();
    for entry in index["bundles"].as_array().unwrap() {
        let [file, from] = ["file", "from"].map(|key| models.join(entry[key].as_str().unwrap()));
        let output = place.run(&["import", from.to_str().unwrap(), "--precision", "int8", "--out", "made.safetensors"]);
        assert_eq!(code(&output), 0, "{}", text(&output.stderr));
        assert!(fs::read(place.path("made.safetensors")).unwrap() == fs::read(&file).unwrap(), "{}", file.display());
        let (bytes, original) = (fs::read(&file).unwrap(), fs::read(&from).unwrap());
        let (bundle, original) = (Bundle::parse(&bytes).unwrap(), Bundle::parse(&original).unwrap());
        assert_eq!(bundle.manifest.training, original.manifest.training);
        assert_eq!(bundle.parameters(0), original.parameters(0));
        let calibration =
            |bundle: &Bundle| bundle.calibration(&bundle.sha256()).unwrap().expect("what ships is calibrated");
        assert_eq!(calibration(&bundle), calibration(&original));
    }
}

#[test]
fn the_trained_pair_keeps_its_record_and_no_path() {
    let bytes = fs::read(root().join("web/models/lite0-lite1-peers.safetensors")).unwrap();
    let published = fs::read(root().join("web/models/lite0-lite1.safetensors")).unwrap();
    let bundle = Bundle::parse(&bytes).unwrap();
    let record = bundle.manifest.training.clone().expect("a record");
    assert_eq!(record["from_sha256"], Bundle::parse(&published).unwrap().sha256());
    // Its names are those of an earlier version, and are still read.
    let read: Record = serde_json::from_value(record.clone()).unwrap();
    assert_eq!(f64::from(read.recipe.loss.transfer_weight), record["recipe"]["beta"].as_f64().unwrap());
    assert_eq!(read.recipe.schedule.optimizer, Optimizer::Adamw);
    assert_eq!(read.validation.unwrap().accuracy.len(), bundle.manifest.peers.len());
    let recipe = &record["recipe"];
    assert!(recipe["seed"].is_u64() && recipe["steps"].is_u64() && recipe["beta"].as_f64().unwrap() > 0.0, "{recipe}");
    let paths = recipe["pictures"].as_array().unwrap().iter().chain([&recipe["from"], &recipe["val"]]);
    for path in paths.map(|path| path.as_str().unwrap()) {
        assert!(!path.starts_with(['/', '.']) && path.matches('/').count() == 1, "{path}");
    }
}
