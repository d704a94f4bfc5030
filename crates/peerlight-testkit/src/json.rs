//! Comparison of JSON values.

use serde_json::Value;

/// Compares two JSON values, numbers within `tolerance`. `place` names the value in the message.
///
/// # Panics
/// Where they differ.
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
