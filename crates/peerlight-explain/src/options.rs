//! Settings that several methods or programs share: those of a request, of an image and of the mutual map.

use peerlight_core::{Fuse, Fusion, Weight};
use serde::{Deserialize, Serialize};

use crate::{ChoiceSetting, CountSetting, NumberSetting, choices};

/// Source of a peer's own map within the mutual map.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// Attention of the layers, the same for every class, as in Cheng et al. (2022): the method `attention`.
    Attention,
    /// Superposed class activation: CAM at the last layer, LayerCAM at earlier ones.
    Class,
    /// Attention limited to what supports the class over similar ones: the method `guided`. Peerlight's own.
    #[default]
    Guided,
}

choices! { Evidence {
    Guided: "guided", "Attention for the class",
        "Where the network looks, limited to what supports this class over similar ones.";
    Attention: "attention", "Attention",
        "As in Cheng et al.: whatever is active in the chosen layers, for any class.";
    Class: "class", "Class activation", "What supports the class, by CAM at the last layer and LayerCAM at earlier \
        ones.";
} }

choices! { Fuse {
    Mean: "mean", "Mean", "A place counts if any network looks at it.";
    Geometric: "geometric", "Geometric mean", "A place counts only if every network looks at it.";
    Product: "product", "Product", "Like the geometric mean, but stricter.";
} }

choices! { Weight {
    Uniform: "uniform", "None", "All regions count equally.";
    Agreement: "agreement", "By agreement", "Regions where the networks disagree are dimmed.";
} }

/// Number of regions per side over which the peers' maps are compared, 1 to 56. Every request has it.
pub const GRID: CountSetting =
    CountSetting::new("grid", "Grid", [1, 7, 56], "Number of regions per side of the square.");

/// Side of the square as a fraction of the image's shorter side, 0.1 to 1. It belongs to the forward pass.
pub const CROP: NumberSetting = NumberSetting::new(
    "crop",
    "Crop",
    [0.1, 0.875, 1.0],
    "Size of the square that the networks see, as a fraction of the shorter side.",
);

/// Place of the square from left, 0, to right, 1. It belongs to the forward pass.
pub const ACROSS: NumberSetting = NumberSetting::new(
    "across",
    "Across",
    [0.0, 0.5, 1.0],
    "Place of the square: 0 is the image's left edge, 0.5 its middle, 1 its right edge.",
);

/// Place of the square from top, 0, to bottom, 1. It belongs to the forward pass.
pub const DOWN: NumberSetting = NumberSetting::new(
    "down",
    "Down",
    [0.0, 0.5, 1.0],
    "Place of the square: 0 is the image's top edge, 0.5 its middle, 1 its bottom edge.",
);

/// Settings of the forward pass, which no request has: together they are a [`Framing`](peerlight_core::Framing).
pub const FRAMING: [NumberSetting; 3] = [CROP, ACROSS, DOWN];

/// Source of each peer's own map, for the mutual map.
pub const EVIDENCE: ChoiceSetting<Evidence> =
    ChoiceSetting::new("evidence", "Evidence", "Source of each network's own map.");

/// Way of combining the peers' maps.
pub const FUSE: ChoiceSetting<Fuse> = ChoiceSetting::new("fuse", "Fusion", "How the networks' maps are combined.");

/// Weighting of the fused map.
pub const WEIGHT: ChoiceSetting<Weight> =
    ChoiceSetting::new("weight", "Weighting", "Whether regions are weighted by agreement.");

/// Exponent that the mutual map is raised to, 0.5 to 4. Peerlight's own; requests may call it `contrast`.
pub const EXPONENT: NumberSetting = NumberSetting::new(
    "exponent",
    "Exponent",
    [0.5, Fusion::EXPONENT, 4.0],
    "Raises the mutual map to this power. Above 1, faint areas get fainter; the ranking stays.",
)
.alias("contrast");

/// Exponent of the layer attention, 1 to 4. See [`layer_attention`](peerlight_core::layer_attention).
pub const POWER: CountSetting =
    CountSetting::new("power", "Power", [1, 2, 4], "Exponent used when summing each layer's activations.");

/// Seed of a random method.
pub const SEED: CountSetting = CountSetting::new(
    "seed",
    "Seed",
    [0, 0, u32::MAX],
    "Selects the random numbers. The same seed gives the same map.",
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
