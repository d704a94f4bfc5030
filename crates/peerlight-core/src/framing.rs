//! Framing: which square of an image the networks see.

use serde::{Deserialize, Serialize};

use crate::{Code, Error, Result};

/// Square of the image that the networks see, in the image's pixels, not necessarily whole ones.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Crop {
    /// Left edge, in pixels from the left.
    pub x: f64,
    /// Top edge, in pixels from the top.
    pub y: f64,
    /// Length of a side, in pixels.
    pub side: f64,
}

/// Size and place of the square of an image that every network sees. The default is the center square of the bundle's
/// size.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields = nullable))]
pub struct Framing {
    /// Side of the square as a fraction of the image's shorter side, above 0 and at most 1; null for the bundle's.
    pub crop: Option<f64>,
    /// Place of the square from left, 0, to right, 1, as a fraction of the width that it leaves free; null for the
    /// middle, 0.5.
    pub across: Option<f64>,
    /// Place of the square from top, 0, to bottom, 1, as a fraction of the height that it leaves free; null for the
    /// middle, 0.5.
    pub down: Option<f64>,
}

impl Framing {
    /// Center square with this side, as a fraction of the image's shorter side.
    pub fn centered(crop: f64) -> Self {
        Self { crop: Some(crop), ..Self::default() }
    }

    /// Checks that every value is in its range.
    ///
    /// # Errors
    /// `ask-invalid` if the crop is not in (0, 1], or a place not in 0..=1.
    pub fn check(&self) -> Result<()> {
        if !self.crop.is_none_or(|crop| crop > 0.0 && crop <= 1.0) {
            return Err(Error::new(Code::AskInvalid, "The crop must be above 0 and at most 1."));
        }
        if ![self.across, self.down].iter().flatten().all(|place| (0.0..=1.0).contains(place)) {
            return Err(Error::new(Code::AskInvalid, "The place of the square, across and down, must be from 0 to 1."));
        }
        Ok(())
    }

    /// The square of an image of `width` x `height` pixels. `crop` is the bundle's, for a framing that has none.
    pub fn square(&self, crop: f64, width: u32, height: u32) -> Crop {
        let (w, h) = (f64::from(width), f64::from(height));
        let side = w.min(h) * self.crop.unwrap_or(crop);
        let at = |free: f64, place: Option<f64>| free * place.unwrap_or(0.5);
        Crop { x: at(w - side, self.across), y: at(h - side, self.down), side }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_sit_where_they_are_put_and_stay_inside() {
        let at = |crop, across, down| Framing { crop, across: Some(across), down: Some(down) }.square(0.5, 200, 100);
        assert_eq!(at(None, 0.5, 0.5), Crop { x: 75.0, y: 25.0, side: 50.0 });
        assert_eq!(at(None, 0.5, 0.5), Framing::default().square(0.5, 200, 100));
        assert_eq!(at(Some(1.0), 0.0, 0.7), Crop { x: 0.0, y: 0.0, side: 100.0 });
        assert_eq!(at(Some(0.8), 1.0, 0.25), Crop { x: 120.0, y: 5.0, side: 80.0 });
    }

    #[test]
    fn values_out_of_range_are_refused() {
        let refused = |framing: Framing| framing.check().unwrap_err().code();
        for crop in [0.0, 1.01, f64::NAN] {
            assert_eq!(refused(Framing::centered(crop)), Code::AskInvalid);
        }
        for place in [-0.01, 1.01, f64::NAN] {
            assert_eq!(refused(Framing { across: Some(place), ..Framing::default() }), Code::AskInvalid);
            assert_eq!(refused(Framing { down: Some(place), ..Framing::default() }), Code::AskInvalid);
        }
        assert!(Framing { crop: Some(1.0), across: Some(0.0), down: Some(1.0) }.check().is_ok());
    }

    #[test]
    fn what_json_leaves_out_is_the_default() {
        assert_eq!(serde_json::from_str::<Framing>("{}").unwrap(), Framing::default());
        let moved = serde_json::from_str::<Framing>(r#"{ "crop": null, "down": 1 }"#).unwrap();
        assert_eq!(moved, Framing { down: Some(1.0), ..Framing::default() });
    }
}
