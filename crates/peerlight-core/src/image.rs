//! Decoded images: 8-bit RGBA, and EXIF orientation.

use crate::{Code, Error, Rect, Result};

/// Largest number of pixels of an image: 250 megapixels, which take 1 GB as RGBA.
pub const MAX_PIXELS: u64 = 250_000_000;

/// Image of `width` x `height` pixels, row by row, four bytes each: red, green, blue and alpha, not premultiplied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rgba8 {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

impl Rgba8 {
    /// Wraps decoded pixels.
    ///
    /// # Errors
    /// `image-empty` without pixels, `image-too-large` above [`MAX_PIXELS`], `image-broken` if
    /// `pixels` is not `width * height * 4` bytes.
    pub fn new(width: u32, height: u32, pixels: Vec<u8>) -> Result<Self> {
        check_size(width, height)?;
        let expected = u64::from(width) * u64::from(height) * 4;
        if pixels.len() as u64 != expected {
            return Err(Error::new(
                Code::ImageBroken,
                format!("A {width} x {height} image has {expected} bytes, this one has {}.", pixels.len()),
            ));
        }
        Ok(Self { width, height, pixels })
    }

    /// Width, in pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height, in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Bytes of all pixels, row by row, four for each pixel.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// Red, green, blue and alpha of one pixel.
    ///
    /// # Panics
    /// If the pixel is outside the image.
    pub fn pixel(&self, x: u32, y: u32) -> [u8; 4] {
        let at = (y as usize * self.width as usize + x as usize) * 4;
        [self.pixels[at], self.pixels[at + 1], self.pixels[at + 2], self.pixels[at + 3]]
    }

    /// Red, green and blue of one pixel as it looks over white, in 0..=255.
    ///
    /// # Panics
    /// If the pixel is outside the image.
    pub fn over_white(&self, x: u32, y: u32) -> [u8; 3] {
        over_white(self.pixel(x, y))
    }

    /// Turns a stored image upright according to its EXIF orientation.
    pub fn oriented(self, orientation: Orientation) -> Self {
        if orientation == Orientation::UPRIGHT {
            return self;
        }
        let (width, height) =
            if orientation.transposes() { (self.height, self.width) } else { (self.width, self.height) };
        let mut pixels = Vec::with_capacity(self.pixels.len());
        for y in 0..height {
            for x in 0..width {
                let (sx, sy) = orientation.source(x, y, self.width, self.height);
                pixels.extend_from_slice(&self.pixel(sx, sy));
            }
        }
        Self { width, height, pixels }
    }
}

/// Red, green and blue of a pixel as it looks over white.
pub(crate) fn over_white([red, green, blue, alpha]: [u8; 4]) -> [u8; 3] {
    let alpha = u32::from(alpha);
    [red, green, blue].map(|value| ((u32::from(value) * alpha + 255 * (255 - alpha) + 127) / 255) as u8)
}

/// Refuses a size with no pixels or too many, before anything is allocated.
fn check_size(width: u32, height: u32) -> Result<()> {
    if width == 0 || height == 0 {
        return Err(Error::new(Code::ImageEmpty, "The image has no pixels. Choose another one."));
    }
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Error::new(
            Code::ImageTooLarge,
            format!("The image has {width} x {height} pixels; at most {MAX_PIXELS} can be read. Scale it down first."),
        ));
    }
    Ok(())
}

/// EXIF orientation, 1 to 8 (Exif 2.32, tag 0x0112).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Orientation(u8);

impl Orientation {
    /// Orientation 1: the image is stored upright.
    pub const UPRIGHT: Self = Self(1);

    /// Orientation of an EXIF value. Values outside 1 to 8 count as upright, as in image viewers.
    pub fn from_exif(value: u8) -> Self {
        if (1..=8).contains(&value) { Self(value) } else { Self::UPRIGHT }
    }

