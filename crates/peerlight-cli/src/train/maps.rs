//! The maps that peers exchange, of a whole batch.

use burn::tensor::{Int, Tensor};
use peerlight_core::{Fuse, Fusion, Grid, Result, Weight, attention, guided_attention, log_odds, mutual_map};
use peerlight_models::{Features, Layer, Net, Network};

use super::recipe::{Evidence, Recipe};

/// How the recipe makes maps.
pub struct Maps {
    /// The regions.
    pub grid: Grid,
    side: usize,
    power: u32,
    stages: Option<Vec<usize>>,
}

impl Maps {
    /// As the recipe says.
    ///
    /// # Errors
    /// `ask-invalid` for a grid out of range.
    pub fn of(recipe: &Recipe) -> Result<Self> {
        let grid = Grid::square(recipe.grid)?;
        let stages = Some(recipe.stages.clone()).filter(|stages| !stages.is_empty());
        Ok(Self { grid, side: grid.side(recipe.map_side), power: recipe.power, stages })
    }

    /// A peer's attention, [n, side, side].
    pub fn attention(&self, features: &Features) -> Tensor<3> {
        let chosen = self.stages.iter().flatten().map(|&layer| Layer(layer)).collect();
        let layers = if self.stages.is_some() { chosen } else { features.last().superposed() };
        attention(layers.into_iter().map(|layer| features.at(layer).clone()), self.power, self.side)
    }

    /// A peer's maps, [n, side, side], of the kind that is transferred. `classes`, [n], are what guided maps are for.
    pub fn of_peer(&self, net: &Net, features: &Features, classes: Tensor<1, Int>, evidence: Evidence) -> Tensor<3> {
        let looked = self.attention(features);
        match evidence {
            Evidence::Attention => looked,
            Evidence::Guided => {
                let weights = log_odds(features.logits.clone(), classes).matmul(net.classifier());
                guided_attention(looked, features.at(features.last()).clone(), weights)
            }
        }
    }

    /// The mutual map before its contrast is raised for show, [n, side, side].
    pub fn mutual(&self, maps: &[Tensor<3>]) -> Tensor<3> {
        mutual_map(maps, self.grid, Fusion::plain(Fuse::default(), Weight::default())).map
    }
}
