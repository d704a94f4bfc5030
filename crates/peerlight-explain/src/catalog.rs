//! Catalog of everything that can be chosen, for menus, the command line's help and the documentation.

use peerlight_core::{CODES, COLOR_MAPS, OVERLAY, OverlayStyle};
use peerlight_models::ARCHITECTURES;
use serde::Serialize;

use crate::{
    EXPLAINERS, Meta, Setting,
    options::{ACROSS, CROP, DOWN, EVIDENCE, EXPONENT, FUSE, GRID, POWER, WEIGHT},
};

/// Entry of a menu.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Named {
    /// Identifier in requests and files.
    pub id: &'static str,
    /// Name shown to people.
    pub name: &'static str,
}

/// Color map with its lookup table.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "Color"))]
pub struct ColorEntry {
    /// Identifier, such as `cividis`.
    pub id: &'static str,
    /// Name shown to people.
    pub name: &'static str,
    /// Lookup table of 256 colors from 0 to 1, three bytes each. Left out of JSON.
    #[serde(skip_serializing)]
    #[cfg_attr(feature = "typescript", ts(type = "Uint8Array"))]
    pub lut: Vec<u8>,
}

/// Error code with its help.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ErrorEntry {
    /// Stable code, such as `image-broken`.
    #[cfg_attr(feature = "typescript", ts(type = "ErrorCode"))]
    pub code: &'static str,
    /// Meaning of the error and what to do about it.
    pub help: &'static str,
}

/// Everything that can be chosen, as plain data.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "ExplainCatalog"))]
pub struct Catalog {
    /// Version of Peerlight.
    pub version: &'static str,
    /// Built-in architectures of networks.
    pub architectures: Vec<Named>,
    /// Methods of explanation, the mutual map first.
    #[cfg_attr(feature = "typescript", ts(as = "Vec<Meta>"))]
    pub methods: Vec<&'static Meta>,
    /// Settings that a program offers first: those of every request, of the mutual map and of the image's crop.
    #[cfg_attr(feature = "typescript", ts(as = "Vec<crate::SettingEntry>"))]
    pub settings: &'static [Setting],
    /// Color maps, the default first.
    pub colors: Vec<ColorEntry>,
    /// Default look of a map over its image.
    pub overlay: OverlayStyle,
    /// Error codes.
    pub errors: Vec<ErrorEntry>,
}

/// Catalog of this build.
pub fn catalog() -> Catalog {
    Catalog {
        version: env!("CARGO_PKG_VERSION"),
        architectures: ARCHITECTURES.iter().map(|b| Named { id: b.id(), name: b.name() }).collect(),
        methods: EXPLAINERS.iter().map(|e| e.meta()).collect(),
        settings: SETTINGS,
        colors: COLOR_MAPS.iter().map(|c| ColorEntry { id: c.id, name: c.name, lut: c.lut() }).collect(),
        overlay: OVERLAY,
        errors: CODES.iter().map(|c| ErrorEntry { code: c.id(), help: c.help() }).collect(),
    }
}

/// Settings of every request, of the mutual map and of the forward pass, in the order of a menu.
const SETTINGS: &[Setting] = &[
    GRID.setting,
    EVIDENCE.setting,
    FUSE.setting,
    WEIGHT.setting,
    EXPONENT.setting,
    POWER.setting,
    CROP.setting,
    ACROSS.setting,
    DOWN.setting,
];
