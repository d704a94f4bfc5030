//! Decoded images: 8-bit RGBA, and EXIF orientation.

use crate::{Code, Error, Result};

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

    /// Whether width and height change places.
    fn transposes(self) -> bool {
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
    fn bad_sizes_are_refused() {
        let code = |w, h, n| Rgba8::new(w, h, vec![0; n]).unwrap_err().code();
        assert_eq!(code(0, 5, 0), Code::ImageEmpty);
        assert_eq!(code(u32::MAX, u32::MAX, 0), Code::ImageTooLarge);
        assert_eq!(code(2, 2, 15), Code::ImageBroken);
    }
}
