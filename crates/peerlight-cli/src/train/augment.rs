//! An image seen a little differently each time.

use peerlight_core::{Preprocess, Result, Rgba8};

use super::{dice::Dice, recipe::Recipe};

/// A random crop, mirrored or not, a little lighter or darker, scaled to the preprocessing's side: 8-bit RGB.
///
/// # Errors
/// `image-broken`.
pub fn augmented(image: &Rgba8, preprocess: &Preprocess, recipe: &Recipe, dice: &mut Dice) -> Result<Vec<u8>> {
    let (width, height) = (f64::from(image.width()), f64::from(image.height()));
    // The crop has the image's own shape, stretched: networks see images scaled to a square.
    let part = dice.throw(recipe.crop, 1.0).sqrt();
    let stretch = dice.throw(-1.0, 1.0) * recipe.stretch.ln() / 2.0;
    let size = [width * part * stretch.exp(), height * part * (-stretch).exp()];
    let size = [size[0].min(width).max(1.0), size[1].min(height).max(1.0)];
    let at = [dice.throw(0.0, width - size[0]), dice.throw(0.0, height - size[1])];
    let mut rgb = preprocess.cut(image, at, size)?;
    if dice.throw(0.0, 1.0) < 0.5 {
        mirror(&mut rgb, preprocess.side);
    }
    if recipe.jitter > 0.0 {
        let mut around = || dice.throw(1.0 - recipe.jitter, 1.0 + recipe.jitter);
        light(&mut rgb, around(), around());
    }
    Ok(rgb)
}

fn mirror(rgb: &mut [u8], side: usize) {
    for row in rgb.chunks_exact_mut(side * 3) {
        for x in 0..side / 2 {
            for channel in 0..3 {
                row.swap(x * 3 + channel, (side - 1 - x) * 3 + channel);
            }
        }
    }
}

/// Contrast around the mean, then brightness.
fn light(rgb: &mut [u8], contrast: f64, brightness: f64) {
    let mean = rgb.iter().map(|&v| f64::from(v)).sum::<f64>() / rgb.len().max(1) as f64;
    for v in rgb {
        *v = (((f64::from(*v) - mean) * contrast + mean) * brightness).round().clamp(0.0, 255.0) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mirrors_and_lights_by_hand() {
        let mut rgb =
            vec![1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27];
        mirror(&mut rgb, 3);
        assert_eq!(rgb[..9], [7, 8, 9, 4, 5, 6, 1, 2, 3]);
        let mut gray = vec![50, 100, 150];
        light(&mut gray, 2.0, 0.5);
        assert_eq!(gray, [0, 50, 100]);
    }
}
