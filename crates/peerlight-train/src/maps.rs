//! The maps that peers exchange.

use burn::tensor::{Int, Tensor};
use peerlight_core::{
    Fuse, Fusion, Grid, Result, Weight, agreement, attention, guided_attention, log_odds, mutual_map,
};
use peerlight_models::{Features, Layer, Network};

use crate::recipe::{Loss, MapKind};

/// Computation of maps from features.
pub(crate) struct Maps {
    /// Regions over which maps are compared.
    pub grid: Grid,
    side: usize,
    power: u32,
    /// Empty for the last four before the head.
    layers: Vec<Layer>,
}

impl Maps {
    /// # Errors
    /// `ask-invalid` for a grid that is out of range.
    pub fn new(loss: &Loss) -> Result<Self> {
        let grid = Grid::square(loss.grid)?;
        let layers = loss.layers.iter().map(|&layer| Layer(layer)).collect();
        Ok(Self { grid, side: grid.side(loss.map_size), power: loss.power, layers })
    }

    /// A peer's attention, [n, side, side] in 0..=1.
    pub fn attention(&self, net: &Network, features: &Features) -> Tensor<3> {
        let layers = if self.layers.is_empty() { net.graph().several().to_vec() } else { self.layers.clone() };
        attention(layers.into_iter().map(|layer| features.at(layer).clone()), self.power, self.side)
    }

    /// A peer's maps of this kind, [n, side, side] in 0..=1. Guided maps are for `classes`, [n].
    pub fn of_kind(&self, kind: MapKind, net: &Network, features: &Features, classes: Tensor<1, Int>) -> Tensor<3> {
        let attention = self.attention(net, features);
        match kind {
            MapKind::Attention => attention,
            MapKind::Guided => {
                let weights = net.logit_gradient(features, log_odds(features.logits.clone(), classes));
                guided_attention(attention, features.at(features.last()).clone(), weights)
            }
        }
    }

    /// The mutual map of the peers' maps, [n, side, side], with exponent 1.
    pub fn mutual(&self, maps: &[Tensor<3>]) -> Tensor<3> {
        mutual_map(maps, self.grid, Fusion::plain(Fuse::default(), Weight::default())).map
    }

    /// Correlation of the peers' maps region by region, the mean over the pairs: [n, regions].
    pub fn agreement(&self, maps: &[Tensor<3>]) -> Tensor<2> {
        agreement(maps, self.grid).rho
    }
}
