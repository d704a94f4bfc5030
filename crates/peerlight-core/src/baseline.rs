//! What replaces the hidden part of an image.

use crate::{Preprocess, blur::blurred};

/// What replaces the hidden part of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Baseline {
    /// Black.
    Black,
    /// The gray that normalizing makes zero.
    MeanGray,
    /// The image through a Gaussian blur of 11 x 11 pixels, deviation 5 (Petsiuk et al., RISE, BMVC 2018).
    Blurred,
}

impl Baseline {
    /// The image that stands for a wholly hidden one: normalized values [3, side, side], as those of `pixels`.
    ///
    /// # Panics
    /// If `pixels` is not 3 * side * side long.
    pub fn of(self, pixels: &[f32], side: usize, preprocess: &Preprocess) -> Vec<f32> {
        let area = side * side;
        assert_eq!(pixels.len(), 3 * area, "three channels of {side} x {side}");
        match self {
            Self::Black => preprocess.normalized(0.0).into_iter().flat_map(|v| std::iter::repeat_n(v, area)).collect(),
            Self::MeanGray => vec![0.0; 3 * area],
            Self::Blurred => blurred(pixels, side),
        }
    }
}

/// Adds to `out` the values of an image where `keep` is 1, those of its baseline where it is 0, and a mixture in
/// between. `image` and `baseline` are [channels, pixels], with `pixels` in a channel; `keep` gives a value in 0..=1
/// for each pixel. Where that is 1 the image is untouched to the last bit.
pub fn blend(image: &[f32], baseline: &[f32], pixels: usize, keep: impl Fn(usize) -> f32, out: &mut Vec<f32>) {
    for (image, baseline) in image.chunks_exact(pixels).zip(baseline.chunks_exact(pixels)) {
        out.extend(image.iter().zip(baseline).enumerate().map(|(i, (&shown, &hidden))| {
            let kept = keep(i);
            shown * kept + hidden * (1.0 - kept)
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A mean of 0.5 and a deviation of 0.25, so that black is -2 and white 2.
    fn preprocess() -> Preprocess {
        Preprocess { side: 2, crop: 1.0, mean: [0.5; 3], std: [0.25; 3], bgr: false }
    }

    #[test]
    fn baselines_by_hand() {
        let pixels = [0.5f32; 12];
        assert_eq!(Baseline::Black.of(&pixels, 2, &preprocess()), [-2.0; 12]);
        assert_eq!(Baseline::MeanGray.of(&pixels, 2, &preprocess()), [0.0; 12]);
        assert_eq!(Baseline::Blurred.of(&pixels, 2, &preprocess()), blurred(&pixels, 2));
        assert_eq!(preprocess().normalized(1.0), [2.0; 3]);
    }

    #[test]
    fn what_is_kept_is_untouched() {
        let image = [0.1, 0.2, 0.3, 0.4];
        let mut out = vec![9.0];
        blend(&image, &[1.0; 4], 2, |i| [1.0, 0.5][i], &mut out);
        assert_eq!(out, [9.0, 0.1, 0.6, 0.3, 0.7]);
    }
}
