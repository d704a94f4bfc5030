//! Insertion and deletion: how many pixels at each step, and the area under the curve.

/// Steps between no pixel and every pixel.
pub const STEPS: usize = 28;

/// Pixels inserted or deleted after a step, of `area` in all.
pub fn pixels_at(step: usize, area: usize) -> usize {
    step * area / STEPS
}

/// The fraction of the pixels at every step, 0..=1: what a curve is drawn over.
pub fn fractions() -> Vec<f32> {
    (0..=STEPS).map(|step| step as f32 / STEPS as f32).collect()
}

/// The area under values at equal distances over 0..=1, by the trapezoid rule.
pub fn area_under(values: &[f32]) -> f64 {
    let pairs = values.windows(2).map(|pair| (f64::from(pair[0]) + f64::from(pair[1])) / 2.0);
    pairs.sum::<f64>() / values.len().saturating_sub(1).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_equal() {
        assert_eq!(pixels_at(0, 224 * 224), 0);
        assert_eq!(pixels_at(1, 224 * 224), 1792);
        assert_eq!(pixels_at(28, 224 * 224), 224 * 224);
        // 64 * 64 / 28 = 146.29: rounded down, and all at the end.
        assert_eq!([1, 2, 28].map(|step| pixels_at(step, 64 * 64)), [146, 292, 4096]);
        assert_eq!(fractions().len(), 29);
    }

    #[test]
    fn areas_by_hand() {
        for (values, area) in
            [(&[0.0, 1.0][..], 0.5), (&[1.0, 1.0, 1.0], 1.0), (&[0.0, 1.0, 0.0, 1.0], 0.5), (&[2.0], 0.0)]
        {
            assert_eq!(area_under(values), area, "{values:?}");
        }
    }
}
