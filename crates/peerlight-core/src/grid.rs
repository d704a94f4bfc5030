//! Division of a map into regions.

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use crate::{Code, Error, Result, resize_map};

/// Grid of rows x columns regions of equal size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grid {
    /// Number of regions from top to bottom.
    pub rows: usize,
    /// Number of regions from left to right.
    pub columns: usize,
}

impl Grid {
    /// Allowed numbers of regions along a side. One region is the whole map.
    pub const RANGE: std::ops::RangeInclusive<usize> = 1..=56;

    /// Creates a grid of g x g regions.
    ///
    /// # Errors
    /// `ask-invalid` outside [`Grid::RANGE`].
    pub fn square(g: usize) -> Result<Self> {
        if Self::RANGE.contains(&g) {
            Ok(Self { rows: g, columns: g })
        } else {
            let (low, high) = (Self::RANGE.start(), Self::RANGE.end());
            Err(Error::new(Code::AskInvalid, format!("The grid must be {low} to {high} regions wide, not {g}.")))
        }
    }

    /// Number of regions.
    pub fn regions(self) -> usize {
        self.rows * self.columns
    }

    /// Smallest number of pixels, at least `side`, that both rows and columns divide. Maps of this side have regions of
    /// equal size.
    pub fn side(self, side: usize) -> usize {
        let step = lcm(self.rows, self.columns);
        side.div_ceil(step) * step
    }

    /// Divides maps [n, height, width] into regions [n, rows * columns, values], row by row. Maps whose size the grid
    /// does not divide are resized first, to the next larger size that it divides.
    pub fn divide(self, maps: Tensor<3>) -> Tensor<3> {
        let [n, height, width] = maps.dims();
        let (h, w) = (height.div_ceil(self.rows), width.div_ceil(self.columns));
        let maps = resize_map(maps, [h * self.rows, w * self.columns]);
        maps.reshape([n, self.rows, h, self.columns, w]).permute([0, 1, 3, 2, 4]).reshape([n, self.regions(), h * w])
    }
}

fn lcm(a: usize, b: usize) -> usize {
    fn gcd(a: usize, b: usize) -> usize {
        if b == 0 { a } else { gcd(b, a % b) }
    }
    a / gcd(a, b) * b
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)]
mod tests {
    use super::*;
    use burn::tensor::{Device, Int, TensorData};

    #[test]
    fn divides_row_by_row() {
        let map = Tensor::<1, Int>::arange(0..24, &Device::flex()).float().reshape([1, 4, 6]);
        let regions = Grid { rows: 2, columns: 3 }.divide(map).into_data();
        let expected = TensorData::from([[
            [0.0f32, 1.0, 6.0, 7.0],
            [2.0, 3.0, 8.0, 9.0],
            [4.0, 5.0, 10.0, 11.0],
            [12.0, 13.0, 18.0, 19.0],
            [14.0, 15.0, 20.0, 21.0],
            [16.0, 17.0, 22.0, 23.0],
        ]]);
        regions.assert_eq(&expected, true);
    }

    #[test]
    fn a_map_that_the_grid_does_not_divide_is_resized() {
        let map = Tensor::<1, Int>::arange(0..25, &Device::flex()).float().reshape([1, 5, 5]);
        let regions = Grid { rows: 2, columns: 3 }.divide(map.clone()).into_data();
        regions.assert_eq(&Grid { rows: 2, columns: 3 }.divide(resize_map(map, [6, 6])).into_data(), true);
        assert_eq!(regions.shape().to_vec(), [1, 6, 6]);
    }

    #[test]
    fn every_grid_divides_its_side() {
        for g in Grid::RANGE {
            let grid = Grid::square(g).unwrap();
            let side = grid.side(224);
            assert!(side.is_multiple_of(g) && side >= 224 && side < 224 + g, "{g}: {side}");
        }
        assert!(Grid::square(0).is_err() && Grid::square(57).is_err());
    }
}
