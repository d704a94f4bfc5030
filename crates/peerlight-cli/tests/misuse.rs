//! What is given wrongly, or for nothing, is said; and nobody reads what is printed.

mod support;

use std::{fs, io::Read, process::Stdio};

use peerlight_testkit::golden::root;
use support::{Place, code, draw, text};

/// Runs and expects this exit code and these words on standard error.
fn refused(place: &Place, args: &[&str], exit: i32, words: &[&str]) {
    let output = place.run(args);
    let error = text(&output.stderr);
    assert_eq!(code(&output), exit, "{args:?}: {error}");
    assert!(words.iter().all(|word| error.contains(word)), "{args:?}: {error}");
}

#[test]
fn a_reader_that_goes_ends_the_program_quietly() {
    let place = Place::new();
    draw(&place.path("a.png"), 1);
    for args in [&["catalog"][..], &["catalog", "--json"], &["catalog", "--classes"], &["explain", "a.png", "--json"]] {
        let mut child = place.command(args).spawn().unwrap();
        drop(child.stdout.take());
        let mut error = String::new();
        child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{args:?}: {error}");
        assert!(!error.contains("panicked") && !error.contains("written"), "{args:?}: {error}");
    }
    let mut child = place.command(&["explain", "a.png"]).spawn().unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(0), "messages that nobody reads are dropped");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_standard_output_is_an_error() {
    let place = Place::new();
    draw(&place.path("a.png"), 1);
    for args in [&["catalog"][..], &["catalog", "--json"], &["sanity", "a.png", "--method", "cam"]] {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let output = place.command(args).stdout(Stdio::from(full)).output().unwrap();
        let error = text(&output.stderr);
        assert_eq!(code(&output), 1, "{args:?}: {error}");
        assert!(error.contains("[file-unwritable]") && !error.contains("panicked"), "{args:?}: {error}");
    }
}

#[test]
fn an_import_never_overwrites_what_it_reads() {
    let place = Place::new();
    let bundle = place.path("models/micro.safetensors");
    let before = fs::read(&bundle).unwrap();
    fs::write(place.path("m.onnx"), "an ONNX file").unwrap();
    fs::write(place.path("names.txt"), "a\n").unwrap();
    let cases = [
        &["models/micro.safetensors:first", "--out", "models/../models/micro.safetensors"][..],
        &["m.onnx", "models/micro.safetensors", "--out", "models/micro.safetensors"],
        &["models/micro.safetensors:first", "--labels", "names.txt", "--out", "./names.txt"],
        &["models/micro.safetensors:first", "--labels", "first=names.txt", "--out", "names.txt"],
    ];
    for case in cases {
        refused(&place, &[&["import"], case].concat(), 1, &["would be overwritten", "[ask-invalid]"]);
    }
    for out in ["m.onnx", "new.ONNX"] {
        refused(&place, &["import", "m.onnx", "--out", out], 1, &["named like an ONNX file"]);
    }
    assert_eq!(fs::read(&bundle).unwrap(), before);
    assert_eq!(fs::read_to_string(place.path("m.onnx")).unwrap(), "an ONNX file");
    let made = place.run(&["import", "models/micro.safetensors:first", "--out", "one.safetensors"]);
    assert_eq!(code(&made), 0, "{}", text(&made.stderr));
}

