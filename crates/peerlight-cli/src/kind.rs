//! What a file is, by its first bytes. Its name says nothing here.

/// As many bytes of a file's beginning tell its kind.
pub const HEAD: usize = 1024;

/// The kinds that can be read.
pub const READABLE: &str = "JPEG, PNG, WebP, GIF, BMP or TIFF";

/// What a file is that has no mark of a known kind.
pub const NO_IMAGE: &str = "no image";

/// Kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An image that can be read.
    Readable,
    /// What a person may take for an image, but cannot be read here; with its name.
    Foreign(&'static str),
    /// A file of another kind; with its name.
    Other(&'static str),
}

/// Kinds by the bytes at a place in the file. The first that fits counts.
const MARKS: &[(usize, &[u8], Kind)] = &[
    (0, b"\xff\xd8\xff", Kind::Readable),
    (0, b"\x89PNG\r\n\x1a\n", Kind::Readable),
    (0, b"GIF8", Kind::Readable),
    (8, b"CR\x02", Kind::Foreign("a camera's raw file")),
    (0, b"IIRO", Kind::Foreign("a camera's raw file")),
    (0, b"IIU\0", Kind::Foreign("a camera's raw file")),
    (0, b"II*\0", Kind::Readable),
    (0, b"MM\0*", Kind::Readable),
    (0, b"II+\0", Kind::Foreign("a BigTIFF image")),
    (0, b"MM\0+", Kind::Foreign("a BigTIFF image")),
    (0, b"\xff\x0a", Kind::Foreign("a JPEG XL image")),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", Kind::Foreign("a JPEG XL image")),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", Kind::Foreign("a JPEG 2000 image")),
    (0, b"\xff\x4f\xff\x51", Kind::Foreign("a JPEG 2000 image")),
    (0, b"8BPS", Kind::Foreign("a Photoshop file")),
    (0, b"\0\0\x01\0", Kind::Foreign("an icon")),
    (0, b"\x76\x2f\x31\x01", Kind::Foreign("an OpenEXR image")),
    (0, b"#?RADIANCE", Kind::Foreign("a Radiance HDR image")),
    (0, b"II\xbc", Kind::Foreign("a JPEG XR image")),
    (0, b"gimp xcf", Kind::Foreign("a GIMP document")),
    (0, b"icns", Kind::Foreign("an icon")),
    (0, b"\x01\xda\0", Kind::Foreign("an SGI image")),
    (0, b"\x01\xda\x01", Kind::Foreign("an SGI image")),
    (0, b"\x0a\x05\x01\x08", Kind::Foreign("a PCX image")),
    (0, b"\x8aMNG", Kind::Foreign("an MNG animation")),
    (0, b"/* XPM", Kind::Foreign("an XPM image")),
    (0, b"SIMPLE  =", Kind::Foreign("a FITS file")),
    (0, b"qoif", Kind::Foreign("a QOI image")),
    (0, b"DDS ", Kind::Foreign("a DDS texture")),
    (0, b"FUJIFILMCCD-RAW", Kind::Foreign("a camera's raw file")),
    (128, b"DICM", Kind::Foreign("a DICOM file")),
    (0, b"%!PS", Kind::Other("a PostScript drawing")),
    (0, b"%PDF", Kind::Other("a PDF document")),
    (0, b"\x1aE\xdf\xa3", Kind::Other("a video")),
    (0, b"PK\x03\x04", Kind::Other("a ZIP archive or office document")),
    (0, b"\x1f\x8b", Kind::Other("a compressed archive")),
    (0, b"version https://git-lfs", Kind::Foreign("a pointer of Git LFS, without the image itself")),
];

