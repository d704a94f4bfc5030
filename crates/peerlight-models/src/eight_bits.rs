//! Weights in 8 bits: whole numbers from -127 to 127, and for each output channel the scale that they are multiplied
//! by.
//!
//! The scale is the channel's largest magnitude over 127 and the numbers are rounded to the nearest (weights in
//! Jacob et al., "Quantization and Training of Neural Networks", CVPR 2018), so no weight is off by more than half a
//! scale. Weights are widened when a network is loaded: it computes in single precision.
//!
//! Small weights stay floats. They are a twentieth of a network and, measured on EfficientNet-Lite, make most of the
//! error: depthwise and first convolutions, whose channels have few weights each, and narrow early layers.

/// What the name of a tensor's scales adds to the tensor's own.
const SCALES: &str = ".scale";
/// The least number of weights of an output channel that are stored in 8 bits.
const LEAST_OF_CHANNEL: usize = 32;
/// The least number of weights of a tensor that is stored in 8 bits.
const LEAST: usize = 4096;
/// The largest whole number.
const MOST: f32 = 127.0;

/// The name of a tensor's scales.
pub fn scales_of(name: &str) -> String {
    format!("{name}{SCALES}")
}

/// The name of the tensor whose scales have this name, if it is such a name.
pub fn scaled_by(name: &str) -> Option<&str> {
    name.strip_suffix(SCALES)
}

/// Whether a weight of this shape is large enough to be stored in 8 bits.
pub fn suits(shape: &[usize]) -> bool {
    let each = shape.iter().skip(1).product::<usize>();
    each >= LEAST_OF_CHANNEL && shape.iter().product::<usize>() >= LEAST
}

/// The whole numbers of a tensor, and the scale of each of its rows: the first axis counts output channels.
pub fn narrow(shape: &[usize], values: &[f32]) -> (Vec<u8>, Vec<f32>) {
    let each = shape[1..].iter().product::<usize>().max(1);
    let mut numbers = Vec::with_capacity(values.len());
    let scale_of = |row: &[f32]| row.iter().fold(0.0, |most: f32, value| most.max(value.abs())) / MOST;
    let scales = values.chunks_exact(each).map(|row| {
        let scale = scale_of(row);
        let number = |value: &f32| if scale > 0.0 { (value / scale).round().clamp(-MOST, MOST) } else { 0.0 };
        numbers.extend(row.iter().map(|value| (number(value) as i8).cast_unsigned()));
        scale
    });
    let scales = scales.collect();
    (numbers, scales)
}

/// The values of whole numbers with a scale for each row.
pub fn widen(numbers: &[u8], scales: &[f32]) -> Vec<f32> {
    let each = (numbers.len() / scales.len().max(1)).max(1);
    let mut values = Vec::with_capacity(numbers.len());
    for (row, &scale) in numbers.chunks_exact(each).zip(scales) {
        widen_row(row, scale, &mut values);
    }
    values
}

/// Adds the values of one row. A browser runs a function of a module optimized from one of its next calls on, so that
/// all but the first rows are.
#[inline(never)]
fn widen_row(numbers: &[u8], scale: f32, values: &mut Vec<f32>) {
    values.extend(numbers.iter().map(|number| f32::from(number.cast_signed()) * scale));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_scales_by_hand() {
        // Rows of largest magnitude 127, 12.7 and 0: scales 1, 0.1 and 0.
        let (numbers, scales) = narrow(&[3, 2, 1], &[-127.0, 1.5, 12.7, -6.3, 0.0, 0.0]);
        let numbers: Vec<i8> = numbers.iter().map(|number| number.cast_signed()).collect();
        assert_eq!(numbers, [-127, 2, 127, -63, 0, 0]);
        assert_eq!(scales, [1.0, 12.7 / 127.0, 0.0]);
    }

    #[test]
    fn only_large_weights_suit() {
        let suiting = [[64, 64, 1, 1], [1000, 1280, 1, 1], [16, 256, 1, 1], [200, 4, 3, 3]];
        assert!(suiting.iter().all(|shape| suits(shape)) && suits(&[100, 1280]));
        // A depthwise convolution, a stem, a narrow layer, a bias, and a number.
        let others: [&[usize]; 5] = [&[1152, 1, 5, 5], &[512, 3, 3, 3], &[24, 144, 1, 1], &[100_000], &[]];
        assert!(!others.iter().any(|shape| suits(shape)));
    }

    #[test]
    fn widening_by_hand() {
        let numbers = [-128i8, 127, 0, 1, -2, 3].map(i8::cast_unsigned);
        assert_eq!(widen(&numbers, &[0.5, 2.0]), [-64.0, 63.5, 0.0, 2.0, -4.0, 6.0]);
        assert_eq!(widen(&[], &[]), [0.0; 0]);
        assert_eq!(widen(&[], &[1.0]), [0.0; 0]);
    }

    #[test]
    fn no_weight_is_off_by_more_than_half_a_scale() {
        let random = |i: u32| f64::from(i.wrapping_mul(2_654_435_761)) / 2f64.powi(31) - 1.0;
        for (rows, each, size) in [(1, 1, 1.0), (7, 9, 1e-3), (5, 40, 1e30), (3, 33, 1e-36)] {
            let values: Vec<f32> = (0..rows * each).map(|i| (size * random(i).powi(3)) as f32).collect();
            let (numbers, scales) = narrow(&[rows as usize, each as usize], &values);
            let widened = widen(&numbers, &scales);
            for (i, (before, after)) in values.iter().zip(&widened).enumerate() {
                let scale = scales[i / each as usize];
                // And a little for the rounding of single precision.
                assert!((before - after).abs() <= 0.5001 * scale, "{before} became {after}, scale {scale}");
            }
            assert!(widened.iter().any(|value| *value != 0.0));
        }
    }

    #[test]
    fn widened_weights_become_the_same_numbers_again() {
        let values: Vec<f32> = (0..60).map(|i| ((i * 37 % 101) as f32 - 50.0) * 0.013).collect();
        let (numbers, scales) = narrow(&[6, 10], &values);
        let again = narrow(&[6, 10], &widen(&numbers, &scales));
        assert_eq!(again.0, numbers);
    }
}
