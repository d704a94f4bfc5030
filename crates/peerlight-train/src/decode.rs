//! From the bytes of a file to an upright photo.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits};
use peerlight_core::{Code, Error, MAX_PIXELS, Orientation, Result, Rgba8};

/// Decodes a picture: of an animation the first frame, turned as EXIF says, 16-bit values rounded to
/// 8, grey and CMYK made RGB. Colour profiles are not applied.
///
/// # Errors
/// `image-empty`, `image-too-large` or `image-broken`.
pub fn decode(bytes: &[u8]) -> Result<Rgba8> {
    if bytes.is_empty() {
        return Err(Error::new(Code::ImageEmpty, "The file is empty."));
    }
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    let mut reader = reader.map_err(|e| broken(&e))?;
    if reader.format().is_none() {
        return Err(Error::new(
            Code::ImageBroken,
            "The file is not a picture of a known kind: JPEG, PNG, WebP, GIF, BMP or TIFF.",
        ));
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_PIXELS * 8);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|e| refused(&e))?;
    let orientation = decoder.orientation().map_or(1, image::metadata::Orientation::to_exif);
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Rgba8::new(width, height, Vec::new());
    }
    let picture = DynamicImage::from_decoder(decoder).map_err(|e| refused(&e))?.into_rgba8();
    Ok(Rgba8::new(width, height, picture.into_raw())?.oriented(Orientation::from_exif(orientation)))
}

/// Encodes a picture as PNG.
///
/// # Errors
/// `image-broken` if the encoder refuses it.
pub fn encode_png(picture: &Rgba8) -> Result<Vec<u8>> {
    let mut png = Cursor::new(Vec::new());
    let format = image::ImageFormat::Png;
    let kind = image::ExtendedColorType::Rgba8;
    image::write_buffer_with_format(&mut png, picture.pixels(), picture.width(), picture.height(), kind, format)
        .map_err(|e| broken(&e))?;
    Ok(png.into_inner())
}

fn refused(error: &ImageError) -> Error {
    match error {
        ImageError::Limits(_) => {
            Error::new(Code::ImageTooLarge, "The picture is too large to decode. Scale it down first.")
        }
        other => broken(other),
    }
}

fn broken(error: &dyn std::fmt::Display) -> Error {
    Error::new(Code::ImageBroken, format!("The file cannot be read as a picture: {error}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_picture_is_refused() {
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
    }

    #[test]
    fn png_survives_the_round_trip() {
        let photo = Rgba8::new(2, 1, vec![1, 2, 3, 255, 4, 5, 6, 0]).unwrap();
        assert_eq!(decode(&encode_png(&photo).unwrap()).unwrap(), photo);
    }
}
