//! Lists of image files with their classes, and the boxes around what they show.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use peerlight_core::{Code, Error, Rect, Result};
use peerlight_models::{IMAGENET_1K, IMAGENET_1K_WNIDS};
use peerlight_train::rng::sample;

use crate::{files, table::Table};

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

/// The images of a folder, of its class folders, or of a CSV, by name.
pub fn list(given: &Path, labels: &[String]) -> Result<Vec<Listed>> {
    let found = if given.is_dir() { of_folder(given, labels)? } else { of_csv(given, labels)? };
    if found.is_empty() { Err(files::no_images(given)) } else { Ok(found) }
}

fn of_folder(folder: &Path, labels: &[String]) -> Result<Vec<Listed>> {
    let mut found = Vec::new();
    let mut add = |paths: Vec<PathBuf>, class: Option<usize>| {
        for path in paths {
            let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            found.push(Listed { path, name, class, boxes: Vec::new() });
        }
    };
    add(files::images_in(folder)?, None);
    for inner in files::list(folder)?.into_iter().filter(|path| path.is_dir()) {
        let name = inner.file_name().unwrap_or_default().to_string_lossy().into_owned();
        add(files::images_in(&inner)?, class_of_folder(labels, &name));
    }
    Ok(found)
}

/// Sorted names of the classes: the folders that hold images, or the values of a CSV's column class.
pub fn class_names(given: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    if given.is_dir() {
        for inner in files::list(given)?.into_iter().filter(|path| path.is_dir()) {
            if !files::images_in(&inner)?.is_empty() {
                names.push(inner.file_name().unwrap_or_default().to_string_lossy().into_owned());
            }
        }
    } else {
        let table = Table::read(given)?;
        let class = table.column("class")?;
        names.extend(table.rows.iter().map(|row| row[class].trim().to_owned()).filter(|name| !name.is_empty()));
    }
    names.sort();
    names.dedup();
    Ok(names)
}

/// Paths are from the folder that the CSV lies in.
fn of_csv(file: &Path, labels: &[String]) -> Result<Vec<Listed>> {
    let table = Table::read(file)?;
    let path = table.column("path")?;
    let class = table.column("class").ok();
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut found = Vec::new();
    for row in &table.rows {
        let class = class.and_then(|column| class_of_folder(labels, &row[column]));
        found.push(Listed { path: folder.join(&row[path]), name: row[path].clone(), class, boxes: Vec::new() });
    }
    Ok(found)
}

