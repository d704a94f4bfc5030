//! Convolutions of any shape and every activation, drawn at random by a seed.

use super::gradients::assert_close;
use super::{ACTIVATIONS, Case, burns, defined, floats, numbers, worst};
use crate::kernels::{Geometry, Padding, activate, activation};
use burn::backend::{Flex, tensor::FloatTensor};
use burn::tensor::{Device, Tensor, TensorData};

/// Draws numbers from the bits of a seed.
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    fn pair(&mut self, choices: &[usize]) -> [usize; 2] {
        match self.below(2) {
            0 => [self.of(choices); 2],
            _ => [self.of(choices), self.of(choices)],
        }
    }

    /// A convolution whose filter fits in.
    fn case(&mut self) -> Case {
        loop {
            let (groups, group) = self.of(&[(1, 1), (1, 3), (1, 5), (2, 2), (3, 1), (4, 1), (5, 1), (3, 4)]);
            let padding = match self.below(3) {
                0 => Padding::Same,
                1 => Padding::symmetric(self.below(4), self.below(4)),
                _ => Padding::Explicit {
                    top: self.below(4),
                    left: self.below(4),
                    bottom: self.below(4),
                    right: self.below(4),
                },
            };
            let geometry =
                Geometry { stride: self.pair(&[1, 1, 2, 3]), dilation: self.pair(&[1, 1, 1, 2, 3]), padding, groups };
            let case = Case {
                batch: self.of(&[1, 1, 2, 3]),
                inputs: groups * group,
                outputs: groups * self.of(&[1, 2, 3, 9]),
                size: [self.of(&[1, 2, 5, 7, 8, 13]), self.of(&[1, 3, 6, 9, 16, 37])],
                kernel: self.pair(&[1, 2, 3, 3, 4, 5, 7]),
                geometry,
                residual: self.below(2) == 0,
                activation: self.of(&ACTIVATIONS),
            };
            if !case.output().contains(&0) {
                return case;
            }
        }
    }
}

fn drawn(count: usize, seed: u64) -> Vec<Case> {
    let mut draw = Draw(seed);
    (0..count).map(|_| draw.case()).collect()
}

#[test]
fn kernels_of_any_shape_agree_with_the_definition() {
    let device = Device::flex();
    for case in drawn(1500, 1) {
        let values = case.values();
        let [x, weight] = case.tensors(&values, &device);
        let y = case.run(x, weight, &values);
        assert_eq!(y.dims(), case.output_shape(), "{case:?}");
        let error = worst(&floats(y), &case.naive(&values));
        assert!(error < 1e-4, "{case:?}: off by {error}");
    }
}

#[test]
fn gradients_of_any_shape_agree_with_burns() {
    for case in drawn(600, 2) {
        assert_close(&case.backward(true), &case.backward(false), &case);
    }
}

#[test]
fn shapes_that_do_not_fit_have_no_kernel() {
    use crate::kernels::sizes::Sizes;
    let sizes = |x, weight, geometry| Sizes::new(x, weight, geometry).is_some();
    let valid = Geometry { padding: Padding::VALID, ..Geometry::dense(1) };
    assert!(sizes([4, 5, 5], [8, 4, 3, 3], valid));
    assert!(!sizes([4, 2, 5], [8, 4, 3, 3], valid), "the filter is higher than the input");
    assert!(!sizes([4, 5, 5], [8, 3, 3, 3], valid), "the weight has other channels");
    assert!(!sizes([4, 5, 5], [8, 4, 0, 3], valid), "the filter is empty");
    assert!(!sizes([4, 5, 5], [8, 4, 3, 3], Geometry { stride: [1, 0], ..valid }), "the stride is zero");
    assert!(!sizes([4, 5, 5], [9, 2, 3, 3], Geometry { groups: 2, ..valid }), "the groups do not divide the outputs");
}

#[test]
fn activations_agree_with_their_definitions() {
    let mut z: Vec<f32> = (-2000..=2000).map(|i| i as f32 / 100.0).collect();
    z.extend([-1e30, -200.0, -100.0, -88.0, -1e-3, -1e-7, -0.0, 1e-7, 1e-3, 88.0, 100.0, 200.0, 1e30]);
    let data = || TensorData::new(z.clone(), [1, 1, 1, z.len()]);
    for activation in ACTIVATIONS {
        let kernel = floats(activate(Tensor::<4>::from_data(data(), &Device::flex()), activation));
        let composed = activation::composed::<Flex>(FloatTensor::<Flex>::from_data(data()), activation);
        let composed: Vec<f32> = composed.into_data().try_to_vec().unwrap();
        for ((&z, kernel), composed) in z.iter().zip(kernel).zip(composed) {
            let expected = defined(activation, f64::from(z)) as f32;
            let tolerance = 1e-6 * expected.abs().max(1.0);
            assert!((kernel - expected).abs() <= tolerance, "{activation:?} of {z}: {kernel}, not {expected}");
            assert!((composed - expected).abs() <= tolerance, "{activation:?} of {z}: {composed}, not {expected}");
        }
    }
}

/// A number that is none must not be hidden by an activation.
#[test]
fn activations_keep_what_is_no_number() {
    for activation in ACTIVATIONS {
        let z = Tensor::<1>::from_data([f32::NAN; 37], &Device::flex());
        let y: Vec<f32> = activate(z, activation).into_data().try_to_vec().unwrap();
        assert!(y.iter().all(|y| y.is_nan()), "{activation:?}");
    }
}

#[test]
fn derivatives_of_activations_agree_with_burns() {
    let z: Vec<f32> = numbers(1000, 7).iter().map(|z| 8.0 * z).collect();
    let towards =
        Tensor::<4>::from_data(TensorData::new(numbers(1000, 9), [1, 1, 1, 1000]), &Device::flex().autodiff());
    for activation in ACTIVATIONS {
        let gradient = |function: &dyn Fn(Tensor<4>) -> Tensor<4>| {
            let z = TensorData::new(z.clone(), [1, 1, 1, 1000]);
            let z = Tensor::<4>::from_data(z, &Device::flex().autodiff()).require_grad();
            let gradients = (function(z.clone()) * towards.clone()).sum().backward();
            floats(z.grad(&gradients).unwrap())
        };
        let (ours, theirs) = (gradient(&|z| activate(z, activation)), gradient(&|z| burns(activation, z)));
        assert!(worst(&ours, &theirs) < 1e-5, "{activation:?}");
    }
}
