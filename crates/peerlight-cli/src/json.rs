//! JSON for files and for standard output.

use peerlight_core::Result;
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
