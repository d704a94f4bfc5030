//! From the bytes of a file to an upright image.

mod tiff;

use std::io::Cursor;

use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageError, ImageReader, Limits, error::UnsupportedErrorKind,
};
use peerlight_core::{Code, Error, MAX_PIXELS, Orientation, Rect, Result, Rgba8};

pub use self::tiff::pages;
use crate::kind::{HEAD, Kind, READABLE, kind};

/// An upright image, and how its file stores it.
pub struct Decoded {
    /// The image as a viewer shows it.
    pub image: Rgba8,
    orientation: Orientation,
    stored: (u32, u32),
}

impl Decoded {
    /// A box in the pixels of the stored image, in those of the upright one.
    pub fn upright(&self, rect: Rect) -> Rect {
        self.orientation.rect(rect, self.stored.0, self.stored.1)
    }
}

/// Decodes an image: of an animation the first frame, of a TIFF the first page, turned as EXIF says, 16-bit values
/// rounded to 8, gray and CMYK made RGB. Color profiles are not applied.
///
/// # Errors
/// `image-empty`, `image-too-large` or `image-broken`.
pub fn decode(bytes: &[u8]) -> Result<Rgba8> {
    Ok(decode_stored(bytes)?.image)
}

/// As [`decode`], with how the file stores the image.
///
/// # Errors
/// As [`decode`].
pub fn decode_stored(bytes: &[u8]) -> Result<Decoded> {
    if bytes.is_empty() {
        return Err(Error::new(Code::ImageEmpty, "The file is empty."));
    }
    let other = match kind(&bytes[..bytes.len().min(HEAD)]) {
        Kind::Readable => None,
        Kind::Foreign(name) | Kind::Other(name) => Some(name),
    };
    if let Some(name) = other {
        let text = format!("The file is {name}. Those that can be read are {READABLE}.");
        return Err(Error::new(Code::ImageBroken, text));
    }
    if bytes.starts_with(&[0xff, 0xd8]) && !ends(bytes) {
        return Err(broken(&"it ends too early"));
    }
    if tiff::is_reduced(bytes) {
        let text =
            "The file's first image is a reduced copy of another, as in a camera's raw file. Save that one alone.";
        return Err(Error::new(Code::ImageBroken, text));
    }
    let mut decoder = decoder(bytes)?;
    let orientation = decoder.orientation().map_or(1, image::metadata::Orientation::to_exif);
    let orientation = Orientation::from_exif(orientation);
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        let text =
            format!("The image has {width} x {height} pixels; at most {MAX_PIXELS} are read. Scale it down first.");
        return Err(Error::new(Code::ImageTooLarge, text));
    }
    let image = DynamicImage::from_decoder(decoder).map_err(|e| refused(&e))?.into_rgba8();
    let image = Rgba8::new(width, height, image.into_raw())?.oriented(orientation);
    Ok(Decoded { image, orientation, stored: (width, height) })
}

/// The decoder of a file, which may take the memory of its image and not much more.
fn decoder(bytes: &[u8]) -> Result<impl ImageDecoder> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    let mut reader = reader.map_err(|e| broken(&e))?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(most_memory(bytes));
    reader.limits(limits);
    reader.into_decoder().map_err(|e| refused(&e))
}

/// The most bytes that decoding may take: eight for each pixel. A PNG says how many it has in front, and a profile or
/// a text that it packs a thousandfold may take no more than that and a bit.
fn most_memory(bytes: &[u8]) -> u64 {
    const REST: u64 = 64 << 20;
    let number = |at: usize| bytes.get(at..at + 4).map(|four| four.iter().fold(0, |sum, b| sum << 8 | u64::from(*b)));
    match (bytes.starts_with(b"\x89PNG"), number(16), number(20)) {
        (true, Some(width), Some(height)) => (width * height).min(MAX_PIXELS) * 8 + REST,
        _ => MAX_PIXELS * 8,
    }
}

/// Width and height of an image as its file stores it, and turned upright; `None` for what is no image.
pub fn sizes(bytes: &[u8]) -> Option<[(u32, u32); 2]> {
    let mut decoder = decoder(bytes).ok()?;
    let (width, height) = decoder.dimensions();
    let exif = decoder.orientation().map_or(1, image::metadata::Orientation::to_exif);
    let lies = Orientation::from_exif(exif).transposes();
    Some([(width, height), if lies { (height, width) } else { (width, height) }])
}

