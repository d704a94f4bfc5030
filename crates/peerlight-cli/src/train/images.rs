//! Which images a run learns from, which it is validated with, and what their classes are called.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use peerlight_core::{Code, Error, Result, rng::permutation};

use super::{
    dice::Dice,
    recipe::{Recipe, Targets},
};
use crate::images::{class_names, list};

/// An image and its class, if it has one.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// Where it is.
    pub path: PathBuf,
    /// The place of its class among the labels.
    pub class: Option<usize>,
}

/// The images of a run.
pub struct Split {
    /// To learn from.
    pub train: Vec<Example>,
    /// To validate with.
    pub val: Vec<Example>,
    /// Names of the classes, in the order of the logits.
    pub labels: Vec<String>,
}

/// Finds the images. The classes are the given ones, or else what the training folders are called.
///
/// # Errors
/// `file-unreadable` if there are no images, `classes-invalid` if there are fewer than two classes or images of classes
/// that cannot be learnt.
pub fn split(recipe: &Recipe, given: Option<&[String]>) -> Result<Split> {
    let labels = match given {
        Some(labels) => labels.to_vec(),
        None => recipe.images.iter().map(|path| class_names(path)).collect::<Result<Vec<_>>>()?.concat(),
    };
    // The same class in two folders is one class.
    let labels =
        if given.is_none() { labels.into_iter().collect::<BTreeSet<_>>().into_iter().collect() } else { labels };
    if labels.len() < 2 {
        let text = format!(
            "There must be two classes or more to tell apart, each a folder of images; found {}: {}.",
            labels.len(),
            labels.first().map_or("none", String::as_str)
        );
        return Err(Error::new(Code::ClassesInvalid, text));
    }
    let mut train = Vec::new();
    for path in &recipe.images {
        train.extend(examples(path, &labels, recipe.targets)?);
    }
    let val = match &recipe.val {
        Some(path) => {
            let val = examples(path, &labels, recipe.targets)?;
            same_classes(&train, &val, &labels)?;
            val
        }
        None => {
            let kept = (train.len() as f64 * recipe.val_part).ceil() as usize;
            if kept >= train.len() {
                return Err(Error::new(Code::ClassesInvalid, "There are too few images to keep some aside."));
            }
            let order = permutation(Dice::seed(&[recipe.seed, 2]), train.len());
            let (aside, rest) = order.split_at(kept);
            let pick = |places: &[usize]| {
                let sorted: BTreeSet<_> = places.iter().collect();
                sorted.into_iter().map(|&i| train[i].clone()).collect::<Vec<_>>()
            };
            let (val, rest) = (pick(aside), pick(rest));
            train = rest;
            val
        }
    };
    Ok(Split { train, val, labels })
}

fn examples(path: &Path, labels: &[String], targets: Targets) -> Result<Vec<Example>> {
    let listed = list(path, labels)?;
    let mut strange: BTreeMap<String, usize> = BTreeMap::new();
    for image in listed.iter().filter(|image| image.class.is_none()) {
        let folder = image.name.rsplit_once('/').map_or("(no folder)", |(folder, _)| folder);
        *strange.entry(folder.into()).or_default() += 1;
    }
    if targets == Targets::Labels && !strange.is_empty() {
        let shown: Vec<String> = strange.iter().take(5).map(|(folder, n)| format!("{folder} ({n} images)")).collect();
        let text = format!(
            "'{}' has images of {} folders that name none of the {} classes: {}. Rename them, or learn without labels: --targets teacher.",
            path.display(),
            strange.len(),
            labels.len(),
            shown.join(", ")
        );
        return Err(Error::new(Code::ClassesInvalid, text));
    }
    Ok(listed.into_iter().map(|image| Example { path: image.path, class: image.class }).collect())
}

/// What is validated must have been learnt.
fn same_classes(train: &[Example], val: &[Example], labels: &[String]) -> Result<()> {
    let of = |examples: &[Example]| examples.iter().filter_map(|e| e.class).collect::<BTreeSet<_>>();
    let strange: Vec<&str> = of(val).difference(&of(train)).map(|&class| labels[class].as_str()).collect();
    if strange.is_empty() || of(train).is_empty() {
        return Ok(());
    }
    let text = format!("The --val images show classes that no training image has: {}.", strange.join(", "));
    Err(Error::new(Code::ClassesInvalid, text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::recipe::tests::recipe as parsed;
    use std::fs;

    fn recipe(folder: &Path, more: &[&str]) -> Recipe {
        let given = folder.join("train");
        let words =
            [&[given.to_str().unwrap(), "--peers=efficientnet-lite-micro,b=efficientnet-lite-micro"], more].concat();
        parsed(&words)
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
    fn folders_are_classes_and_some_images_are_kept_aside() {
        let names: Vec<String> =
            (0..20).map(|i| format!("train/{}/{i}.png", if i % 2 == 0 { "dog" } else { "cat" })).collect();
        let folder = folder(&names.iter().map(String::as_str).collect::<Vec<_>>());
        let split = split(&recipe(folder.path(), &["--val-part=0.2"]), None).unwrap();
        assert_eq!(split.labels, ["cat", "dog"]);
        assert_eq!((split.train.len(), split.val.len()), (16, 4));
        assert!(split.val.iter().all(|e| !split.train.contains(e)));
        for Example { path, class } in split.train {
            assert_eq!(path.parent().unwrap().file_name().unwrap().to_str().unwrap(), split.labels[class.unwrap()]);
        }
    }

    #[test]
    fn what_cannot_be_learnt_is_refused() {
        let cases: [(&[&str], &[&str], &str); 4] = [
            (&["train/cat/a.png", "train/cat/b.png"], &[], "two classes or more"),
            (&["train/cat/note.txt", "train/dog/note.txt"], &[], "two classes or more"),
            (&["train/cat/a.png", "train/dog/b.png", "val/cow/c.png"], &["--val"], "name none of the 2 classes"),
            (&["train/cat/a.png", "train/dog/b.png", "train/c.png"], &[], "(no folder)"),
        ];
        for (names, more, text) in cases {
            let folder = folder(names);
            let val = folder.path().join("val");
            let more: Vec<&str> = more.iter().flat_map(|m| [*m, val.to_str().unwrap()]).collect();
            let error = split(&recipe(folder.path(), &more), None).err().unwrap();
            assert_eq!(error.code(), Code::ClassesInvalid, "{error}");
            assert!(error.to_string().contains(text), "{error}");
        }
        let folder = folder(&["train/cat/a.png", "train/dog/b.png", "val/2/c.png"]);
        let val = folder.path().join("val");
        let labels = ["cat", "dog", "cow"].map(String::from);
        let error = split(&recipe(folder.path(), &["--val", val.to_str().unwrap()]), Some(&labels)).err().unwrap();
        assert!(error.to_string().contains("no training image has: cow"), "{error}");
    }
}
