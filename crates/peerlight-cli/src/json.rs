//! JSON for files and for standard output.

use peerlight_core::Result;
use serde::Serialize;

use crate::files::is_hidden;

/// A value over several lines.
///
/// # Errors
/// `internal` if the value cannot be written as JSON.
pub fn pretty(value: &impl Serialize) -> Result<String> {
    Ok(visible(serde_json::to_string_pretty(value)?))
}

/// A value on one line, without the line's end.
///
/// # Errors
/// As [`pretty`].
pub fn line(value: &impl Serialize) -> Result<String> {
    Ok(visible(serde_json::to_string(value)?))
}

/// A value as JSON in memory.
///
/// # Errors
/// As [`pretty`].
pub fn value(value: &impl Serialize) -> Result<serde_json::Value> {
    Ok(serde_json::to_value(value)?)
}

/// JSON of the same value in which no character is hidden. Those below a space are written out already, but for the
/// ends of lines between values; the others stand inside strings alone.
fn visible(json: String) -> String {
    let hides = |c: char| c != '\n' && is_hidden(c);
    if !json.contains(hides) {
        return json;
    }
    json.chars().map(|c| if hides(c) { format!("\\u{:04x}", u32::from(c)) } else { c.into() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_written_out_and_the_value_stays() {
        let value = ["a\x1b\n", "\u{9b}1m\u{7f}", "\u{202e}gnp", "é犬"];
        for text in [line(&value).unwrap(), pretty(&value).unwrap()] {
            assert!(!text.contains(|c: char| c != '\n' && is_hidden(c)), "{text:?}");
            assert_eq!(serde_json::from_str::<[String; 4]>(&text).unwrap(), value);
        }
        assert_eq!(line(&value[1]).unwrap(), r#""\u009b1m\u007f""#);
    }
}
