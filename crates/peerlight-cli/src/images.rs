//! Lists of image files with their classes.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
};

use peerlight_core::{Code, Error, Rect, Result};
use peerlight_models::{FolderClasses, Named, look_alikes};
use peerlight_train::rng::sample;

use crate::{
    files::{shown, text},
    left_out::{LeftOut, counted},
    table::Table,
    walk::{elsewhere, folder, no_images, pass_over},
};

/// An image that has not been read yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// Where it is.
    pub path: PathBuf,
    /// Name in the results: the path from the folder that was given.
    pub name: String,
    /// The class that it shows, if that is known.
    pub class: Option<usize>,
    /// Boxes of its class, in pixels of the file.
    pub boxes: Vec<Rect>,
}

/// The reason why folders inside class folders are passed over.
const DEEPER: &str = "folders inside class folders are not read";

/// The images of a folder, of its class folders, or of a CSV, by name. What is passed over is told in `left`.
///
/// # Errors
/// `file-unreadable` if there are none, `classes-invalid` if a CSV gives one image two classes.
pub fn list(given: &Path, labels: &[String], left: &mut LeftOut) -> Result<List> {
    let mut unknown = BTreeMap::new();
    let (images, by_index) = match given.is_dir() {
        true => of_folder(given, labels, &mut unknown, left)?,
        false => of_csv(given, labels, &mut unknown, left)?,
    };
    if images.is_empty() { Err(no_images(given)) } else { Ok(List { images, unknown, by_index }) }
}

/// The images that were found.
#[derive(Debug)]
pub struct List {
    /// The images, by name or in the order of the CSV.
    pub images: Vec<Listed>,
    unknown: Unknown,
    by_index: ByIndex,
}

/// Images, and the classes that were named by their indices.
type Found = (Vec<Listed>, ByIndex);

/// Names that stand for no class or for several, each with the number of its images.
type Unknown = BTreeMap<String, (Named, usize)>;

/// Classes that were named by their indices, each with that name.
type ByIndex = BTreeMap<usize, String>;

/// Notes a class that has another name than the one which was given, a numeral.
fn note_index(by_index: &mut ByIndex, labels: &[String], name: &str, class: Option<usize>) {
    if let Some(class) = class.filter(|class| name.trim().parse() == Ok(*class) && labels[*class].trim() != name.trim())
    {
        by_index.insert(class, name.trim().to_owned());
    }
}

impl List {
    /// Tells of classes that are named by their indices. Those that seem to be counted from 1 are a doubt: each image
    /// would have the class before its own.
    pub fn tell_indices(&self, labels: &[String], left: &mut LeftOut) {
        let Some((class, name)) = self.by_index.iter().next() else { return };
        let more = match self.by_index.len() - 1 {
            0 => ".".into(),
            1 => "; 1 more name is an index, too.".into(),
            more => format!("; {more} more names are indices, too."),
        };
        let (name, label) = (shown(name), shown(&labels[*class]));
        let text = format!("'{name}' is read as the index of '{label}', counted from 0{more}");
        let is_beyond = |name: &String| name.trim().parse() == Ok(labels.len());
        match *class > 0 && self.unknown.keys().any(is_beyond) {
            true => left.doubt(format!(
                "{text} They seem to be counted from 1, and then every one of these classes is wrong: '{}' is one too \
                 many, and there is no '0'.",
                labels.len()
            )),
            false => left.note(text),
        }
    }

    /// The folders, or values of the column class, that stand for no class or for several; empty if there are none.
    pub fn unknown(&self) -> String {
        let several = |named: &Named| if matches!(named, Named::Several(_)) { ", more than one class" } else { "" };
        let said = |(name, (named, count)): (&String, &(Named, usize))| {
            format!("{} ({}{})", shown(name), counted(*count, "image"), several(named))
        };
        let names: Vec<_> = self.unknown.iter().take(5).map(said).collect();
        let more = self.unknown.len() - names.len();
        names.join(", ") + &if more > 0 { format!(" and {more} more") } else { String::new() }
    }
}

