//! Random crops, mirroring, contrast and brightness.

use peerlight_core::{Preprocess, Result, Rgba8};

use crate::{recipe::Data, rng::CounterRng};

/// A random crop of an image, scaled to `preprocess.side` x `preprocess.side`, mirrored half of the time, with random
/// contrast and brightness: 8-bit RGB, row by row.
///
/// # Errors
/// `image-broken`.
pub fn augmented(image: &Rgba8, preprocess: &Preprocess, data: &Data, rng: &mut CounterRng) -> Result<Vec<u8>> {
    let (width, height) = (f64::from(image.width()), f64::from(image.height()));
    // The crop has the image's own aspect ratio, stretched: networks see images scaled to a square.
    let scale = rng.uniform(data.crop, 1.0).sqrt();
    let stretch = rng.uniform(-1.0, 1.0) * data.stretch.ln() / 2.0;
    let size = [width * scale * stretch.exp(), height * scale * (-stretch).exp()];
    let size = [size[0].min(width).max(1.0), size[1].min(height).max(1.0)];
    let at = [rng.uniform(0.0, width - size[0]), rng.uniform(0.0, height - size[1])];
    let mut rgb = preprocess.cut(image, at, size)?;
    if rng.uniform(0.0, 1.0) < 0.5 {
        mirror(&mut rgb, preprocess.side);
    }
    if data.jitter > 0.0 {
        let mut factor = || rng.uniform(1.0 - data.jitter, 1.0 + data.jitter);
        adjust(&mut rgb, factor(), factor());
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

/// Scales the contrast around the mean, then the brightness.
fn adjust(rgb: &mut [u8], contrast: f64, brightness: f64) {
    let mean = rgb.iter().map(|&v| f64::from(v)).sum::<f64>() / rgb.len().max(1) as f64;
    for v in rgb {
        *v = (((f64::from(*v) - mean) * contrast + mean) * brightness).round().clamp(0.0, 255.0) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mirroring_and_adjusting_by_hand() {
        let mut rgb =
            vec![1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27];
        mirror(&mut rgb, 3);
        assert_eq!(rgb[..9], [7, 8, 9, 4, 5, 6, 1, 2, 3]);
        let mut gray = vec![50, 100, 150];
        adjust(&mut gray, 2.0, 0.5);
        assert_eq!(gray, [0, 50, 100]);
    }
}
