//! Counter-based random numbers: each number is a function of the seed and its index.
//!
//! The numbers are the same on every device and in every language, so a random method has one answer for one seed. The
//! function is the output step of SplitMix64 (Steele, Lea & Flood, "Fast Splittable Pseudorandom Number Generators",
//! OOPSLA 2014). Counter-based generators: Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011.

mod splitmix;

use burn::tensor::{Device, Tensor, TensorData};

pub use splitmix::{bits, uniform};

/// Number `i` of the stream of `seed`, normal with mean 0 and standard deviation 1 (Box & Muller 1958).
pub fn normal(seed: u64, i: u64) -> f32 {
    let (radius, angle) = (uniform(seed, 2 * i), uniform(seed, 2 * i + 1));
    ((-2.0 * (1.0 - radius).ln()).sqrt() * (std::f64::consts::TAU * angle).cos()) as f32
}

/// Tensor of the given shape whose values are the [`normal`] numbers `from`, `from + 1`, .. in row-major order.
pub fn normals<const D: usize>(seed: u64, from: usize, shape: [usize; D], device: &Device) -> Tensor<D> {
    let count: usize = shape.iter().product();
    let values: Vec<f32> = (from..from + count).map(|i| normal(seed, i as u64)).collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

/// Random permutation of `0..count`, a function of the seed alone.
pub fn permutation(seed: u64, count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|&a, &b| uniform(seed, a as u64).total_cmp(&uniform(seed, b as u64)).then(a.cmp(&b)));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formula_gives_what_python_gives() {
        // mix(0x9E3779B97F4A7C15) is SplitMix64's first output for seed 0: 0xE220A8397B1DCDAF.
        assert_eq!(uniform(0, 0), (0xE220_A839_7B1D_CDAFu64 >> 11) as f64 / (1u64 << 53) as f64);
        assert_eq!(uniform(0, 1), (0x6E78_9E6A_A1B9_65F4u64 >> 11) as f64 / (1u64 << 53) as f64);
    }

    #[test]
    fn moments_are_those_of_the_distribution() {
        let count = 20_000;
        let values: Vec<f64> = (0..count).map(|i| f64::from(normal(3, i))).collect();
        let mean = values.iter().sum::<f64>() / count as f64;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count as f64;
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.03, "{mean} {variance}");
        assert_ne!(normal(3, 0), normal(4, 0));
    }

    #[test]
    fn a_permutation_holds_every_number_once() {
        let mut order = permutation(1, 100);
        assert_ne!(order, (0..100).collect::<Vec<_>>());
        order.sort_unstable();
        assert_eq!(order, (0..100).collect::<Vec<_>>());
    }
}
