//! A drawn image, for tests that run in a browser too.

/// RGBA bytes of an image of `width` x `height` pixels, row by row: a bright disc on a gradient, with noise.
pub fn drawn(width: u32, height: u32) -> Vec<u8> {
    let mut rgba = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let noise = (x.wrapping_mul(73) ^ y.wrapping_mul(151)).wrapping_mul(2_654_435_761) >> 27;
            let (dx, dy) = (3 * x.abs_diff(width / 3), 3 * y.abs_diff(height / 2));
            let disc = dx * dx + dy * dy < height * height;
            let ramp = |part: u32, whole: u32| (part * 200 / whole + noise) as u8;
            rgba.extend(if disc { [250, 220, noise as u8, 255] } else { [ramp(x, width), ramp(y, height), 90, 255] });
        }
    }
    rgba
}
