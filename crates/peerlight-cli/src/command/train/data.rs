//! The images of a run: files in class folders, or named by a CSV.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use peerlight_core::{Code, Error, Result};
use peerlight_train::{Dataset, Example, Recipe, hold_out, recipe::Targets, validation_sample};

use crate::{
    decode::decode,
    files,
    images::{Listed, class_names, hint, list, note_look_alikes},
    left_out::{LeftOut, counted},
};

/// Image files, decoded when they are needed.
pub struct ImageFiles {
    images: Vec<Listed>,
    /// Those that could not be loaded, with the reason: of this list and of those that were picked from the same.
    failed: Arc<Mutex<BTreeMap<String, String>>>,
}

impl ImageFiles {
    fn new(images: Vec<Listed>) -> Self {
        Self { images, failed: Arc::default() }
    }

    fn pick(&self, indices: &[usize]) -> Self {
        let images = indices.iter().map(|&i| self.images[i].clone()).collect();
        Self { images, failed: Arc::clone(&self.failed) }
    }

    fn classes(&self) -> BTreeSet<usize> {
        self.images.iter().filter_map(|image| image.class).collect()
    }

    /// The files, in the order of their indices.
    pub fn listed(&self) -> &[Listed] {
        &self.images
    }

    /// Where the files end up that could not be loaded until now.
    pub fn failed(&self) -> Arc<Mutex<BTreeMap<String, String>>> {
        Arc::clone(&self.failed)
    }
}

impl Dataset for ImageFiles {
    fn len(&self) -> usize {
        self.images.len()
    }

    fn example(&self, index: usize) -> Result<Example> {
        let Listed { path, class, .. } = &self.images[index];
        let image = files::read_image(path).and_then(|bytes| decode(&bytes)).inspect_err(|error| {
            let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
            failed.insert(self.name(index), error.to_string());
        })?;
        Ok(Example { image, class: *class })
    }

    fn name(&self, index: usize) -> String {
        files::text(&self.images[index].path)
    }
}

/// The images of a run.
pub struct Split {
    /// Images to train with.
    pub train: ImageFiles,
    /// Images to validate with.
    pub val: ImageFiles,
    /// All images that validation may draw from.
    pub held_out: ImageFiles,
    /// Names of the classes, in the order of the logits.
    pub labels: Vec<String>,
}

/// Finds the images of a recipe. The classes are the `given` ones, or else the names of the training folders. No more
/// than `validate_most` images are for validation.
///
/// # Errors
/// `file-unreadable` if there are no images, `ask-invalid` if a folder is given twice, `classes-invalid` if there are
/// fewer than two classes or images of classes that cannot be learned.
pub fn split(recipe: &Recipe, given: Option<&[String]>, validate_most: usize, left: &mut LeftOut) -> Result<Split> {
    let data = &recipe.data;
    let real: Vec<_> = data.images.iter().map(|path| path.canonicalize().unwrap_or_else(|_| path.clone())).collect();
    if let Some(twice) = (1..real.len()).find(|&i| real[..i].contains(&real[i])) {
        let text = format!("'{}' is given twice: its images would count twice.", data.images[twice].display());
        return Err(Error::new(Code::AskInvalid, text));
    }
    let labels = match given {
        Some(labels) => labels.to_vec(),
        None => {
            // The same class in two folders is one class.
            let mut labels = BTreeSet::new();
            for path in &data.images {
                labels.extend(class_names(path)?);
            }
            labels.into_iter().collect()
        }
    };
    if labels.len() < 2 {
        let text = format!(
            "There must be two classes or more to tell apart, each a folder of images; found {}: {}.{}",
            labels.len(),
            labels.first().map_or("none", String::as_str),
            hint(&data.images)
        );
        return Err(Error::new(Code::ClassesInvalid, text));
    }
    note_look_alikes(&labels, left);
    let mut of = |path: &Path| images(path, &labels, recipe.networks.targets, left);
    let mut train = Vec::new();
    for path in &data.images {
        train.extend(of(path)?);
    }
    let train = ImageFiles::new(train);
    let (train, held_out) = match &data.val {
        Some(path) => (train, ImageFiles::new(of(path)?)),
        None => {
            let (rest, held_out) = hold_out(train.len(), data.val_fraction, recipe.schedule.seed)?;
            (train.pick(&rest), train.pick(&held_out))
        }
    };
    check_classes(&train, &held_out, &labels, data.val.is_some())?;
    let val = held_out.pick(&validation_sample(held_out.len(), validate_most, recipe.schedule.seed));
    Ok(Split { train, val, held_out, labels })
}

fn images(path: &Path, labels: &[String], targets: Targets, left: &mut LeftOut) -> Result<Vec<Listed>> {
    let list = list(path, labels, left)?;
    list.tell_indices(labels, left);
    let unknown = list.unknown();
    let bare = list.images.iter().filter(|image| image.class.is_none()).count();
    if targets == Targets::Labels && bare > 0 {
        let unknown = if unknown.is_empty() { format!("(no folder) ({})", counted(bare, "image")) } else { unknown };
        let text = format!(
            "'{}' has {} that name none of the {} classes: {unknown}. Rename their folders, or learn \
             without labels: --targets teacher.",
            path.display(),
            counted(bare, "image"),
            labels.len()
        );
        return Err(Error::new(Code::ClassesInvalid, text));
    }
    Ok(list.images)
}