/// Brands of ISO base media files (ISO 14496-12) that are images.
const BRANDS: &[(&[&[u8; 4]], &str)] = &[
    (&[b"avif", b"avis"], "an AVIF image"),
    (
        &[b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1", b"mif2", b"miaf"],
        "a HEIC image",
    ),
    // Of other codes in the same kind of file.
    (
        &[
            b"mif3", b"avci", b"avcs", b"jpeg", b"jpgs", b"j2ki", b"j2is", b"vvic", b"vvis", b"evbi", b"evbs", b"unif",
            b"1pic",
        ],
        "a HEIF image",
    ),
    (&[b"crx "], "a camera's raw file"),
];

/// The kind of a file that begins with these bytes.
pub fn kind(head: &[u8]) -> Kind {
    let at = |place: usize, mark: &[u8]| head.get(place..place + mark.len()) == Some(mark);
    if let Some((_, _, kind)) = MARKS.iter().find(|(place, mark, _)| at(*place, mark)) {
        return *kind;
    }
    if at(0, b"RIFF") {
        return if at(8, b"WEBP") { Kind::Readable } else { Kind::Other("a video or sound") };
    }
    // Text may begin with the same two letters: the size of the second header must be one of those there are.
    if at(0, b"BM") && head.get(14).is_some_and(|size| [12, 16, 40, 52, 56, 64, 108, 124].contains(size)) {
        return Kind::Readable;
    }
    if at(4, b"ftyp") {
        return media(head);
    }
    if let [b'P', b'1'..=b'7', space, b'0'..=b'9' | b'#' | b'W', ..] = head
        && space.is_ascii_whitespace()
    {
        return Kind::Foreign("a PNM image");
    }
    let text = String::from_utf8_lossy(head).to_lowercase();
    if text.contains("<svg") { Kind::Foreign("an SVG drawing") } else { Kind::Other(NO_IMAGE) }
}

/// The major brand is often a general one, so that the compatible ones are looked through, too.
fn media(head: &[u8]) -> Kind {
    let length = head[..4].iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    // A size of 0 stands for all of the file, one of 1 for a size of eight bytes behind the name.
    let (start, end) = match length {
        0 => (8, head.len()),
        1 => (16, head.len()),
        _ => (8, length.min(head.len())),
    };
    let brands: Vec<&[u8]> = head.get(start..end).unwrap_or_default().chunks_exact(4).collect();
    let names = |of: &[&[u8; 4]]| brands.iter().any(|brand| of.iter().any(|known| known[..] == **brand));
    BRANDS.iter().find(|(of, _)| names(of)).map_or(Kind::Other("a video"), |(_, name)| Kind::Foreign(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_their_bytes() {
        let bmp = [&b"BM"[..], &[0; 12], &[40, 0, 0, 0]].concat();
        let dicom = [&[0; 128][..], b"DICM"].concat();
        let cases: [(&[u8], Kind); 27] = [
            (b"icns\0\0\x10\0", Kind::Foreign("an icon")),
            (b"\x01\xda\x01\x01\0\x03", Kind::Foreign("an SGI image")),
            (b"\x0a\x05\x01\x08\0\0", Kind::Foreign("a PCX image")),
            (b"%!PS-Adobe-3.0 EPSF", Kind::Other("a PostScript drawing")),
            (b"\xff\xd8\xff\xe0", Kind::Readable),
            (b"RIFF\0\0\0\0WEBPVP8 ", Kind::Readable),
            (&bmp, Kind::Readable),
            (b"BMW, a maker of cars", Kind::Other("no image")),
            (b"\0\0\0\x1cftypmif1\0\0\0\0avifmiafmif1", Kind::Foreign("an AVIF image")),
            (b"\0\0\0\x18ftypmif1\0\0\0\0heicmif1", Kind::Foreign("a HEIC image")),
            (b"\0\0\0\0ftypmif1\0\0\0\0avifmiaf", Kind::Foreign("an AVIF image")),
            (b"\0\0\0\x01ftyp\0\0\0\0\0\0\0\x20mif1\0\0\0\0avifmiaf", Kind::Foreign("an AVIF image")),
            (b"\0\0\0\x10ftypmif3avif", Kind::Foreign("an AVIF image")),
            (b"\0\0\0\x14ftypavci\0\0\0\0avci", Kind::Foreign("a HEIF image")),
            (b"\0\0\0\x14ftypmif2\0\0\0\0miaf", Kind::Foreign("a HEIC image")),
            (b"\0\0\0\x18ftypisom\0\0\0\0mp42avc1", Kind::Other("a video")),
            (b"\0\0\0\0ftyp", Kind::Other("a video")),
            (b"\xff\x0a\x01", Kind::Foreign("a JPEG XL image")),
            (b"\0\0\0\x0cjP  \r\n\x87\n", Kind::Foreign("a JPEG 2000 image")),
            (b"8BPS\0\x01", Kind::Foreign("a Photoshop file")),
            (b"II+\0\x08", Kind::Foreign("a BigTIFF image")),
            (b"P6\n2 2\n255\n", Kind::Foreign("a PNM image")),
            (b"P1 is a plan", Kind::Other("no image")),
            (&dicom, Kind::Foreign("a DICOM file")),
            (b"<?xml version=\"1.0\"?><SVG xmlns=", Kind::Foreign("an SVG drawing")),
            (b"%PDF-1.7", Kind::Other("a PDF document")),
            (b"", Kind::Other("no image")),
        ];
        for (head, expected) in cases {
            assert_eq!(kind(head), expected, "{:?}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn heads_changed_at_random_have_a_kind() {
        let seeds: [&[u8]; 7] = [
            b"\0\0\0\x1cftypmif1\0\0\0\0avifmiafmif1\0\0\0\x14ispe\0\0\0\0\0\0\x01\0\0\0\x01\0",
            b"\0\0\0\x18ftypheic\0\0\0\0heicmif1\0\0\0\x09irot\x01",
            b"RIFF\x10\0\0\0WEBPVP8X\x0a\0\0\0\x08\0\0\0\xff\0\0\xff\0\0",
            b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0",
            b"P6\n2 2\n255\n",
            b"<?xml version=\"1.0\"?><svg xmlns=",
            b"version https://git-lfs",
        ];
        crate::fuzz::each(&seeds, |bytes| {
            let whole = kind(bytes);
            assert!(bytes.len() > HEAD || whole == kind(&bytes[..bytes.len().min(HEAD)]));
        });
    }
}