#[test]
fn results_never_overwrite_what_is_somebody_elses() {
    let place = Place::new();
    ["a.png", "set/0.png", "set/1.png", "a.mutual.png"].iter().enumerate().for_each(|(i, name)| {
        draw(&place.path(name), i as u32);
    });
    let before = fs::read(place.path("a.mutual.png")).unwrap();
    // Another image, and one that is given itself.
    refused(
        &place,
        &["explain", "a.png", "--out", "."],
        1,
        &["'./a.mutual.png' would be overwritten", "[ask-invalid]"],
    );
    refused(&place, &["explain", "a.mutual.png", "a.png", "--out", "."], 1, &["'./a.mutual.png' would be overwritten"]);
    let output = place.run_with(&["explain", "-", "--out", "."], b"a.png\n");
    assert!(code(&output) == 1 && text(&output.stderr).contains("would be overwritten"), "{output:?}");
    assert_eq!(fs::read(place.path("a.mutual.png")).unwrap(), before);
    fs::remove_file(place.path("a.mutual.png")).unwrap();
    // An annotation, as LabelMe keeps it beside its image.
    fs::write(place.path("a.json"), "{\"shapes\": []}").unwrap();
    refused(&place, &["explain", "a.png", "--out", ".", "--json"], 1, &["'./a.json' would be overwritten"]);
    assert_eq!(fs::read_to_string(place.path("a.json")).unwrap(), "{\"shapes\": []}");
    fs::remove_file(place.path("a.json")).unwrap();
    // A page of a web site.
    for name in ["site/index.html", "e/report.html", "u/audit.csv", "t/bundle.safetensors", "file"] {
        fs::create_dir_all(place.path(name).parent().unwrap()).unwrap();
        fs::write(place.path(name), "mine").unwrap();
    }
    refused(&place, &["explain", "set", "--out", "site"], 1, &["'site/index.html' would be overwritten"]);
    assert_eq!(code(&place.run(&["explain", "set/0.png", "--out", "site"])), 0, "of one image there is no page");
    let evaluate = ["evaluate", "set", "--method", "cam", "--metrics", "complexity", "--out"];
    refused(&place, &[&evaluate[..], &["e"]].concat(), 1, &["'e/report.html' would be overwritten"]);
    refused(&place, &["audit", "set", "--out", "u"], 1, &["'u/audit.csv' would be overwritten"]);
    let train = ["train", "set", "--peers", "efficientnet-lite-micro", "--out"];
    refused(&place, &[&train[..], &["t"]].concat(), 1, &["bundle.safetensors' would be overwritten", "[run-invalid]"]);
    for name in ["site/index.html", "e/report.html", "u/audit.csv", "t/bundle.safetensors"] {
        assert_eq!(fs::read_to_string(place.path(name)).unwrap(), "mine");
    }
    for command in [&evaluate[..], &["audit", "set", "--out"], &["explain", "set", "--out"]] {
        refused(&place, &[command, &["file/deeper"]].concat(), 1, &["'file' is a file", "[file-unwritable]"]);
    }
    // What is a result is made anew.
    for _ in 0..2 {
        for command in [&evaluate[..], &["audit", "set", "--out"], &["explain", "set", "--out"]] {
            let output = place.run(&[command, &[&format!("r-{}", command[0])]].concat());
            assert_eq!(code(&output), 0, "{}", text(&output.stderr));
        }
    }
    // Also where the journal of the run was deleted to begin anew.
    fs::remove_file(place.path("r-evaluate/records.jsonl")).unwrap();
    assert_eq!(code(&place.run(&[&evaluate[..], &["r-evaluate"]].concat())), 0);
}

#[test]
fn a_calibration_overwrites_nothing_that_it_reads() {
    let place = Place::new();
    draw(&place.path("set/0.png"), 0);
    fs::write(place.path("boxes.csv"), "path,x0,y0,x1,y1\nset/0.png,1,1,9,9\n").unwrap();
    let bundle = "models/micro.safetensors";
    let calibrate = ["calibrate", "set", "--boxes", "boxes.csv", "--bundle", bundle];
    for (out, words) in [
        (["--out", "boxes.csv"], "'boxes.csv' is read"),
        (["--calibration", "models/../boxes.csv"], "'boxes.csv' is read"),
        (["--calibration", bundle], "is read"),
        (["--out", "set"], "'set' is a folder"),
    ] {
        refused(&place, &[&calibrate[..], &out].concat(), 1, &[words, "[ask-invalid]"]);
    }
}

#[test]
fn the_environment_names_a_bundle_or_nothing() {
    let place = Place::new();
    for args in [&["catalog"][..], &["catalog", "--json"], &["catalog", "--classes"]] {
        assert_eq!(code(&place.run(args)), 0, "{args:?}");
    }
    draw(&place.path("a.png"), 1);
    let args = ["explain", "a.png", "--bundle", "models", "--json"];
    let empty = place.command(&args).env("PEERLIGHT_BUNDLE", "").output().unwrap();
    assert_eq!(code(&empty), 0, "{}", text(&empty.stderr));
}

#[test]
fn an_audit_ranks_by_what_it_measures() {
    let place = Place::new();
    draw(&place.path("set/a.png"), 1);
    refused(&place, &["audit", "set", "--by", "itself"], 1, &["'itself'", "regional-7", "ask-invalid"]);
    assert!(!place.path("audit").exists());
}

