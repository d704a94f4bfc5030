//! Peers whose lists of classes differ, by tests/bench/tiny.onnx: a network of ten classes.

mod support;

use std::fs;

use serde_json::Value;
use support::{Place, code, draw, text};

/// Twice the same network, as a.onnx and b.onnx, whose classes have these names, and an image.
fn place(names: [&[&str]; 2]) -> Place {
    let place = Place::new();
    for (file, names) in ["a", "b"].into_iter().zip(names) {
        let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/bench/tiny.onnx");
        fs::copy(tiny, place.path(&format!("{file}.onnx"))).unwrap();
        let others = (names.len()..10).map(|i| format!("other {i}"));
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).chain(others).collect();
        fs::write(place.path(&format!("{file}.txt")), names.join("\n")).unwrap();
    }
    draw(&place.path("set/1.png"), 1);
    place
}

/// Runs and expects success. Returns what stands on standard output and on standard error.
fn fine(place: &Place, args: &[&str]) -> [String; 2] {
    let output = place.run(args);
    assert_eq!(code(&output), 0, "{args:?}: {}", text(&output.stderr));
    [output.stdout, output.stderr].map(|bytes| text(&bytes))
}

fn refused(place: &Place, args: &[&str], words: &[&str]) {
    let output = place.run(args);
    let error = text(&output.stderr);
    assert!(code(&output) == 1 && words.iter().all(|word| error.contains(word)), "{args:?}: {error}");
}

/// A bundle of the two, and what is said when it is made.
fn import(place: &Place) -> String {
    let labels = ["--labels", "a=a.txt,b=b.txt", "--preprocess", "tf"];
    fine(place, &[&["import", "a.onnx", "b.onnx", "--out", "ab.safetensors"], &labels[..]].concat())[1].clone()
}

fn audit(place: &Place) -> Value {
    serde_json::from_str(&fine(place, &["audit", "set", "-b", "ab.safetensors", "--out", "r", "--json"])[0]).unwrap()
}

#[test]
fn an_audit_compares_classes_and_not_their_names() {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    let longer = names.map(|name| format!("{name}, {name}{name}"));
    let same = place([&names, &longer.each_ref().map(String::as_str)]);
    assert!(import(&same).contains("10 of 10 classes in common"));
    let found = audit(&same);
    assert_eq!(found["different_answers"], 0);
    assert_ne!(found["ranked"][0]["answers"][0], found["ranked"][0]["answers"][1]);

    // The second has one of these names less, so that it is not known which are the same.
    let differ = place([&["crane"; 10], &[&["crane"; 9][..], &["loon"]].concat()]);
    assert!(import(&differ).contains("0 of 10 classes in common"));
    assert_eq!(audit(&differ)["different_answers"], 1);
    let explain = ["explain", "set/1.png", "-b", "ab.safetensors", "--out", "e"];
    let [_, said] = fine(&differ, &explain);
    let first: Vec<&str> = said.split(" | ").collect();
    assert!(first[0].contains("crane (") && first[1].starts_with("crane ("), "{said}");
}

#[test]
fn a_class_that_a_peer_does_not_have_is_told() {
    let place = place([&["bee"; 1], &["ant"; 1]]);
    assert!(import(&place).contains("9 of 10 classes in common"));
    let [_, said] = fine(&place, &["explain", "set/1.png", "-b", "ab.safetensors", "--class", "bee", "--out", "e"]);
    assert!(said.contains("explaining bee; b does not have this class and explains "), "{said}");
    // The list of classes is that of all peers.
    let [listed, _] = fine(&place, &["catalog", "--classes", "-b", "ab.safetensors"]);
    assert!(listed.lines().count() == 11 && listed.contains("   10  ant"), "{listed}");
    let [listed, _] = fine(&place, &["catalog", "--classes", "bee", "-b", "a.onnx", "--labels", "a.txt"]);
    assert_eq!(listed, "    0  bee\n");
    let hint = "`peerlight catalog --classes wasp --bundle ab.safetensors`";
    refused(&place, &["explain", "set/1.png", "-b", "ab.safetensors", "--class", "wasp"], &[hint]);
    refused(&place, &["catalog", "--labels", "a.txt"], &["--classes"]);
    // The environment names a bundle, which the list of everything does not need.
    fine(&place, &["catalog"]);
}

#[test]
fn classes_that_look_alike_are_told_when_a_bundle_is_made() {
    let said = import(&place([&["Cat", "dog", "cat"], &["c\u{200b}at", "dog", "cat"]]));
    assert!(said.contains("a: 'Cat' (0) and 'cat' (2) are two classes, though their names look alike."), "{said}");
    assert!(said.contains("b: ") && said.matches("look alike").count() == 2, "{said}");
    assert!(!import(&place([&["cat", "dog"], &["cat", "dog"]])).contains("look alike"));
}

#[test]
fn nine_peers_and_one_of_the_id_all_are_refused() {
    let place = place([&[], &[]]);
    let nine = ["import", "--out", "o.safetensors"].into_iter().chain(["a.onnx"; 9]).collect::<Vec<_>>();
    refused(&place, &nine, &["There are 9 networks", "1 to 8"]);
    refused(&place, &["import", "all=a.onnx", "--out", "o.safetensors"], &["--peer all"]);
    assert!(!place.path("o.safetensors").exists());
}
