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

/// Runs and expects that some images were left out.
fn partly(args: &[&str]) -> Output {
    let output = peerlight(args);
    assert_eq!(output.status.code(), Some(3), "{args:?}: {}", text(&output.stderr));
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
fn explain_writes_four_files_a_image_and_prints_the_same_figures() {
    let bundle = root().join("web/models/lite0-lite1.safetensors");
    let samples = ["cat", "coffee"].map(|name| root().join(format!("web/samples/{name}.jpg")));
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("new/explained");
    let [cat, coffee] = samples.each_ref().map(|path| path.to_str().unwrap());
    let (bundle, out_arg) = (bundle.to_str().unwrap(), out.to_str().unwrap());
    let output = fine(&["explain", cat, coffee, "--bundle", bundle, "--out", out_arg, "--json"]);

    let lines: Vec<&str> = text(&output.stdout).lines().collect();
    assert_eq!(lines.len(), 2);
    let mut expected = BTreeSet::from(["index.html", "summary.csv"].map(String::from));
    for (line, name) in lines.iter().zip(["cat", "coffee"]) {
        let printed = without_timings(line);
        let saved = fs::read_to_string(out.join(format!("{name}.json"))).unwrap();
        assert_eq!(printed, without_timings(&saved));
        assert_eq!(printed["regions"].as_array().unwrap().len(), 49);
        expected.insert(format!("{name}.json"));
        for map in ["mutual", "efficientnet-lite0", "efficientnet-lite1"] {
            let file = format!("{name}.{map}.png");
            let size = image::image_dimensions(out.join(&file)).unwrap();
            let image = &printed["image"];
            assert_eq!((image["width"].as_u64(), image["height"].as_u64()), (Some(size.0.into()), Some(size.1.into())));
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
    let image = root().join("tests/golden/images/rgb-61x37.png");
    let settings = "--grid 4 --class 3 --evidence class --fuse product --weight uniform --contrast 2 --power 1 \
        --stages 4,8 --crop 0.5";
    let mut args = vec!["explain", image.to_str().unwrap(), "--bundle", &bundle, "--json"];
    args.extend(settings.split(' '));
    let value: Value = serde_json::from_slice(&fine(&args).stdout).unwrap();
    let expected = serde_json::json!({
        "grid": 4, "target": 3, "evidence": "class", "fuse": "product", "weight": "uniform", "exponent": 2.0,
        "power": 1.0,
        "stages": [4, 8], "crop": 0.5, "contrast": 2.0,
    });
    assert_eq!(value["settings"], expected);
    assert_eq!((&value["grid"], &value["peers"][1]["layers"]), (&4.into(), &serde_json::json!([4, 8])));
    assert_eq!(value["target"], serde_json::json!({ "class": 3, "label": "class 3", "chosen": true }));
    let named = fine(&["explain", image.to_str().unwrap(), "-b", &bundle, "--json", "--class", "CLASS 7"]);
    assert_eq!(serde_json::from_slice::<Value>(&named.stdout).unwrap()["target"]["class"], 7);
}

#[test]
fn methods_are_explained_by_beside_the_mutual_map() {
    let (folder, bundle) = folder();
    let out = folder.path().join("out");
    let image = root().join("tests/golden/images/rgb-61x37.png");
    let mut args = vec!["explain", image.to_str().unwrap(), "-b", &bundle, "--json", "--out", out.to_str().unwrap()];
    args.extend([
        "--method",
        "grad-cam,layer-cam:stages=4+5,mutual:fuse=product",
        "--class",
        "3",
        "--rather-than",
        "5",
    ]);
    let output = fine(&args);
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    let explained = |made: &Value| -> Vec<Value> {
        made["peers"].as_array().unwrap().iter().map(|peer| peer["peer"].clone()).collect()
    };
    let made: Vec<_> = value["methods"].as_array().unwrap().iter().map(|m| (&m["spec"], explained(m))).collect();
    let expected = serde_json::json!([
        ["grad-cam", [0]],
        ["grad-cam", [1]],
        ["layer-cam:layers=4+5", [0]],
        ["layer-cam:layers=4+5", [1]],
        ["mutual:fuse=product", [0, 1]],
    ]);
    assert_eq!(serde_json::to_value(made).unwrap(), expected);
    let first = &value["methods"][0];
    assert_eq!(first["target"]["class"], 3);
    assert_eq!(first["versus"], serde_json::json!({ "class": 5, "weight": 1.0 }));
    assert_eq!(first["contrast"], serde_json::json!({ "class": 5, "gamma": 1.0 }));
    assert_eq!(first["cost"], serde_json::json!({ "forward": 1, "partial": 1, "backward": 1 }));
    let maps = ["grad-cam.first", "grad-cam.second", "layer-cam,layers=4+5.first", "mutual,fuse=product"];
    let files = maps.map(|map| format!("rgb-61x37.{map}.class-3.rather-than.class-5.png"));
    assert!(files.iter().all(|file| names(&out).contains(file)), "{:?}", names(&out));
    assert!(text(&output.stderr).contains("1 forward, 1 partial, 1 backward"), "{}", text(&output.stderr));

    for (more, words) in [
        (["--method", "guess"], ["guess", "grad-cam"]),
        (["--method", "cam:stages=3"], ["CAM reads layer 8", "ask-invalid"]),
        (["--method", "score-cam:channels=many"], ["channels", "ask-invalid"]),
    ] {
        let args = [&["explain", image.to_str().unwrap(), "-b", &bundle, "--json"], &more[..]].concat();
        let output = peerlight(&args);
        let error = text(&output.stderr);
        assert!(!output.status.success() && words.iter().all(|word| error.contains(word)), "{error}");
    }
}

/// A folder of images of two classes, one of them broken, with boxes.
fn images(folder: &Path) -> (String, String) {
    let set = folder.join("set");
    let drawn = |seed: u32| {
        image::RgbImage::from_fn(80, 64, |x, y| {
            let wave = |a: u32, b: u32| ((x * a + y * b + seed * 37) % 256) as u8;
            image::Rgb([wave(seed + 1, 3), wave(2, seed + 2), wave(5, 1)])
        })
    };
    for i in 0..4 {
        let class = set.join(format!("class {}", i % 2));
        fs::create_dir_all(&class).unwrap();
        drawn(i).save(class.join(format!("{i}.png"))).unwrap();
    }
    fs::write(set.join("class 1/broken.jpg"), "no image").unwrap();
    let boxes = folder.join("boxes.csv");
    fs::write(&boxes, "path,x0,y0,x1,y1\nset/class 0/0.png,20,10,60,50\nset/class 1/1.png,0,0,80,64\n").unwrap();
    (set.to_str().unwrap().into(), boxes.to_str().unwrap().into())
}

/// A report without what differs from run to run.
fn without_times(path: &Path) -> Value {
    let mut report: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    for row in report["rows"].as_array_mut().unwrap() {
        row.as_object_mut().unwrap().retain(|key, _| key != "milliseconds" && key != "peak_memory");
    }
    report
}

#[test]
fn a_run_is_resumed_to_the_same_report() {
    let (folder, bundle) = folder();
    let (set, boxes) = images(folder.path());
    let out = |name: &str| folder.path().join(name).to_str().unwrap().to_string();
    let (whole, broken) = (out("whole"), out("broken"));
    let run = |out: &str, more: &[&str]| {
        let args = [
            "evaluate",
            &set,
            "-b",
            &bundle,
            "--boxes",
            &boxes,
            "--method",
            "mutual,cam,control-ones,rise:samples=4",
            "--out",
            out,
        ];
        partly(&[&args, more].concat())
    };
    let output = run(&whole, &["--peer", "all", "--maps", "1"]);
    let report = without_times(&folder.path().join("whole/report.json"));
    assert_eq!(report["protocol"], "peerlight-1");
    assert_eq!(report["pictures"], 4);
    assert_eq!(report["set"], "set");
    assert_eq!(report["bundle_sha256"].as_str().unwrap().len(), 64);
    // Four methods, two peers, three maskings.
    assert_eq!(report["rows"].as_array().unwrap().len(), 24);
    let row = &report["rows"][0];
    for key in [
        "average_drop",
        "average_increase",
        "average_gain",
        "insertion",
        "deletion",
        "complexity",
        "coherency",
        "adcc",
        "pointing",
        "energy",
    ] {
        assert!(row[key].is_number() && row[format!("{key}_ci")].is_array(), "{key}: {row}");
    }
    assert!(row["energy_small"].is_number() && row["blank"].is_u64() && row["forward"] == 2.0, "{row}");
    let paired = &report["paired"][0];
    assert_eq!((&paired["a"], &paired["b"], &paired["masking"]), (&"mutual".into(), &"cam".into(), &"top50".into()));
    assert_eq!(report["skipped"][0][0], "class 1/broken.jpg");
    let table = text(&output.stdout);
    assert!(table.contains("rise:samples=4") && table.contains("could not be read"), "{table}");
    // A map of ones keeps the upper half of the image: a figure that is marked, and never the best.
    let ones = table.lines().find(|line| line.starts_with("control-ones")).unwrap();
    assert!(ones.contains('†') && !ones.contains('*') && table.contains("their position decided"), "{table}");
    let html = fs::read_to_string(folder.path().join("whole/report.html")).unwrap();
    for part in [
        "<svg",
        "data:image/jpeg;base64,",
        "Agreement of the networks' maps",
        "Accuracy of second",
        "Average Drop, % ↓",
        "Mutual map minus each other method",
        "RISE, samples=4",
        "<td>†",
        "Fade to gray (soft-normalised)",
    ] {
        assert!(html.contains(part), "{part}");
    }
    let csv = fs::read_to_string(folder.path().join("whole/report.csv")).unwrap();
    assert_eq!(csv.lines().count(), 25);
    assert!(csv.starts_with("method,explained,masking,adcc,adcc_ci_low,adcc_ci_high,"), "{csv}");

    // The same, stopped after two images in the middle of a line.
    let journal = fs::read_to_string(folder.path().join("whole/records.jsonl")).unwrap();
    let lines: Vec<&str> = journal.lines().collect();
    assert_eq!(lines.len(), 6);
    fs::create_dir(folder.path().join("broken")).unwrap();
    let torn = format!("{}\n{}\n{}\n{}", lines[0], lines[1], lines[2], &lines[3][..lines[3].len() / 2]);
    fs::write(folder.path().join("broken/records.jsonl"), torn).unwrap();
    // The flag's old name is still read.
    let output = run(&broken, &["--peer", "all", "--gallery", "0"]);
    assert!(text(&output.stderr).contains("Going on: 2 of 5"), "{}", text(&output.stderr));
    assert_eq!(without_times(&folder.path().join("broken/report.json")), report);

    refused(&["evaluate", &set, "-b", &bundle, "--out", &whole, "--method", "cam"], 1, &["another run", "ask-invalid"]);
    let one = peerlight(&[
        "evaluate",
        &set,
        "-b",
        &bundle,
        "--out",
        &out("one"),
        "--limit",
        "1",
        "--metrics",
        "adcc,road",
        "--json",
        "-m",
        "cam",
    ]);
    let one: Value = serde_json::from_slice(&one.stdout).unwrap();
    assert!(one["rows"][0]["adcc"].is_number(), "with what it is made of: {}", one["rows"][0]);
    assert!(one["rows"][0]["road"].is_number() && one["rows"][0].get("insertion").is_none(), "{}", one["rows"][0]);

    // The same run on both sides, and against one that shares an image, a method and a metric with it.
    let compared: Value =
        serde_json::from_slice(&fine(&["compare", "--a", &whole, "--b", &broken, "--json"]).stdout).unwrap();
    let differences = compared["differences"].as_array().unwrap();
    assert!(differences.iter().any(|d| d["metric"] == "agreement" && d["method"].is_null()), "{compared}");
    assert!(differences.iter().any(|d| d["metric"] == "average-drop:top50" && d["peer"] == 1), "{compared}");
    assert!(differences.iter().all(|d| d["difference"] == 0.0), "{compared}");
    let output = fine(&["compare", "--a", &format!("{whole},{broken}"), "--b", &out("one")]);
    let table = text(&output.stdout);
    assert!(table.contains("road") && table.contains("right") && !table.contains("mutual"), "{table}");
    refused(&["compare", "--a", &whole, "--b", &set], 1, &["file-unreadable"]);
    let again = format!("{whole}/.");
    refused(&["compare", "--a", &format!("{whole},{again}"), "--b", &broken], 1, &["ask-invalid", "stands twice"]);
    fs::write(folder.path().join("one/records.jsonl"), "{}\n").unwrap();
    refused(&["compare", "--a", &whole, "--b", &out("one")], 1, &["file-unreadable", "peerlight evaluate"]);
}

#[test]
fn sanity_tells_maps_that_change_from_maps_that_do_not() {
    let (_folder, bundle) = folder();
    let image = root().join("tests/golden/images/rgb-61x37.png");
    let args = ["sanity", image.to_str().unwrap(), "-b", &bundle, "--method", "cam,control-gaussian"];
    let found: Value = serde_json::from_slice(&fine(&[&args[..], &["--json"]].concat()).stdout).unwrap();
    assert_eq!((&found[0]["unchanged"], &found[1]["unchanged"]), (&false.into(), &true.into()), "{found}");
    let shown = fine(&args);
    let lines: Vec<&str> = text(&shown.stdout).lines().collect();
    assert!(lines.iter().any(|line| line.starts_with("control-gaussian") && line.ends_with("UNCHANGED")), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("cam") && !line.ends_with("UNCHANGED")), "{lines:?}");
}

#[test]
fn one_bad_image_does_not_stop_the_others() {
    let (folder, bundle) = folder();
    let image = root().join("tests/golden/images/rgb-61x37.png");
    let bad = folder.path().join("note.jpg");
    fs::write(&bad, "not an image").unwrap();
    let output = peerlight(&["explain", bad.to_str().unwrap(), image.to_str().unwrap(), "-b", &bundle, "--json"]);
    assert_eq!(output.status.code(), Some(3));
    let lines: Vec<Value> = text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len(), &lines[0]["file"]), (2, &image.to_str().unwrap().into()));
    assert_eq!(lines[1]["left_out"][0]["file"], bad.to_str().unwrap());
    let error = text(&output.stderr);
    assert!(error.contains("image-broken") && error.contains("Left out: 1 image."), "{error}");
}

