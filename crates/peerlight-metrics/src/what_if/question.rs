//! The question: which places are hidden, and what replaces them.

use peerlight_core::{Baseline, Code, Error, Rect, Result};
use peerlight_explain::{Choose, choices};
use serde::{Deserialize, Serialize};

/// What replaces hidden places.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Replacement {
    /// Black.
    #[default]
    Black,
    /// The mean gray, which normalizing makes zero.
    Mean,
    /// The image through a Gaussian blur ([`Baseline::Blurred`]).
    Blurred,
    /// What the visible neighbors make likely, as ROAD fills holes (Rong et al., ICML 2022).
    Imputed,
}

choices! { Replacement {
    Black: "black", "Black", "Hidden places become black.";
    Mean: "mean", "Mean gray", "Hidden places become the mean gray of the training images.";
    Blurred: "blurred", "Blurred", "Hidden places become blurred, so that colors stay and details go.";
    Imputed: "imputed", "Imputed", "Hidden places are filled in from what is visible around them.";
} }

impl Replacement {
    /// The baseline that stands for a wholly hidden image. `None` for imputation, which depends on what is hidden.
    pub(super) fn baseline(self) -> Option<Baseline> {
        match self {
            Self::Black => Some(Baseline::Black),
            Self::Mean => Some(Baseline::MeanGray),
            Self::Blurred => Some(Baseline::Blurred),
            Self::Imputed => None,
        }
    }
}

/// A region of the grid by its place. JSON may hold more fields, so the regions of an explanation can be passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RegionAt {
    /// Row, counted from 0 at the top.
    pub row: usize,
    /// Column, counted from 0 at the left.
    pub column: usize,
}

/// Question to a forward pass: what would the networks answer if some places were hidden, or if nothing else were
/// visible? The places are those of `regions`, `boxes` and `brush` together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct WhatIf {
    /// Regions of the explanation's grid.
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<RegionAt>>", optional))]
    pub regions: Vec<RegionAt>,
    /// Boxes as fractions of the square that the networks see, 0 to 1: left, top, right and bottom.
    #[cfg_attr(feature = "typescript", ts(type = "Array<[number, number, number, number]>", optional))]
    pub boxes: Vec<Rect>,
    /// Brushed places: a square of cells over what the networks see, row by row, 1 for a chosen cell and 0 for another.
    /// Empty for none.
    #[cfg_attr(feature = "typescript", ts(type = "ArrayLike<number>", optional))]
    pub brush: Vec<f32>,
    /// Whether the places are kept and the rest is hidden, instead of the places.
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>", optional))]
    pub keep: bool,
    /// What replaces hidden pixels.
    #[cfg_attr(feature = "typescript", ts(as = "Option<Replacement>", optional))]
    pub baseline: Replacement,
    /// Whether the effect of hiding each region alone is measured, too. It takes a pass for each region and network.
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>", optional))]
    pub effects: bool,
}

/// The largest brush: more cells than any network has pixels along a side are of no use.
const MOST_CELLS: usize = 2048;

impl WhatIf {
    /// For every pixel of an input of `side` x `side`, row by row, whether it is hidden. Without a place nothing is
    /// hidden, and with `keep` everything is.
    ///
    /// # Errors
    /// `ask-invalid` for a region outside a grid of `grid` x `grid`, or a brush that is no square.
    pub fn hidden(&self, grid: usize, side: usize) -> Result<Vec<bool>> {
        if let Some(at) = self.regions.iter().find(|at| at.row >= grid || at.column >= grid) {
            let (row, column) = (at.row + 1, at.column + 1);
            return refused(format!("There is no row {row}, column {column}: the grid has {grid} of each."));
        }
        let cells = self.brush.len().isqrt();
        if cells * cells != self.brush.len() || cells > MOST_CELLS {
            return refused(format!("A brush is a square of cells, not {} values.", self.brush.len()));
        }
        let chosen = |i: usize| {
            let (x, y) = (i % side, i / side);
            let scaled = |cells: usize, at: usize| (2 * at + 1) * cells / (2 * side);
            let region = RegionAt { row: scaled(grid, y), column: scaled(grid, x) };
            let center = |at: usize| (at as f64 + 0.5) / side as f64;
            self.regions.contains(&region)
                || self.boxes.iter().any(|rect| rect.contains(center(x), center(y)))
                || (cells > 0 && self.brush[scaled(cells, y) * cells + scaled(cells, x)] > 0.5)
        };
        Ok((0..side * side).map(|i| chosen(i) != self.keep).collect())
    }

    /// The question that hides one region alone, by the same replacement.
    pub(super) fn alone(&self, region: usize, grid: usize) -> Self {
        let regions = vec![RegionAt { row: region / grid, column: region % grid }];
        Self { regions, baseline: self.baseline, ..Self::default() }
    }

    /// Whether anything is hidden by it.
    pub(super) fn hides(&self) -> bool {
        self.keep || !(self.regions.is_empty() && self.boxes.is_empty() && self.brush.is_empty())
    }
}

impl std::fmt::Display for Replacement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id())
    }
}

fn refused<T>(why: String) -> Result<T> {
    Err(Error::new(Code::AskInvalid, why))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str, grid: usize, side: usize) -> String {
        let question: WhatIf = serde_json::from_str(json).unwrap();
        question.hidden(grid, side).unwrap().iter().map(|&h| if h { '#' } else { '.' }).collect()
    }

    #[test]
    fn places_become_pixels() {
        assert_eq!(of("{}", 2, 2), "....");
        assert_eq!(of(r#"{"regions":[{"row":0,"column":1,"rho":0.5}]}"#, 2, 4), "..##..##........");
        assert_eq!(of(r#"{"regions":[{"row":0,"column":1}],"keep":true}"#, 2, 2), "#.##");
        // A box holds the pixels whose centers lie in it.
        assert_eq!(of(r#"{"boxes":[[0.2,0,0.7,0.5]]}"#, 7, 4), ".##..##.........");
        assert_eq!(of(r#"{"brush":[0,0,0,1]}"#, 7, 4), "..........##..##");
        // Where the grid does not divide the side, a pixel belongs to its center's region, on a border to the later.
        assert_eq!(of(r#"{"regions":[{"row":0,"column":1}]}"#, 2, 3), ".##......");
        assert_eq!(of(r#"{"regions":[{"row":1,"column":1},{"row":0,"column":0}]}"#, 2, 2), "#..#");
    }

    #[test]
    fn what_is_no_place_is_refused() {
        for json in [r#"{"regions":[{"row":7,"column":0}]}"#, r#"{"brush":[1,0,1]}"#] {
            let question: WhatIf = serde_json::from_str(json).unwrap();
            assert_eq!(question.hidden(7, 8).unwrap_err().code(), Code::AskInvalid, "{json}");
        }
        assert!(serde_json::from_str::<WhatIf>(r#"{"region":[]}"#).is_err(), "a misspelt field is refused");
    }

    #[test]
    fn replacements_have_the_ids_of_json() {
        for (value, choice) in Replacement::VALUES.iter().zip(Replacement::CHOICES) {
            assert_eq!((serde_json::to_value(value).unwrap(), value.to_string()), (choice.id.into(), choice.id.into()));
        }
    }
}