fn of_folder(given: &Path, labels: &[String], unknown: &mut Unknown, left: &mut LeftOut) -> Result<Found> {
    let (mut found, mut by_index) = (Vec::new(), ByIndex::new());
    let mut named: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    let mut add = |paths: Vec<PathBuf>, class: Option<usize>| {
        for path in paths {
            let parts = path.strip_prefix(given).unwrap_or(&path).iter();
            let name = parts.map(|part| text(Path::new(part))).collect::<Vec<_>>().join("/");
            found.push(Listed { path, name, class, boxes: Vec::new() });
        }
    };
    let classes = FolderClasses::new(labels);
    let top = folder(given, left)?;
    add(top.images, None);
    for inner in top.folders {
        let deeper = match folder(&inner, left) {
            Ok(deeper) => deeper,
            Err(error) => {
                left.image(text(&inner) + "/", error.to_string());
                continue;
            }
        };
        pass_over(&deeper.folders, DEEPER, left);
        let name = name_of(&inner);
        let class = classes.find(&name);
        if let Some(class) = class.clone().one().filter(|_| !deeper.images.is_empty()) {
            note_index(&mut by_index, labels, &name, Some(class));
            named.entry(class).or_default().push(format!("'{}'", shown(&name)));
        }
        if class.clone().one().is_none() && !deeper.images.is_empty() {
            unknown.insert(name, (class.clone(), deeper.images.len()));
        }
        add(deeper.images, class.one());
    }
    for (class, folders) in named.iter().filter(|(_, folders)| folders.len() > 1) {
        left.note(format!("the folders {} name one class, '{}'.", folders.join(", "), shown(&labels[*class])));
    }
    Ok((found, by_index))
}

fn name_of(path: &Path) -> String {
    text(Path::new(path.file_name().unwrap_or_default()))
}

/// Sorted names of the classes: the folders that hold images, or the values of a CSV's column class. Names that a
/// reader may take for one are told in `left`.
///
/// # Errors
/// `file-unreadable` if the folder or the CSV cannot be read.
pub fn class_names(given: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    if given.is_dir() {
        // What is left out is told where the images are listed.
        for inner in folder(given, &mut LeftOut::default())?.folders {
            if folder(&inner, &mut LeftOut::default()).is_ok_and(|found| !found.images.is_empty()) {
                names.push(name_of(&inner));
            }
        }
    } else {
        let table = Table::read(given)?;
        let class = table.column("class")?;
        names.extend(table.rows.iter().map(|row| row.cell(class).to_owned()).filter(|name| !name.is_empty()));
    }
    names.sort();
    names.dedup();
    Ok(names)
}

/// Tells of classes that a reader may take for one.
pub fn note_look_alikes(labels: &[String], left: &mut LeftOut) {
    for [a, b] in look_alikes(labels) {
        let [a, b] = [a, b].map(|index| shown(&labels[index]));
        left.note(format!("'{a}' and '{b}' are two classes, though their names look alike."));
    }
}

/// Where class folders were looked for and there are too few.
pub fn hint(given: &[PathBuf]) -> String {
    given.iter().filter(|path| path.is_dir()).map(|path| elsewhere(path)).collect()
}

/// Paths are from the folder that the CSV lies in.
fn of_csv(file: &Path, labels: &[String], unknown: &mut Unknown, left: &mut LeftOut) -> Result<Found> {
    let table = Table::read(file)?;
    let path = table.column("path")?;
    let class = table.column("class").ok();
    let classes = FolderClasses::new(labels);
    // A class stands in many rows.
    let mut known: HashMap<&str, Named> = HashMap::new();
    let base = file.parent().unwrap_or(Path::new("."));
    let (mut found, mut by_index): Found = Default::default();
    let mut lines: HashMap<String, usize> = HashMap::new();
    for row in &table.rows {
        let name = plain(base, &separated(base, row.cell(path)));
        if name.is_empty() {
            left.image(format!("row {}", row.line), "names no image");
            continue;
        }
        // A pipe or a device could keep a reader waiting for ever.
        if base.join(&name).metadata().is_ok_and(|meta| !meta.is_file() && !meta.is_dir()) {
            left.image(name, "neither a file nor a folder");
            continue;
        }
        let cell = class.map_or("", |column| row.cell(column));
        let named = match cell {
            "" => Named::None,
            _ => known.entry(cell).or_insert_with(|| classes.find(cell)).clone(),
        };
        let class = named.clone().one();
        note_index(&mut by_index, labels, cell, class);
        if class.is_none() && !cell.is_empty() {
            unknown.entry(cell.to_owned()).or_insert((named, 0)).1 += 1;
        }
        match lines.get(&name).map(|&at| &found[at]) {
            Some(other) if other.class != class => {
                let text = format!("gives '{}' another class than a row before it", shown(&name));
                return Err(Error::new(Code::ClassesInvalid, table.refused(row, &text).to_string()));
            }
            Some(_) => left.image(name, "named again by a later row, and used once"),
            None => {
                lines.insert(name.clone(), found.len());
                found.push(Listed { path: base.join(&name), name, class, boxes: Vec::new() });
            }
        }
    }
    Ok((found, by_index))
}

