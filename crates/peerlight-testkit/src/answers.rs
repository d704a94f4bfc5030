//! The native program's answers to some requests, which a browser's answers are compared with (answers.json).
//! The image is [`drawn`](crate::drawn) at 90 x 70 pixels, the peers are the micro networks.

use serde_json::Value;

/// The requests whose answers are kept, each as `[request, crop of its forward pass]`.
pub fn requests() -> Value {
    serde_json::json!([
        [{}, null],
        [{ "grid": 4, "settings": { "evidence": "attention", "fuse": "product", "exponent": 1 }, "target": 3 }, null],
        [{ "grid": 8, "settings": { "evidence": "class", "weight": "uniform" }, "layers": [4, 6, 8] }, 0.75],
        [{ "method": "grad-cam", "versus": { "class": 2 }, "target": 5, "grid": 5 }, null],
        [{ "method": "layer-cam", "layers": [5, 6], "peer": 1 }, 0.5],
    ])
}

/// One of so many values of each map is kept.
pub const EVERY: usize = 61;

/// The kept answers, one for each of [`requests`].
pub fn kept() -> Value {
    serde_json::from_str(include_str!("../answers.json")).expect("kept answers are JSON")
}

/// Compares the native program's answers with the kept ones. With `PEERLIGHT_UPDATE=1` in the environment it keeps
/// the new ones instead, for changes that are meant.
///
/// # Panics
/// Where they differ.
#[cfg(not(target_arch = "wasm32"))]
pub fn check(answers: &Value) {
    if std::env::var_os("PEERLIGHT_UPDATE").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/answers.json");
        std::fs::write(path, format!("{answers}\n")).expect("answers.json is writable");
    } else {
        crate::json::assert_close(answers, &kept(), 1e-4, "answers");
    }
}
