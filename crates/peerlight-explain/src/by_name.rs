//! What a request means by a number or by a name.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A class or a layer in a request: its number or its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a number from 0 on or a name is wanted")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum ByName {
    /// The number of a class, counted from 0, or of a layer, counted from 1.
    Number(usize),
    /// The name.
    Name(String),
}

impl From<usize> for ByName {
    fn from(number: usize) -> Self {
        Self::Number(number)
    }
}

/// Digits are a number.
impl From<&str> for ByName {
    fn from(text: &str) -> Self {
        text.parse().map_or_else(|_| Self::Name(text.into()), Self::Number)
    }
}

impl PartialEq<usize> for ByName {
    fn eq(&self, number: &usize) -> bool {
        *self == Self::Number(*number)
    }
}

impl fmt::Display for ByName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Name(name) => f.write_str(name),
        }
    }
}
