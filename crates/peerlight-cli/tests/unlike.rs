//! Peers with nothing in common, from images to figures and to trained networks.

mod support;

use std::fs;

use peerlight_testkit::unlike;
use serde_json::{Value, json};
use support::{Place, code, draw, lines, text};

fn place() -> Place {
    let place = Place::new();
    fs::write(place.path("unlike.safetensors"), unlike::bundle(&[0, 1, 2])).unwrap();
    fs::write(place.path("alone.safetensors"), unlike::bundle(&[1])).unwrap();
    fs::write(place.path("alike.safetensors"), unlike::bundle_of_one_list()).unwrap();
    for (i, class) in ["dog", "bird", "dog", "bird"].into_iter().enumerate() {
        draw(&place.path(&format!("set/{class}/{i}.png")), i as u32);
    }
    for i in 0..8 {
        draw(&place.path(&format!("colors/{}/{i}.png", ["red", "blue"][i as usize % 2])), i);
    }
    place
}

#[test]
fn unlike_peers_and_one_alone_are_explained_and_measured() {
    let place = place();
    let fine = |args: &[&str]| {
        let output = place.run(args);
        assert_eq!(code(&output), 0, "{args:?}: {}", text(&output.stderr));
        output
    };
    let image = "set/dog/0.png";
    let explain = ["explain", image, "-b", "unlike.safetensors", "--json", "--class", "ship", "--method", "grad-cam"];
    let found = &lines(&fine(&explain))[0];
    let of =
        |key: &str| found["peers"].as_array().unwrap().iter().map(|peer| peer[key].clone()).collect::<Vec<Value>>();
    assert_eq!((of("has_target"), &found["side"]), (vec![json!(true), json!(false), json!(true)], &json!(64)));
    assert_eq!(found["methods"].as_array().unwrap().len(), 3);
    fine(&["sanity", image, "-b", "unlike.safetensors", "--method", "grad-cam,guided"]);

    for (bundle, peers) in [("unlike.safetensors", 3), ("alone.safetensors", 1)] {
        let evaluate = ["evaluate", "set", "-b", bundle, "--out", bundle.trim_end_matches(".safetensors"), "--json"];
        let metrics = ["--method", "guided,grad-cam", "--metrics", "average-drop,insertion,road,coherency,adcc"];
        let output = fine(&[&evaluate[..], &metrics].concat());
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(found["accuracy"].as_object().unwrap().len(), peers, "{found}");
        assert_eq!(found["agreement"].is_null(), peers == 1);
    }
}

#[test]
fn unlike_peers_are_trained() {
    let place = place();
    let train =
        ["train", "colors", "--from", "alike.safetensors", "--image-size", "64", "--steps", "3", "--batch-size", "4"];
    for batch_norm in ["frozen", "train"] {
        let output = place.run(&[&train[..], &["--batch-norm", batch_norm, "--out", batch_norm]].concat());
        assert_eq!(code(&output), 0, "{}", text(&output.stderr));
        let bundle = format!("{batch_norm}/bundle.safetensors");
        let output = place.run(&["explain", "set/dog/0.png", "-b", &bundle, "--json"]);
        let found = &lines(&output)[0];
        assert_eq!((found["peers"].as_array().unwrap().len(), &found["finite"]), (3, &json!(true)));
    }
    let refused = place.run(&[&train[..2], &["--from", "unlike.safetensors", "--out", "no"]].concat());
    assert!(code(&refused) != 0 && text(&refused.stderr).contains("in common"), "{}", text(&refused.stderr));
}
