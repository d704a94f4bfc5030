//! Choices that the library's own types offer, as the command line reads them.

/// A setting by its id, read by the same rules as the page's settings.
pub fn parsed<T: serde::de::DeserializeOwned>(id: &str) -> Result<T, String> {
    serde_json::from_value(serde_json::Value::String(id.into())).map_err(|e| e.to_string())
}
