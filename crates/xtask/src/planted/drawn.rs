//! Drawn images, for those who have no others: a shape of one of five classes, anywhere, over a background of stripes.

use image::{Rgb, RgbImage};

use crate::random::Random;

/// The classes, by the shape.
pub const CLASSES: [&str; 5] = ["bars", "cross", "disc", "frame", "triangle"];
/// Side of an image in pixels.
pub const SIDE: u32 = 96;

/// An image of a class.
pub fn drawn(class: &str, random: &mut Random) -> RgbImage {
    let mut color = |low: f64, high: f64| [0; 3].map(|_: u8| random.within(low, high));
    // Dark backgrounds and light shapes, or the other way.
    let (mut back, mut front) = (color(20.0, 110.0), color(140.0, 240.0));
    if random.fraction() < 0.5 {
        std::mem::swap(&mut back, &mut front);
    }
    let side = f64::from(SIDE);
    let (turn, wave, phase) = (random.within(0.0, 3.2), random.within(0.2, 0.6), random.within(0.0, 6.3));
    let size = side * random.within(0.16, 0.26);
    let [x0, y0] = [0; 2].map(|_: u8| random.within(size, side - size));
    let tilt = random.within(-0.3, 0.3);
    RgbImage::from_fn(SIDE, SIDE, |x, y| {
        let (x, y) = (f64::from(x), f64::from(y));
        let (dx, dy) = ((x - x0) / size, (y - y0) / size);
        let (u, v) = (dx * tilt.cos() - dy * tilt.sin(), dx * tilt.sin() + dy * tilt.cos());
        let stripes = 14.0 * ((x * turn.cos() + y * turn.sin()) * wave + phase).sin();
        let (color, shade) = if inside(class, u, v) { (front, 0.0) } else { (back, stripes) };
        let noise = random.within(-10.0, 10.0);
        Rgb(color.map(|v| (v + shade + noise).clamp(0.0, 255.0) as u8))
    })
}

/// Whether a place is on the shape, which reaches from -1 to 1.
fn inside(class: &str, u: f64, v: f64) -> bool {
    let (a, b) = (u.abs(), v.abs());
    let square = a.max(b);
    match class {
        "bars" => square < 1.0 && (v + 1.0) % 0.8 < 0.4,
        "cross" => square < 1.0 && a.min(b) < 0.3,
        "disc" => u.hypot(v) < 0.9,
        "frame" => (0.6..0.95).contains(&square),
        _ => v < 0.8 && v > 2.0 * a - 1.0,
    }
}