#[test]
fn what_goes_wrong_is_named() {
    let (folder, bundle) = folder();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_string();
    let image = root().join("tests/golden/images/rgb-61x37.png").to_str().unwrap().to_string();
    fs::write(path("text.jpg"), "hello").unwrap();
    fs::write(path("empty.png"), "").unwrap();
    fs::write(path("broken.safetensors"), "hello").unwrap();
    fs::write(path("short.safetensors"), &micro::bundle().unwrap()[..5000]).unwrap();
    fs::create_dir(path("nothing")).unwrap();
    let explain = |image: &str, bundle: &str, more: &[&str], exit, words: &[&str]| {
        let args = [&["explain", image, "--bundle", bundle, "--json"], more].concat();
        refused(&args, exit, words);
    };
    explain(&path("missing.jpg"), &bundle, &[], 1, &["file-unreadable", "missing.jpg"]);
    explain(&path("text.jpg"), &bundle, &[], 1, &["image-broken"]);
    explain(&path("empty.png"), &bundle, &[], 1, &["image-empty"]);
    explain(&path("nothing"), &bundle, &[], 1, &["file-unreadable", "nothing"]);
    explain(&image, &path("missing.safetensors"), &[], 1, &["file-unreadable", "missing.safetensors"]);
    explain(&image, &path("broken.safetensors"), &[], 1, &["bundle-"]);
    explain(&image, &path("short.safetensors"), &[], 1, &["bundle-truncated"]);
    explain(&image, &bundle, &["--class", "zebra"], 1, &["ask-invalid", "zebra"]);
    explain(&image, &bundle, &["--class", "10"], 1, &["ask-invalid", "10"]);
    explain(&image, &bundle, &["--class", "class"], 1, &["ask-invalid"]);
    explain(&image, &bundle, &["--grid", "99"], 1, &["ask-invalid", "99"]);
    explain(&image, &bundle, &["--device", "webgpu"], 1, &["device-unavailable"]);
    // What the command line itself refuses.
    explain(&image, &bundle, &["--grid", "many"], 2, &["--grid"]);
    explain(&image, &bundle, &["--evidence", "guess"], 2, &["--evidence", "guided"]);
    explain(&image, &bundle, &["--color", "jet"], 2, &["cividis"]);
    explain(&image, &bundle, &["--opacity", "2"], 2, &["--opacity"]);
    refused(&["explain", "--bundle", &bundle, "--json"], 2, &["IMAGE"]);
    refused(&["import", "--out", &path("a")], 2, &["NETWORK"]);
    refused(&["import", "efficientnet-lite0", "resnet50", "--out", &path("a")], 1, &["bundle-invalid", "resnet50"]);
    let out = path("results");
    let evaluate = |images: &str, more: &[&str], exit, words: &[&str]| {
        refused(&[&["evaluate", images, "--bundle", &bundle, "--out", &out], more].concat(), exit, words);
    };
    evaluate(&path("nothing"), &[], 1, &["file-unreadable", "no images"]);
    evaluate(&path("missing"), &[], 1, &["file-unreadable", "missing"]);
    evaluate(&image, &[], 1, &["file-unreadable"]);
    evaluate(&path("nothing"), &["--method", "guess"], 2, &["guess", "grad-cam"]);
    evaluate(&path("nothing"), &["--method", "cam,cam"], 1, &["twice"]);
    evaluate(&path("nothing"), &["--metrics", "guess"], 1, &["guess", "adcc"]);
    evaluate(&path("nothing"), &["--peer", "guess"], 1, &["guess", "first"]);
    refused(&["sanity", &path("text.jpg"), "--bundle", &bundle], 1, &["image-broken"]);
    let foreign = format!("efficientnet-lite0:{}", path("text.jpg"));
    refused(&["import", &foreign, &foreign, "--out", &path("a")], 1, &["bundle-invalid", "text.jpg"]);
    assert!(!Path::new(&path("a")).exists());
}