/// Whether a JPEG has the marker of its end (ITU-T T.81, B.1.1), whatever follows it. Decoders fill what is missing
/// with gray, and say nothing of it.
fn ends(jpeg: &[u8]) -> bool {
    let mut at = 2;
    while let Some(next) = jpeg.get(at..).and_then(|rest| rest.windows(2).position(marks)) {
        at += next + 2;
        match jpeg[at - 1] {
            0xd9 => return true,
            // These have no segment, and so no length.
            0x01 | 0xd8 => {}
            _ => match jpeg.get(at..at + 2) {
                Some(&[high, low]) => at += usize::from(u16::from_be_bytes([high, low])).max(2),
                _ => return false,
            },
        }
    }
    false
}

/// Whether two bytes are a marker: neither fill bytes, nor a byte of the image's data, nor a restart inside of it.
fn marks(bytes: &[u8]) -> bool {
    bytes[0] == 0xff && !matches!(bytes[1], 0x00 | 0xd0..=0xd7 | 0xff)
}

/// Encodes an image as PNG.
///
/// # Errors
/// `image-broken` if the encoder refuses it.
pub fn encode_png(image: &Rgba8) -> Result<Vec<u8>> {
    let mut png = Cursor::new(Vec::new());
    let format = image::ImageFormat::Png;
    let kind = image::ExtendedColorType::Rgba8;
    image::write_buffer_with_format(&mut png, image.pixels(), image.width(), image.height(), kind, format)
        .map_err(|e| broken(&e))?;
    Ok(png.into_inner())
}

fn refused(error: &ImageError) -> Error {
    match error {
        ImageError::Limits(_) => {
            Error::new(Code::ImageTooLarge, "The image is too large to decode. Scale it down first.")
        }
        ImageError::Unsupported(unsupported) => match unsupported.kind() {
            UnsupportedErrorKind::Color(ExtendedColorType::Unknown(bits)) => {
                broken(&format!("it stores colors in a way that is not supported ({bits} bits)"))
            }
            _ => broken(error),
        },
        other => broken(other),
    }
}

