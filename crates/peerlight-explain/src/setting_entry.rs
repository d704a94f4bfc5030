//! A setting as it stands in JSON.

use serde::{Serialize, Serializer};

use crate::{Choice, Kind, Setting};

/// Setting as it stands in JSON.
#[derive(Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "Setting", optional_fields))]
pub struct SettingEntry {
    /// Identifier in requests and on the command line.
    id: &'static str,
    /// Name shown to people.
    name: &'static str,
    /// Effect of the setting, in one or two sentences.
    help: &'static str,
    /// `number` or `choice`.
    #[cfg_attr(feature = "typescript", ts(type = "'choice' | 'number'"))]
    kind: &'static str,
    /// Choices of a setting that is one.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<Choice>>", optional))]
    choices: &'static [Choice],
    /// Smallest number.
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<f64>,
    /// Largest number.
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<f64>,
    /// Whether numbers are rounded to whole ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    whole: Option<bool>,
    /// Id of the default choice, or the default number in digits.
    default: String,
}

impl Serialize for Setting {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let (kind, choices, range): (_, &'static [Choice], _) = match self.kind {
            Kind::Number { min, max, whole, .. } => ("number", &[], Some((min, max, whole))),
            Kind::Choice(choices) => ("choice", choices, None),
        };
        SettingEntry {
            id: self.id,
            name: self.name,
            help: self.help,
            kind,
            choices,
            min: range.map(|(min, ..)| min),
            max: range.map(|(_, max, _)| max),
            whole: range.map(|(.., whole)| whole),
            default: self.default().to_string(),
        }
        .serialize(serializer)
    }
}
