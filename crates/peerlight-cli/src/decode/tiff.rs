//! The directory of a TIFF, which tells what images it holds (TIFF 6.0).

/// What an image in a file is, by the bits of its tag NewSubfileType.
const KIND: usize = 254;
/// A copy of another image with fewer pixels.
const REDUCED: usize = 1;
/// The mask of another image.
const MASK: usize = 4;
/// Images of a file that are looked at. What is damaged may lead in a circle.
const MOST: usize = 10_000;

/// Whether the first image of a TIFF says that it is a reduced copy of another. Cameras' raw files, such as DNG and
/// NEF, begin so.
pub fn is_reduced(bytes: &[u8]) -> bool {
    kinds(bytes).next().is_some_and(|kind| kind & REDUCED > 0)
}

/// The number of pages of a TIFF, or 1 for another file. Reduced copies and masks are no pages.
pub fn pages(bytes: &[u8]) -> usize {
    1 + kinds(bytes).skip(1).filter(|kind| kind & (REDUCED | MASK) == 0).count()
}

/// What each image of a TIFF is; nothing for other files.
fn kinds(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let little = match bytes.get(..4) {
        Some(b"II*\0") => Some(true),
        Some(b"MM\0*") => Some(false),
        _ => None,
    };
    let number = move |at: usize, count: usize| {
        let bytes = bytes.get(at..at.checked_add(count)?)?;
        let add = |sum: usize, byte: &u8| sum << 8 | usize::from(*byte);
        Some(if little? { bytes.iter().rev().fold(0, add) } else { bytes.iter().fold(0, add) })
    };
    // The place of each image's directory stands behind the one before it; after the last there is a zero.
    let mut next = number(4, 4);
    let each = move || {
        let at = next.filter(|at| *at > 0)?;
        let count = number(at, 2)?;
        next = number(at + 2 + 12 * count, 4);
        let own = (0..count).map(|i| at + 2 + 12 * i).find(|at| number(*at, 2) == Some(KIND));
        Some(own.and_then(|at| number(at + 8, 4)).unwrap_or(0))
    };
    std::iter::from_fn(each).take(MOST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::decode;

    /// A file with an image of two pixels for each of these kinds.
    fn tiff(little: bool, kinds: &[u32]) -> Vec<u8> {
        let short = |value: u16| if little { value.to_le_bytes() } else { value.to_be_bytes() };
        let long = |value: u32| if little { value.to_le_bytes() } else { value.to_be_bytes() };
        let entry = |tag: u16, value: u32| [&short(tag)[..], &short(4), &long(1), &long(value)].concat();
        let mark: &[u8] = if little { b"II*\0" } else { b"MM\0*" };
        let mut file = [mark, &long(10), &[7, 9]].concat();
        for (i, kind) in kinds.iter().enumerate() {
            let tags = [(254, *kind), (256, 2), (257, 1), (258, 8), (259, 1), (262, 1), (273, 8), (278, 1), (279, 2)];
            file.extend(short(tags.len() as u16));
            tags.iter().for_each(|&(tag, value)| file.extend(entry(tag, value)));
            let end = file.len() as u32 + 4;
            file.extend(long(if i + 1 < kinds.len() { end } else { 0 }));
        }
        file
    }

    #[test]
    fn a_tiff_that_begins_with_a_reduced_copy_is_refused() {
        for little in [true, false] {
            assert_eq!(decode(&tiff(little, &[0])).unwrap().pixel(1, 0), [9, 9, 9, 255]);
            let error = decode(&tiff(little, &[1, 0])).unwrap_err();
            assert!(error.to_string().contains("reduced copy"), "{error}");
            let torn = tiff(little, &[1, 0]);
            (0..torn.len()).for_each(|end| drop(decode(&torn[..end])));
        }
    }

    #[test]
    fn pages_are_counted_without_reduced_copies_and_masks() {
        for little in [true, false] {
            for (kinds, expected) in [(&[0][..], 1), (&[0, 0], 2), (&[2, 2, 2], 3), (&[0, 1, 4, 0, 5], 2)] {
                let file = tiff(little, kinds);
                assert_eq!((pages(&file), decode(&file).is_ok()), (expected, true), "{kinds:?}");
                (0..file.len()).for_each(|end| assert!(pages(&file[..end]) <= kinds.len()));
            }
        }
        assert_eq!((pages(b"\x89PNG\r\n\x1a\n"), pages(b"II*\0\xff\xff\xff\xff"), pages(b"")), (1, 1, 1));
        let mut circle = tiff(true, &[0]);
        let end = circle.len();
        circle[end - 4..].copy_from_slice(&10u32.to_le_bytes());
        assert_eq!(pages(&circle), MOST, "and no more");
    }
}
