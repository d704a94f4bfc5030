//! What looks like a result and is none: it is refused, or told with an exit code of its own.

mod support;

use std::fs;

use peerlight_testkit::unlike;
use serde_json::Value;
use support::{Place, code, draw, text};

/// A folder with `count` images of 80 x 64 pixels and a network alone.
fn place(count: u32) -> Place {
    let place = Place::new();
    (0..count).for_each(|i| draw(&place.path(&format!("set/{i}.png")), i));
    fs::write(place.path("alone.safetensors"), unlike::bundle(&[1])).unwrap();
    place
}

/// Boxes in a CSV, one for each image.
fn boxes(place: &Place, count: u32, rect: impl Fn(u32) -> [u32; 4]) {
    let row = |i| format!("{i}.png,{}\n", rect(i).map(|edge| edge.to_string()).join(","));
    let rows: String = (0..count).map(row).collect();
    fs::write(place.path("boxes.csv"), format!("path,x0,y0,x1,y1\n{rows}")).unwrap();
}

fn refused(place: &Place, args: &[&str], words: &str) {
    let output = place.run(args);
    let error = text(&output.stderr);
    assert!(code(&output) == 1 && error.contains(words), "{args:?}: {} {error}", code(&output));
}

const EVALUATE: [&str; 6] = ["evaluate", "set", "--out", "r", "--method", "cam"];

#[test]
fn a_refused_evaluation_leaves_nothing_in_the_way() {
    let place = place(2);
    for (more, words) in [
        (&["--metrics", "pointing"][..], "give them by --boxes"),
        (&["--metrics", "complexity,energy"], "give them by --boxes"),
        (&["--metrics", "fast", "--limit", "0"], "1 or more"),
    ] {
        refused(&place, &[&EVALUATE[..], more].concat(), words);
        assert!(!place.path("r").exists(), "{more:?}");
    }
    // A run that came to nothing, since its images were unreadable, is in no other's way.
    fs::create_dir(place.path("bad")).unwrap();
    fs::write(place.path("bad/0.png"), "no image").unwrap();
    let bad = ["evaluate", "bad", "--out", "r", "--method", "grad-cam", "--metrics", "complexity"];
    refused(&place, &bad, "None of the 1 images could be read");
    let fine = [&EVALUATE[..], &["--metrics", "complexity"]].concat();
    let output = place.run(&fine);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    refused(&place, &[&EVALUATE[..], &["--metrics", "road"]].concat(), "holds another run");
}

#[test]
fn one_image_has_no_interval_and_no_agreement_that_was_not_asked_for() {
    let place = place(1);
    let output = place.run(&[&EVALUATE[..], &["--metrics", "complexity", "--agreement", "none", "--json"]].concat());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(report["agreement"].is_null() && report["rows"][0]["complexity"].is_f64(), "{report}");
    assert!(!report.to_string().contains("\"ci\":[") && report["agreement_ci"].is_null(), "{report}");
}

#[test]
fn agreement_is_studied_of_the_mutual_map_unless_others_are_named() {
    let place = place(2);
    let studied = |more: &[&str]| {
        let evaluate = ["evaluate", "set", "--out", "s", "--method", "cam", "--metrics", "complexity"];
        let output = place.run(&[&evaluate[..], more].concat());
        assert_eq!(code(&output), 0, "{}", text(&output.stderr));
        let records = fs::read_to_string(place.path("s/records.jsonl")).unwrap();
        fs::remove_dir_all(place.path("s")).unwrap();
        let record: Value = serde_json::from_str(records.lines().nth(1).unwrap()).unwrap();
        let judged = record["record"]["judged"].as_array().cloned().unwrap_or_default();
        judged.iter().map(|judged| judged["method"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(studied(&[]), ["mutual"; 3], "the joint map and each network's own");
    assert_eq!(studied(&["--agreement-method", "cam"]), ["cam"; 3]);
}

#[test]
fn boxes_of_another_size_are_told() {
    let place = place(2);
    let args = [&EVALUATE[..], &["--metrics", "pointing", "--boxes", "boxes.csv"]].concat();
    boxes(&place, 2, |i| [10, 10, [81, 2000][i as usize], 60]);
    for _ in 0..2 {
        let output = place.run(&args);
        let error = text(&output.stderr);
        assert!(code(&output) == 3 && error.contains("1 box reaches outside its image"), "{error}");
    }
    boxes(&place, 2, |_| [0, 0, 80, 64]);
    assert_eq!(code(&place.run(&args)), 0);
}

#[test]
fn a_network_alone_is_calibrated_by_its_own_map() {
    let place = place(120);
    let calibrate = ["calibrate", "set", "--boxes", "boxes.csv", "--bundle", "alone.safetensors"];
    let to = ["--out", "out/calibrated.safetensors"];
    boxes(&place, 10, |_| [0, 0, 40, 64]);
    refused(&place, &[&calibrate[..], &to].concat(), "10 of 120 have boxes");
    assert!(!place.path("alone-calibration").exists() && !place.path("out").exists());
    boxes(&place, 120, |i| [[0, 0, 40, 64], [40, 0, 80, 64]][i as usize % 2]);
    let output = place.run(&[&calibrate[..], &to].concat());
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("120 images") && text(&output.stdout).contains("'guided'"));
    assert!(place.path("out/calibrated-calibration/records.jsonl").exists());
    assert!(!place.path("alone-calibration").exists());
    // Records of images that are no longer given stay where they are, and are used no more.
    (0..20).for_each(|i| fs::remove_file(place.path(&format!("set/{i}.png"))).unwrap());
    let output = place.run(&[&calibrate[..], &to].concat());
    assert!(code(&output) == 3 && text(&output.stdout).contains("100 images of"), "{output:?}");
}

#[test]
fn boxes_and_classes_that_are_not_used_are_told_with_an_exit_code() {
    let place = place(2);
    let args = ["evaluate", "set", "--method", "cam", "--metrics", "energy", "--out", "r", "--boxes", "boxes.csv"];
    boxes(&place, 3, |_| [0, 0, 40, 64]);
    let output = place.run(&args);
    let error = text(&output.stderr);
    assert!(
        code(&output) == 3 && error.contains("1 row of 'boxes.csv' belongs to none of the images, such as"),
        "{error}"
    );
    fs::write(place.path("list.csv"), "path,class\nset/0.png,no such class\nset/1.png,0\n").unwrap();
    let output = place.run(&["evaluate", "list.csv", "--method", "cam", "--metrics", "complexity", "--out", "s"]);
    let error = text(&output.stderr);
    assert!(code(&output) == 3 && error.contains("out of the accuracy: no such class (1 image)"), "{error}");
}

#[test]
fn results_are_not_explained_and_no_empty_folder_stays() {
    let place = place(2);
    refused(&place, &["explain", "set", "--out", "set"], "is the folder of the images");
    refused(&place, &["explain", "set", "--out", "set/../set/"], "is the folder of the images");
    refused(&place, &["explain", "nope.png", "--out", "x/y"], "nope.png");
    assert!(!place.path("x").exists());
    fs::create_dir(place.path("mine")).unwrap();
    refused(&place, &["explain", "nope.png", "--out", "mine"], "nope.png");
    assert!(place.path("mine").exists(), "it was there before");
}
