//! JSON for files and for standard output.

use peerlight_core::{Code, Error, Result};
use serde::Serialize;

/// A value over several lines.
///
/// # Errors
/// `internal` if the value cannot be written as JSON.
pub fn pretty(value: &impl Serialize) -> Result<String> {
    Ok(serde_json::to_string_pretty(value)?)
}

/// A value on one line, without the line's end.
///
/// # Errors
/// As [`pretty`].
pub fn line(value: &impl Serialize) -> Result<String> {
    Ok(serde_json::to_string(value)?)
}

/// A value as JSON in memory.
///
/// # Errors
/// As [`pretty`].
pub fn value(value: &impl Serialize) -> Result<serde_json::Value> {
    Ok(serde_json::to_value(value)?)
}

/// The error of a result that cannot be written as a file's text, or read back from it.
pub fn failed(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::caused_by(Code::Internal, format!("A result cannot be converted to text or back: {error}."), error)
}
