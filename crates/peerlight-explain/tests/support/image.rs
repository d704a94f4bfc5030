//! A drawn image and a comparison of JSON, for tests that run in a browser too: nothing but the language.

use serde_json::Value;

/// RGBA bytes of a bright disc on a gradient, with noise.
pub fn drawn(width: u32, height: u32) -> Vec<u8> {
    let mut rgba = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let noise = (x.wrapping_mul(73) ^ y.wrapping_mul(151)).wrapping_mul(2_654_435_761) >> 27;
            let (dx, dy) = (3 * x.abs_diff(width / 3), 3 * y.abs_diff(height / 2));
            let disc = dx * dx + dy * dy < height * height;
            let ramp = |part: u32, whole: u32| (part * 200 / whole + noise) as u8;
            rgba.extend(if disc { [250, 220, noise as u8, 255] } else { [ramp(x, width), ramp(y, height), 90, 255] });
        }
    }
    rgba
}

/// The requests whose answers native.json holds, each with the crop of its forward pass.
pub fn requests() -> Value {
    serde_json::json!([
        [{}, null],
        [{ "grid": 4, "settings": { "evidence": "attention", "fuse": "product", "exponent": 1 }, "target": 3 }, null],
        [{ "grid": 8, "settings": { "evidence": "class", "weight": "uniform" }, "layers": [4, 6, 8] }, 0.75],
        [{ "method": "grad-cam", "versus": { "class": 2 }, "target": 5, "grid": 5 }, null],
        [{ "method": "layer-cam", "layers": [5, 6], "peer": 1 }, 0.5],
    ])
}

/// Every so many-th value of a map is kept in native.json.
pub const EVERY: usize = 61;

/// Fails where two JSON values differ, or numbers by more than `tolerance`.
pub fn assert_close(got: &Value, expected: &Value, tolerance: f64, place: &str) {
    match (got, expected) {
        (Value::Object(got), Value::Object(expected)) => {
            assert!(got.keys().eq(expected.keys()), "{place}: {:?} instead of {:?}", got.keys(), expected.keys());
            for (key, value) in got {
                assert_close(value, &expected[key], tolerance, &format!("{place}.{key}"));
            }
        }
        (Value::Array(got), Value::Array(expected)) => {
            assert_eq!(got.len(), expected.len(), "{place}");
            for (i, (got, expected)) in got.iter().zip(expected).enumerate() {
                assert_close(got, expected, tolerance, &format!("{place}[{i}]"));
            }
        }
        (Value::Number(got), Value::Number(expected)) => {
            let off = (got.as_f64().unwrap() - expected.as_f64().unwrap()).abs();
            assert!(off <= tolerance, "{place}: {got} instead of {expected}");
        }
        _ => assert_eq!(got, expected, "{place}"),
    }
}