/// A path of a table. Backslashes separate folders, as on Windows, unless there is a file whose name has them.
fn separated(base: &Path, path: &str) -> String {
    if path.contains('\\') && !base.join(path).exists() { path.replace('\\', "/") } else { path.to_owned() }
}

/// A path of a table without what leads nowhere: `./a`, `a//b`, and `a/../b` where that is the same file.
fn plain(base: &Path, path: &str) -> String {
    let plain = without_detours(path);
    let real = |path: &str| base.join(path).canonicalize().ok();
    // A link in between may lead elsewhere.
    if plain == path || real(&plain) == real(path) { plain } else { path.to_owned() }
}

/// A path without empty parts, without `.`, and without each folder that a `..` leaves again.
pub fn without_detours(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !matches!(*part, "" | ".")) {
        match parts.last() {
            Some(&last) if part == ".." && last != ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    if path.starts_with('/') { "/" } else { "" }.to_owned() + &parts.join("/")
}

/// At most `limit` of the images, drawn by the seed, in their order.
pub fn limited(images: Vec<Listed>, limit: usize, seed: u64) -> Vec<Listed> {
    sample(seed, images.len(), limit).into_iter().map(|i| images[i].clone()).collect()
}

/// A folder with empty files of these names.
#[cfg(test)]
pub fn folder_with(names: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in names {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "").unwrap();
    }
    folder
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::left_out::End;
    use std::fs;

    fn labels() -> Vec<String> {
        ["cat", "dog"].map(String::from).to_vec()
    }

    fn listed(given: &Path) -> (Result<Vec<Listed>>, LeftOut) {
        let mut left = LeftOut::default();
        (list(given, &labels(), &mut left).map(|list| list.images), left)
    }

    #[test]
    fn folders_name_classes() {
        let names = ["cat/a.png", "cat/b.PNG", "1/a.png", "other/c.png", "cat/note.txt", "d.jpg", "cat/more/e.png"];
        let folder = folder_with(&names);
        let (found, left) = listed(folder.path());
        let found = found.unwrap();
        let classes: Vec<_> = found.iter().map(|p| (p.name.as_str(), p.class)).collect();
        let expected = [("d.jpg", None), ("1/a.png", Some(1)), ("cat/a.png", Some(0)), ("cat/b.PNG", Some(0))];
        assert_eq!(classes[..4], expected);
        assert_eq!(classes[4], ("other/c.png", None));
        let unknown = list(folder.path(), &labels(), &mut LeftOut::default()).unwrap().unknown();
        assert_eq!(unknown, "other (1 image)");
        assert_eq!((left.files().len(), left.images()), (2, 1), "{left:?}");
        fs::rename(folder.path().join("1"), folder.path().join("Cat")).unwrap();
        assert!(format!("{:?}", listed(folder.path()).1).contains("the folders 'Cat', 'cat' name one class, 'cat'."));
        assert!(left.files().iter().any(|entry| entry.why.contains(DEEPER)), "{left:?}");
    }

    #[test]
    fn indices_are_told_and_those_from_1_on_are_a_doubt() {
        let folder = folder_with(&["a.png", "b.png"]);
        let csv = folder.path().join("list.csv");
        let told = |classes: [&str; 2], labels: &[String]| {
            fs::write(&csv, format!("path,class\na.png,{}\nb.png,{}\n", classes[0], classes[1])).unwrap();
            let mut left = LeftOut::default();
            list(&csv, labels, &mut left).unwrap().tell_indices(labels, &mut left);
            (format!("{left:?}"), left.end())
        };
        let (text, end) = told(["0", "1"], &labels());
        assert!(
            text.contains("'0' is read as the index of 'cat', counted from 0; 1 more name") && end == End::Whole,
            "{text}"
        );
        let (text, end) = told(["1", "2"], &labels());
        assert!(text.contains("index of 'dog'") && text.contains("counted from 1") && end == End::Partial, "{text}");
        let numerals = ["1", "2", "3"].map(String::from);
        assert!(
            !told(["1", "2"], &numerals).0.contains("index") && !told(["cat", "dog"], &labels()).0.contains("index")
        );
    }

    #[test]
    fn a_csv_names_images_and_classes() {
        let folder = folder_with(&["cat/a.png", "d.jpg", "x\\y.png"]);
        let csv = folder.path().join("list.csv");
        let read = |text: &str| {
            fs::write(&csv, text).unwrap();
            listed(&csv)
        };
        let (found, left) = read("path, class\ncat\\a.png, Dog\nd.jpg,\nx\\y.png,cow\nd.jpg,\n,cat\n");
        let found: Vec<_> = found.unwrap().into_iter().map(|p| (p.name, p.class)).collect();
        assert_eq!(found, [("cat/a.png".into(), Some(1)), ("d.jpg".into(), None), ("x\\y.png".into(), None)]);
        assert_eq!(left.images(), 2, "{left:?}");
        let (found, left) = read("path\ncat/a.png\n./cat/a.png\ncat//a.png\ncat/../cat/./a.png\n../gone.png\n");
        let found: Vec<_> = found.unwrap().into_iter().map(|p| p.name).collect();
        assert_eq!((found, left.images()), (vec!["cat/a.png".into(), "../gone.png".to_owned()], 3), "{left:?}");
        #[cfg(unix)]
        {
            let (found, left) = read("path\nd.jpg\n/dev/zero\n");
            assert_eq!((found.unwrap().len(), left.images()), (1, 1), "{left:?}");
        }
        let (found, _) = read("path,class\nd.jpg,cat\nd.jpg,dog\n");
        let error = found.unwrap_err();
        assert!(error.code() == Code::ClassesInvalid && error.to_string().contains("row 3"), "{error}");
        assert!(read("file\na.png\n").0.unwrap_err().to_string().contains("no column 'path'"));
        assert!(read("path\na.png\n").0.unwrap()[0].class.is_none());
        assert!(read("path,class\n").0.unwrap_err().to_string().contains("no rows below"));
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_no_text_stay_apart() {
        use std::os::unix::ffi::OsStrExt;
        let folder = tempfile::tempdir().unwrap();
        for name in [&b"b\xe9.png"[..], b"b\xe8.png", b"a\\b.png"] {
            fs::write(folder.path().join(std::ffi::OsStr::from_bytes(name)), "").unwrap();
        }
        let names: Vec<_> = listed(folder.path()).0.unwrap().into_iter().map(|image| image.name).collect();
        assert_eq!(names, ["a\\b.png", "b\\xE8.png", "b\\xE9.png"]);
    }

    #[test]
    fn a_limit_draws_by_the_seed_and_keeps_the_order() {
        let all: Vec<Listed> = (0..50)
            .map(|i| Listed { path: PathBuf::new(), name: format!("{i:02}"), class: None, boxes: Vec::new() })
            .collect();
        let drawn = limited(all.clone(), 10, 0);
        assert_eq!(drawn.len(), 10);
        assert!(drawn.windows(2).all(|pair| pair[0].name < pair[1].name));
        assert_eq!(limited(all.clone(), 10, 0), drawn);
        assert_ne!(limited(all.clone(), 10, 1), drawn);
        assert_eq!(limited(all.clone(), 60, 0), all);
    }
}
