//! ONNX files on the command line: tests/bench/tiny.onnx, a network of two convolutions with ten classes.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// A folder with the network as a.onnx and b.onnx, an image, and names for its classes.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |from: &str, to: &str| {
        fs::copy(root().join(from), folder.path().join(to)).unwrap();
    };
    put("tests/bench/tiny.onnx", "a.onnx");
    put("tests/bench/tiny.onnx", "b.onnx");
    put("web/samples/cat.jpg", "cat.jpg");
    put("tests/golden/onnx/refused.argmax.onnx", "argmax.onnx");
    let names: Vec<String> = (0..10).map(|class| format!("name {class}")).collect();
    fs::write(folder.path().join("names.txt"), names.join("\n")).unwrap();
    folder
}

fn peerlight(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_peerlight"));
    command.current_dir(folder).args(args).env_remove("PEERLIGHT_BUNDLE").output().unwrap()
}

/// Runs and expects success. Returns what stands on standard output and on standard error.
fn fine(folder: &TempDir, args: &[&str]) -> (String, String) {
    let output = peerlight(folder.path(), args);
    let [out, error] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert!(output.status.success(), "{args:?}: {error}");
    (out, error)
}

fn json(folder: &TempDir, args: &[&str]) -> Value {
    serde_json::from_str(&fine(folder, args).0).unwrap()
}

fn refused(folder: &TempDir, args: &[&str], words: &[&str]) {
    let output = peerlight(folder.path(), args);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && !error.contains("panicked"), "{args:?}: {error}");
    assert!(words.iter().all(|word| error.contains(word)), "{args:?}: {error}");
}

#[test]
fn files_become_peers_with_labels_and_preprocessing_of_their_own() {
    let folder = folder();
    let out = "my.safetensors";
    let (_, said) = fine(&folder, &["import", "x=a.onnx", "b.onnx", "--labels", "x=names.txt", "--out", out]);
    assert!(said.contains("b: its 10 classes have no names"), "{said}");
    assert!(said.contains("torchvision") && !said.contains("x: its 10 classes"), "{said}");

    let flags = ["--labels", "names.txt", "--preprocess", "torchvision", "--preprocess", "b=tf"];
    let (_, said) = fine(&folder, &[&["import", "x=a.onnx", "b.onnx", "--out", out], &flags[..]].concat());
    assert!(!said.contains("Say --"), "nothing was guessed: {said}");
    let found = json(&folder, &["inspect", out, "--image", "cat.jpg", "--json"]);
    let peers = found["peers"].as_array().unwrap();
    assert_eq!([&peers[0]["id"], &peers[1]["id"]], ["x", "b"]);
    let mean = |peer: usize| peers[peer]["preprocess"]["mean"][0].as_f64().unwrap();
    assert!((mean(0) - 0.485).abs() < 1e-6 && (mean(1) - 0.5).abs() < 1e-6);
    assert_eq!(peers[0]["network"]["head"], "linear");
    let label = found["runs"][0]["label"].as_str().unwrap();
    assert!(label.starts_with("name "), "{label}");
    assert_ne!(found["runs"][0]["logits"], found["runs"][1]["logits"], "other pixels, other logits");

    // The square is chosen as for an explanation.
    let at = |place: &str| {
        let framing = ["--crop", "0.5", "--across", place, "--down", place];
        json(&folder, &[&["inspect", out, "--image", "cat.jpg", "--json"], &framing[..]].concat())
    };
    assert_ne!(at("0")["runs"][0]["logits"], at("1")["runs"][0]["logits"]);
    refused(&folder, &["inspect", out, "--image", "cat.jpg", "--across", "2"], &["ask-invalid", "from 0 to 1"]);

    // A peer of a bundle goes on into another one.
    fine(&folder, &["import", "y=my.safetensors:b", "my.safetensors:x", "--out", "other.safetensors"]);
    let other = json(&folder, &["inspect", "other.safetensors", "--image", "cat.jpg", "--json"]);
    assert_eq!(other["runs"][0]["logits"], found["runs"][1]["logits"]);
    assert_eq!(other["runs"][1]["logits"], found["runs"][0]["logits"]);
}

#[test]
fn a_peer_of_a_bundle_keeps_what_the_bundle_says_beside_files_that_say_nothing() {
    let folder = folder();
    fine(&folder, &["import", "a.onnx", "--preprocess", "caffe", "--labels", "names.txt", "--out", "a.safetensors"]);
    let beside =
        ["import", "a.safetensors", "b.onnx", "--preprocess", "tf", "--labels", "none", "--out", "ab.safetensors"];
    fine(&folder, &beside);
    let peers = json(&folder, &["inspect", "ab.safetensors", "--json"])["peers"].clone();
    let way = |peer: usize| peers[peer]["preprocess"]["bgr"].as_bool().unwrap_or(false);
    assert_eq!([way(0), way(1)], [true, false], "{peers}");
    fine(&folder, &["import", "a.safetensors", "--preprocess", "tf", "--out", "again.safetensors"]);
    let again = json(&folder, &["inspect", "again.safetensors", "--json"]);
    assert!(again["peers"][0]["preprocess"]["bgr"].as_bool() != Some(true), "said of one network alone, it counts");
    fine(&folder, &["import", "a.safetensors", "b.onnx", "--preprocess", "a=tf,b=tf", "--out", "both.safetensors"]);
    let both = json(&folder, &["inspect", "both.safetensors", "--json"]);
    assert!(both["peers"][0]["preprocess"]["bgr"].as_bool() != Some(true), "said of it alone, it counts");
}

