//! The images of a run: files in class folders, or named by a CSV.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use peerlight_core::{Code, Error, Result};
use peerlight_train::{Dataset, Example, Recipe, hold_out, recipe::Targets, validation_sample};

use crate::{
    decode::decode,
    files,
    images::{Listed, class_names, list},
};

/// Image files, decoded when they are needed.
pub struct ImageFiles(Vec<Listed>);

impl ImageFiles {
    fn pick(&self, indices: &[usize]) -> Self {
        Self(indices.iter().map(|&i| self.0[i].clone()).collect())
    }

    fn classes(&self) -> BTreeSet<usize> {
        self.0.iter().filter_map(|image| image.class).collect()
    }
}

impl Dataset for ImageFiles {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn example(&self, index: usize) -> Result<Example> {
        let Listed { path, class, .. } = &self.0[index];
        Ok(Example { image: decode(&files::read(path)?)?, class: *class })
    }

    fn name(&self, index: usize) -> String {
        self.0[index].path.display().to_string()
    }
}

/// The images of a run.
pub struct Split {
    /// Images to train with.
    pub train: ImageFiles,
    /// Images to validate with.
    pub val: ImageFiles,
    /// Names of the classes, in the order of the logits.
    pub labels: Vec<String>,
}

/// Finds the images of a recipe. The classes are the `given` ones, or else the names of the training folders. No more
/// than `validate_most` images are for validation.
///
/// # Errors
/// `file-unreadable` if there are no images, `classes-invalid` if there are fewer than two classes or images of
/// classes that cannot be learnt.
pub fn split(recipe: &Recipe, given: Option<&[String]>, validate_most: usize) -> Result<Split> {
    let data = &recipe.data;
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
            "There must be two classes or more to tell apart, each a folder of images; found {}: {}.",
            labels.len(),
            labels.first().map_or("none", String::as_str)
        );
        return Err(Error::new(Code::ClassesInvalid, text));
    }
    let of = |path: &Path| images(path, &labels, recipe.networks.targets);
    let mut train = Vec::new();
    for path in &data.images {
        train.extend(of(path)?);
    }
    let train = ImageFiles(train);
    let (train, val) = match &data.val {
        Some(path) => (train, ImageFiles(of(path)?)),
        None => {
            let (rest, held_out) = hold_out(train.len(), data.val_fraction, recipe.schedule.seed)?;
            (train.pick(&rest), train.pick(&held_out))
        }
    };
    check_classes(&train, &val, &labels)?;
    let val = val.pick(&validation_sample(val.len(), validate_most, recipe.schedule.seed));
    Ok(Split { train, val, labels })
}

fn images(path: &Path, labels: &[String], targets: Targets) -> Result<Vec<Listed>> {
    let listed = list(path, labels)?;
    let mut unknown: BTreeMap<&str, usize> = BTreeMap::new();
    for image in listed.iter().filter(|image| image.class.is_none()) {
        let folder = image.name.rsplit_once('/').map_or("(no folder)", |(folder, _)| folder);
        *unknown.entry(folder).or_default() += 1;
    }
    if targets == Targets::Labels && !unknown.is_empty() {
        let shown: Vec<String> = unknown.iter().take(5).map(|(folder, n)| format!("{folder} ({n} images)")).collect();
        let text = format!(
            "'{}' has images of {} folders that name none of the {} classes: {}. Rename them, or learn without labels: \
             --targets teacher.",
            path.display(),
            unknown.len(),
            labels.len(),
            shown.join(", ")
        );
        return Err(Error::new(Code::ClassesInvalid, text));
    }
    Ok(listed)
}

/// Peers can be validated only on classes that they learn. Without labels there is nothing to check.
fn check_classes(train: &ImageFiles, val: &ImageFiles, labels: &[String]) -> Result<()> {
    let learnt = train.classes();
    let unknown: Vec<&str> = val.classes().difference(&learnt).map(|&class| labels[class].as_str()).collect();
    if unknown.is_empty() || learnt.is_empty() {
        return Ok(());
    }
    let text = format!("The --val images show classes that no training image has: {}.", unknown.join(", "));
    Err(Error::new(Code::ClassesInvalid, text))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn recipe(folder: &Path, val: Option<&str>) -> Recipe {
        let mut recipe = Recipe::default();
        recipe.data.images = vec![folder.join("train")];
        recipe.data.val = val.map(|name| folder.join(name));
        recipe.data.val_fraction = 0.2;
        recipe
    }

    fn folder(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        folder
    }

    #[test]
    fn folders_are_classes_and_some_images_are_held_out() {
        let names: Vec<String> =
            (0..20).map(|i| format!("train/{}/{i}.png", if i % 2 == 0 { "dog" } else { "cat" })).collect();
        let folder = folder(&names.iter().map(String::as_str).collect::<Vec<_>>());
        let recipe = recipe(folder.path(), None);
        let found = split(&recipe, None, 500).unwrap();
        assert_eq!(found.labels, ["cat", "dog"]);
        assert_eq!((found.train.len(), found.val.len()), (16, 4));
        assert!(found.val.0.iter().all(|image| !found.train.0.contains(image)));
        for Listed { path, class, .. } in &found.train.0 {
            assert_eq!(path.parent().unwrap().file_name().unwrap().to_str().unwrap(), found.labels[class.unwrap()]);
        }
        assert_eq!(split(&recipe, None, 3).unwrap().val.len(), 3);
    }

    #[test]
    fn what_cannot_be_learnt_is_refused() {
        let cases: [(&[&str], Option<&str>, &str); 4] = [
            (&["train/cat/a.png", "train/cat/b.png"], None, "two classes or more"),
            (&["train/cat/note.txt", "train/dog/note.txt"], None, "two classes or more"),
            (&["train/cat/a.png", "train/dog/b.png", "val/cow/c.png"], Some("val"), "name none of the 2 classes"),
            (&["train/cat/a.png", "train/dog/b.png", "train/c.png"], None, "(no folder)"),
        ];
        for (names, val, text) in cases {
            let folder = folder(names);
            let error = split(&recipe(folder.path(), val), None, 500).err().unwrap();
            assert_eq!(error.code(), Code::ClassesInvalid, "{error}");
            assert!(error.to_string().contains(text), "{error}");
        }
        let folder = folder(&["train/cat/a.png", "train/dog/b.png", "val/2/c.png"]);
        let labels = ["cat", "dog", "cow"].map(String::from);
        let error = split(&recipe(folder.path(), Some("val")), Some(&labels), 500).err().unwrap();
        assert!(error.to_string().contains("no training image has: cow"), "{error}");
    }
}
