//! The images that were given: files, those in folders, and those that standard input names.

use std::{
    collections::{HashSet, VecDeque},
    io::{self, BufRead, Cursor, Read, stdin},
    path::{Path, PathBuf},
};

use peerlight_core::{Code, Error, Result};

use crate::{
    files::decoded,
    left_out::LeftOut,
    walk::{folder, no_images, pass_over},
};

/// The images, one after the other. Paths on standard input are read when their turn comes.
pub struct Images {
    known: VecDeque<Given>,
    /// `None` if standard input is to name more of them, or has.
    total: Option<usize>,
    /// What is left of standard input, once it has been opened.
    input: Option<Box<dyn BufRead>>,
    /// Files that had their turn.
    seen: HashSet<PathBuf>,
    /// Paths of files that had had their turn when they were named again.
    again: Vec<PathBuf>,
}

enum Given {
    File(PathBuf),
    Input,
}

/// A path, or what stands for it with the reason why it cannot be used.
type Named = std::result::Result<PathBuf, (String, Error)>;

impl Images {
    /// Of a folder the images in it, by name; of `-` those that standard input names.
    ///
    /// # Errors
    /// `file-unreadable` for a folder without images.
    pub fn of(given: &[PathBuf], left: &mut LeftOut) -> Result<Self> {
        let mut known = VecDeque::new();
        let (mut total, mut distinct) = (Some(()), HashSet::new());
        for path in given {
            if path == Path::new("-") {
                known.push_back(Given::Input);
                total = None;
                continue;
            }
            let files = in_it(path, left)?;
            distinct.extend(files.iter().map(|file| place(file)));
            known.extend(files.into_iter().map(Given::File));
        }
        let total = total.map(|()| distinct.len());
        Ok(Self { known, total, input: None, seen: HashSet::new(), again: Vec::new() })
    }

    fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let input = match self.input.take() {
            Some(input) => input,
            None => plain(stdin().lock())?,
        };
        line(self.input.insert(input))
    }

    /// The paths that named a file again. It is explained once.
    pub fn again(self) -> Vec<PathBuf> {
        self.again
    }

    /// A file that has its turn now; `None` if it had it before.
    fn turn(&mut self, path: PathBuf) -> Option<PathBuf> {
        match self.seen.insert(place(&path)) {
            true => Some(path),
            false => {
                self.again.push(path);
                None
            }
        }
    }

    /// The files that are known before any has its turn, each once: those before the ones that standard input names.
    pub fn known(&self) -> Vec<&Path> {
        let files = self.known.iter().map_while(|given| match given {
            Given::File(path) => Some(path.as_path()),
            Given::Input => None,
        });
        let mut seen = HashSet::new();
        files.filter(|path| seen.insert(place(path))).collect()
    }

    /// The number of images, if it is known.
    pub fn total(&self) -> Option<usize> {
        self.total
    }
}

/// A file's path by that of its folder, whatever leads there. A link to a file is a file of its own.
fn place(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (folder.canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.into(),
    }
}

fn in_it(path: &Path, left: &mut LeftOut) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.into()]);
    }
    let found = folder(path, left)?;
    if found.images.is_empty() {
        return Err(no_images(path));
    }
    pass_over(&found.folders, "folders in the given one are not read", left);
    Ok(found.images)
}

impl Iterator for Images {
    type Item = Named;

    fn next(&mut self) -> Option<Named> {
        loop {
            match self.known.front()? {
                Given::File(_) => {
                    if let Some(Given::File(path)) = self.known.pop_front()
                        && let Some(path) = self.turn(path)
                    {
                        return Some(Ok(path));
                    }
                }
                Given::Input => match self.line() {
                    Ok(Some(line)) if line.is_empty() => {}
                    Ok(Some(line)) => match as_path(line) {
                        Ok(path) => {
                            if let Some(path) = self.turn(path) {
                                return Some(Ok(path));
                            }
                        }
                        refused => return Some(refused),
                    },
                    Ok(None) => drop(self.known.pop_front()),
                    Err(error) => {
                        self.known.pop_front();
                        let text = format!("Standard input cannot be read: {error}.");
                        return Some(Err(("-".into(), Error::caused_by(Code::FileUnreadable, text, error))));
                    }
                },
            }
        }
    }
}

