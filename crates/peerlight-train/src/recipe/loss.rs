//! The loss.

use peerlight_core::{Grid, Result, Transfer};
use serde::{Deserialize, Serialize};

use super::require;

/// The weights of the loss's terms, and the maps that peers exchange.
///
/// L = cross-entropy + transfer_weight * transfer + mutual_weight * mutual + consistency_weight * consistency. The
/// formulas of the documentation write beta, gamma, delta and lambda for the weights of transfer, mutual learning,
/// consistency and distance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Loss {
    /// Weight of the transfer of maps between peers (beta), at least 0. 0 makes the peers independent.
    #[serde(alias = "beta")]
    pub transfer_weight: f32,
    /// Weight of mutual learning (gamma), at least 0: each peer also learns the others' probabilities (Zhang et al.,
    /// CVPR 2018).
    #[serde(alias = "gamma")]
    pub mutual_weight: f32,
    /// Temperature of mutual learning, above 0.
    pub temperature: f32,
    /// Weight of masked consistency (delta), at least 0: the image masked by the mutual map must still be recognized.
    #[serde(alias = "delta")]
    pub consistency_weight: f32,
    /// Mask of masked consistency.
    pub mask: Mask,
    /// Whether gradients of masked consistency pass through the mask.
    #[serde(alias = "teach")]
    pub mask_gradient: MaskGradient,
    /// Weight of the squared distance within a region's transfer (lambda), at least 0.
    #[serde(alias = "lambda")]
    pub distance_weight: f32,
    /// Whether maps are compared region by region or as a whole.
    pub transfer: Transfer,
    /// Kind of the transferred maps.
    pub evidence: MapKind,
    /// Map of a peer that learns from the others' maps.
    #[serde(alias = "onto")]
    pub transfer_onto: TransferOnto,
    /// Peers that a map is learned from.
    #[serde(alias = "lead")]
    pub transfer_from: TransferFrom,
    /// Regions along a side of a map.
    pub grid: usize,
    /// Side of the compared maps in values, 8..=448, rounded up to a multiple of `grid`.
    #[serde(alias = "map-side")]
    pub map_size: usize,
    /// Power of the layer attention, 1..=4.
    pub power: u32,
    /// Layers whose attention is superposed, counted from 1. An empty list takes the last four before the head.
    #[serde(alias = "stages")]
    pub layers: Vec<usize>,
}

impl Default for Loss {
    fn default() -> Self {
        Self {
            transfer_weight: 1.0,
            mutual_weight: 0.0,
            temperature: 1.0,
            consistency_weight: 0.0,
            mask: Mask::default(),
            mask_gradient: MaskGradient::default(),
            distance_weight: 1.0,
            transfer: Transfer::default(),
            evidence: MapKind::default(),
            transfer_onto: TransferOnto::default(),
            transfer_from: TransferFrom::default(),
            grid: 7,
            map_size: 28,
            power: 2,
            layers: Vec::new(),
        }
    }
}

/// Mask of masked consistency, made of the mutual map.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mask {
    /// Pixels are multiplied by the map.
    Soft,
    /// The half of the pixels with the largest values stays, the rest becomes black.
    Top50,
    /// Soft and top50 take turns, image by image.
    #[default]
    Both,
}

/// Whether gradients of masked consistency pass through the mask.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MaskGradient {
    /// The mask is a constant: the network learns to recognize what the mask leaves.
    #[default]
    #[serde(alias = "network")]
    Stop,
    /// Gradients flow through the mask into the peer's own map, which learns to select what is recognized.
    #[serde(alias = "map")]
    Flow,
}

/// Kind of the transferred maps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MapKind {
    /// Layer attention, whatever the class: the paper's.
    #[default]
    Attention,
    /// Layer attention limited to what supports the class.
    Guided,
}

/// Map of a peer that learns from the others' maps. The others' maps are always those of the whole image.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TransferOnto {
    /// The map of the whole image.
    #[default]
    Whole,
    /// The map of the image that masked consistency has masked.
    Masked,
    /// Both maps, each with half of the weight.
    Both,
}

/// Peers that a map is learned from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TransferFrom {
    /// From all others.
    #[default]
    #[serde(alias = "mutual")]
    All,
    /// Image by image, only from those that give the class a higher probability.
    Better,
}

impl Loss {
    pub(super) fn check(&self) -> Result<()> {
        let weights = [self.transfer_weight, self.mutual_weight, self.consistency_weight, self.distance_weight];
        require(&[
            (
                weights.iter().all(|v| v.is_finite() && *v >= 0.0),
                "The weights `transfer-weight`, `mutual-weight`, `consistency-weight` and `distance-weight` must not \
                 be negative.",
            ),
            (
                self.transfer_onto == TransferOnto::Whole || self.consistency_weight > 0.0,
                "`transfer-onto` = masked or both needs masked consistency: `consistency-weight` above 0.",
            ),
            (self.temperature.is_finite() && self.temperature > 0.0, "`temperature` must be above 0."),
            ((1..=4).contains(&self.power), "`power` must be 1 to 4."),
            ((8..=448).contains(&self.map_size), "`map-size` must be 8 to 448."),
        ])?;
        Grid::square(self.grid).map(drop)
    }
}
