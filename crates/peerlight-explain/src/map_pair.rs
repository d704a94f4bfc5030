//! Two maps side by side: what statistics of agreement compare.

use burn::tensor::{Device, Tensor, TensorData};
use peerlight_core::{Grid, Reading, Result, pearson};

/// Two maps' regions on one grid.
#[derive(Debug, Clone, PartialEq)]
pub struct PairRegions {
    /// Pearson's correlation of each region, row by row; 0 where a map is constant.
    pub rho: Vec<f64>,
    /// Mean of the first and of the second map in each region.
    pub attention: Vec<[f64; 2]>,
}

/// Two maps of one image, with their regions on the grids that were asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct MapPair {
    /// Values of the first map, row by row, 0..=1.
    pub a: Vec<f32>,
    /// Values of the second map.
    pub b: Vec<f32>,
    /// Side of the maps in pixels.
    pub side: usize,
    /// Regions by the number of regions along a side.
    pub regions: Vec<(usize, PairRegions)>,
}

impl MapPair {
    /// Compares maps of `side` x `side` values, each with its partner. Everything is read from the device at once.
    ///
    /// # Errors
    /// `ask-invalid` for a grid that does not exist, or `device-lost`.
    pub async fn of(
        maps: Vec<(Vec<f32>, Vec<f32>)>,
        side: usize,
        grids: &[usize],
        device: &Device,
    ) -> Result<Vec<Self>> {
        let count = maps.len();
        if count == 0 {
            return Ok(Vec::new());
        }
        let stacked = |values: Vec<f32>| Tensor::<3>::from_data(TensorData::new(values, [count, side, side]), device);
        let a = stacked(maps.iter().flat_map(|(a, _)| a).copied().collect());
        let b = stacked(maps.iter().flat_map(|(_, b)| b).copied().collect());
        let mut reading = Reading::default();
        for &g in grids {
            let grid = Grid::square(g)?;
            let (a, b) = (grid.divide(a.clone()), grid.divide(b.clone()));
            reading.add(a.clone().mean_dim(2));
            reading.add(b.clone().mean_dim(2));
            reading.add(pearson(a, b).rho);
        }
        let values = reading.read().await?;
        let pairs = maps.into_iter().enumerate().map(|(i, (a, b))| {
            let regions = grids.iter().zip(values.chunks_exact(3)).map(|(&g, read)| {
                let own = |values: &Vec<f32>| values[i * g * g..(i + 1) * g * g].iter().map(|&v| known(v)).collect();
                let [first, second, rho]: [Vec<f64>; 3] = [own(&read[0]), own(&read[1]), own(&read[2])];
                (g, PairRegions { rho, attention: first.into_iter().zip(second).map(|(a, b)| [a, b]).collect() })
            });
            Self { regions: regions.collect(), a, b, side }
        });
        Ok(pairs.collect())
    }

    /// Regions of a grid; none if it was not asked for.
    pub fn on(&self, grid: usize) -> Option<&PairRegions> {
        self.regions.iter().find(|(g, _)| *g == grid).map(|(_, regions)| regions)
    }
}

/// A number that is finite; 0 otherwise.
fn known(value: f32) -> f64 {
    if value.is_finite() { f64::from(value) } else { 0.0 }
}

/// The arithmetic mean; none of no values.
pub fn mean(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.into_iter().fold((0.0, 0usize), |(sum, count), v| (sum + v, count + 1));
    (count > 0).then(|| sum / count as f64)
}