#[test]
fn flags_that_would_do_nothing_are_refused() {
    let place = Place::new();
    draw(&place.path("a.png"), 1);
    fs::write(place.path("m.json"), "{}").unwrap();
    for more in [&["--class", "1"][..], &["--grid", "4"], &["--hide", "1,1"], &["--crop", "0.5"], &["--effects"]] {
        let args = [&["explain", "a.png", "--manifest", "m.json"], more].concat();
        refused(&place, &args, 2, &["cannot be used with", more[0]]);
    }
    refused(&place, &["explain", "a.png", "--baseline", "blurred"], 2, &["--hide", "--keep", "--effects"]);
    refused(&place, &["explain", "a.png", "--method", "cam,cam"], 1, &["'cam' is there twice"]);
    refused(&place, &["explain", "a.png", "-m", "score-cam:channels=4:channels=8"], 2, &["'channels' is given twice"]);
    let evaluate = ["evaluate", "a.png", "--out", "o"];
    let agreement = [&evaluate[..], &["--agreement", "none", "--agreement-method", "cam"]].concat();
    refused(&place, &agreement, 1, &["--agreement none measures none"]);
    refused(&place, &[&evaluate[..], &["--metrics", "all,fast"]].concat(), 1, &["stand alone"]);
}

#[test]
fn what_is_wrong_is_said_in_the_words_of_the_command_line() {
    let place = Place::new();
    draw(&place.path("a.png"), 1);
    for command in [&["evaluate", "a.png", "--out", "o"][..], &["audit", "a.png"]] {
        refused(&place, command, 1, &["'a.png': this is an image", "a folder"]);
    }
    fs::copy(place.path("models/micro.safetensors"), place.path("b.onnx")).unwrap();
    fs::copy(root().join("tests/golden/object.onnx"), place.path("o.safetensors")).unwrap();
    for (file, words) in [("b.onnx", "end in .safetensors"), ("o.safetensors", "end in .onnx")] {
        refused(&place, &["explain", "a.png", "-b", file], 1, &[file, words]);
        refused(&place, &["inspect", file], 1, &[file, words]);
    }
    draw(&place.path("set/x/0.png"), 1);
    let twice =
        ["train", "set", "./set", "--peers", "a=efficientnet-lite-micro,b=efficientnet-lite-micro", "--out", "r"];
    refused(&place, &twice, 1, &["'./set' is given twice"]);
    fs::write(place.path("b.safetensors"), "no bundle").unwrap();
    for command in [&["explain", "a.png", "-b", "b.safetensors"][..], &["inspect", "b.safetensors"]] {
        refused(&place, command, 1, &["'b.safetensors': "]);
    }
    for command in
        [&["explain", "a.png", "-b", "a.png"][..], &["inspect", "a.png"], &["catalog", "--classes", "-b", "a.png"]]
    {
        refused(&place, command, 1, &["'a.png': This is an image", "a bundle or an ONNX file"]);
    }
    let output = place.run_with(&["explain", "-", "--json"], &fs::read(place.path("a.png")).unwrap());
    assert!(code(&output) == 1 && text(&output.stderr).contains("say /dev/stdin"), "{output:?}");
    fs::write(place.path("t.csv"), "path,class\n").unwrap();
    refused(&place, &["evaluate", "t.csv", "--out", "o"], 1, &["'t.csv' has no rows below"]);
    refused(&place, &["explain", "a.png", "--grid", "2.5"], 1, &["'grid' must be a whole number, not 2.5"]);
    refused(&place, &["explain", "a.png", "--opacity", "-1"], 2, &["a number from 0 to 1"]);
    refused(&place, &["train", "t", "--resume", "--out", "r"], 2, &["Usage: peerlight train", "IMAGES"]);
    let train = ["train", "t", "--out", "r", "--lr", "-1", "--peers", "efficientnet-lite0"];
    let error = text(&place.run(&train).stderr);
    assert!(!error.contains("unexpected argument"), "{error}");
    assert!(text(&place.run(&["--version"]).stdout).starts_with("peerlight 0"), "the program's own name");
}

#[test]
fn an_explanation_tells_people_what_agreement_is_worth() {
    let place = Place::new();
    draw(&place.path("a.png"), 1);
    let method = "score-cam:channels=4:layers=1+2+3+4+5+6";
    let output = place.run(&["explain", "a.png", "--method", method, "--effects", "--grid", "2"]);
    let error = text(&output.stderr);
    assert_eq!(code(&output), 0, "{error}");
    // The small bundle has no calibration, which is not said for every image.
    assert!(error.contains("The networks give different answers"), "{error}");
    assert!(!error.contains("test photos"), "{error}");
    let bundle = root().join("web/models/lite0-lite1-peers.safetensors");
    let output = place.run(&["explain", "a.png", "--bundle", bundle.to_str().unwrap()]);
    let known = text(&output.stderr);
    assert!(known.contains("None of the networks is sure") && known.contains("Of 100 test photos"), "{known}");
    assert!(error.contains("The effects of each region take 8 passes through a network"), "{error}");
}
