//! `peerlight explain --hide` and `--keep`, as a person types them.

use std::process::Command;

use peerlight_models::micro;
use serde_json::Value;

/// Runs `peerlight explain` on a small image by the micro networks; standard output, or standard error of a refusal.
fn explain(flags: &str) -> Result<(Value, Vec<String>), String> {
    let folder = tempfile::tempdir().unwrap();
    let (bundle, out) = (folder.path().join("micro.safetensors"), folder.path().join("out"));
    std::fs::write(&bundle, micro::bundle().unwrap()).unwrap();
    let image = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/images/rgb-61x37.png");
    let mut program = Command::new(env!("CARGO_BIN_EXE_peerlight"));
    program.arg("explain").arg(image).arg("--json").arg("--bundle").arg(&bundle).arg("--out").arg(&out);
    let output = program.args(flags.split(' ').filter(|flag| !flag.is_empty())).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    if !output.status.success() {
        return Err(said);
    }
    let mut files: Vec<String> = std::fs::read_dir(&out)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("what-if") || name.contains("effects"))
        .collect();
    files.sort();
    files.push(said);
    Ok((serde_json::from_slice(&output.stdout).unwrap(), files))
}

#[test]
fn places_are_hidden_or_kept_and_told() {
    let (plain, files) = explain("").unwrap();
    assert!(plain.get("what_if").is_none() && files.len() == 1, "{files:?}");

    let (hidden, files) = explain("--hide 2,3+2,4 --baseline blurred --class 3").unwrap();
    let result = &hidden["what_if"];
    assert_eq!((&result["baseline"], &result["target"]["class"]), (&"blurred".into(), &3.into()));
    // Two regions of 49, as far as the grid divides the pixels.
    assert!((result["hidden"].as_f64().unwrap() - 2.0 / 49.0).abs() < 0.01, "{result}");
    for peer in result["peers"].as_array().unwrap() {
        assert_ne!(peer["before"]["probability"], peer["after"]["probability"], "{peer}");
    }
    assert_eq!(files[0], "rgb-61x37.what-if.png");
    assert!(files[1].contains("blurred") && files[1].contains("agreement"), "{files:?}");

    let (kept, _) = explain("--keep 2,3+2,4 --baseline blurred --class 3").unwrap();
    let sum = result["hidden"].as_f64().unwrap() + kept["what_if"]["hidden"].as_f64().unwrap();
    assert!((sum - 1.0).abs() < 1e-9, "{sum}");

    // A box around everything hides everything; and every region's effect is measured.
    let (all, files) = explain("--hide 0,0,61,37 --effects --grid 2").unwrap();
    assert_eq!(all["what_if"]["hidden"], 1.0);
    assert_eq!(all["what_if"]["peers"][1]["effects"]["log_odds"].as_array().unwrap().len(), 4);
    assert_eq!(files.len(), 4, "{files:?}");
}

#[test]
fn places_that_are_none_are_refused_before_any_image_is_read() {
    for (flags, words) in [
        ("--hide 8,1", "no row 8, column 1"),
        ("--hide 0,1", "not a place"),
        ("--hide 2", "not a place"),
        ("--hide 2,3 --keep 1,1", "cannot be used with"),
        ("--hide 2,3 --baseline white", "black, mean, blurred, imputed"),
    ] {
        let said = explain(flags).unwrap_err();
        assert!(said.contains(words) && !said.contains("panicked") && !said.contains("[1/1]"), "{flags}: {said}");
    }
    assert!(explain("--hide 0.1,0.1,0.5,0.5").unwrap_err().contains("places are in pixels"));
    assert!(explain("--hide 100,100,120,120").unwrap_err().contains("outside the square"));
}

#[test]
fn a_manifest_gives_the_same_numbers_and_is_about_one_bundle_and_image() {
    let (flags, _) = explain("--hide 2,3 --grid 4 --class 3 --evidence class --crop 0.5").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("manifest.json");
    let ask = |manifest: &Value| {
        std::fs::write(&file, manifest.to_string()).unwrap();
        explain(&format!("--manifest {}", file.display()))
    };
    let manifest = serde_json::json!({
        "version": 1,
        "bundle": flags["bundle"],
        "image": flags["image"],
        "crop": 0.5,
        "request": { "grid": 4, "target": 3, "settings": { "evidence": "class" } },
        "what_if": { "regions": [{ "row": 1, "column": 2 }], "boxes": [], "brush": [], "keep": false },
    });
    let (found, _) = ask(&manifest).unwrap();
    for key in ["settings", "target", "regions", "agreement"] {
        assert_eq!(found[key], flags[key], "{key}");
    }
    assert_eq!(found["what_if"]["peers"], flags["what_if"]["peers"]);

    let other = |key: &str, value: Value| {
        let mut other = manifest.clone();
        other[key] = value;
        ask(&other).unwrap_err()
    };
    assert!(other("version", 2.into()).contains("version 2"));
    assert!(other("bundle", serde_json::json!({ "name": "mine", "sha256": "x" })).contains("'mine'"));
    assert!(other("image", serde_json::json!({ "width": 9, "height": 9 })).contains("9 x 9"));
    let of_file = |sha256: &str| {
        let mut image = flags["image"].clone();
        image["file"] = "cat.png".into();
        image["sha256"] = sha256.into();
        image
    };
    assert!(other("image", of_file("0a")).contains("another file, 'cat.png' (sha256 0a)"));
    assert!(other("request", serde_json::json!({ "gird": 4 })).contains("gird"));
}
