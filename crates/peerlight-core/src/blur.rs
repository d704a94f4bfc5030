//! The Gaussian blur of images.

/// Taps of the filter along a side.
const TAPS: usize = 11;
/// Deviation of the filter in pixels.
const SIGMA: f64 = 5.0;

/// Channels of `side` x `side` pixels, blurred by an 11-tap Gaussian of deviation 5 along the rows and then along the
/// columns (Petsiuk et al., RISE, BMVC 2018). Beyond the border the image goes on with its border's pixels. The
/// weights add up to 1, so that blurring normalized pixels and normalizing blurred ones are the same.
pub fn blurred(pixels: &[f32], side: usize) -> Vec<f32> {
    let taps = taps();
    let reach = TAPS / 2;
    let near = |at: usize, tap: usize| (at + tap).saturating_sub(reach).min(side - 1);
    let mut blurred = Vec::with_capacity(pixels.len());
    for channel in pixels.chunks_exact(side * side) {
        let mut across = Vec::with_capacity(side * side);
        for row in channel.chunks_exact(side) {
            across.extend((0..side).map(|x| (0..TAPS).map(|tap| taps[tap] * row[near(x, tap)]).sum::<f32>()));
        }
        for y in 0..side {
            let rows: [&[f32]; TAPS] = std::array::from_fn(|tap| &across[near(y, tap) * side..][..side]);
            blurred.extend((0..side).map(|x| (0..TAPS).map(|tap| taps[tap] * rows[tap][x]).sum::<f32>()));
        }
    }
    blurred
}

fn taps() -> [f32; TAPS] {
    let weight = |tap: usize| (-0.5 * ((tap as f64 - (TAPS / 2) as f64) / SIGMA).powi(2)).exp();
    let sum: f64 = (0..TAPS).map(weight).sum();
    std::array::from_fn(|tap| (weight(tap) / sum) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_becomes_the_filter_itself() {
        let side = 24;
        let mut point = vec![0.0; side * side];
        point[12 * side + 12] = 1.0;
        let spread = blurred(&point, side);
        // exp(0), exp(-1/50), exp(-25/50) over 1 + 2 (e^-.02 + e^-.08 + e^-.18 + e^-.32 + e^-.5) = 9.0 by hand: 9.047
        // 81.
        let sum: f64 = 1.0 + 2.0 * [0.02f64, 0.08, 0.18, 0.32, 0.5].iter().map(|p| (-p).exp()).sum::<f64>();
        for (dx, dy, power) in [(0, 0, 0.0), (1, 0, 0.02), (0, 5, 0.5), (5, 1, 0.52)] {
            let got = f64::from(spread[(12 + dy) * side + 12 + dx]);
            assert!((got - f64::exp(-power) / (sum * sum)).abs() < 1e-7, "{dx} {dy}: {got}");
        }
        assert_eq!(spread[12 * side + 18], 0.0);
        assert!((spread.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    }

    #[test]
    fn the_border_goes_on() {
        let flat = blurred(&[0.25; 3 * 36], 6);
        assert!(flat.iter().all(|v| (v - 0.25).abs() < 1e-6));
        // A step between columns 0 and 1: column 0 sees 6 of its own, taps -5..=0, and 5 of the others.
        let step: Vec<f32> = (0..36).map(|i| if i % 6 == 0 { 1.0 } else { 0.0 }).collect();
        let expected: f32 = taps()[..6].iter().sum();
        assert!((blurred(&step, 6)[12] - expected).abs() < 1e-6);
    }
}
