//! Boxes around what images show, from a CSV.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use clap::ValueEnum;
use peerlight_core::{Code, Error, Rect, Result};
use serde::{Deserialize, Serialize};

use crate::{
    files::{shown, text},
    images::{Listed, without_detours},
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
        let given = plain(row.cell(path));
        by_file.entry(last(&given).to_owned()).or_default().push((given, Rect::from(rect)));
    }
    if by_file.values().flatten().all(|(_, rect)| is_fraction(rect)) {
        let text = format!(
            "'{}': every box ends within the first pixel. They seem to be fractions of the image's sides: boxes are \
             counted in pixels.",
            file.display()
        );
        return Err(Error::new(Code::FileUnreadable, text));
    }
    let mut found = HashSet::new();
    for image in images.iter_mut() {
        let name = plain(&image.name);
        let ends = |whole: &str, part: &str| format!("/{whole}").ends_with(&format!("/{part}"));
        let rows = by_file.get(last(&name)).into_iter().flatten();
        let mut rows: Vec<&(String, Rect)> = rows.filter(|(given, _)| ends(given, &name)).collect();
        if rows.iter().any(|(given, _)| *given != rows[0].0) {
            // Of files of the same name in several sets, those are meant that the image's own path ends in.
            let place = image.path.canonicalize().map_or(String::new(), |path| plain(&text(&path)));
            let own = rows.iter().filter(|(given, _)| ends(&place, given)).map(|(given, _)| given.len()).max();
            let other = rows.iter().find(|(given, _)| *given != rows[0].0).map_or("", |(given, _)| given);
            let Some(own) = own else {
                let text = format!(
                    "'{}' has boxes of several files that may be '{}', such as '{}' and '{}'. Keep those of the \
                     set that is given.",
                    file.display(),
                    shown(&image.name),
                    shown(&rows[0].0),
                    shown(other)
                );
                return Err(Error::new(Code::FileUnreadable, text));
            };
            rows.retain(|(given, _)| given.len() == own && ends(&place, given));
        }
        image.boxes = rows.iter().map(|(_, rect)| *rect).collect();
        found.extend(rows.iter().map(|(given, _)| given.as_str()));
    }
    let fractions = images.iter().flat_map(|image| &image.boxes).filter(|rect| is_fraction(rect)).count();
    if fractions > 0 {
        let end = if fractions == 1 { "box ends" } else { "boxes end" };
        left.doubt(format!("{fractions} {end} within the first pixel: are they fractions of the image's sides?"));
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
    let unused: Vec<_> = given.filter(|given| !found.contains(&*plain(given))).collect();
    if let Some(first) = unused.first() {
        let (rows, belong) = (counted(unused.len(), "row"), if unused.len() == 1 { "belongs" } else { "belong" });
        let (file, first) = (file.display(), shown(first));
        left.doubt(format!("{rows} of '{file}' {belong} to none of the images, such as '{first}'."));
    }
    Ok(())
}

/// Whether a box ends within the first pixel, but for what is rounded.
pub fn is_fraction(rect: &Rect) -> bool {
    rect.x1 <= 1.01 && rect.y1 <= 1.01
}

/// A path with slashes alone, without detours.
fn plain(path: &str) -> String {
    without_detours(&path.replace('\\', "/"))
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
        assert_eq!(read(&with("./set/x/../cat//a.png,1,2,3,4\n./1/./a.png,5,6,7,8\n")).unwrap(), [1, 1, 0]);
        assert_eq!(read("\u{feff}path;x0;y0;x1;y1\r\nset\\cat\\b.PNG;1,5;2;3,5;4\r\n").unwrap(), [0, 0, 1]);
        for (rows, words) in [
            ("set/cat/a.png,1,2,wide,4\n", "row 2 has no number in 'x1'"),
            ("set/cat/a.png,1,2,3,4\nset/cat/a.png,3,2,1,4\n", "row 3 has a box without an area"),
            ("else.png,1,2,3,4\n", "none of the images"),
            ("a/cat/b.PNG,1,2,3,4\nb/cat/b.PNG,1,2,3,4\n", "such as 'a/cat/b.PNG' and 'b/cat/b.PNG'"),
            ("set/cat/a.png,0.1,0.2,1.002,0.75\n", "fractions of the image's sides"),
            ("set/cat/a.png,0.1,0.2,0.5,0.75\nset/cat/b.PNG,0,0,1,1\n", "fractions of the image's sides"),
        ] {
            let error = read(&with(rows)).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn boxes_of_another_set_are_none_of_this_ones() {
        let folder = tempfile::tempdir().unwrap();
        let [val, boxes] = ["val", "boxes.csv"].map(|name| folder.path().join(name));
        fs::create_dir_all(val.join("cat")).unwrap();
        fs::write(val.join("cat/a.png"), "").unwrap();
        fs::write(&boxes, "path,x0,y0,x1,y1\ntrain/cat/a.png,1,2,3,4\nval/cat/a.png,5,6,7,8\nval/cat/a.png,0,0,1,1\n")
            .unwrap();
        let mut images = vec![Listed { path: val.join("cat/a.png"), ..images()[1].clone() }];
        let mut left = LeftOut::default();
        add_boxes(&mut images, &boxes, &mut left).unwrap();
        assert_eq!(images[0].boxes, [[5.0, 6.0, 7.0, 8.0].into(), [0.0, 0.0, 1.0, 1.0].into()]);
        let told = format!("{left:?}");
        assert!(told.contains("1 row of") && told.contains("train/cat/a.png"), "{told}");
        assert!(told.contains("1 box ends within the first pixel"), "{told}");
    }
}
