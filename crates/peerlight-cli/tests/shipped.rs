//! The bundles that the page ships are what their index says, and tell how they were made.

#![allow(clippy::disallowed_methods, reason = "a native test may read synchronously")]

mod support;

use std::fs;

use burn::tensor::Device;
use peerlight_explain::Session;
use peerlight_models::Bundle;
use peerlight_testkit::golden::root;
use peerlight_train::{Record, recipe::Optimizer};
use serde_json::{Value, json};
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

/// The record of the pair that shipped before, with the names of an earlier version.
#[test]
fn a_record_with_earlier_names_is_still_read() {
    let read: Record = serde_json::from_value(json!({
        "version": "0.1.0", "from_sha256": "0", "pictures": 12992, "skipped": 0, "steps": 100,
        "recipe": {
            "batch": 12, "beta": 20.0, "clip": 5.0, "crop": 0.5, "decay": 0.0, "delta": 1.0, "evidence": "guided",
            "from": "models/lite0-lite1.safetensors", "gamma": 0.0, "grid": 7, "jitter": 0.0, "keep": 0.5,
            "lambda": 1.0, "lead": "mutual", "map-side": 28, "mask": "both", "momentum": 0.9, "onto": "both",
            "optimiser": "adamw", "peers": [], "pictures": ["imagenette/train", "data/caltech101"], "power": 2,
            "rate": 3e-05, "seed": 0, "sides": [224], "stages": [], "steps": 100, "stretch": 1.25,
            "targets": "teacher", "teach": "network", "temperature": 1.0, "transfer": "regional",
            "val": "imagenette/val", "val-part": 0.1, "warm-up": 10,
        },
        "validation": { "ce": [0.845, 0.761], "pictures": 500, "rho": 0.87, "right": [0.776, 0.808] },
    }))
    .unwrap();
    assert_eq!((read.recipe.loss.transfer_weight, read.recipe.loss.consistency_weight), (20.0, 1.0));
    assert_eq!((read.recipe.schedule.batch_size, read.recipe.schedule.optimizer), (12, Optimizer::Adamw));
    assert_eq!(read.validation.unwrap().accuracy, [0.776, 0.808]);
}

#[test]
fn the_trained_pair_keeps_its_record_and_no_path() {
    let bytes = fs::read(root().join("web/models/lite0-lite1-peers.safetensors")).unwrap();
    let published = fs::read(root().join("web/models/lite0-lite1.safetensors")).unwrap();
    let bundle = Bundle::parse(&bytes).unwrap();
    let record = bundle.manifest.training.clone().expect("a record");
    assert_eq!(record["from_sha256"], Bundle::parse(&published).unwrap().sha256());
    let read: Record = serde_json::from_value(record.clone()).unwrap();
    assert_eq!(f64::from(read.recipe.loss.transfer_weight), record["recipe"]["transfer-weight"].as_f64().unwrap());
    assert_eq!(read.recipe.schedule.optimizer, Optimizer::Adamw);
    assert_eq!(read.validation.unwrap().accuracy.len(), bundle.manifest.peers.len());
    let recipe = &record["recipe"];
    let weight = recipe["transfer-weight"].as_f64().unwrap();
    assert!(recipe["seed"].is_u64() && recipe["steps"].is_u64() && weight > 0.0, "{recipe}");
    let paths = recipe["images"].as_array().unwrap().iter().chain([&recipe["from"], &recipe["val"]]);
    for path in paths.map(|path| path.as_str().unwrap()) {
        assert!(!path.starts_with(['/', '.']) && path.matches('/').count() == 1, "{path}");
    }
}
