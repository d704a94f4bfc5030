//! The settings that several places share: those of a request and of its image, and those of the mutual map.

use peerlight_core::{Fuse, Fusion, Weight};
use serde::{Deserialize, Serialize};

use crate::{ChoiceSetting, CountSetting, NumberSetting, choices};

/// What a peer's own map is made of, for the mutual map.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// The attention of the chosen layers, the same for every class, as Cheng et al. have it. The method `attention`.
    Attention,
    /// Class activation: CAM at the last layer, LayerCAM at earlier ones, superposed.
    Class,
    /// Attention with what speaks for the class over similar ones. The method `guided`.
    #[default]
    Guided,
}

choices! { Evidence {
    Guided: "guided", "Attention for the class",
        "Where the network looks, limited to what supports this class over similar ones.";
    Attention: "attention", "Attention", "As in the paper: whatever is active in the chosen layers, for any class.";
    Class: "class", "Class activation", "What supports the class at the last layer (CAM).";
} }

choices! { Fuse {
    Mean: "mean", "Mean", "A place counts if any network looks at it.";
    Geometric: "geometric", "Geometric mean", "A place counts only if every network looks at it.";
    Product: "product", "Product", "As the geometric mean, and stricter.";
} }

choices! { Weight {
    Uniform: "uniform", "None", "All regions count equally.";
    Agreement: "agreement", "By agreement", "Regions where the networks disagree are dimmed.";
} }

/// The number of regions along a side, over which the peers' maps are compared. Of every request.
pub const GRID: CountSetting = CountSetting::new("grid", "Grid", [1, 7, 56], "Number of regions per side.");

/// The part of the image that the networks see. Of the forward pass, not of a request.
pub const CROP: NumberSetting = NumberSetting::new(
    "crop",
    "Crop",
    [0.1, 0.875, 1.0],
    "Size of the center square that the networks see, as a fraction of the shorter side.",
);

/// What a peer's own map is made of.
pub const EVIDENCE: ChoiceSetting<Evidence> =
    ChoiceSetting::new("evidence", "Evidence", "What each network's own map is made of.");

/// How the peers' maps become one.
pub const FUSE: ChoiceSetting<Fuse> = ChoiceSetting::new("fuse", "Fusion", "How the networks' maps become one.");

/// What the fused map is weighted by.
pub const WEIGHT: ChoiceSetting<Weight> =
    ChoiceSetting::new("weight", "Weighting", "What the mutual map is weighted by.");

/// The exponent that the mutual map is raised to.
pub const EXPONENT: NumberSetting = NumberSetting::new(
    "exponent",
    "Exponent",
    [0.5, Fusion::EXPONENT, 4.0],
    "Raises the mutual map to this power: faint areas get fainter, their ranking stays.",
)
.alias("contrast");

/// The exponent of the layer attention.
pub const POWER: CountSetting =
    CountSetting::new("power", "Power", [1, 2, 4], "Exponent used when summing each layer's activations.");

/// The seed of a random method.
pub const SEED: CountSetting = CountSetting::new(
    "seed",
    "Seed",
    [0, 0, u32::MAX],
    "Which random numbers are used: the same seed gives the same map.",
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Choose;

    /// Every choice has the id under which serde knows its value.
    fn check<T: Choose + serde::de::DeserializeOwned + Default + std::fmt::Debug>() {
        assert_eq!(T::VALUES.len(), T::CHOICES.len());
        assert_eq!(T::VALUES[0], T::default());
        for (value, choice) in T::VALUES.iter().zip(T::CHOICES) {
            let read: T = serde_json::from_value(choice.id.into()).unwrap();
            assert_eq!((read, value.id()), (*value, choice.id));
        }
    }

    #[test]
    fn choices_are_the_types_own() {
        check::<Evidence>();
        check::<Fuse>();
        check::<Weight>();
        assert_eq!(peerlight_core::Grid::RANGE, 1..=56);
    }
}
