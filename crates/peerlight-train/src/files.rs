//! Reading and writing, with errors that name the file.

use std::{fs, io, path::Path};

use peerlight_core::{Code, Error, Result};

pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|e| unreadable(path, &e))
}

pub fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|e| unreadable(path, &e))
}

pub fn make_dir(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(|e| unreadable(path, &e))
}

/// Writes all or nothing: to a file beside it first, then by renaming.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    make_dir(folder)?;
    let written = tempfile::NamedTempFile::new_in(folder).and_then(|mut file| {
        io::Write::write_all(&mut file, bytes)?;
        #[cfg(unix)]
        fs::set_permissions(file.path(), std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
        file.persist(path).map_err(|e| e.error)
    });
    written.map(drop).map_err(|e| unreadable(path, &e))
}

pub fn unreadable(path: &Path, error: &io::Error) -> Error {
    Error::new(Code::FileUnreadable, format!("'{}': {error}.", path.display()))
}
