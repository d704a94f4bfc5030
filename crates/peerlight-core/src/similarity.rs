//! Similarity of two peers' regions: Pearson's correlation.

use burn::tensor::Tensor;

/// Standard deviation below which a region counts as constant, for maps in 0..=1.
const CONSTANT: f32 = 1e-6;

/// Pearson's correlation of each region, with a flag for regions that have none.
#[derive(Debug, Clone)]
pub struct Correlation {
    /// Correlation [n, regions] in -1..=1; 0 where there is none.
    pub rho: Tensor<2>,
    /// Flags [n, regions]: 1 where a region of either map is constant and so has no correlation, else 0.
    pub constant: Tensor<2>,
}

/// Pearson's correlation of the values of each region, cov(a, b) / (sd(a) sd(b)) with population moments. `a` and `b`
/// are [n, regions, values], as [`Grid::divide`](crate::Grid::divide) returns them. A constant region gives 0 and a
/// flag.
pub fn pearson(a: Tensor<3>, b: Tensor<3>) -> Correlation {
    let center = |x: Tensor<3>| x.clone() - x.mean_dim(2);
    let (a, b) = (center(a), center(b));
    let moment = |x: Tensor<3>| -> Tensor<2> { x.mean_dim(2).squeeze_dim(2) };
    let covariance = moment(a.clone() * b.clone());
    let (var_a, var_b) = (moment(a.clone() * a), moment(b.clone() * b));

    let floor = CONSTANT * CONSTANT;
    let constant = var_a.clone().lower_elem(floor).bool_or(var_b.clone().lower_elem(floor));
    let scale = (var_a.clamp_min(floor) * var_b.clamp_min(floor)).sqrt();
    let rho = (covariance / scale).mask_fill(constant.clone(), 0.0).clamp(-1.0, 1.0);
    Correlation { rho, constant: constant.float() }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)]
mod tests {
    use super::*;
    use burn::tensor::{Device, TensorData};

    #[test]
    fn by_hand() {
        let device = Device::flex();
        let a = Tensor::<3>::from_data([[[1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [0.1, 0.1, 0.1]]], &device);
        let b = Tensor::<3>::from_data([[[2.0, 4.0, 6.0], [3.0, 2.0, 1.0], [1.0, 3.0, 2.0], [1.0, 2.0, 3.0]]], &device);
        let Correlation { rho, constant } = pearson(a, b);
        let expected = TensorData::from([[1.0f32, -1.0, 0.5, 0.0]]);
        rho.into_data().assert_approx_eq::<f32>(&expected, Default::default());
        constant.into_data().assert_eq(&TensorData::from([[0.0f32, 0.0, 0.0, 1.0]]), true);
    }

    #[test]
    fn a_shift_of_nearly_constant_values_is_still_constant() {
        // 0.1 is not a binary fraction: its mean may be off by a last digit, which must not look like a pattern.
        let flat = Tensor::<3>::full([1, 1, 49], 0.1, &Device::flex());
        let ramp = Tensor::<1, burn::tensor::Int>::arange(0..49, &Device::flex()).float().reshape([1, 1, 49]);
        let Correlation { rho, constant } = pearson(flat, ramp);
        assert_eq!(rho.into_scalar::<f32>(), 0.0);
        assert_eq!(constant.into_scalar::<f32>(), 1.0);
    }
}
