//! The command line as a person or a script meets it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use peerlight_models::micro;
use serde_json::Value;
use tempfile::TempDir;

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn peerlight(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_peerlight"));
    command.args(args).env_remove("PEERLIGHT_BUNDLE").output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Runs and expects success.
fn fine(args: &[&str]) -> Output {
    let output = peerlight(args);
    assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
    output
}

/// Runs and expects this exit code and these words on standard error.
fn refused(args: &[&str], exit: i32, words: &[&str]) {
    let output = peerlight(args);
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(exit), "{args:?}: {error}");
    assert!(words.iter().all(|word| error.contains(word)), "{args:?}: {error}");
    assert!(!error.contains("panicked"), "{args:?}: {error}");
}

/// A folder with the micro bundle.
fn folder() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("micro.safetensors");
    fs::write(&bundle, micro::bundle().unwrap()).unwrap();
    let bundle = bundle.to_str().unwrap().to_string();
    (folder, bundle)
}

fn names(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn without_timings(json: &str) -> Value {
    let mut value: Value = serde_json::from_str(json).unwrap();
    assert!(value["timings"].as_array().unwrap().iter().all(|t| t["ms"].as_f64().unwrap() >= 0.0));
    value["timings"].take();
    value
}

#[test]
fn explain_writes_four_files_a_photo_and_prints_the_same_figures() {
    let bundle = root().join("web/models/lite0-lite1.safetensors");
    let samples = ["cat", "coffee"].map(|name| root().join(format!("web/samples/{name}.jpg")));
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("new/explained");
    let [cat, coffee] = samples.each_ref().map(|path| path.to_str().unwrap());
    let (bundle, out_arg) = (bundle.to_str().unwrap(), out.to_str().unwrap());
    let output = fine(&["explain", cat, coffee, "--bundle", bundle, "--out", out_arg, "--json"]);

    let lines: Vec<&str> = text(&output.stdout).lines().collect();
    assert_eq!(lines.len(), 2);
    let mut expected = BTreeSet::new();
    for (line, name) in lines.iter().zip(["cat", "coffee"]) {
        let printed = without_timings(line);
        let saved = fs::read_to_string(out.join(format!("{name}.json"))).unwrap();
        assert_eq!(printed, without_timings(&saved));
        assert_eq!(printed["regions"].as_array().unwrap().len(), 49);
        expected.insert(format!("{name}.json"));
        for map in ["mutual", "efficientnet-lite0", "efficientnet-lite1"] {
            let file = format!("{name}.{map}.png");
            let size = image::image_dimensions(out.join(&file)).unwrap();
            let photo = &printed["photo"];
            assert_eq!((photo["width"].as_u64(), photo["height"].as_u64()), (Some(size.0.into()), Some(size.1.into())));
            expected.insert(file);
        }
    }
    assert_eq!(names(&out), expected);
    assert!(text(&output.stderr).contains("[2/2]"));
    let label = &serde_json::from_str::<Value>(lines[0]).unwrap()["target"]["label"];
    assert!(label.as_str().unwrap().to_lowercase().contains("cat"), "{label}");
}

#[test]
fn settings_reach_the_explanation() {
    let (_folder, bundle) = folder();
    let photo = root().join("tests/golden/pictures/rgb-61x37.png");
    let settings =
        "--grid 4 --class 3 --evidence class --fuse product --weight uniform --power 1 --stages 4,8 --crop 0.5";
    let mut args = vec!["explain", photo.to_str().unwrap(), "--bundle", &bundle, "--json"];
    args.extend(settings.split(' '));
    let value: Value = serde_json::from_slice(&fine(&args).stdout).unwrap();
    let expected = serde_json::json!({
        "grid": 4, "target": 3, "evidence": "class", "fuse": "product", "weight": "uniform", "power": 1,
        "stages": [4, 8], "crop": 0.5,
    });
    assert_eq!(value["settings"], expected);
    assert_eq!(value["target"], serde_json::json!({ "class": 3, "label": "class 3", "chosen": true }));
    let named = fine(&["explain", photo.to_str().unwrap(), "-b", &bundle, "--json", "--class", "CLASS 7"]);
    assert_eq!(serde_json::from_slice::<Value>(&named.stdout).unwrap()["target"]["class"], 7);
}

#[test]
fn one_bad_photo_does_not_stop_the_others() {
    let (folder, bundle) = folder();
    let photo = root().join("tests/golden/pictures/rgb-61x37.png");
    let bad = folder.path().join("note.jpg");
    fs::write(&bad, "not a picture").unwrap();
    let output = peerlight(&["explain", bad.to_str().unwrap(), photo.to_str().unwrap(), "-b", &bundle, "--json"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stdout).lines().count(), 1);
    let error = text(&output.stderr);
    assert!(error.contains("image-broken") && error.contains("1 of 2 photos"), "{error}");
}

#[test]
fn what_goes_wrong_is_named() {
    let (folder, bundle) = folder();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_string();
    let photo = root().join("tests/golden/pictures/rgb-61x37.png").to_str().unwrap().to_string();
    fs::write(path("text.jpg"), "hello").unwrap();
    fs::write(path("empty.png"), "").unwrap();
    fs::write(path("broken.safetensors"), "hello").unwrap();
    fs::write(path("short.safetensors"), &micro::bundle().unwrap()[..5000]).unwrap();
    fs::create_dir(path("nothing")).unwrap();
    let explain = |photo: &str, bundle: &str, more: &[&str], exit, words: &[&str]| {
        let args = [&["explain", photo, "--bundle", bundle, "--json"], more].concat();
        refused(&args, exit, words);
    };
    explain(&path("missing.jpg"), &bundle, &[], 1, &["file-unreadable", "missing.jpg"]);
    explain(&path("text.jpg"), &bundle, &[], 1, &["image-broken"]);
    explain(&path("empty.png"), &bundle, &[], 1, &["image-empty"]);
    explain(&path("nothing"), &bundle, &[], 1, &["file-unreadable", "nothing"]);
    explain(&photo, &path("missing.safetensors"), &[], 1, &["file-unreadable", "missing.safetensors"]);
    explain(&photo, &path("broken.safetensors"), &[], 1, &["bundle-"]);
    explain(&photo, &path("short.safetensors"), &[], 1, &["bundle-truncated"]);
    explain(&photo, &bundle, &["--class", "zebra"], 1, &["ask-invalid", "zebra"]);
    explain(&photo, &bundle, &["--class", "10"], 1, &["ask-invalid", "10"]);
    explain(&photo, &bundle, &["--class", "class"], 1, &["ask-invalid"]);
    explain(&photo, &bundle, &["--grid", "99"], 1, &["ask-invalid", "99"]);
    explain(&photo, &bundle, &["--device", "webgpu"], 1, &["device-unavailable"]);
    // What the command line itself refuses.
    explain(&photo, &bundle, &["--grid", "many"], 2, &["--grid"]);
    explain(&photo, &bundle, &["--evidence", "guess"], 2, &["--evidence", "guided"]);
    explain(&photo, &bundle, &["--colour", "jet"], 2, &["cividis"]);
    explain(&photo, &bundle, &["--opacity", "2"], 2, &["--opacity"]);
    refused(&["explain", &photo], 2, &["--bundle"]);
    refused(&["explain", "--bundle", &bundle, "--json"], 2, &["PHOTO"]);
    refused(&["import", "efficientnet-lite0", "--out", &path("a")], 2, &["2 values"]);
    refused(&["import", "efficientnet-lite0", "resnet50", "--out", &path("a")], 1, &["bundle-invalid", "resnet50"]);
    let foreign = format!("efficientnet-lite0:{}", path("text.jpg"));
    refused(&["import", &foreign, &foreign, "--out", &path("a")], 1, &["bundle-invalid", "text.jpg"]);
    assert!(!Path::new(&path("a")).exists());
}

#[test]
fn the_catalog_is_for_people_and_machines() {
    let catalog: Value = serde_json::from_slice(&fine(&["catalog", "--json"]).stdout).unwrap();
    let ids = |list: &str, key: &str| -> Vec<String> {
        catalog[list].as_array().unwrap().iter().map(|entry| entry[key].as_str().unwrap().into()).collect()
    };
    let shown = fine(&["catalog"]);
    let lists = [("backbones", "id"), ("settings", "id"), ("colours", "id"), ("errors", "code")];
    for (list, key) in lists {
        let ids = ids(list, key);
        assert!(ids.len() >= 4, "{list}: {ids:?}");
        assert!(ids.iter().all(|id| text(&shown.stdout).contains(id)), "{list}: {ids:?}");
    }
    assert_eq!(catalog["version"], env!("CARGO_PKG_VERSION"));
    assert!(text(&fine(&["--version"]).stdout).contains(env!("CARGO_PKG_VERSION")));
}
