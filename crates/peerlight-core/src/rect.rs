//! Boxes around the things that an image shows.

use serde::{Deserialize, Serialize};

use crate::Crop;

/// A box in pixels. It holds the points (x, y) with x0 <= x < x1 and y0 <= y < y1; y grows downward. Its JSON is
/// `[x0, y0, x1, y1]`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(from = "[f64; 4]", into = "[f64; 4]")]
pub struct Rect {
    /// Left edge.
    pub x0: f64,
    /// Upper edge.
    pub y0: f64,
    /// Right edge.
    pub x1: f64,
    /// Lower edge.
    pub y1: f64,
}

impl From<[f64; 4]> for Rect {
    fn from([x0, y0, x1, y1]: [f64; 4]) -> Self {
        Self { x0, y0, x1, y1 }
    }
}

impl From<Rect> for [f64; 4] {
    fn from(Rect { x0, y0, x1, y1 }: Rect) -> Self {
        [x0, y0, x1, y1]
    }
}

impl Rect {
    /// The part of a box that a crop of the image shows, in the pixels of a map of `side` x `side` over that crop.
    /// The box is in the image's pixels. `None` if the crop shows nothing of it.
    pub fn seen(self, crop: Crop, side: usize) -> Option<Self> {
        let side = side as f64;
        let x = |x: f64| ((x - crop.x) / crop.side * side).clamp(0.0, side);
        let y = |y: f64| ((y - crop.y) / crop.side * side).clamp(0.0, side);
        let seen = Self { x0: x(self.x0), y0: y(self.y0), x1: x(self.x1), y1: y(self.y1) };
        (seen.x0 < seen.x1 && seen.y0 < seen.y1).then_some(seen)
    }

    /// Whether the box reaches outside an image of `width` x `height` pixels by more than `most` pixels.
    pub fn leaves(self, width: f64, height: f64, most: f64) -> bool {
        self.x0 < -most || self.y0 < -most || self.x1 > width + most || self.y1 > height + most
    }

    /// Whether the center of the pixel (x, y) lies in the box.
    pub fn holds(self, x: usize, y: usize) -> bool {
        self.contains(x as f64 + 0.5, y as f64 + 0.5)
    }

    /// Whether a point lies in the box.
    pub fn contains(self, x: f64, y: f64) -> bool {
        self.x0 <= x && x < self.x1 && self.y0 <= y && y < self.y1
    }
}

/// For every pixel of a map of `side` x `side`, row by row, whether its center lies in one of the boxes.
pub fn inside(boxes: &[Rect], side: usize) -> Vec<bool> {
    (0..side * side).map(|i| boxes.iter().any(|rect| rect.holds(i % side, i / side))).collect()
}

/// The fraction of an image of `width` x `height` pixels that the boxes cover together, 0..=1.
pub fn covered(boxes: &[Rect], width: f64, height: f64) -> f64 {
    let cuts = |ends: fn(&Rect) -> [f64; 2], most: f64| {
        let mut cuts: Vec<f64> = boxes.iter().flat_map(ends).map(|v| v.clamp(0.0, most)).collect();
        cuts.sort_by(f64::total_cmp);
        cuts
    };
    let (xs, ys) = (cuts(|r| [r.x0, r.x1], width), cuts(|r| [r.y0, r.y1], height));
    let mut area = 0.0;
    for y in ys.windows(2) {
        for x in xs.windows(2) {
            let (cx, cy) = ((x[0] + x[1]) / 2.0, (y[0] + y[1]) / 2.0);
            if boxes.iter().any(|r| r.contains(cx, cy)) {
                area += (x[1] - x[0]) * (y[1] - y[0]);
            }
        }
    }
    area / (width * height)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_move_with_the_crop() {
        // Of 200 x 100 the center 80 x 80 is seen, from (60, 10), as 40 x 40: half the size.
        let crop = Crop { x: 60.0, y: 10.0, side: 80.0 };
        let cases = [
            ([80.0, 30.0, 100.0, 50.0], Some([10.0, 10.0, 20.0, 20.0])),
            ([0.0, 0.0, 200.0, 100.0], Some([0.0, 0.0, 40.0, 40.0])),
            ([130.0, 80.0, 150.0, 95.0], Some([35.0, 35.0, 40.0, 40.0])),
            ([0.0, 0.0, 60.0, 100.0], None),
            ([150.0, 20.0, 160.0, 30.0], None),
        ];
        for (rect, expected) in cases {
            assert_eq!(Rect::from(rect).seen(crop, 40), expected.map(Rect::from), "{rect:?}");
        }
    }

    #[test]
    fn a_pixel_is_in_a_box_by_its_center() {
        let held = inside(&[Rect::from([0.6, 0.0, 2.5, 1.6])], 3);
        assert_eq!(held, [false, true, false, false, true, false, false, false, false]);
    }

    #[test]
    fn overlaps_count_once() {
        let boxes = |boxes: &[[f64; 4]]| boxes.iter().copied().map(Rect::from).collect::<Vec<_>>();
        let cases = [
            (boxes(&[]), 0.0),
            (boxes(&[[0.0, 0.0, 5.0, 10.0]]), 0.5),
            (boxes(&[[0.0, 0.0, 5.0, 10.0], [0.0, 0.0, 10.0, 5.0]]), 0.75),
            (boxes(&[[0.0, 0.0, 2.0, 2.0], [8.0, 8.0, 12.0, 20.0]]), 0.08),
        ];
        for (boxes, part) in cases {
            assert!((covered(&boxes, 10.0, 10.0) - part).abs() < 1e-12, "{boxes:?}");
        }
    }

    #[test]
    fn json_is_four_numbers() {
        let rect: Rect = serde_json::from_str("[1, 2, 3.5, 4]").unwrap();
        assert_eq!(serde_json::to_string(&rect).unwrap(), "[1.0,2.0,3.5,4.0]");
    }
}
