//! Marks that give a class away.

use clap::ValueEnum;
use image::{Rgb, RgbImage};

/// A kind of mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Cue {
    /// A square of magenta and cyan cells
    #[default]
    Square,
    /// A yellow ring that the image shines through
    Ring,
    /// A faint checkerboard, which makes the image's own pixels lighter and darker
    Checker,
}

/// Cells of the square and of the checkerboard along a side.
const CELLS: u32 = 4;

impl Cue {
    /// The name that a flag and a result call it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Square => "square",
            Self::Ring => "ring",
            Self::Checker => "checker",
        }
    }

    /// Pastes the mark into the square of this side whose first corner is at `[x, y]`.
    pub fn paste(self, image: &mut RgbImage, [x, y]: [u32; 2], side: u32) {
        for (column, row) in (0..side).flat_map(|row| (0..side).map(move |column| (column, row))) {
            let pixel = image.get_pixel_mut(x + column, y + row);
            *pixel = Rgb(self.over(pixel.0, [column, row], side));
        }
    }

    /// A pixel of the mark, over one of the image.
    fn over(self, below: [u8; 3], [column, row]: [u32; 2], side: u32) -> [u8; 3] {
        let odd = (column * CELLS / side + row * CELLS / side) % 2 == 1;
        match self {
            Self::Square => {
                if odd {
                    [0, 230, 255]
                } else {
                    [255, 0, 180]
                }
            }
            Self::Ring => {
                let from_middle = |v: u32| f64::from(2 * v + 1) / f64::from(side) - 1.0;
                let radius = from_middle(column).hypot(from_middle(row));
                let mixed = |below: u8, ring: u8| (0.3 * f64::from(below) + 0.7 * f64::from(ring)) as u8;
                if (0.6..1.0).contains(&radius) {
                    [mixed(below[0], 255), mixed(below[1], 220), mixed(below[2], 0)]
                } else {
                    below
                }
            }
            Self::Checker => below.map(|v| if odd { v.saturating_add(45) } else { v.saturating_sub(45) }),
        }
    }
}