/// Text without its byte order mark. What is marked as UTF-16, as PowerShell writes it, is read to its end and becomes
/// UTF-8; the rest stays as it is and is read line by line.
fn plain(mut input: impl BufRead + 'static) -> io::Result<Box<dyn BufRead>> {
    // What no path begins with.
    const IMAGES: [&[u8]; 6] = [b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*"];
    const MARKS: [&[u8]; 3] = [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"];
    let mut head = Vec::new();
    while MARKS.iter().any(|mark| mark.len() > head.len() && mark.starts_with(&head)) {
        if input.by_ref().take(1).read_to_end(&mut head)? == 0 {
            break;
        }
    }
    while IMAGES.iter().any(|mark| mark.len() > head.len() && mark.starts_with(&head)) {
        if input.by_ref().take(1).read_to_end(&mut head)? == 0 {
            break;
        }
    }
    if IMAGES.iter().any(|mark| head.starts_with(mark)) {
        let why = "this is an image, and - reads the paths of images. For the image itself say /dev/stdin";
        return Err(io::Error::new(io::ErrorKind::InvalidData, why));
    }
    if head.as_slice() == MARKS[0] {
        return Ok(Box::new(input));
    }
    if MARKS.contains(&head.as_slice()) {
        input.read_to_end(&mut head)?;
        let text = decoded(&head).map_err(|why| io::Error::new(io::ErrorKind::InvalidData, why))?;
        return Ok(Box::new(Cursor::new(text.into_bytes())));
    }
    Ok(Box::new(Cursor::new(head).chain(input)))
}

/// A line without its end, which may be that of Windows; or, as `find -print0` writes them, up to a zero. `None` at
/// the end.
fn line(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok((!line.is_empty()).then_some(line));
        }
        let end = buffer.iter().position(|byte| matches!(byte, b'\n' | 0));
        line.extend(&buffer[..end.unwrap_or(buffer.len())]);
        let used = end.map_or(buffer.len(), |end| end + 1);
        input.consume(used);
        if end.is_some() {
            if line.ends_with(b"\r") {
                line.pop();
            }
            return Ok(Some(line));
        }
    }
}

#[cfg(unix)]
fn as_path(line: Vec<u8>) -> Named {
    Ok(PathBuf::from(<std::ffi::OsString as std::os::unix::ffi::OsStringExt>::from_vec(line)))
}

#[cfg(not(unix))]
fn as_path(line: Vec<u8>) -> Named {
    String::from_utf8(line).map(PathBuf::from).map_err(|e| {
        let what = String::from_utf8_lossy(e.as_bytes()).into_owned();
        let text = format!("'{what}' is not UTF-8: such names are read on Unix alone.");
        (what, Error::new(Code::FileUnreadable, text))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_bytes_with_any_end() {
        let expected = [&b"a.png"[..], b"b\xe9.png", b"", b"c.png", b"d.png"];
        assert_eq!(lines(b"a.png\nb\xe9.png\r\n\nc.png\0d.png".to_vec()), expected);
    }

    fn lines(bytes: Vec<u8>) -> Vec<Vec<u8>> {
        let mut input = plain(Cursor::new(bytes)).unwrap();
        std::iter::from_fn(|| line(&mut input).unwrap()).collect()
    }

    #[test]
    fn marks_of_byte_order_are_no_part_of_a_path() {
        let text = "\u{feff}caf\u{e9}.png\r\nb.png\r\n";
        let wide = |to: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to).collect::<Vec<u8>>();
        for bytes in [text.as_bytes().to_vec(), wide(u16::to_le_bytes), wide(u16::to_be_bytes)] {
            assert_eq!(lines(bytes), ["caf\u{e9}.png".as_bytes(), b"b.png"]);
        }
        assert_eq!(lines(b"\xef\xbbx".to_vec()), [b"\xef\xbbx"], "a part of a mark is none");
        assert!(lines(Vec::new()).is_empty());
        assert_eq!(lines(b"GIF89.gif\n".to_vec()), [b"GIF89.gif"]);
        for image in [&b"\xff\xd8\xff\xe0\0"[..], b"\x89PNG\r\n\x1a\n", b"GIF89a\0", b"II*\0\x08"] {
            assert!(plain(Cursor::new(image.to_vec())).err().unwrap().to_string().contains("/dev/stdin"));
        }
        assert!(plain(Cursor::new(b"\xff\xfe\x00\xd8".to_vec())).is_err());
    }
}
