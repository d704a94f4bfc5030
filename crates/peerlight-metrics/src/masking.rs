//! The ways in which a map masks an image.

use std::{fmt, ops::Index, str::FromStr};

use peerlight_core::{Code, Error, Result};
use serde::{Deserialize, Serialize};

/// How a map masks an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Masking {
    /// The half of the pixels with the largest values keep their color, the rest become black: only their order
    /// counts. Of equal values the first pixels are kept, so that exactly half is.
    Top50,
    /// The pixels times the map, so that they fade to black.
    Soft,
    /// The normalized input times the map, so that the pixels fade to the mean gray (torch-cam's way).
    #[serde(rename = "soft-normalised")]
    SoftNormalized,
}

impl Masking {
    /// All maskings, the protocol's primary one first.
    pub const ALL: [Self; 3] = [Self::Top50, Self::Soft, Self::SoftNormalized];
    /// The masking that the protocol reports first.
    pub const PRIMARY: Self = Self::ALL[0];

    /// The id that files and programs use.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Top50 => "top50",
            Self::Soft => "soft",
            Self::SoftNormalized => "soft-normalised",
        }
    }

    /// The masking's name and help.
    pub const fn entry(self) -> MaskingEntry {
        let (name, help) = match self {
            Self::Top50 => ("Top half", "The half of the pixels that the map ranks highest stays, the rest is black."),
            Self::Soft => ("Soft", "Each pixel is multiplied by the map, so unimportant pixels fade to black."),
            Self::SoftNormalized => (
                "Fade to gray",
                "Each normalized pixel is multiplied by the map, so unimportant pixels fade to the mean gray, as in \
                 torch-cam.",
            ),
        };
        MaskingEntry { id: self.id(), name, help }
    }
}

impl fmt::Display for Masking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl FromStr for Masking {
    type Err = Error;

    fn from_str(id: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|masking| masking.id() == id).ok_or_else(|| {
            let known = Self::ALL.map(Self::id).join(", ");
            Error::new(Code::AskInvalid, format!("There is no masking '{id}'. There are: {known}."))
        })
    }
}

/// A masking's texts, as menus and documentation show them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct MaskingEntry {
    /// The id that files and programs use.
    pub id: &'static str,
    /// The name that people read.
    pub name: &'static str,
    /// What stays of the image and what replaces the rest.
    pub help: &'static str,
}

/// One value for each [`Masking`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PerMasking<T>([T; Masking::ALL.len()]);

impl<T> PerMasking<T> {
    /// The values that `make` gives.
    pub fn from_fn(make: impl FnMut(Masking) -> T) -> Self {
        Self(Masking::ALL.map(make))
    }

    /// Each value changed by `change`.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> PerMasking<U> {
        PerMasking(self.0.map(change))
    }

    /// Each masking with its value, in the order of [`Masking::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Masking, &T)> {
        Masking::ALL.into_iter().zip(&self.0)
    }
}

impl<T> Index<Masking> for PerMasking<T> {
    type Output = T;

    fn index(&self, masking: Masking) -> &T {
        &self.0[masking as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_of_json_and_are_read_again() {
        for masking in Masking::ALL {
            assert_eq!(serde_json::to_value(masking).unwrap(), masking.id());
            assert_eq!(masking.id().parse::<Masking>().unwrap(), masking);
        }
        assert!("top".parse::<Masking>().unwrap_err().to_string().contains("top50, soft"));
    }

    #[test]
    fn a_value_is_found_by_its_masking() {
        let ids = PerMasking::from_fn(Masking::id);
        for (masking, id) in ids.iter() {
            assert_eq!((ids[masking], *id), (masking.id(), masking.id()));
        }
    }
}
