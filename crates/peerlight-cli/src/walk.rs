//! The one way in which folders are read. Every command that is given a folder comes through here.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

use peerlight_core::{Code, Error, Result};

use crate::{
    files::{self, text},
    kind::{HEAD, Kind, READABLE, kind},
    left_out::{LeftOut, counted},
};

/// Endings of images' names. A file with one of them counts as an image even where its bytes say nothing: it is then
/// left out with the reason when it is read.
const ENDINGS: [&str; 28] = [
    "arw", "avif", "bmp", "cr2", "cr3", "dng", "gif", "heic", "heif", "jfif", "jp2", "jpe", "jpeg", "jpg", "jxl",
    "nef", "orf", "pjp", "pjpeg", "png", "psd", "raf", "rw2", "svg", "tga", "tif", "tiff", "webp",
];

/// Files and folders that systems and programs leave, beside those whose names begin with a dot.
const SYSTEM: [&str; 9] = [
    "__macosx",
    "@eadir",
    "#recycle",
    "$recycle.bin",
    "system volume information",
    "lost+found",
    "thumbs.db",
    "ehthumbs.db",
    "desktop.ini",
];

/// Entries that are looked at below the folders that are read, to tell what is there.
const GLANCE: usize = 20_000;

/// What a folder holds, each sorted by name.
#[derive(Debug, Default)]
pub struct Folder {
    /// Its images.
    pub images: Vec<PathBuf>,
    /// The folders in it, not those below them.
    pub folders: Vec<PathBuf>,
}

/// Reads a folder, but not those in it. What is neither an image nor a folder is left out. Links are followed; one to
/// a folder that is read already, or to one above, is left out.
///
/// # Errors
/// `file-unreadable` if the folder cannot be read.
pub fn folder(path: &Path, left: &mut LeftOut) -> Result<Folder> {
    let mut found = Folder::default();
    for entry in fs::read_dir(path).map_err(|e| files::unreadable(path, e))? {
        let entry = entry.map_err(|e| files::unreadable(path, e))?.path();
        if is_system(&entry) {
            left.other(text(&entry), "hidden, or left by the system");
        } else {
            sort(entry, &mut found, left);
        }
    }
    found.images.sort();
    found.folders.sort();
    once_each(path, &mut found.folders, left);
    Ok(found)
}

fn sort(entry: PathBuf, found: &mut Folder, left: &mut LeftOut) {
    match fs::metadata(&entry) {
        Ok(meta) if meta.is_dir() => found.folders.push(entry),
        // A pipe or a device could keep a reader waiting for ever.
        Ok(meta) if !meta.is_file() => left.other(text(&entry), "neither a file nor a folder"),
        Ok(_) => match head(&entry).map(|head| kind(&head)) {
            Ok(Kind::Readable | Kind::Foreign(_)) => found.images.push(entry),
            _ if has_ending(&entry) => found.images.push(entry),
            Ok(Kind::Other(what)) => left.other(text(&entry), what),
            Err(error) => left.image(text(&entry), format!("cannot be read: {error}")),
        },
        Err(_) if entry.is_symlink() => left.image(text(&entry), "a link that leads to nothing"),
        Err(error) => left.image(text(&entry), format!("cannot be read: {error}")),
    }
}

/// Keeps each folder once. Of a folder and links to it, the folder itself stays.
fn once_each(parent: &Path, folders: &mut Vec<PathBuf>, left: &mut LeftOut) {
    let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.into());
    let above = real(parent);
    let own: BTreeSet<PathBuf> = folders.iter().filter(|path| !path.is_symlink()).map(|path| real(path)).collect();
    let mut seen = BTreeSet::new();
    folders.retain(|path| {
        let target = real(path);
        let again = path.is_symlink() && (above.starts_with(&target) || own.contains(&target));
        let keep = !again && seen.insert(target);
        if !keep {
            left.folder(text(path), "a link to a folder that is read already, or to one above");
        }
        keep
    });
}

/// Tells of images in folders that are not read.
pub fn pass_over(folders: &[PathBuf], why: &str, left: &mut LeftOut) {
    for folder in folders {
        let count = images_below(folder, &mut GLANCE.clone());
        if count > 0 && is_of_results(folder) {
            left.other(text(folder) + "/", "results of an earlier run");
        } else if count > 0 {
            left.folder(text(folder) + "/", format!("holds {}; {why}", counted(count, "image")));
        }
    }
}

/// Whether all images in a folder are overlays that `explain` made: each is beside the numbers of its image.
fn is_of_results(path: &Path) -> bool {
    let Ok(found) = folder(path, &mut LeftOut::default()) else { return false };
    let is_overlay = |image: &PathBuf| {
        let name = text(Path::new(image.file_name().unwrap_or_default()));
        let stems = name.match_indices('.').map(|(end, _)| &name[..end]);
        stems.skip_while(|stem| stem.is_empty()).any(|stem| {
            let overlay = ["mutual", "guided"].iter().any(|method| path.join(format!("{stem}.{method}.png")).is_file());
            overlay && path.join(format!("{stem}.json")).is_file()
        })
    };
    found.folders.is_empty() && !found.images.is_empty() && found.images.iter().all(is_overlay)
}

