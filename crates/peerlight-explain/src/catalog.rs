//! Everything that can be chosen, from the lists themselves: the page's menus, the command line's
//! help and the documentation show this.

use peerlight_core::{CODES, COLOUR_MAPS};
use peerlight_models::BACKBONES;
use serde::Serialize;

use crate::{
    EXPLAINERS, Meta, Setting,
    methods::mutual::{CONTRAST, EVIDENCE, FUSE, POWER, WEIGHT},
};

/// Something with an id and a name.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Named {
    pub id: &'static str,
    pub name: &'static str,
}

/// A colour map with its table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColourEntry {
    /// Identifier.
    pub id: &'static str,
    /// For people.
    pub name: &'static str,
    /// 256 colours, three bytes each, from 0 to 1.
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
    pub backbones: Vec<Named>,
    pub methods: Vec<&'static Meta>,
    pub settings: &'static [Setting],
    pub colours: Vec<ColourEntry>,
    pub errors: Vec<ErrorEntry>,
}

/// The catalog of this build.
pub fn catalog() -> Catalog {
    Catalog {
        version: env!("CARGO_PKG_VERSION"),
        backbones: BACKBONES.iter().map(|b| Named { id: b.id(), name: b.name() }).collect(),
        methods: EXPLAINERS.iter().map(|e| e.meta()).collect(),
        settings: SETTINGS,
        colours: COLOUR_MAPS.iter().map(|c| ColourEntry { id: c.id, name: c.name, lut: c.lut() }).collect(),
        errors: CODES.iter().map(|c| ErrorEntry { code: c.id(), help: c.help() }).collect(),
    }
}

/// The settings of an [`Ask`].
const SETTINGS: &[Setting] = &[
    Setting::number("grid", "Grid", [2.0, 7.0, 14.0], "Regions along a side of the picture."),
    EVIDENCE,
    FUSE,
    WEIGHT,
    CONTRAST,
    POWER,
    Setting::number(
        "crop",
        "Crop",
        [0.1, 0.875, 1.0],
        "Side of the centre square that the networks see, as a part of the shorter side.",
    ),
];
