//! `cargo xtask networks`: networks of many makers as ONNX files, imported and compared with what onnxruntime and
//! torch-cam compute. Takes minutes and some Python packages; docs/networks.md has the table.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use crate::{
    pages,
    shell::{self, Result, cargo, command, exec, root, say},
    wasm,
};

const PAGE: &str = "docs/networks.md";
const FIGURES: &str = "docs/networks.json";
/// What the names of small networks of one part begin with (tests/networks/parts.py); the table has none of them.
const PARTS: &str = "parts-";
/// The methods that are compared, as they are asked for.
const METHODS: [(&str, &str); 3] =
    [("grad-cam", "grad-cam"), ("layer-cam", "layer-cam"), ("score-cam", "score-cam:channels=64")];
/// The largest difference: of logits relative to the largest of them, of maps in 0..=1.
const BAR: f64 = 1e-4;

/// Which networks to compare, and with what to make them.
#[derive(clap::Args)]
pub struct Args {
    /// Python program. Each makes the networks whose packages it has: torchvision with torchcam, timm, Keras with
    /// tf2onnx, Paddle with paddle2onnx, and onnxruntime (may be given more than once)
    #[arg(long, default_value = "python3", value_name = "PROGRAM")]
    python: Vec<PathBuf>,
    /// Only these networks; `parts` compares small ones of one part each; NAME=FILE,PRESET compares an ONNX file of
    /// your own (PRESET: torchvision, tf, 0..1, 0..255)
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Where the ONNX files go, and what other programs compute with them; what is there is not made again
    #[arg(long, default_value = "target/networks", value_name = "DIR")]
    out: PathBuf,
}

pub fn run(args: &Args) -> Result {
    let out = root().join(&args.out);
    for python in &args.python {
        exec(command(python).arg("tests/networks/make.py").arg(&out).args(&args.names))?;
    }
    exec(cargo().args(["build", "--workspace", "--exclude", wasm::CRATE, "--bin", "peerlight"]))?;
    let mut rows = BTreeMap::new();
    let mut worse = Vec::new();
    let names: Vec<&str> = args.names.iter().map(|name| name.split('=').next().unwrap_or(name)).collect();
    let is_part = |name: &str| name.starts_with(PARTS);
    let is_asked = |name: &str| match is_part(name) {
        true => names.contains(&name) || names.contains(&PARTS.trim_end_matches('-')),
        false => names.is_empty() || names.contains(&name),
    };
    for name in made(&out)?.into_iter().filter(|name| is_asked(name)) {
        let row = compared(&out, &name).map_err(|error| format!("{name}: {error}"));
        match row {
            Ok(row) => {
                say(format!("{name}: {row}"));
                if !is_within(&row) {
                    worse.push(name.clone());
                }
                if !is_part(&name) {
                    rows.insert(name, row);
                }
            }
            Err(error) => {
                say(&error);
                worse.push(name);
            }
        }
    }
    let file = root().join(FIGURES);
    let mut all: BTreeMap<String, Value> = match file.exists() {
        true => serde_json::from_str(&shell::read(&file)?).map_err(|e| format!("{FIGURES}: {e}"))?,
        false => BTreeMap::new(),
    };
    all.extend(rows);
    let text = serde_json::to_string_pretty(&all).map_err(|e| e.to_string())?;
    fs::write(&file, text + "\n").map_err(|e| format!("{FIGURES}: {e}"))?;
    pages::write_page(PAGE, table)?;
    match worse.is_empty() {
        true => Ok(()),
        false => Err(format!("these are not within {BAR}: {}", worse.join(", "))),
    }
}

/// The networks that are there, by name.
fn made(out: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(out).map_err(|e| format!("{}: {e}", out.display()))?;
    let references =
        entries.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "json"));
    let mut names: Vec<String> = references.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
    names.sort();
    Ok(names)
}

