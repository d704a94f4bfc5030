//! JSON for files and for standard output.

use peerlight_core::{Code, Error, Result};
use serde::Serialize;

/// A value over several lines.
///
/// # Errors
/// `crashed` if the value cannot be written as JSON.
pub fn pretty(value: &impl Serialize) -> Result<String> {
    serde_json::to_string_pretty(value).map_err(|e| failed(&e))
}

/// A value on one line, without the line's end.
///
/// # Errors
/// As [`pretty`].
pub fn line(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| failed(&e))
}

/// A value as JSON in memory.
///
/// # Errors
/// As [`pretty`].
pub fn value(value: &impl Serialize) -> Result<serde_json::Value> {
    serde_json::to_value(value).map_err(|e| failed(&e))
}

/// An error of reading or writing our own JSON.
pub fn failed(error: &dyn std::fmt::Display) -> Error {
    Error::new(Code::Internal, error.to_string())
}
