//! Painting of a map over its image.

use serde::Serialize;

use crate::{ColorMap, Crop, Rgba8};

/// Default look of an overlay.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct OverlayStyle {
    /// Opacity of the black outside the square that the networks saw, 0 to 1.
    pub dim: f64,
    /// Opacity of the map over the square, 0 to 1.
    pub opacity: f64,
    /// Id of the color map.
    pub color: &'static str,
}

/// Default style of overlays.
pub const OVERLAY: OverlayStyle = OverlayStyle { dim: 0.45, opacity: 0.6, color: "cividis" };

/// Paints a map of `side` x `side` values in 0..=1 over the square of the image that the networks saw, in the colors of
/// `colors` and with an opacity in 0..=1. The rest of the image
/// is dimmed by [`OVERLAY`]'s `dim`. What is transparent is white first, as the networks see it: the result is opaque.
///
/// # Panics
/// If `map` is not side * side long.
pub fn overlay(image: &Rgba8, crop: Crop, map: &[f32], side: usize, colors: &ColorMap, opacity: f64) -> Rgba8 {
    assert_eq!(map.len(), side * side, "a map of {side} x {side}");
    let (width, height) = (image.width(), image.height());
    let mut pixels = Vec::with_capacity(image.pixels().len());
    let scale = side as f64 / crop.side;
    for y in 0..height {
        let v = (f64::from(y) + 0.5 - crop.y) * scale;
        for x in 0..width {
            let u = (f64::from(x) + 0.5 - crop.x) * scale;
            let pixel = image.over_white(x, y);
            let (over, opacity) = if (0.0..side as f64).contains(&u) && (0.0..side as f64).contains(&v) {
                (colors.color(sample(map, side, u, v)), opacity as f32)
            } else {
                ([0; 3], OVERLAY.dim as f32)
            };
            for (under, over) in pixel.into_iter().zip(over) {
                let mixed = f32::from(under) * (1.0 - opacity) + f32::from(over) * opacity;
                pixels.push(mixed.round() as u8);
            }
            pixels.push(255);
        }
    }
    Rgba8::new(width, height, pixels).expect("as many pixels as the image")
}

/// Bilinear sample at (u, v) in map pixels, centers at half pixels, clamped at the border.
fn sample(map: &[f32], side: usize, u: f64, v: f64) -> f32 {
    let at = |c: f64| {
        let c = (c - 0.5).clamp(0.0, (side - 1) as f64);
        let low = c.floor() as usize;
        (low, (low + 1).min(side - 1), (c - c.floor()) as f32)
    };
    let ((x0, x1, px), (y0, y1, py)) = (at(u), at(v));
    let row = |y: usize| map[y * side + x0] * (1.0 - px) + map[y * side + x1] * px;
    row(y0) * (1.0 - py) + row(y1) * py
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::color_map;

    #[test]
    fn lands_on_the_crop_and_dims_the_rest() {
        let image = Rgba8::new(4, 2, [200, 200, 200, 255].repeat(4 * 2)).unwrap();
        let crop = Crop { x: 1.0, y: 0.0, side: 2.0 };
        let gray = color_map("gray").unwrap();
        let painted = overlay(&image, crop, &[0.0, 1.0, 1.0, 0.0], 2, gray, 1.0);
        let red: Vec<u8> = painted.pixels().chunks(4).map(|p| p[0]).collect();
        assert_eq!(red, [110, 0, 255, 110, 110, 255, 0, 110]);
    }

    #[test]
    fn a_map_over_transparent_pixels_is_seen_over_white() {
        let image = Rgba8::new(2, 1, vec![0, 0, 0, 0, 0, 0, 0, 0]).unwrap();
        let crop = Crop { x: 0.0, y: 0.0, side: 1.0 };
        let painted = overlay(&image, crop, &[0.0], 1, color_map("gray").unwrap(), 0.5);
        assert_eq!(painted.pixels(), [128, 128, 128, 255, 140, 140, 140, 255]);
    }

    #[test]
    fn the_default_color_map_is_the_first() {
        assert_eq!(OVERLAY.color, crate::COLOR_MAPS[0].id);
    }

    #[test]
    fn opacity_mixes() {
        let image = Rgba8::new(1, 1, vec![100, 100, 100, 255]).unwrap();
        let crop = Crop { x: 0.0, y: 0.0, side: 1.0 };
        let gray = color_map("gray").unwrap();
        let mixed = |opacity| overlay(&image, crop, &[1.0], 1, gray, opacity).pixel(0, 0)[0];
        assert_eq!((mixed(0.0), mixed(0.5), mixed(1.0)), (100, 178, 255));
    }
}