fn broken(error: &dyn std::fmt::Display) -> Error {
    // Some decoders end their sentence with a full stop or a line end of its own.
    let mut why = error.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((_, rest)) = why.strip_prefix("Format error decoding ").and_then(|rest| rest.split_once(": ")) {
        why = rest.to_owned();
    }
    if let Some((_, rest)) = why.split_once("does not support the format features ") {
        why = rest.to_owned();
    }
    // A part of a PNG is shown with all that its reader knows of it.
    while let Some((before, rest)) = why.split_once("ChunkType { type: ") {
        let (name, rest) = rest.split_once(',').unwrap_or((rest, ""));
        why = format!("{before}{name}{}", rest.split_once('}').map_or("", |(_, rest)| rest));
    }
    if ["failed to fill whole buffer", "unexpected end of file"].contains(&why.trim_end_matches('.')) {
        why = "it ends too early".into();
    }
    Error::new(Code::ImageBroken, format!("The file cannot be read as an image: {}.", why.trim_end_matches('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_for_people() {
        let color = UnsupportedErrorKind::Color(ExtendedColorType::Unknown(32));
        let unsupported = image::error::UnsupportedError::from_format_and_kind(image::ImageFormat::Tiff.into(), color);
        let text = refused(&ImageError::Unsupported(unsupported)).to_string();
        assert!(text.ends_with("not supported (32 bits)."), "{text}");
        let crc = "Format error decoding Png: CRC error: expected 0x1 have 0x2 while decoding ChunkType { type: IHDR, \
            critical: true, private: false } chunk.";
        assert!(broken(&crc).to_string().ends_with(": CRC error: expected 0x1 have 0x2 while decoding IHDR chunk."));
        assert!(broken(&"failed to fill whole buffer").to_string().ends_with(": it ends too early."));
        assert!(broken(&"expected 40 found 39\n").to_string().ends_with(": expected 40 found 39."));
    }

    #[test]
    fn what_is_no_image_is_refused() {
        let heic = b"\0\0\0\x18ftypmif1\0\0\0\0heicmif1";
        assert!(decode(heic).unwrap_err().to_string().contains("a HEIC image"));
        let cases: [(&[u8], Code); 5] = [
            (b"", Code::ImageEmpty),
            (b"hello", Code::ImageBroken),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Code::ImageBroken),
            (b"\x89PNG\r\n\x1a\n", Code::ImageBroken),
            (b"\xff\xd8\xff\xe0\x00\x10JFIF", Code::ImageBroken),
        ];
        for (bytes, code) in cases {
            assert_eq!(decode(bytes).unwrap_err().code(), code, "{bytes:?}");
        }
    }

    #[test]
    fn a_gigantic_header_is_refused_before_memory_is_taken() {
        // A BMP that claims 60,000 x 60,000 pixels.
        let mut bmp = vec![0u8; 54];
        bmp[..2].copy_from_slice(b"BM");
        bmp[10] = 54;
        bmp[14] = 40;
        bmp[18..22].copy_from_slice(&60_000u32.to_le_bytes());
        bmp[22..26].copy_from_slice(&60_000u32.to_le_bytes());
        bmp[26] = 1;
        bmp[28] = 24;
        assert_eq!(decode(&bmp).unwrap_err().code(), Code::ImageTooLarge);
        // A PNG and a GIF that claim as much as their headers can.
        let head = [&b"IHDR"[..], &60_000u32.to_be_bytes(), &60_000u32.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
        let sum = crc(&head).to_be_bytes();
        let png = [&b"\x89PNG\r\n\x1a\n\0\0\0\x0d"[..], &head, &sum, b"\0\0\0\0IDAT\x35\xaf\x06\x1e"].concat();
        let gif = [&b"GIF89a"[..], &[0xff; 4], b"\0\0\0", b"\x2c\0\0\0\0", &[0xff; 4], b"\0\x08\0\x3b"].concat();
        for bytes in [png, gif] {
            assert_eq!(decode(&bytes).unwrap_err().code(), Code::ImageTooLarge);
        }
    }

    #[test]
    fn a_profile_that_unpacks_without_end_is_left_packed() {
        use image::ImageEncoder;
        let packed = |size: usize| {
            let mut png = Vec::new();
            let mut encoder = image::codecs::png::PngEncoder::new(&mut png);
            encoder.set_icc_profile(vec![0; size]).unwrap();
            encoder.write_image(&[9; 12], 2, 2, ExtendedColorType::Rgb8).unwrap();
            png
        };
        for (size, unpacked) in [(1 << 20, true), (100 << 20, false)] {
            let png = packed(size);
            assert!(png.len() < size / 100 && decode(&png).unwrap().pixel(1, 1) == [9, 9, 9, 255]);
            let profile = decoder(&png).unwrap().icc_profile();
            assert_eq!(profile.is_ok_and(|profile| profile.is_some()), unpacked, "{size}");
        }
    }

    /// The checksum of PNG (ISO 3309).
    fn crc(bytes: &[u8]) -> u32 {
        let step = |sum: u32| if sum & 1 == 1 { 0xedb8_8320 ^ sum >> 1 } else { sum >> 1 };
        let byte = |sum: u32, byte: &u8| (0..8).fold(sum ^ u32::from(*byte), |sum, _| step(sum));
        !bytes.iter().fold(u32::MAX, byte)
    }

    #[test]
    fn png_survives_the_round_trip() {
        let image = Rgba8::new(2, 1, vec![1, 2, 3, 255, 4, 5, 6, 0]).unwrap();
        assert_eq!(decode(&encode_png(&image).unwrap()).unwrap(), image);
    }

    /// Each Exif orientation in JPEG and PNG turns out as Pillow turns it.
    #[test]
    fn orientations_are_those_of_pillow() {
        let golden: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/golden/preprocess.json")).unwrap();
        let colors = golden["corner_colors"].as_object().unwrap();
        let distance = |a: &[u8], b: &serde_json::Value| -> i64 {
            (0..3).map(|c| (i64::from(a[c]) - b[c].as_i64().unwrap()).pow(2)).sum()
        };
        let cases = golden["orientation"].as_object().unwrap();
        assert_eq!(cases.len(), 16);
        for (file, expected) in cases {
            let image = decode(&std::fs::read(images().join(file)).unwrap()).unwrap();
            let (w, h) = (image.width(), image.height());
            assert_eq!([w, h].map(u64::from), [&expected["width"], &expected["height"]].map(|v| v.as_u64().unwrap()));
            let corners = [
                ("top_left", 2, 2),
                ("top_right", w - 3, 2),
                ("bottom_left", 2, h - 3),
                ("bottom_right", w - 3, h - 3),
            ];
            for (corner, x, y) in corners {
                let pixel = image.pixel(x, y);
                let (nearest, _) = colors.iter().min_by_key(|(_, color)| distance(&pixel, color)).unwrap();
                assert_eq!(expected["corners"][corner], *nearest, "{file}, {corner}");
            }
        }
    }

    #[test]
    fn every_kind_of_png_decodes() {
        for (file, size) in [
            ("gray-48x64.png", (48, 64)),
            ("gray16-33x29.png", (33, 29)),
            ("rgba-50x40.png", (50, 40)),
            ("gray-alpha-23x31.png", (23, 31)),
            ("palette-alpha-20x30.png", (20, 30)),
            ("rgb-1x1.png", (1, 1)),
            ("rgb-640x3.png", (640, 3)),
        ] {
            let bytes = std::fs::read(images().join(file)).unwrap();
            let image = decode(&bytes).unwrap();
            assert_eq!((image.width(), image.height()), size, "{file}");
            let opaque = image.pixels().chunks(4).all(|p| p[3] == 255);
            assert_eq!(opaque, !file.contains("alpha") && !file.contains("rgba"), "{file}");
            // A file that ends early is an error or an image, not a panic.
            for cut in 0..bytes.len() {
                if let Err(error) = decode(&bytes[..cut]) {
                    assert!([Code::ImageEmpty, Code::ImageBroken].contains(&error.code()), "{file}: {error}");
                }
            }
        }
        assert_eq!(
            decode(&std::fs::read(images().join("rgb-1x1.png")).unwrap()).unwrap().pixels(),
            [200, 100, 50, 255]
        );
    }

    #[test]
    fn a_file_that_ends_early_is_refused() {
        let image = image::RgbImage::from_fn(64, 48, |x, y| image::Rgb([(x * y) as u8, (y * 5) as u8, (x * 3) as u8]));
        use image::ImageFormat::{Bmp, Gif, Jpeg, Png, Tiff, WebP};
        let mut files: Vec<(String, Vec<u8>)> = Vec::new();
        for format in [Bmp, Gif, Jpeg, Png, Tiff, WebP] {
            let mut bytes = Cursor::new(Vec::new());
            DynamicImage::ImageRgb8(image.clone()).write_to(&mut bytes, format).unwrap();
            files.push((format!("{format:?}"), bytes.into_inner()));
        }
        // With Exif; and one that another program wrote, in several scans.
        files.push(("Exif".into(), std::fs::read(images().join("orientation-6.jpg")).unwrap()));
        files.push(("progressive".into(), include_bytes!("decode/progressive.jpg").to_vec()));
        for (name, bytes) in files {
            assert!(decode(&bytes).is_ok(), "{name}");
            for percent in [10, 50, 90] {
                let cut = &bytes[..bytes.len() * percent / 100];
                assert_eq!(decode(cut).err().map(|e| e.code()), Some(Code::ImageBroken), "{name}, {percent} %");
            }
            assert!(decode(&[&bytes[..], b"\r\n\0more"].concat()).is_ok(), "{name}: what follows is not read");
        }
    }

    fn images() -> std::path::PathBuf {
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/images").into()
    }

    #[test]
    fn images_changed_at_random_are_read_or_refused() {
        let files = ["rgb-2x300.png", "gray-alpha-23x31.png", "palette-alpha-20x30.png", "orientation-6.jpg"];
        let mut seeds: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(images().join(file)).unwrap()).collect();
        let image = image::RgbImage::from_fn(9, 7, |x, y| image::Rgb([(x * 20) as u8, (y * 30) as u8, 99]));
        use image::ImageFormat::{Bmp, Gif, Tiff, WebP};
        for format in [Bmp, Gif, Tiff, WebP] {
            let mut bytes = Cursor::new(Vec::new());
            DynamicImage::ImageRgb8(image.clone()).write_to(&mut bytes, format).unwrap();
            seeds.push(bytes.into_inner());
        }
        let seeds: Vec<&[u8]> = seeds.iter().map(Vec::as_slice).collect();
        assert!(seeds.iter().all(|seed| decode(seed).is_ok()), "every seed is an image");
        crate::fuzz::each(&seeds, |bytes| drop(decode(bytes)));
    }
}
