//! Everything that can be chosen, from the lists themselves: the page's menus, the command line's
//! help and the documentation show this.

use peerlight_core::{CODES, COLOR_MAPS, OVERLAY, OverlayStyle};
use peerlight_models::ARCHITECTURES;
use serde::Serialize;

use crate::{
    EXPLAINERS, Meta, Setting,
    options::{CROP, EVIDENCE, EXPONENT, FUSE, GRID, POWER, WEIGHT},
};

/// Something with an id and a name.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Named {
    pub id: &'static str,
    pub name: &'static str,
}

/// A color map with its table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColorEntry {
    /// Identifier.
    pub id: &'static str,
    /// For people.
    pub name: &'static str,
    /// 256 colors, three bytes each, from 0 to 1.
    #[serde(skip)]
    pub lut: Vec<u8>,
}

/// An error code and what to do about it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct ErrorEntry {
    pub code: &'static str,
    pub help: &'static str,
}

/// Everything that can be chosen.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Catalog {
    pub version: &'static str,
    pub architectures: Vec<Named>,
    pub methods: Vec<&'static Meta>,
    pub settings: &'static [Setting],
    pub colors: Vec<ColorEntry>,
    /// How a map is painted over the image where nothing else is chosen.
    pub overlay: OverlayStyle,
    pub errors: Vec<ErrorEntry>,
}

/// The catalog of this build.
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

/// What a page or a program offers at its first sight: the settings of every request and of the mutual map, and the
/// crop of the forward pass.
const SETTINGS: &[Setting] =
    &[GRID.setting, EVIDENCE.setting, FUSE.setting, WEIGHT.setting, EXPONENT.setting, POWER.setting, CROP.setting];
