//! Reading and writing, with errors that name the file.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read},
    path::{Path, PathBuf},
};

use peerlight_core::{Code, Error, Result};
pub use peerlight_models::sha256;

/// Reads a file. Of what tells no size beforehand, such as a pipe or a device, no more than [`MOST_BYTES`] are read.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    let most = fs::metadata(path).map_err(|e| unreadable(path, e))?.len().max(MOST_BYTES);
    read_up_to(path, most, Code::FileUnreadable)
}

/// Reads a text file: UTF-8, or UTF-16 with a byte order mark, which is no part of the text.
pub fn read_text(path: &Path) -> Result<String> {
    let refused = |why| Error::new(Code::FileUnreadable, format!("'{}': {why}.", path.display()));
    decoded(&read(path)?).map_err(refused)
}

/// The text of a file's bytes, or why they are none.
pub fn decoded(bytes: &[u8]) -> std::result::Result<String, String> {
    let wide = |from: fn([u8; 2]) -> u16| {
        if bytes.len() % 2 == 1 {
            return Err("is no whole UTF-16: its last letter is cut".to_owned());
        }
        let units = bytes[2..].chunks_exact(2).map(|pair| from([pair[0], pair[1]]));
        char::decode_utf16(units).collect::<std::result::Result<String, _>>().map_err(|_| "is no UTF-16".to_owned())
    };
    match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => decoded(rest),
        _ if bytes.contains(&0) => Err("holds zero bytes, as UTF-16 without its mark does. Save it as UTF-8".into()),
        _ => String::from_utf8(bytes.to_vec()).map_err(|e| {
            let good = &bytes[..e.utf8_error().valid_up_to()];
            let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
            format!("line {line} is not UTF-8. Save it as UTF-8")
        }),
    }
}

/// The lines of a file that grows line by line, without one that was not finished when the run was stopped: it may end
/// within a letter. Nothing if there is no file.
pub fn whole_lines(path: &Path) -> Result<String> {
    let mut bytes = if path.exists() { read(path)? } else { Vec::new() };
    bytes.truncate(bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1));
    String::from_utf8(bytes).map_err(|e| {
        let text = format!("'{}' is not a text: {e}. Delete the file to begin anew.", path.display());
        Error::new(Code::FileUnreadable, text)
    })
}

/// Makes a folder, and those above it, if they do not exist.
pub fn make_dir(path: &Path) -> Result<()> {
    let file = path.ancestors().find(|above| above.exists() && !above.is_dir());
    if let Some(file) = file {
        let text = format!("'{}' is a file, and a folder is to be there. Name another folder.", file.display());
        return Err(Error::new(Code::FileUnwritable, text));
    }
    fs::create_dir_all(path).map_err(|e| unwritable(path, e))
}

/// The paths in a folder, sorted.
pub fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(|e| unreadable(folder, e))?;
    let mut found: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    found.sort();
    Ok(found)
}

/// Reads an image file. A file of more than [`MOST_BYTES`] is refused, so that an endless one ends.
pub fn read_image(path: &Path) -> Result<Vec<u8>> {
    read_up_to(path, MOST_BYTES, Code::ImageTooLarge)
}

/// Reads a file that may have `most` bytes; one of more is refused with this code.
fn read_up_to(path: &Path, most: u64, code: Code) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes));
    read.map_err(|e| unreadable(path, e))?;
    if bytes.len() as u64 > most {
        let text = format!("'{}' has more than {} MB; at most as much is read.", path.display(), most >> 20);
        return Err(Error::new(code, text));
    }
    Ok(bytes)
}

/// The most bytes of an image, or of what tells no size, that are read: 1 GiB, what the largest image takes in memory.
const MOST_BYTES: u64 = 1 << 30;

/// A path as text. Bytes that are not UTF-8 are written as `\xE9`, so that no two paths have the same text.
pub fn text(path: &Path) -> String {
    #[cfg(unix)]
    {
        let bytes = std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str());
        let part = |chunk: std::str::Utf8Chunk| {
            let rest: String = chunk.invalid().iter().map(|byte| format!("\\x{byte:02X}")).collect();
            chunk.valid().to_owned() + &rest
        };
        bytes.utf8_chunks().map(part).collect()
    }
    #[cfg(not(unix))]
    path.to_string_lossy().into_owned()
}

