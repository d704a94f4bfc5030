//! Runs that go on: with the same images to the same result, with others not without a word.

mod support;

use std::{fs, process::Output, time::Duration};

use serde_json::Value;
use support::{Place, code, draw, text};

fn evaluate(place: &Place, set: &str, more: &[&str]) -> Output {
    let args = ["evaluate", set, "--method", "cam", "--metrics", "complexity", "--out", "r"];
    place.run(&[&args, more].concat())
}

fn complexity(place: &Place) -> f64 {
    let report: Value = serde_json::from_slice(&fs::read(place.path("r/report.json")).unwrap()).unwrap();
    report["rows"][0]["complexity"].as_f64().unwrap()
}

fn fresh(place: &Place, set: &str) -> f64 {
    fs::remove_dir_all(place.path("r")).unwrap();
    assert_eq!(code(&evaluate(place, set, &[])), 0);
    complexity(place)
}

#[test]
fn figures_are_of_the_images_that_are_there() {
    let place = Place::new();
    for i in 0..3 {
        draw(&place.path(&format!("A/{i}.png")), i);
        draw(&place.path(&format!("B/{i}.png")), i + 10);
    }
    assert_eq!(code(&evaluate(&place, "A", &[])), 0);
    let of_a = complexity(&place);
    let again = evaluate(&place, "A", &[]);
    assert!(!text(&again.stderr).contains("measured anew"), "{}", text(&again.stderr));
    // Another folder with files of the same names.
    let output = evaluate(&place, "B", &[]);
    assert!(code(&output) == 0 && text(&output.stderr).contains("3 images had changed"), "{}", text(&output.stderr));
    let of_b = complexity(&place);
    assert!(of_b != of_a && of_b == fresh(&place, "B"));
    // One file, changed.
    fs::copy(place.path("A/0.png"), place.path("B/0.png")).unwrap();
    let output = evaluate(&place, "B", &[]);
    assert!(text(&output.stderr).contains("1 image had changed"), "{}", text(&output.stderr));
    let changed = complexity(&place);
    assert!(changed != of_b && changed == fresh(&place, "B"));
    // Other settings are refused, and named.
    let output = evaluate(&place, "B", &["--peer", "all"]);
    assert!(code(&output) == 1 && text(&output.stderr).contains("networks (1, now 1+2)"), "{}", text(&output.stderr));
}

