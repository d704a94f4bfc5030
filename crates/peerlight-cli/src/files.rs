//! Reading and writing, with errors that name the file.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use peerlight_core::{Code, Error, Result};

/// Reads a file.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|e| unreadable(path, e))
}

/// Reads a text file.
pub fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|e| unreadable(path, e))
}

/// Makes a folder, and those above it, if they do not exist.
pub fn make_dir(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(|e| unwritable(path, e))
}

/// The endings of images' names.
const ENDINGS: [&str; 8] = ["bmp", "gif", "jpeg", "jpg", "png", "tif", "tiff", "webp"];

/// The paths in a folder, sorted.
pub fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(|e| unreadable(folder, e))?;
    let mut found: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    found.sort();
    Ok(found)
}

/// The images in a folder but not in folders below it, sorted.
pub fn images_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let ending = |p: &Path| p.extension().map(|e| e.to_string_lossy().to_lowercase());
    let is_image = |p: &PathBuf| p.is_file() && ending(p).is_some_and(|e| ENDINGS.contains(&e.as_str()));
    Ok(list(folder)?.into_iter().filter(is_image).collect())
}

/// The error of a folder without images.
pub fn no_images(folder: &Path) -> Error {
    let text = format!("The folder '{}' holds no images ({}).", folder.display(), ENDINGS.join(", "));
    Error::new(Code::FileUnreadable, text)
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
