//! Boxes around what images show, from a CSV.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use clap::ValueEnum;
use peerlight_core::{Code, Error, Rect, Result};
use serde::{Deserialize, Serialize};

use crate::{
    files::shown,
    images::Listed,
    left_out::{LeftOut, counted},
    table::Table,
};

/// Pixels that boxes are counted in, where an image's file says that it is to be turned (EXIF).
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BoxPixels {
    /// The image as the file stores it
    Stored,
    /// The image as a viewer shows it, turned upright
    Upright,
}

/// Gives each image its boxes: those of the rows whose path ends in the image's name, folder for folder.
///
/// # Errors
/// `file-unreadable` if the CSV cannot be read, has a box without an area, boxes that are fractions of an image, or
/// boxes for none of the images.
pub fn add_boxes(images: &mut [Listed], file: &Path, left: &mut LeftOut) -> Result<()> {
    let table = Table::read(file)?;
    let path = table.column("path")?;
    let [x0, y0, x1, y1] = ["x0", "y0", "x1", "y1"].map(|edge| table.column(edge));
    let edges = [x0?, y0?, x1?, y1?];
    let mut by_file: HashMap<String, Vec<(String, Rect)>> = HashMap::new();
    for row in &table.rows {
        let mut rect = [0.0; 4];
        for (value, &column) in rect.iter_mut().zip(&edges) {
            *value = table.number(row, column)?;
        }
        if rect[0] >= rect[2] || rect[1] >= rect[3] {
            return Err(table.refused(row, "has a box without an area: x0 must be below x1, and y0 below y1"));
        }
        let given = row.cell(path).replace('\\', "/");
        by_file.entry(last(&given).to_owned()).or_default().push((given, Rect::from(rect)));
    }
    if by_file.values().flatten().all(|(_, rect)| rect.x1 <= 1.0 && rect.y1 <= 1.0) {
        let text = format!(
            "'{}': every box ends within the first pixel. They seem to be fractions of the image's sides: boxes are \
             counted in pixels.",
            file.display()
        );
        return Err(Error::new(Code::FileUnreadable, text));
    }
    let mut found = HashSet::new();
    for image in images.iter_mut() {
        let name = image.name.replace('\\', "/");
        let rows = by_file.get(last(&name)).into_iter().flatten();
        let same = |given: &str| format!("/{given}").ends_with(&format!("/{name}"));
        let rows = rows.filter(|(given, _)| same(given));
        image.boxes = rows.clone().map(|(_, rect)| *rect).collect();
        found.extend(rows.map(|(given, _)| given.as_str()));
    }
    if found.is_empty() {
        let text = format!("'{}' has boxes for none of the images: its paths name other files.", file.display());
        return Err(Error::new(Code::FileUnreadable, text));
    }
    let bare = images.iter().filter(|image| image.boxes.is_empty()).count();
    if bare > 0 {
        let have = if bare == 1 { "has" } else { "have" };
        left.note(format!("{} of {} {have} no box.", counted(bare, "image"), images.len()));
    }
    let given = table.rows.iter().map(|row| row.cell(path));
    let unused: Vec<_> = given.filter(|given| !found.contains(&*given.replace('\\', "/"))).collect();
    if let Some(first) = unused.first() {
        let (rows, belong) = (counted(unused.len(), "row"), if unused.len() == 1 { "belongs" } else { "belong" });
        let (file, first) = (file.display(), shown(first));
        left.doubt(format!("{rows} of '{file}' {belong} to none of the images, such as '{first}'."));
    }
    Ok(())
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf};

    use super::*;

    fn images() -> Vec<Listed> {
        let image = |name: &str| Listed { path: PathBuf::new(), name: name.into(), class: None, boxes: Vec::new() };
        ["1/a.png", "cat/a.png", "cat/b.PNG"].map(image).to_vec()
    }

    #[test]
    fn boxes_find_their_images() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("boxes.csv");
        let read = |text: &str| {
            fs::write(&file, text).unwrap();
            let mut images = images();
            let added = add_boxes(&mut images, &file, &mut LeftOut::default());
            added.map(|()| images.iter().map(|image| image.boxes.len()).collect::<Vec<_>>())
        };
        let head = "path,x0,y0,x1,y1\n";
        let with = |rows: &str| format!("{head}{rows}");
        assert_eq!(read(&with("set/cat/a.png,1,2,3,4\nset/cat/a.png,5,6,7,8\n")).unwrap(), [0, 2, 0]);
        assert_eq!(read("\u{feff}path;x0;y0;x1;y1\r\nset\\cat\\b.PNG;1,5;2;3,5;4\r\n").unwrap(), [0, 0, 1]);
        for (rows, words) in [
            ("set/cat/a.png,1,2,wide,4\n", "row 2 has no number in 'x1'"),
            ("set/cat/a.png,1,2,3,4\nset/cat/a.png,3,2,1,4\n", "row 3 has a box without an area"),
            ("else.png,1,2,3,4\n", "none of the images"),
            ("set/cat/a.png,0.1,0.2,0.5,0.75\nset/cat/b.PNG,0,0,1,1\n", "fractions of the image's sides"),
        ] {
            let error = read(&with(rows)).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }
}