/// The row of a network: it is imported, inspected and run by the program as it is built.
fn compared(out: &Path, name: &str) -> Result<Value> {
    let read = |text: &str| serde_json::from_str::<Value>(text).map_err(|e| e.to_string());
    let reference = read(&shell::read(&out.join(format!("{name}.json")))?)?;
    let text = |key: &str| reference[key].as_str().unwrap_or_default().to_owned();
    let bundle = out.join(format!("{name}.safetensors"));
    let onnx = out.join(format!("{name}.onnx"));
    let mut import = peerlight();
    import.arg("import").arg(&onnx).args(["--labels", "none", "--preprocess", &text("preprocess"), "--out"]);
    said(import.arg(&bundle))?;
    let found = read(&said(peerlight().arg("inspect").arg(&bundle).arg("--json"))?)?;
    let network = &found["peers"][0]["network"];
    let layers = network["layers"].as_array().cloned().unwrap_or_default();
    let mut run = peerlight();
    run.arg("inspect").arg(&bundle).args(["--json", "--crop", "1", "--image"]);
    run.arg(out.join(format!("image-{}.png", reference["side"])));
    let maps = reference["maps"].as_object().cloned().unwrap_or_default();
    let mut layer_name = String::new();
    for (id, spec) in METHODS.iter().filter(|(id, _)| maps.contains_key(*id)) {
        let map = &maps[*id];
        let shape = json!([map["channels"], map["shape"][0], map["shape"][1]]);
        let layer = layers.iter().rposition(|layer| layer["shape"] == shape);
        let layer = layer.ok_or_else(|| format!("no layer has the shape {shape}"))?;
        layer_name = layers[layer]["name"].as_str().unwrap_or_default().to_owned();
        run.args(["--method", &format!("{spec}:layers={}", layer + 1)]);
    }
    let ran = read(&said(&mut run)?)?;
    let ran = &ran["runs"][0];
    let logits = numbers(&reference["logits"]);
    let largest = logits.iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
    let mut row = json!({
        "by": text("by"),
        "weights": network["parameters"],
        "multiplyAdds": network["cost"],
        "head": network["head"],
        "layers": layers.len(),
        "layer": layer_name,
        "mapsOf": text("mapsOf"),
        "logits": rounded(difference(&numbers(&ran["logits"]), &logits)? / largest),
    });
    for map in ran["maps"].as_array().into_iter().flatten() {
        let id = map["method"].as_str().unwrap_or_default().split(':').next().unwrap_or_default();
        let expected = numbers(&maps.get(id).unwrap_or(&Value::Null)["values"]);
        row[id] = rounded(difference(&numbers(&map["values"]), &expected)?);
    }
    Ok(row)
}

/// The program as it was just built.
fn peerlight() -> std::process::Command {
    command(shell::target_dir().join("debug/peerlight"))
}

/// A command's standard output; what it says on standard error if it fails.
fn said(command: &mut std::process::Command) -> Result<String> {
    let output = command.output().map_err(|e| format!("peerlight could not be started: {e}"))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().into_iter().flatten().map(|value| value.as_f64().unwrap_or(f64::NAN)).collect()
}

/// The largest difference of two lists of numbers.
fn difference(ours: &[f64], theirs: &[f64]) -> Result<f64> {
    if ours.len() != theirs.len() || ours.is_empty() {
        return Err(format!("{} numbers where there should be {}", ours.len(), theirs.len()));
    }
    let each = ours.iter().zip(theirs).map(|(a, b)| (a - b).abs());
    Ok(each.fold(0.0, |most, value| if value.is_nan() { f64::INFINITY } else { most.max(value) }))
}

/// Two digits, which is what such a difference is good for.
fn rounded(value: f64) -> Value {
    format!("{value:.1e}").parse::<f64>().map_or(Value::Null, Value::from)
}

fn is_within(row: &Value) -> bool {
    let keys = std::iter::once("logits").chain(METHODS.map(|(id, _)| id));
    keys.filter_map(|key| row.get(key)).all(|value| value.as_f64().is_some_and(|value| value <= BAR))
}

/// The table of docs/networks.md.
///
/// # Errors
/// If the file of the figures cannot be read.
pub fn table(words: &[&str]) -> Result<Option<String>> {
    if words != ["networks"] {
        return Ok(None);
    }
    let text = shell::read(&root().join(FIGURES))?;
    let rows: BTreeMap<String, Value> = serde_json::from_str(&text).map_err(|e| format!("{FIGURES}: {e}"))?;
    let mut table =
        "| network | file made by | weights | multiply-adds | head | layers | logits | Grad-CAM | LayerCAM | \
                     Score-CAM | maps of |\n|---|---|---|---|---|---|---|---|---|---|---|\n"
            .to_owned();
    for (name, row) in rows {
        let text = |key: &str| row[key].as_str().filter(|text| !text.is_empty()).unwrap_or("-").to_owned();
        let off = |key: &str| row.get(key).and_then(Value::as_f64).map_or("-".into(), |value| format!("{value:.0e}"));
        let many = |key: &str, unit: f64| row[key].as_f64().unwrap_or_default() / unit;
        table += &format!(
            "| {name} | {} | {:.1} M | {:.2} G | {} | {} | {} | {} | {} | {} | {} |\n",
            text("by"),
            many("weights", 1e6),
            many("multiplyAdds", 1e9),
            text("head"),
            row["layers"],
            off("logits"),
            off("grad-cam"),
            off("layer-cam"),
            off("score-cam"),
            text("mapsOf")
        );
    }
    Ok(Some(table))
}