#[test]
fn the_json_beside_a_file_says_what_no_flag_does() {
    let folder = folder();
    let beside = r#"{"name": "Tiny", "preprocess": {"mean": 0.5, "std": 0.5, "crop": 1}, "labels": "names.txt"}"#;
    fs::write(folder.path().join("a.json"), beside).unwrap();
    let (_, said) = fine(&folder, &["import", "a.onnx", "--out", "a.safetensors"]);
    assert!(said.contains("Tiny") && !said.contains("Say --"), "{said}");
    let found = json(&folder, &["inspect", "a.safetensors", "--json"]);
    assert_eq!(found["peers"][0]["preprocess"]["crop"], 1.0);
    fs::write(folder.path().join("a.json"), r#"{"labels": 3.5, "mean": "dark"}"#).unwrap();
    refused(&folder, &["import", "a.onnx", "--out", "a.safetensors"], &["a.json", "mean"]);
}

#[test]
fn a_file_in_place_of_a_bundle_is_explained_as_the_bundle_is() {
    let folder = folder();
    let flags = ["--labels", "names.txt", "--preprocess", "0..1,crop=1"];
    fine(&folder, &[&["import", "a.onnx", "--out", "a.safetensors"], &flags[..]].concat());
    let explain = ["explain", "cat.jpg", "--method", "grad-cam", "--json", "--bundle"];
    let of_bundle = json(&folder, &[&explain[..], &["a.safetensors"]].concat());
    let of_file = json(&folder, &[&explain[..], &["a.onnx"], &flags[..]].concat());
    assert_eq!(of_file["peers"][0]["top"], of_bundle["peers"][0]["top"]);
    assert!(of_file["peers"][0]["top"][0]["label"].as_str().unwrap().starts_with("name "));
    refused(&folder, &[&explain[..], &["a.safetensors", "--labels", "names.txt"]].concat(), &["for ONNX files"]);
}

#[test]
fn what_cannot_run_is_named() {
    let folder = folder();
    let found = json(&folder, &["inspect", "argmax.onnx", "--json"]);
    assert_eq!(found["unsupported"][0]["op"], "ArgMax");
    assert_eq!(found["unsupported"][0]["name"], "the ArgMax of i");
    let (text, _) = fine(&folder, &["inspect", "argmax.onnx"]);
    assert!(text.contains("Cannot run: The ArgMax node 'the ArgMax of i'"), "{text}");
    let out = ["--out", "out.safetensors"];
    let import = |args: &[&str], words: &[&str]| refused(&folder, &[&["import"], args, &out].concat(), words);
    import(&["argmax.onnx"], &["argmax.onnx", "the ArgMax of i", "network-unsupported"]);
    import(&["nothing.onnx"], &["nothing.onnx", "file-unreadable"]);
    import(&["names.txt"], &["neither an ONNX file"]);
    import(&["a.onnx", "--labels", "c=names.txt"], &["no such peer", "a"]);
    import(&["a.onnx", "--labels", "imagenet"], &["10 classes", "1000 names"]);
    import(&["a.onnx", "--preprocess", "blue"], &["torchvision, tf, 0..1, 0..255, caffe"]);
    import(&["a.onnx", "--size", "96"], &["224 x 224"]);
    import(&["a.onnx", "--preprocess", "tf,size=64", "--size", "128"], &["--size says 128", "size=64"]);
    import(&["a.onnx", "--preprocess", "tf", "--preprocess", "caffe"], &["--preprocess is given twice"]);
    import(&["a.onnx", "--preprocess", "a=tf,a=caffe"], &["twice for 'a'"]);
    assert!(!folder.path().join("out.safetensors").exists());
}

#[test]
fn one_network_alone_is_measured_without_what_compares_networks() {
    let folder = folder();
    fs::create_dir(folder.path().join("images")).unwrap();
    fs::copy(folder.path().join("cat.jpg"), folder.path().join("images/cat.jpg")).unwrap();
    let own = ["--bundle", "a.onnx", "--labels", "names.txt", "--preprocess", "tf"];
    let evaluate = ["evaluate", "images", "--out", "results", "--method", "mutual,cam,grad-cam", "--metrics", "fast"];
    let (_, said) = fine(&folder, &[&evaluate[..], &own].concat());
    assert!(said.contains("mutual is left out"), "{said}");
    assert!(folder.path().join("results/report.json").exists());
    // With itself where it is alone; several peers with each other, at no pass of their own, unless more is asked for.
    let values = |out: &str| {
        let records = fs::read_to_string(folder.path().join(out).join("records.jsonl")).unwrap();
        ["\"mirrored\":", "\"reach-peers\":"].map(|id| records.contains(id))
    };
    assert_eq!(values("results"), [true, false]);
    fine(&folder, &["import", "a=a.onnx", "b=a.onnx", "--labels", "names.txt", "--out", "two.safetensors"]);
    let two = ["evaluate", "images", "--bundle", "two.safetensors", "--metrics", "fast", "--out"];
    fine(&folder, &[&two[..], &["two"]].concat());
    assert_eq!(values("two"), [false, true]);
    fine(&folder, &[&two[..], &["more", "--agreement", "mirrored"]].concat());
    assert_eq!(values("more"), [true, true]);
    let tested = json(&folder, &[&["sanity", "cat.jpg", "--json"], &own[..]].concat());
    let methods: Vec<&str> = tested.as_array().unwrap().iter().map(|t| t["method"].as_str().unwrap()).collect();
    assert_eq!(methods, ["cam", "grad-cam", "attention"]);
}