/// Peers can be validated only on classes that they learn. Without labels there is nothing to check.
fn check_classes(train: &ImageFiles, val: &ImageFiles, labels: &[String], given: bool) -> Result<()> {
    let learned = train.classes();
    let unknown: Vec<&str> = val.classes().difference(&learned).map(|&class| labels[class].as_str()).collect();
    if unknown.is_empty() || learned.is_empty() {
        return Ok(());
    }
    let (classes, seen) = (unknown.join(", "), "classes that no training image has");
    let text = match given {
        true => format!("The --val images show {seen}: {classes}."),
        false => {
            format!("The images held out for validation show {seen}, since too few show them: {classes}. Add some.")
        }
    };
    Err(Error::new(Code::ClassesInvalid, text))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::images::folder_with;

    fn recipe(folder: &Path, val: Option<&str>) -> Recipe {
        let mut recipe = Recipe::default();
        recipe.data.images = vec![folder.join("train")];
        recipe.data.val = val.map(|name| folder.join(name));
        recipe.data.val_fraction = 0.2;
        recipe
    }

    fn parted(recipe: &Recipe, given: Option<&[String]>, validate_most: usize) -> Result<Split> {
        split(recipe, given, validate_most, &mut LeftOut::default())
    }

    /// However folders are called, each image has the class of its own folder's name.
    #[test]
    fn numerals_and_look_alikes_are_classes_of_their_own() {
        let counted = |range: std::ops::Range<usize>| range.map(|i| i.to_string()).collect::<Vec<_>>();
        let alike = ["Cat", "cat", "caf\u{e9}", "cafe\u{301}"].map(String::from).to_vec();
        for classes in [counted(1..3), counted(1..11), counted(0..12), counted(0..101), alike] {
            let names: Vec<_> =
                classes.iter().flat_map(|c| [0, 1, 2, 3, 4, 5].map(|i| format!("train/{c}/{i}.png"))).collect();
            let folder = folder_with(&names.iter().map(String::as_str).collect::<Vec<_>>());
            let found = split(&recipe(folder.path(), None), None, 500, &mut LeftOut::default()).unwrap();
            assert_eq!(found.labels.len(), classes.len());
            for Listed { path, class, .. } in found.train.images.iter().chain(&found.held_out.images) {
                let folder = path.parent().unwrap().file_name().unwrap().to_str().unwrap();
                assert_eq!(folder, found.labels[class.unwrap()]);
            }
        }
    }

    #[test]
    fn a_table_with_spaces_gives_the_classes_it_names() {
        let folder = folder_with(&["d/cat/0.png", "d/dog/0.png", "d/cat/1.png", "d/dog/1.png"]);
        let rows = "path, class\nd/cat/0.png, cat\nd/dog/0.png, dog\nd\\cat\\1.png,cat \nd/dog/1.png,\tdog\n";
        fs::write(folder.path().join("list.csv"), rows).unwrap();
        let mut recipe = recipe(folder.path(), None);
        recipe.data.images = vec![folder.path().join("list.csv")];
        let found = parted(&recipe, None, 500).unwrap();
        assert_eq!((found.labels, found.train.len() + found.val.len()), (vec!["cat".into(), "dog".into()], 4));
    }

    #[test]
    fn folders_are_classes_and_some_images_are_held_out() {
        let names: Vec<String> =
            (0..20).map(|i| format!("train/{}/{i}.png", if i % 2 == 0 { "dog" } else { "cat" })).collect();
        let folder = folder_with(&names.iter().map(String::as_str).collect::<Vec<_>>());
        let recipe = recipe(folder.path(), None);
        let found = parted(&recipe, None, 500).unwrap();
        assert_eq!(found.labels, ["cat", "dog"]);
        assert_eq!((found.train.len(), found.val.len()), (16, 4));
        assert!(found.val.images.iter().all(|image| !found.train.images.contains(image)));
        for Listed { path, class, .. } in &found.train.images {
            assert_eq!(path.parent().unwrap().file_name().unwrap().to_str().unwrap(), found.labels[class.unwrap()]);
        }
        assert_eq!(parted(&recipe, None, 3).unwrap().val.len(), 3);
    }

    #[test]
    fn what_cannot_be_learned_is_refused() {
        let cases: [(&[&str], Option<&str>, &str); 5] = [
            (&["train/deep/cat/a.png", "train/deep/dog/b.png"], None, "deep' holds class folders"),
            (&["train/cat/a.png", "train/cat/b.png"], None, "two classes or more"),
            (&["train/cat/note.txt", "train/dog/note.txt"], None, "two classes or more"),
            (&["train/cat/a.png", "train/dog/b.png", "val/cow/c.png"], Some("val"), "name none of the 2 classes"),
            (&["train/cat/a.png", "train/dog/b.png", "train/c.png"], None, "(no folder)"),
        ];
        for (names, val, text) in cases {
            let folder = folder_with(names);
            let error = parted(&recipe(folder.path(), val), None, 500).err().unwrap();
            assert_eq!(error.code(), Code::ClassesInvalid, "{error}");
            assert!(error.to_string().contains(text), "{error}");
        }
        let folder = folder_with(&["train/cat/a.png", "train/dog/b.png", "val/2/c.png"]);
        let labels = ["cat", "dog", "cow"].map(String::from);
        let error = parted(&recipe(folder.path(), Some("val")), Some(&labels), 500).err().unwrap();
        assert!(error.to_string().contains("no training image has: cow"), "{error}");
    }
}