/// Gives each image its boxes: those of the rows whose path ends in the image's name, folder for folder.
///
/// # Errors
/// `file-unreadable` if the CSV cannot be read, or has boxes for none of the images.
pub fn add_boxes(images: &mut [Listed], file: &Path) -> Result<()> {
    let table = Table::read(file)?;
    let path = table.column("path")?;
    let edges = ["x0", "y0", "x1", "y1"].map(|edge| table.column(edge));
    let [x0, y0, x1, y1] = edges;
    let edges = [x0?, y0?, x1?, y1?];
    let mut by_file: HashMap<&str, Vec<(&str, Rect)>> = HashMap::new();
    for (line, row) in table.rows.iter().enumerate() {
        let mut rect = [0.0; 4];
        for (value, &column) in rect.iter_mut().zip(&edges) {
            *value = row[column].parse().ok().filter(|v: &f64| v.is_finite()).ok_or_else(|| {
                let text =
                    format!("'{}': row {} has no number where a box's edge should be.", file.display(), line + 2);
                Error::new(Code::FileUnreadable, text)
            })?;
        }
        by_file.entry(last(&row[path])).or_default().push((&row[path], Rect::from(rect)));
    }
    for image in images.iter_mut() {
        let rows = by_file.get(last(&image.name)).into_iter().flatten();
        let same = |given: &str| format!("/{given}").ends_with(&format!("/{}", image.name));
        image.boxes = rows.filter(|(given, _)| same(given)).map(|(_, rect)| *rect).collect();
    }
    if images.iter().all(|image| image.boxes.is_empty()) {
        let text = format!("'{}' has boxes for none of the images: its paths name other files.", file.display());
        return Err(Error::new(Code::FileUnreadable, text));
    }
    Ok(())
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// At most `limit` of the images, drawn by the seed, in their order.
pub fn limited(images: Vec<Listed>, limit: usize, seed: u64) -> Vec<Listed> {
    sample(seed, images.len(), limit).into_iter().map(|i| images[i].clone()).collect()
}

/// The class that a folder of images is named after: its index, its whole name, or, of ImageNet's, its WordNet id.
fn class_of_folder(labels: &[String], folder: &str) -> Option<usize> {
    if labels.iter().map(String::as_str).eq(IMAGENET_1K.lines())
        && let Some(index) = IMAGENET_1K_WNIDS.lines().position(|wnid| wnid == folder)
    {
        return Some(index);
    }
    let whole = || labels.iter().position(|label| label.to_lowercase() == folder.to_lowercase());
    folder.parse::<usize>().ok().filter(|&index| index < labels.len()).or_else(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn labels() -> Vec<String> {
        ["cat", "dog"].map(String::from).to_vec()
    }

    #[test]
    fn folders_name_classes_and_boxes_find_their_images() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["cat/a.png", "cat/b.PNG", "1/a.png", "other/c.png", "cat/note.txt", "d.jpg"] {
            fs::create_dir_all(path(name).parent().unwrap()).unwrap();
            fs::write(path(name), "").unwrap();
        }
        let mut found = list(folder.path(), &labels()).unwrap();
        let classes: Vec<_> = found.iter().map(|p| (p.name.as_str(), p.class)).collect();
        let expected = [("d.jpg", None), ("1/a.png", Some(1)), ("cat/a.png", Some(0)), ("cat/b.PNG", Some(0))];
        assert_eq!(classes[..4], expected);
        assert_eq!(classes[4], ("other/c.png", None));

        fs::write(path("boxes.csv"), "path,x0,y0,x1,y1\nset/cat/a.png,1,2,3,4\nset/cat/a.png,5,6,7,8\n").unwrap();
        add_boxes(&mut found, &path("boxes.csv")).unwrap();
        assert_eq!(found.iter().map(|p| p.boxes.len()).collect::<Vec<_>>(), [0, 0, 2, 0, 0]);
        fs::write(path("boxes.csv"), "path,x0,y0,x1,y1\nset/cat/a.png,1,2,wide,4\n").unwrap();
        assert!(add_boxes(&mut found, &path("boxes.csv")).unwrap_err().to_string().contains("row 2"));
        fs::write(path("boxes.csv"), "path,x0,y0,x1,y1\nelse.png,1,2,3,4\n").unwrap();
        assert!(add_boxes(&mut found, &path("boxes.csv")).unwrap_err().to_string().contains("none of the images"));

        fs::write(path("list.csv"), "path,class\ncat/a.png,dog\nd.jpg,\n").unwrap();
        let listed = list(&path("list.csv"), &labels()).unwrap();
        assert_eq!(listed.iter().map(|p| p.class).collect::<Vec<_>>(), [Some(1), None]);
        assert!(list(&path("boxes.csv"), &labels()).unwrap()[0].class.is_none());
        fs::write(path("list.csv"), "file\na.png\n").unwrap();
        assert!(list(&path("list.csv"), &labels()).unwrap_err().to_string().contains("no column 'path'"));
    }

    #[test]
    fn a_folder_names_a_class_by_index_name_or_wordnet_id() {
        let labels: Vec<String> = ["tabby cat", "tiger cat", "tiger"].map(String::from).to_vec();
        assert_eq!(class_of_folder(&labels, "Tiger Cat"), Some(1));
        assert_eq!(class_of_folder(&labels, "2"), Some(2));
        assert_eq!(class_of_folder(&labels, "tabby"), None);
        assert_eq!(class_of_folder(&labels, "n02123045"), None);
        let imagenet: Vec<String> = IMAGENET_1K.lines().map(String::from).collect();
        assert_eq!(class_of_folder(&imagenet, "n01440764"), Some(0));
        assert_eq!(class_of_folder(&imagenet, "n03888257"), Some(701));
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
