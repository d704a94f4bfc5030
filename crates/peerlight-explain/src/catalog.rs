//! Everything that can be chosen, from the lists themselves: the page's menus, the command line's
//! help and the documentation show this.

use peerlight_core::{CODES, COLOUR_MAPS};
use peerlight_models::BACKBONES;
use serde::Serialize;

use crate::Ask;

/// Something with an id and a name.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Named {
    pub id: &'static str,
    pub name: &'static str,
}

/// One of the values that a setting can have.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Choice {
    pub id: &'static str,
    pub name: &'static str,
    pub help: &'static str,
}

/// A setting of [`Ask`]: with choices, or a range.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Setting {
    pub id: &'static str,
    pub name: &'static str,
    pub help: &'static str,
    pub kind: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// The id of a choice, or a number in digits.
    pub default: String,
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
    pub settings: Vec<Setting>,
    pub colours: Vec<ColourEntry>,
    pub errors: Vec<ErrorEntry>,
}

/// The catalog of this build.
pub fn catalog() -> Catalog {
    Catalog {
        version: env!("CARGO_PKG_VERSION"),
        backbones: BACKBONES.iter().map(|b| Named { id: b.id(), name: b.name() }).collect(),
        settings: settings(),
        colours: COLOUR_MAPS.iter().map(|c| ColourEntry { id: c.id, name: c.name, lut: c.lut() }).collect(),
        errors: CODES.iter().map(|c| ErrorEntry { code: c.id(), help: c.help() }).collect(),
    }
}

fn settings() -> Vec<Setting> {
    let ask = Ask::default();
    let number = |id, name, help, min: f64, max: f64, default: String| Setting {
        id,
        name,
        help,
        kind: "number",
        choices: Vec::new(),
        min: Some(min),
        max: Some(max),
        default,
    };
    let choice = |id, name, help, choices: &[[&'static str; 3]]| Setting {
        id,
        name,
        help,
        kind: "choice",
        choices: choices.iter().map(|&[id, name, help]| Choice { id, name, help }).collect(),
        min: None,
        max: None,
        default: choices[0][0].into(),
    };
    vec![
        number("grid", "Grid", "Regions along a side of the picture.", 2.0, 14.0, ask.grid.to_string()),
        choice(
            "evidence",
            "Evidence",
            "What a peer's map is made of.",
            &[
                [
                    "guided",
                    "Attention for the class",
                    "Where the net looks, kept to what speaks for the class: the geometric mean of the other two.",
                ],
                ["attention", "Attention", "The paper's: what is active in the chosen stages, whatever the class."],
                ["class", "Class activation", "What speaks for the class at the last stage (CAM)."],
            ],
        ),
        choice(
            "fuse",
            "Fusion",
            "How the peers' maps become one.",
            &[
                ["mean", "Mean", "What any peer looks at counts."],
                ["geometric", "Geometric mean", "What every peer looks at counts."],
                ["product", "Product", "Sharper still."],
            ],
        ),
        choice(
            "weight",
            "Weighting",
            "What the mutual map is weighted by.",
            &[
                ["agreement", "Agreement", "Regions where the peers disagree are dimmed."],
                ["uniform", "Nothing", "All regions count alike."],
            ],
        ),
        number("power", "Power", "The power of the layer attention.", 1.0, 4.0, ask.power.to_string()),
        number(
            "crop",
            "Crop",
            "Side of the centre square that the networks see, as a part of the shorter side.",
            0.1,
            1.0,
            "0.875".into(),
        ),
    ]
}
