//! Flags of what-if questions.

use std::str::FromStr;

use clap::{
    ArgGroup, Args,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};
use peerlight_core::{Code, Crop, Error, Rect, Result};
use peerlight_explain::Choose;
use peerlight_metrics::{RegionAt, Replacement, WhatIf};

use crate::boxes::is_fraction;

/// What-if question of the command line.
#[derive(Args, Clone)]
#[command(group(ArgGroup::new("question").args(["hide", "keep", "effects"]).multiple(true)))]
pub struct WhatIfArgs {
    /// Hide places from every network and tell what changes. Places are joined by +: a region as row,column, counted
    /// from 1 at the top left, or a box as left,top,right,bottom in pixels of the image; such as 2,3+2,4
    #[arg(long, value_name = "PLACES", conflicts_with = "keep")]
    hide: Option<Places>,
    /// Keep these places alone and hide the rest
    #[arg(long, value_name = "PLACES")]
    keep: Option<Places>,
    /// What replaces hidden pixels [default: black]
    #[arg(long, value_name = "CHOICE", requires = "question", value_parser = replacement())]
    baseline: Option<Replacement>,
    /// Measure what hiding each region alone takes from the class: a pass for each region and network
    #[arg(long)]
    effects: bool,
}

impl WhatIfArgs {
    /// The question about an image of which the networks see `crop`. `None` if nothing is asked.
    ///
    /// # Errors
    /// `ask-invalid` for a box that is in fractions, or lies outside what the networks see.
    pub fn question(&self, crop: Crop) -> Result<Option<WhatIf>> {
        let places = self.hide.as_ref().or(self.keep.as_ref());
        if places.is_none() && !self.effects {
            return Ok(None);
        }
        let seen = |rect: &Rect| {
            if is_fraction(rect) && rect.x1 > 0.0 && rect.y1 > 0.0 {
                let text = "A box ends within the first pixel. It seems to be in fractions: places are in pixels.";
                return Err(Error::new(Code::AskInvalid, text));
            }
            rect.seen(crop, 1).ok_or_else(|| {
                let [x0, y0, x1, y1] = <[f64; 4]>::from(*rect);
                let text = format!("The box {x0},{y0},{x1},{y1} lies outside the square that the networks see.");
                Error::new(Code::AskInvalid, text)
            })
        };
        Ok(Some(WhatIf {
            regions: self.regions().to_vec(),
            boxes: places.map_or(&[][..], |places| &places.boxes).iter().map(seen).collect::<Result<_>>()?,
            brush: Vec::new(),
            keep: self.keep.is_some(),
            baseline: self.baseline.unwrap_or_default(),
            effects: self.effects,
        }))
    }

    /// Checks the regions against a grid, before any image is read.
    ///
    /// # Errors
    /// `ask-invalid` for a region outside the grid.
    pub fn check(&self, grid: usize) -> Result<()> {
        WhatIf { regions: self.regions().to_vec(), ..WhatIf::default() }.hidden(grid, 1).map(drop)
    }

    fn regions(&self) -> &[RegionAt] {
        self.hide.as_ref().or(self.keep.as_ref()).map_or(&[], |places| &places.regions)
    }
}

/// Regions and boxes of one flag.
#[derive(Debug, Clone, Default, PartialEq)]
struct Places {
    regions: Vec<RegionAt>,
    boxes: Vec<Rect>,
}

impl FromStr for Places {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let mut places = Self::default();
        for part in text.split('+') {
            let numbers: Option<Vec<f64>> = part.split(',').map(|number| number.trim().parse().ok()).collect();
            match numbers.as_deref() {
                Some(&[row, column]) if [row, column].iter().all(|n| *n >= 1.0 && n.fract() == 0.0 && *n < 1e6) => {
                    places.regions.push(RegionAt { row: row as usize - 1, column: column as usize - 1 });
                }
                Some(&[x0, y0, x1, y1]) if x0 < x1 && y0 < y1 => places.boxes.push(Rect { x0, y0, x1, y1 }),
                _ => {
                    return Err(format!(
                        "'{part}' is not a place. Write row,column, counted from 1, or left,top,right,bottom in \
                         pixels. Join several by +, such as 2,3+2,4"
                    ));
                }
            }
        }
        Ok(places)
    }
}

fn replacement() -> impl TypedValueParser<Value = Replacement> {
    let values = Replacement::CHOICES.iter().map(|choice| PossibleValue::new(choice.id).help(choice.help));
    PossibleValuesParser::new(values).map(|id| Replacement::of_id(&id).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_they_are_written() {
        let at = |row, column| RegionAt { row, column };
        let places: Places = "2,3+2,4".parse().unwrap();
        assert_eq!(places, Places { regions: vec![at(1, 2), at(1, 3)], boxes: Vec::new() });
        let places: Places = "1,1+10,20,30.5,40".parse().unwrap();
        assert_eq!(places, Places { regions: vec![at(0, 0)], boxes: vec![[10.0, 20.0, 30.5, 40.0].into()] });
        for text in ["", "2", "0,1", "1.5,2", "2,3+", "2,3,4", "9,9,1,1", "a,b", "nan,1", "1,1,nan,4"] {
            assert!(text.parse::<Places>().is_err(), "{text}");
        }
    }
}