#[test]
fn what_could_not_be_read_is_tried_again() {
    let place = Place::new();
    draw(&place.path("A/0.png"), 0);
    fs::write(place.path("A/1.png"), "not yet an image").unwrap();
    let output = evaluate(&place, "A", &["--json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((code(&output), &report["left_out"][0]["file"]), (3, &"1.png".into()));
    draw(&place.path("A/1.png"), 1);
    let output = evaluate(&place, "A", &["--json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((code(&output), &report["skipped"], &report["pictures"]), (0, &serde_json::json!([]), &2.into()));
    assert_eq!(report["left_out"], serde_json::json!([]));
}

#[test]
fn boxes_that_are_given_later_are_used() {
    let place = Place::new();
    (0..2).for_each(|i| draw(&place.path(&format!("A/{i}.png")), i));
    fs::write(place.path("boxes.csv"), "path,x0,y0,x1,y1\n0.png,10,10,60,50\n").unwrap();
    let run = |more: &[&str]| {
        let args = ["evaluate", "A", "--method", "cam", "--metrics", "fast", "--out", "r"];
        let output = place.run(&[&args, more].concat());
        assert_eq!(code(&output), 0, "{}", text(&output.stderr));
        let report: Value = serde_json::from_slice(&fs::read(place.path("r/report.json")).unwrap()).unwrap();
        (report["rows"][0]["energy"].as_f64(), text(&output.stderr))
    };
    assert_eq!(run(&[]).0, None);
    let (energy, error) = run(&["--boxes", "boxes.csv"]);
    assert!(energy.is_some() && error.contains("1 image had changed") && error.contains("1 image of 2"), "{error}");
}

#[test]
fn an_audit_is_of_the_images_that_are_there() {
    let place = Place::new();
    (0..3).for_each(|i| draw(&place.path(&format!("A/{i}.png")), i));
    fs::write(place.path("A/3.png"), "not yet an image").unwrap();
    let audit = |out: &str| {
        let output = place.run(&["audit", "A", "--out", out, "--json"]);
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        (code(&output), found["ranked"].clone(), text(&output.stderr))
    };
    assert_eq!(audit("r").0, 3);
    (2..4).for_each(|i| draw(&place.path(&format!("A/{i}.png")), i + 10));
    let (code, ranked, error) = audit("r");
    assert!(code == 0 && error.contains("2.png has changed"), "{error}");
    assert_eq!(ranked, audit("fresh").1);
}

const TRAIN: [&str; 7] = [
    "--peers=a=efficientnet-lite-micro,b=efficientnet-lite-micro",
    "--image-size=48",
    "--batch-size=4",
    "--map-size=14",
    "--steps=4",
    "--checkpoint-every=2",
    "--out=run",
];

fn set(place: &Place, classes: &[&str]) {
    for (c, class) in classes.iter().enumerate() {
        (0..4).for_each(|i| draw(&place.path(&format!("d/{class}/{i}.png")), 10 * c as u32 + i));
    }
}

/// A run of four steps that stopped after two.
fn stopped(place: &Place) {
    let output = place.run(&[&["train", "d"], &TRAIN[..]].concat());
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    fs::remove_dir_all(place.path("run/checkpoints/step-00000004")).unwrap();
    fs::remove_file(place.path("run/bundle.safetensors")).unwrap();
}

fn resume(place: &Place, words: &str) {
    let output = place.run(&["train", "--resume", "--out", "run"]);
    let error = text(&output.stderr);
    assert!(code(&output) == 1 && error.contains("[run-invalid]") && error.contains(words), "{error}");
    assert!(!error.contains("panicked"), "{error}");
}

#[test]
fn a_training_goes_on_only_with_what_it_is_made_of() {
    let place = Place::new();
    set(&place, &["bee", "zebra"]);
    stopped(&place);
    fs::rename(place.path("d/zebra"), place.path("d/ant")).unwrap();
    resume(&place, "gone are zebra; new are ant");
    fs::rename(place.path("d/ant"), place.path("d/zebra")).unwrap();
    set(&place, &["bee", "zebra", "cow"]);
    resume(&place, "new are cow");
    // The checkpoint knows its classes even where the list of what the run is made of is gone.
    fs::rename(place.path("run/made-of.json"), place.path("kept.json")).unwrap();
    resume(&place, "the classes are not those of the checkpoint");
    fs::rename(place.path("kept.json"), place.path("run/made-of.json")).unwrap();
    fs::remove_dir_all(place.path("d/cow")).unwrap();
    let kept = fs::read(place.path("d/bee/0.png")).unwrap();
    fs::copy(place.path("d/zebra/0.png"), place.path("d/bee/0.png")).unwrap();
    resume(&place, "image changed, such as bee/0.png");
    fs::remove_file(place.path("d/bee/0.png")).unwrap();
    resume(&place, "image missing, such as bee/0.png");
    fs::write(place.path("d/bee/0.png"), kept).unwrap();
    // Another setting than the steps before were taken with. What is no setting may change.
    let recipe = fs::read_to_string(place.path("run/recipe.toml")).unwrap();
    let changed: Vec<_> =
        recipe.lines().map(|line| if line.starts_with("lr =") { "lr = 0.125" } else { line }).collect();
    fs::write(place.path("run/recipe.toml"), changed.join("\n")).unwrap();
    resume(&place, "its recipe.toml has other settings now");
    fs::write(place.path("run/recipe.toml"), &recipe).unwrap();
    // From another folder, or without the images: where they are looked for, and what to do.
    let elsewhere =
        place.command(&["train", "--resume", "--out", "../run"]).current_dir(place.path("d")).output().unwrap();
    let error = text(&elsewhere.stderr);
    assert!(
        code(&elsewhere) == 1 && error.contains("'d', which it was given") && error.contains("call it there"),
        "{error}"
    );
    fs::rename(place.path("d"), place.path("moved")).unwrap();
    resume(&place, "'d', which it was given, is not there");
    fs::rename(place.path("moved"), place.path("d")).unwrap();
    let checkpoints = fs::read_dir(place.path("run/checkpoints")).unwrap().flatten();
    let last = checkpoints.map(|entry| entry.path()).max().unwrap();
    let networks = fs::read(last.join("networks.safetensors")).unwrap();
    fs::write(last.join("networks.safetensors"), &networks[..100]).unwrap();
    resume(&place, "'networks.safetensors' is damaged");
    resume(&place, "goes on from the checkpoint before it");
    fs::write(last.join("networks.safetensors"), networks).unwrap();
    fs::write(place.path("run/recipe.toml"), format!("# A note.\n{recipe}")).unwrap();
    let output = place.run(&["train", "--resume", "--out", "run"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
}

#[test]
fn a_training_that_goes_on_takes_no_settings() {
    let place = Place::new();
    for flag in ["other", "--epochs=40", "--rate=0.1", "--seed=3", "--val=x", "--config=x.toml"] {
        let output = place.run(&["train", flag, "--resume", "--out", "run"]);
        let error = text(&output.stderr);
        assert!(code(&output) == 2 && error.contains("--resume"), "{flag}: {error}");
    }
    assert!(!place.path("run").exists());
    // Nor what is said of an ONNX file, where none is read.
    set(&place, &["bee", "zebra"]);
    for flag in ["--labels=x", "--size=9", "--preprocess=tf", "--output=z"] {
        let output = place.run(&[&["train", "d", flag], &TRAIN[..]].concat());
        let error = text(&output.stderr);
        assert!(code(&output) == 1 && error.contains("starts from none"), "{flag}: {error}");
    }
    stopped(&place);
    let output = place.run(&["train", "--resume", "--out", "run", "--labels=x"]);
    assert!(code(&output) == 1 && text(&output.stderr).contains("starts from none"), "{output:?}");
}

#[test]
fn a_class_that_is_wholly_held_out_is_told_as_that() {
    let place = Place::new();
    (0..40).for_each(|i| draw(&place.path(&format!("d/bee/{i}.png")), i));
    let args = [&["train", "d", "--val-fraction=0.9"], &TRAIN[..]].concat();
    draw(&place.path("d/zebra/0.png"), 99);
    let errors = (0..9).map(|seed| text(&place.run(&[&args[..], &[&format!("--seed={seed}")]].concat()).stderr));
    let told = errors.into_iter().find(|error| error.contains("[classes-invalid]")).unwrap_or_default();
    assert!(told.contains("held out for validation") && !told.contains("--val images"), "{told}");
}

#[test]
fn a_file_that_counts_twice_is_told() {
    let place = Place::new();
    (0..2).for_each(|i| draw(&place.path(&format!("A/{i}.png")), i));
    fs::copy(place.path("A/0.png"), place.path("A/copy.png")).unwrap();
    for _ in 0..2 {
        let error = text(&evaluate(&place, "A", &[]).stderr);
        let words = "1 image with the same bytes as another counts, too, such as copy.png and 0.png.";
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn a_folder_is_written_by_one_process_at_a_time() {
    let place = Place::new();
    (0..12).for_each(|i| draw(&place.path(&format!("A/{i}.png")), i));
    let args = ["evaluate", "A", "--method", "rise:samples=2000", "--metrics", "complexity", "--out", "r"];
    let mut first = place.command(&args).spawn().unwrap();
    let journal = place.path("r/records.jsonl");
    for _ in 0..3000 {
        if journal.exists() {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(journal.exists() && first.try_wait().unwrap().is_none(), "it was over before it could be met");
    let second = place.run(&args);
    first.kill().unwrap();
    first.wait().unwrap();
    let error = text(&second.stderr);
    assert!(code(&second) == 1 && error.contains("Another process") && error.contains("run-invalid"), "{error}");
    // What a kill leaves keeps nobody out.
    let args = ["evaluate", "A", "--method", "rise:samples=2000", "--metrics", "complexity", "--out", "r", "--limit=1"];
    assert_eq!(code(&place.run(&args)), 0);
}

#[test]
fn runs_are_compared_on_the_same_files_alone() {
    let place = Place::new();
    for i in 0..3 {
        draw(&place.path(&format!("A/{i}.png")), i);
        draw(&place.path(&format!("B/{i}.png")), if i == 0 { 0 } else { i + 10 });
    }
    let run = |set: &str, out: &str| {
        let args = ["evaluate", set, "--method", "cam", "--metrics", "complexity", "--agreement", "none", "--out", out];
        assert_eq!(code(&place.run(&args)), 0);
    };
    run("A", "a");
    run("B", "b");
    let compare = |a: &str, b: &str| place.run(&["compare", "--a", a, "--b", b]);
    // One file of three is the same.
    let output = compare("a", "b");
    let error = text(&output.stderr);
    assert!(code(&output) == 3 && error.contains("compared on 1 image."), "{error}");
    assert!(error.contains("1.png, 2.png: the runs measured different files of this name"), "{error}");
    // The runs of a side are of the same files, too.
    assert_eq!(code(&compare("a", "a,b")), 3);
    // An image that one side no longer has.
    fs::remove_file(place.path("A/0.png")).unwrap();
    run("A", "c");
    let output = compare("a", "c");
    let error = text(&output.stderr);
    assert!(code(&output) == 0 && error.contains("compared on 2 images; 1 image only side a has."), "{error}");
    // A folder with results of images that its report does not have.
    run("A", "a");
    let output = compare("a", "c");
    let error = text(&output.stderr);
    assert!(code(&output) == 3 && error.contains("'a' has results of 3 images, and its report is of 2"), "{error}");
    fs::copy(place.path("B/1.png"), place.path("A/1.png")).unwrap();
    fs::remove_file(place.path("A/2.png")).unwrap();
    run("A", "d");
    let output = compare("a", "d");
    assert!(code(&output) == 1 && text(&output.stderr).contains("no image, method and metric"), "{output:?}");
}