    /// A box in the pixels of the stored image, which has `w` x `h` of them, in those of the upright one.
    pub fn rect(self, rect: Rect, w: u32, h: u32) -> Rect {
        let (w, h) = (f64::from(w), f64::from(h));
        let point = |x: f64, y: f64| match self.0 {
            2 => (w - x, y),
            3 => (w - x, h - y),
            4 => (x, h - y),
            5 => (y, x),
            6 => (h - y, x),
            7 => (h - y, w - x),
            8 => (y, w - x),
            _ => (x, y),
        };
        let ((ax, ay), (bx, by)) = (point(rect.x0, rect.y0), point(rect.x1, rect.y1));
        Rect { x0: ax.min(bx), y0: ay.min(by), x1: ax.max(bx), y1: ay.max(by) }
    }

    /// Whether width and height change places.
    pub fn transposes(self) -> bool {
        self.0 >= 5
    }

    /// Position in the stored image of `w` x `h` pixels of the upright pixel (x, y).
    fn source(self, x: u32, y: u32, w: u32, h: u32) -> (u32, u32) {
        match self.0 {
            2 => (w - 1 - x, y),
            3 => (w - 1 - x, h - 1 - y),
            4 => (x, h - 1 - y),
            5 => (y, x),
            6 => (y, h - 1 - x),
            7 => (w - 1 - y, h - 1 - x),
            8 => (w - 1 - y, x),
            _ => (x, y),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A 3 x 2 image whose red channel counts its pixels: 0 1 2 / 3 4 5.
    fn counted() -> Rgba8 {
        Rgba8::new(3, 2, (0..6).flat_map(|i| [i, 0, 0, 255]).collect()).unwrap()
    }

    #[test]
    fn orientations_follow_the_exif_table() {
        // The stored image and what a viewer shows of it, by hand from the Exif table.
        let cases: [(u8, u32, &[u8]); 9] = [
            (1, 3, &[0, 1, 2, 3, 4, 5]),
            (2, 3, &[2, 1, 0, 5, 4, 3]),
            (3, 3, &[5, 4, 3, 2, 1, 0]),
            (4, 3, &[3, 4, 5, 0, 1, 2]),
            (5, 2, &[0, 3, 1, 4, 2, 5]),
            (6, 2, &[3, 0, 4, 1, 5, 2]),
            (7, 2, &[5, 2, 4, 1, 3, 0]),
            (8, 2, &[2, 5, 1, 4, 0, 3]),
            (9, 3, &[0, 1, 2, 3, 4, 5]),
        ];
        for (exif, width, expected) in cases {
            let shown = counted().oriented(Orientation::from_exif(exif));
            let red: Vec<u8> = shown.pixels().chunks(4).map(|p| p[0]).collect();
            assert_eq!((shown.width(), red.as_slice()), (width, expected), "orientation {exif}");
        }
    }

    #[test]
    fn a_box_turns_with_its_image() {
        // The box of the one pixel that is 1, in each turned image the place of the same value.
        for exif in 1..=9 {
            let turned = counted().oriented(Orientation::from_exif(exif));
            let rect = Rect::from([1.0, 0.0, 2.0, 1.0]);
            let Rect { x0, y0, x1, y1 } = Orientation::from_exif(exif).rect(rect, 3, 2);
            assert_eq!((x1 - x0, y1 - y0), (1.0, 1.0), "orientation {exif}");
            assert_eq!(turned.pixel(x0 as u32, y0 as u32)[0], 1, "orientation {exif}");
        }
    }

    #[test]
    fn what_is_transparent_looks_white() {
        let image = Rgba8::new(3, 1, vec![0, 0, 0, 0, 9, 8, 7, 255, 0, 100, 255, 51]).unwrap();
        let looks = [0, 1, 2].map(|x| image.over_white(x, 0));
        assert_eq!(looks, [[255; 3], [9, 8, 7], [204, 224, 255]]);
    }

    #[test]
    fn bad_sizes_are_refused() {
        let code = |w, h, n| Rgba8::new(w, h, vec![0; n]).unwrap_err().code();
        assert_eq!(code(0, 5, 0), Code::ImageEmpty);
        assert_eq!(code(u32::MAX, u32::MAX, 0), Code::ImageTooLarge);
        assert_eq!(code(2, 2, 15), Code::ImageBroken);
    }
}
