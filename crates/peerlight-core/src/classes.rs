//! Probabilities and classes from a network's logits.

use crate::{Code, Error, Result};

/// Softmax of one sample's logits, in double precision. Single precision would round away how far a probability near 1
/// is from 1.
///
/// # Errors
/// `bundle-invalid` if a logit is not finite.
pub fn softmax(logits: &[f32]) -> Result<Vec<f64>> {
    if logits.iter().any(|z| !z.is_finite()) {
        return Err(Error::new(
            Code::BundleInvalid,
            "The network computes numbers that are not finite: its weights are damaged.",
        ));
    }
    let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let raised: Vec<f64> = logits.iter().map(|&z| f64::from(z - highest).exp()).collect();
    let sum: f64 = raised.iter().sum();
    Ok(raised.into_iter().map(|e| e / sum).collect())
}

/// Index of the largest value; the first of equals, and 0 without values.
pub fn argmax(values: &[f32]) -> usize {
    (0..values.len()).max_by(|&a, &b| values[a].total_cmp(&values[b]).then(b.cmp(&a))).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn softmax_by_hand() {
        let found = softmax(&[1000.0, 1000.0 + 3f32.ln(), -1000.0]).unwrap();
        // 3f32.ln() beside 1000 is a multiple of 2^-14.
        let odds = f64::from(1000.0 + 3f32.ln() - 1000.0).exp();
        for (found, expected) in found.into_iter().zip([1.0 / (1.0 + odds), odds / (1.0 + odds), 0.0]) {
            assert!((found - expected).abs() < 1e-15, "{found} {expected}");
        }
        for broken in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert_eq!(softmax(&[0.0, broken]).unwrap_err().code(), Code::BundleInvalid);
        }
    }

    #[test]
    fn of_equals_the_first_is_largest() {
        assert_eq!(argmax(&[0.1, 0.7, 0.7, 0.2]), 1);
        assert_eq!(argmax(&[-3.0, -2.0, -3.0]), 1);
        assert_eq!(argmax(&[]), 0);
    }
}