/// The number of images in a folder and all below it, links not followed.
fn images_below(folder: &Path, budget: &mut usize) -> usize {
    let mut count = 0;
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        *budget = budget.saturating_sub(1);
        if *budget == 0 {
            return count;
        }
        if is_system(&path) || path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            count += images_below(&path, budget);
        } else if has_ending(&path) || path.is_file() && head(&path).is_ok_and(|h| kind(&h) == Kind::Readable) {
            count += 1;
        }
    }
    count
}

/// The error of a folder without images where they were looked for, with where there are some; or of a table without
/// rows.
pub fn no_images(folder: &Path) -> Error {
    if folder.is_file() {
        let text = format!("'{}' has no rows below the names of its columns.", folder.display());
        return Error::new(Code::FileUnreadable, text);
    }
    let mut text = format!("The folder '{}' holds no images ({READABLE}).", folder.display());
    text += &elsewhere(folder);
    Error::new(Code::FileUnreadable, text)
}

/// Names the folders below this one that hold images, or class folders; empty if there are none.
pub fn elsewhere(given: &Path) -> String {
    let mut hints: Vec<String> = Vec::new();
    let Ok(found) = folder(given, &mut LeftOut::default()) else { return String::new() };
    for inner in &found.folders {
        let Ok(deeper) = folder(inner, &mut LeftOut::default()) else { continue };
        let below = |path: &PathBuf| images_below(path, &mut GLANCE.clone()) > 0;
        if !deeper.images.is_empty() {
            hints.push(format!("'{}' holds images", inner.display()));
        } else if deeper.folders.iter().any(below) {
            hints.push(format!("'{}' holds class folders", inner.display()));
        }
    }
    let more = hints.len().saturating_sub(5);
    hints.truncate(5);
    hints.extend((more > 0).then(|| format!("{more} more hold images, too")));
    if hints.is_empty() { String::new() } else { format!(" But {}.", hints.join(", ")) }
}

fn is_system(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    name.starts_with('.') || SYSTEM.contains(&name.as_str())
}

fn has_ending(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

fn head(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD);
    File::open(path)?.take(HEAD as u64).read_to_end(&mut head)?;
    Ok(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

    fn made(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, PNG).unwrap();
        }
        folder
    }

    fn names(paths: &[PathBuf]) -> Vec<String> {
        paths.iter().map(|path| text(Path::new(path.file_name().unwrap()))).collect()
    }

    #[test]
    fn images_are_found_by_content_and_what_is_left_out_is_told() {
        let made =
            made(&["a.jpg", "b.jfif", "c.JPE", "d", "e.txt", "._a.jpg", ".ipynb_checkpoints/a.png", "deep/x.png"]);
        fs::write(made.path().join("note.txt"), "hello").unwrap();
        fs::write(made.path().join("broken.JPEG"), "hello").unwrap();
        fs::write(made.path().join("Thumbs.db"), "x").unwrap();
        fs::create_dir(made.path().join("__MACOSX")).unwrap();
        let mut left = LeftOut::default();
        let found = folder(made.path(), &mut left).unwrap();
        assert_eq!(names(&found.images), ["a.jpg", "b.jfif", "broken.JPEG", "c.JPE", "d", "e.txt"]);
        assert_eq!(names(&found.folders), ["deep"]);
        assert_eq!((left.files().len(), left.images()), (5, 0), "{left:?}");
        pass_over(&found.folders, "not read", &mut left);
        assert_eq!(left.images(), 1);
        assert!(left.files()[5].why.contains("1 image;"), "{left:?}");
    }

    #[test]
    fn results_of_an_earlier_run_are_no_images_that_were_left_out() {
        let made = made(&["a.png", "out/a.b.mutual.png", "out/a.b.first.png"]);
        let left = || {
            let mut left = LeftOut::default();
            pass_over(&[made.path().join("out")], "not read", &mut left);
            (left.images(), left.files().len())
        };
        assert_eq!(left(), (1, 1));
        fs::write(made.path().join("out/a.b.json"), "{}").unwrap();
        assert_eq!(left(), (0, 1));
        fs::write(made.path().join("out/cat.png"), PNG).unwrap();
        assert_eq!(left(), (1, 1), "an image of one's own is among them");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_but_never_twice_and_never_in_a_circle() {
        use std::os::unix::fs::symlink;
        let made = made(&["cat/a.png"]);
        let at = |name: &str| made.path().join(name);
        symlink(at("cat/a.png"), at("link.png")).unwrap();
        symlink(at("nowhere"), at("broken.png")).unwrap();
        symlink(at("cat"), at("again")).unwrap();
        symlink(made.path(), at("round")).unwrap();
        symlink(made.path(), at("cat/up")).unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        symlink(elsewhere.path(), at("far")).unwrap();
        let mut left = LeftOut::default();
        let found = folder(made.path(), &mut left).unwrap();
        assert_eq!(
            (names(&found.images), names(&found.folders)),
            (vec!["link.png".into()], vec!["cat".into(), "far".into()])
        );
        assert_eq!(left.images(), 3, "{left:?}");
        assert_eq!(images_below(made.path(), &mut GLANCE.clone()), 1);
    }

    #[test]
    fn a_folder_without_images_says_where_there_are_some() {
        let made = made(&["train/cat/a.png", "val/b.png"]);
        let error = no_images(made.path()).to_string();
        assert!(error.contains("train' holds class folders") && error.contains("val' holds images"), "{error}");
    }
}
