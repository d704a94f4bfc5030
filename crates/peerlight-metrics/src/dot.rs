//! A sum of products.

/// The sum of the products of two slices of one length.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    // Several sums at once: one alone would wait for each addition.
    let mut sums = [0.0; 8];
    let (a_parts, b_parts) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f64 = a_parts.remainder().iter().zip(b_parts.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a_parts.zip(b_parts) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += a * b;
        }
    }
    sums.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_any_length() {
        for count in [0, 1, 7, 8, 9, 40] {
            let values: Vec<f64> = (1..=count).map(f64::from).collect();
            let squares = f64::from(count * (count + 1) * (2 * count + 1) / 6);
            assert_eq!(dot(&values, &values), squares);
        }
    }
}
