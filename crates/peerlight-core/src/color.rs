//! Color maps, which turn a value in 0..=1 into a color.

/// Color map given by evenly spaced control points, linear between them.
#[derive(Debug)]
pub struct ColorMap {
    /// Identifier, such as `cividis`.
    pub id: &'static str,
    /// Name shown to people.
    pub name: &'static str,
    points: &'static [[u8; 3]],
}

impl ColorMap {
    /// Color (red, green, blue) of a value in 0..=1. Values outside are clamped; NaN counts as 0.
    pub fn color(&self, value: f32) -> [u8; 3] {
        let last = self.points.len() - 1;
        let at = if value > 0.0 { value.min(1.0) * last as f32 } else { 0.0 };
        let low = (at as usize).min(last - 1);
        let part = at - low as f32;
        std::array::from_fn(|c| {
            let (a, b) = (f32::from(self.points[low][c]), f32::from(self.points[low + 1][c]));
            (a + (b - a) * part).round() as u8
        })
    }

    /// Lookup table of 256 colors from 0 to 1: 768 bytes, red, green and blue of each color in turn.
    pub fn lut(&self) -> Vec<u8> {
        (0..=255u8).flat_map(|i| self.color(f32::from(i) / 255.0)).collect()
    }
}

/// Every color map, the default first.
///
/// The control points of `cividis`, `viridis` and `turbo` are samples of matplotlib's tables
/// (`tests/golden/make_colormaps.py`). Colors between them differ from matplotlib's by less than 6 of 255.
pub static COLOR_MAPS: &[ColorMap] = &[
    ColorMap {
        id: "cividis",
        name: "Cividis",
        points: &[
            [0, 34, 78],
            [0, 40, 91],
            [0, 46, 106],
            [4, 51, 113],
            [26, 56, 111],
            [39, 62, 110],
            [50, 67, 109],
            [59, 73, 108],
            [67, 78, 108],
            [75, 84, 108],
            [82, 89, 109],
            [90, 95, 110],
            [97, 101, 111],
            [104, 106, 113],
            [111, 112, 115],
            [117, 118, 118],
            [124, 123, 120],
            [132, 129, 121],
            [139, 135, 120],
            [147, 141, 120],
            [155, 147, 118],
            [163, 154, 117],
            [171, 160, 114],
            [179, 166, 112],
            [187, 173, 108],
            [195, 180, 105],
            [204, 186, 100],
            [212, 193, 95],
            [221, 201, 88],
            [230, 208, 81],
            [239, 215, 72],
            [248, 223, 60],
            [254, 232, 56],
        ],
    },
    ColorMap {
        id: "viridis",
        name: "Viridis",
        points: &[
            [68, 1, 84],
            [71, 13, 96],
            [72, 24, 106],
            [72, 35, 116],
            [71, 45, 123],
            [69, 54, 129],
            [66, 64, 134],
            [63, 73, 137],
            [59, 82, 139],
            [55, 90, 141],
            [51, 99, 141],
            [47, 106, 142],
            [44, 114, 142],
            [41, 122, 142],
            [38, 129, 142],
            [35, 137, 142],
            [33, 144, 140],
            [31, 152, 139],
            [31, 159, 136],
            [33, 166, 133],
            [40, 174, 128],
            [49, 181, 123],
            [62, 188, 116],
            [76, 194, 108],
            [93, 201, 99],
            [110, 206, 88],
            [130, 211, 76],
            [150, 216, 63],
            [171, 220, 50],
            [192, 223, 36],
            [213, 226, 26],
            [234, 229, 26],
            [253, 231, 37],
        ],
    },
    ColorMap {
        id: "turbo",
        name: "Turbo",
        points: &[
            [48, 18, 59],
            [57, 42, 115],
            [64, 64, 161],
            [68, 86, 199],
            [70, 107, 227],
            [70, 127, 246],
            [66, 147, 255],
            [55, 167, 250],
            [41, 187, 236],
            [29, 205, 216],
            [24, 220, 195],
            [30, 232, 176],
            [49, 242, 153],
            [76, 249, 126],
            [107, 253, 100],
            [138, 255, 77],
            [163, 253, 60],
            [184, 247, 53],
            [204, 237, 52],
            [222, 224, 55],
            [237, 208, 58],
            [248, 192, 58],
            [253, 174, 53],
            [254, 152, 44],
            [251, 128, 34],
            [245, 104, 23],
            [236, 82, 15],
            [224, 64, 9],
            [210, 49, 5],
            [192, 35, 2],
            [172, 23, 1],
            [149, 13, 1],
            [122, 4, 3],
        ],
    },
    ColorMap { id: "gray", name: "Gray", points: &[[0; 3], [255; 3]] },
];

/// The color map of an id, if there is one. `grey` is an older id of `gray`.
pub fn color_map(id: &str) -> Option<&'static ColorMap> {
    let id = if id == "grey" { "gray" } else { id };
    COLOR_MAPS.iter().find(|map| map.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_begin_and_end_at_the_ends() {
        for map in COLOR_MAPS {
            let lut = map.lut();
            assert_eq!(lut.len(), 768, "{}", map.id);
            assert_eq!(lut[..3], map.color(0.0), "{}", map.id);
            assert_eq!(lut[765..], map.color(1.0), "{}", map.id);
            assert_eq!(map.color(f32::NAN), map.color(-3.0), "{}", map.id);
            assert_eq!(map.color(7.0), map.color(1.0), "{}", map.id);
        }
    }

    #[test]
    fn gray_is_linear() {
        let gray = color_map("gray").unwrap();
        assert!((0..=255u8).all(|i| gray.color(f32::from(i) / 255.0) == [i; 3]));
    }

    #[test]
    fn ids_find_their_maps() {
        for map in COLOR_MAPS {
            assert!(std::ptr::eq(color_map(map.id).unwrap(), map), "{}", map.id);
        }
        assert_eq!(color_map("grey").unwrap().id, "gray");
        assert!(color_map("jet").is_none());
    }
}
