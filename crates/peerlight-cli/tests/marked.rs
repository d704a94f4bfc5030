//! An audit of networks whose reasons are known: tests/golden/object.onnx sees green, tests/golden/mark.onnx sees
//! green and magenta, which counts more. Both answer "object" in every image.

mod support;

use std::{collections::BTreeMap, fs};

use peerlight_metrics::auroc;
use serde_json::Value;
use support::{Place, code, text};

/// Images of a green disc over gray noise, some with a magenta mark in a corner of what the networks see.
fn place() -> Place {
    let place = Place::new();
    fs::create_dir(place.path("set")).unwrap();
    for seed in 0..16u32 {
        let marked = seed % 2 == 1;
        let [x0, y0, radius] = [30 + seed * 7 % 36, 30 + seed * 11 % 36, 11 + seed % 4];
        let image = image::RgbImage::from_fn(96, 96, |x, y| {
            let noise = ((x * 31 + y * 17 + seed * 13).wrapping_mul(2_654_435) % 64) as u8;
            let [a, b] = [x.abs_diff(x0), y.abs_diff(y0)];
            if marked && (14..24).contains(&x) && (72..82).contains(&y) {
                image::Rgb([255, 0, 180])
            } else if a * a + b * b < radius * radius {
                image::Rgb([40, 160 + noise, 40])
            } else {
                image::Rgb([90, 92 + noise / 4, 90])
            }
        });
        let kind = if marked { "marked" } else { "clean" };
        image.save(place.path(&format!("set/{kind}-{seed}.png"))).unwrap();
    }
    place
}

/// Audits the images by two networks. Gives how well disagreement tells the marked, and the number of images.
fn audit(place: &Place, networks: [&str; 2]) -> (f64, usize) {
    for (id, network) in ["a", "b"].into_iter().zip(networks) {
        let golden = format!("{}/../../tests/golden/{network}.onnx", env!("CARGO_MANIFEST_DIR"));
        fs::copy(golden, place.path(&format!("{id}.onnx"))).unwrap();
    }
    fs::write(place.path("names.txt"), "object\nnothing").unwrap();
    let run = |args: &[&str]| {
        let output = place.run(args);
        assert_eq!(code(&output), 0, "{args:?}: {}", text(&output.stderr));
        text(&output.stdout)
    };
    let import = ["import", "a.onnx", "b.onnx", "--labels", "names.txt", "--preprocess", "0..1", "--out"];
    run(&[&import[..], &["ab.safetensors"]].concat());
    let out = networks.join("-");
    let found: Value =
        serde_json::from_str(&run(&["audit", "set", "-b", "ab.safetensors", "--out", &out, "--json"])).unwrap();
    assert_eq!(found["different_answers"], 0, "the answers tell nothing");
    let ranked = found["ranked"].as_array().unwrap();
    // To three digits: what the same network twice differs by is rounding.
    let score = |of: &Value| -(of["statistics"]["regional-7"].as_f64().unwrap() * 1e3).round();
    let scores: BTreeMap<&str, f64> = ranked.iter().map(|of| (of["image"].as_str().unwrap(), score(of))).collect();
    let targets: Vec<bool> = scores.keys().map(|image| image.contains("marked")).collect();
    (auroc(&scores.into_values().collect::<Vec<_>>(), &targets), ranked.len())
}

#[test]
fn an_audit_ranks_marked_images_above_clean_ones_where_one_network_sees_the_mark() {
    let place = place();
    let (found, images) = audit(&place, ["object", "mark"]);
    assert!(found >= 0.9 && images == 16, "{found} of {images} images");
    // A mistake that both make is invisible, and there is no alarm where neither makes it.
    assert_eq!(audit(&place, ["mark", "mark"]).0, 0.5);
    assert_eq!(audit(&place, ["object", "object"]).0, 0.5);
}