/// Whether a character could move a terminal's cursor, or hide or turn round what stands beside it.
pub fn is_hidden(c: char) -> bool {
    let turns = matches!(c, '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || c.is_control()
}

/// Text for a terminal: characters that are [hidden](is_hidden) are written out.
pub fn shown(text: &str) -> String {
    written_out(text, is_hidden)
}

/// As [`shown`], of several lines.
pub fn lines(text: &str) -> String {
    written_out(text, |c| c != '\n' && is_hidden(c))
}

fn written_out(text: &str, which: impl Fn(char) -> bool) -> String {
    text.chars().map(|c| if which(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

/// Keeps a folder for this process alone. The system lets go of it when the process ends in any way.
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes a folder, which is made if it does not exist.
    ///
    /// # Errors
    /// `run-invalid` if another process has it, `file-unwritable`.
    pub fn take(folder: &Path) -> Result<Self> {
        make_dir(folder)?;
        let path = folder.join(".lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(|e| unwritable(&path, e))?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                let text = format!(
                    "Another process is writing to '{}'. Wait until it has ended, or name another folder.",
                    folder.display()
                );
                Err(Error::new(Code::RunInvalid, text))
            }
            // Some network drives know no locks: the work is not refused for that.
            Ok(()) | Err(TryLockError::Error(_)) => Ok(Self { _file: file }),
        }
    }
}

/// Writes a file, all of it or nothing: first beside it, then by renaming. Its folder is made if it does not exist.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    make_dir(folder)?;
    let written = tempfile::NamedTempFile::new_in(folder).and_then(|mut file| {
        io::Write::write_all(&mut file, bytes)?;
        #[cfg(unix)]
        fs::set_permissions(file.path(), std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
        file.persist(path).map_err(|e| e.error)
    });
    written.map(drop).map_err(|e| unwritable(path, e))
}

/// The error of a file or folder that cannot be read.
pub fn unreadable(path: &Path, error: io::Error) -> Error {
    Error::caused_by(Code::FileUnreadable, format!("'{}': {error}.", path.display()), error)
}

/// The error of a file or folder that cannot be written.
pub fn unwritable(path: &Path, error: io::Error) -> Error {
    Error::caused_by(Code::FileUnwritable, format!("'{}' cannot be written: {error}.", path.display()), error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_no_text_are_written_out() {
        use std::os::unix::ffi::OsStrExt;
        let path = |bytes: &[u8]| text(Path::new(std::ffi::OsStr::from_bytes(bytes)));
        assert_eq!(path(b"b\xe9b\xe8.png"), "b\\xE9b\\xE8.png");
        assert_eq!(path("é/\u{30c6}".as_bytes()), "é/\u{30c6}");
        assert_eq!(shown("a\x1b[2J\n\u{202e}gnp.exe"), "a\\u{1b}[2J\\u{a}\\u{202e}gnp.exe");
    }

    #[test]
    fn marks_of_byte_order_are_no_text() {
        let wide: Vec<u8> = "\u{feff}caf\u{e9}\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("labels.txt");
        for bytes in ["\u{feff}caf\u{e9}\n".as_bytes(), "caf\u{e9}\n".as_bytes(), &wide] {
            fs::write(&file, bytes).unwrap();
            assert_eq!(read_text(&file).unwrap(), "caf\u{e9}\n");
        }
        fs::write(&file, &wide[2..]).unwrap();
        assert!(read_text(&file).unwrap_err().to_string().contains("zero bytes"));
        fs::write(&file, &wide[..wide.len() - 1]).unwrap();
        assert!(read_text(&file).unwrap_err().to_string().contains("its last letter is cut"));
        fs::write(&file, b"dog\ncaf\xe9\n").unwrap();
        assert!(read_text(&file).unwrap_err().to_string().contains("line 2 is not UTF-8"));
    }

    #[test]
    fn a_folder_is_taken_by_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lock::take(folder.path()).unwrap();
        assert_eq!(Lock::take(folder.path()).err().unwrap().code(), Code::RunInvalid);
        drop(first);
        assert!(Lock::take(folder.path()).is_ok());
    }
}
