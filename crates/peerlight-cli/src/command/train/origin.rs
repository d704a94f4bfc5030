//! What a run is made of, beside its recipe: so that it is known again when it goes on.

use std::{collections::HashSet, num::NonZero, thread};

use peerlight_core::{Code, Error, Result};
use peerlight_train::Recipe;
use serde::{Deserialize, Serialize};

use super::{data::ImageFiles, recipe};
use crate::{
    decode::pages,
    files::{self, shown},
    images::Listed,
    left_out::{LeftOut, counted},
};

/// Everything that a run's numbers depend on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// Version of this program.
    pub version: String,
    /// sha256 of its recipe; none in runs of versions that did not keep it.
    #[serde(default)]
    pub recipe_sha256: Option<String>,
    /// sha256 of the bundle that it starts from.
    pub bundle_sha256: Option<String>,
    /// Names of the classes, in the order of the logits.
    pub labels: Vec<String>,
    /// Images to train with, in the order of their indices.
    pub train: Vec<Source>,
    /// Images to validate with.
    pub val: Vec<Source>,
}

/// An image of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Its name.
    pub file: String,
    /// Index of its class.
    pub class: Option<usize>,
    /// sha256 of its file; `None` if it cannot be read.
    pub sha256: Option<String>,
}

impl Origin {
    /// Reads every image once, and notes in `left` those with several pages.
    ///
    /// # Errors
    /// As [`recipe::to_toml`].
    pub fn of(
        recipe: &Recipe,
        bundle_sha256: Option<String>,
        labels: &[String],
        train: &ImageFiles,
        val: &ImageFiles,
        left: &mut LeftOut,
    ) -> Result<Self> {
        let [train, val] = [train, val].map(|images| sources(images.listed()));
        train.iter().chain(&val).for_each(|(source, pages)| left.pages(&source.file, *pages));
        let alone = |all: Vec<(Source, usize)>| all.into_iter().map(|(source, _)| source).collect();
        Ok(Self {
            version: env!("CARGO_PKG_VERSION").into(),
            recipe_sha256: Some(files::sha256(recipe::to_toml(recipe)?.as_bytes())),
            bundle_sha256,
            labels: labels.to_vec(),
            train: alone(train),
            val: alone(val),
        })
    }

    /// The number of images to validate with that are trained with, too: files of the same bytes.
    pub fn trained_too(&self) -> usize {
        let trained: HashSet<&str> = self.train.iter().filter_map(|source| source.sha256.as_deref()).collect();
        let known = |source: &&Source| source.sha256.as_deref().is_some_and(|sha256| trained.contains(sha256));
        self.val.iter().filter(known).count()
    }

    /// Tells how many images to validate with are trained with, too: of them the accuracy says little.
    ///
    /// # Errors
    /// `ask-invalid` if all of the images that were `given` to validate with are.
    pub fn check_apart(&self, given: bool, left: &mut LeftOut) -> Result<()> {
        let (both, all) = (self.trained_too(), self.val.len());
        if given && both > 0 && both == all {
            let text = "All --val images are among those to train with, so they cannot tell how well the networks do \
                        on others. Name other images, or leave --val out: some are then held out.";
            return Err(Error::new(Code::AskInvalid, text));
        }
        if both > 0 {
            left.note(format!("{both} of {all} images to validate with are trained with, too."));
        }
        Ok(())
    }

    /// # Errors
    /// `run-invalid` names what has changed since the run began.
    pub fn check(&self, now: &Self) -> Result<()> {
        let mut changed = Vec::new();
        if self.version != now.version {
            changed.push(format!("it began with peerlight {}, and this is {}", self.version, now.version));
        }
        if self.recipe_sha256.is_some() && self.recipe_sha256 != now.recipe_sha256 {
            changed.push("its recipe.toml has other settings now".into());
        }
        if self.bundle_sha256 != now.bundle_sha256 {
            changed.push("the bundle that it started from is another file now".into());
        }
        if self.labels != now.labels {
            let names = |labels: &[String], others: &[String]| {
                let only: Vec<_> = labels.iter().filter(|label| !others.contains(label)).map(|l| shown(l)).collect();
                if only.is_empty() { "none".into() } else { only[..only.len().min(5)].join(", ") }
            };
            let (gone, new) = (names(&self.labels, &now.labels), names(&now.labels, &self.labels));
            let text = format!("the classes are not those of the checkpoint: gone are {gone}; new are {new}");
            changed.push(text);
        }
        let all = |origin: &Self| [&origin.train[..], &origin.val].concat();
        let mut images = all(now);
        if self.labels != now.labels {
            // A class is the same by its name: an added one moves the indices of those behind it.
            let before = |class: usize| self.labels.iter().position(|label| Some(label) == now.labels.get(class));
            images.iter_mut().for_each(|image| image.class = image.class.and_then(before));
        }
        changed.extend(differences(&all(self), &images));
        if changed.is_empty() {
            return Ok(());
        }
        let text = format!(
            "The run cannot go on, since what it is made of has changed: {}. Put it back as it was, or begin a new run \
             in another folder.",
            changed.join("; ")
        );
        Err(Error::new(Code::RunInvalid, text))
    }
}

/// What differs between two lists of images.
fn differences(then: &[Source], now: &[Source]) -> Option<String> {
    if then == now {
        return None;
    }
    let find = |all: &[Source], file: &str| all.binary_search_by(|source| source.file.as_str().cmp(file)).ok();
    let sorted = |all: &[Source]| {
        let mut all = all.to_vec();
        all.sort_by(|a, b| a.file.cmp(&b.file));
        all
    };
    let (then, now) = (sorted(then), sorted(now));
    let gone: Vec<_> = then.iter().filter(|source| find(&now, &source.file).is_none()).collect();
    let new: Vec<_> = now.iter().filter(|source| find(&then, &source.file).is_none()).collect();
    let other: Vec<_> =
        then.iter().filter(|source| find(&now, &source.file).is_some_and(|i| now[i] != **source)).collect();
    let told = |sources: &[&Source], how: &str| {
        let first = sources.first()?;
        Some(format!("{} {how}, such as {}", counted(sources.len(), "image"), shown(&first.file)))
    };
    let parts = [(gone, "missing"), (new, "new"), (other, "changed")];
    let parts: Vec<_> = parts.iter().filter_map(|(sources, how)| told(sources, how)).collect();
    Some(if parts.is_empty() { "the images come in another order".into() } else { parts.join("; ") })
}

/// The images with the sha256 of their files and the number of their pages, read by several threads.
fn sources(images: &[Listed]) -> Vec<(Source, usize)> {
    let source = |image: &Listed| {
        let bytes = files::read_image(&image.path).ok();
        let sha256 = bytes.as_deref().map(files::sha256);
        (Source { file: image.name.clone(), class: image.class, sha256 }, bytes.as_deref().map_or(1, pages))
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        let chunks = images.chunks(images.len().div_ceil(threads).max(1));
        let work: Vec<_> =
            chunks.map(|chunk| scope.spawn(move || chunk.iter().map(source).collect::<Vec<_>>())).collect();
        work.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(files: &[(&str, usize, &str)]) -> Origin {
        let source = |(file, class, sha): &(&str, usize, &str)| Source {
            file: (*file).into(),
            class: Some(*class),
            sha256: Some((*sha).into()),
        };
        Origin {
            version: "1".into(),
            recipe_sha256: None,
            bundle_sha256: None,
            labels: vec!["ant".into(), "bee".into()],
            train: files.iter().map(source).collect(),
            val: Vec::new(),
        }
    }

    #[test]
    fn an_added_class_changes_no_image_of_the_others() {
        let begun = origin(&[("ant/0", 0, "x"), ("bee/0", 1, "y")]);
        let labels = ["ant", "asp", "bee"].map(String::from).to_vec();
        let now = Origin { labels, ..origin(&[("ant/0", 0, "x"), ("asp/0", 1, "z"), ("bee/0", 2, "y")]) };
        let error = begun.check(&now).unwrap_err().to_string();
        assert!(error.contains("1 image new, such as asp/0") && !error.contains("changed, such"), "{error}");
    }

    #[test]
    fn what_has_changed_is_named() {
        let begun = origin(&[("ant/0", 0, "x"), ("bee/0", 1, "y")]);
        begun.check(&begun.clone()).unwrap();
        let labels = Origin { labels: vec!["ant".into(), "cow".into()], ..begun.clone() };
        let cases = [
            (labels, "gone are bee; new are cow"),
            (Origin { version: "2".into(), ..begun.clone() }, "peerlight 1, and this is 2"),
            (Origin { bundle_sha256: Some("z".into()), ..begun.clone() }, "another file now"),
            (origin(&[("ant/0", 0, "x"), ("bee/0", 1, "z")]), "1 image changed, such as bee/0"),
            (origin(&[("ant/0", 1, "x"), ("bee/0", 1, "y")]), "1 image changed, such as ant/0"),
            (origin(&[("ant/0", 0, "x")]), "1 image missing, such as bee/0"),
            (origin(&[("ant/0", 0, "x"), ("bee/0", 1, "y"), ("bee/1", 1, "y")]), "1 image new, such as bee/1"),
            (origin(&[("bee/0", 1, "y"), ("ant/0", 0, "x")]), "another order"),
        ];
        for (now, words) in cases {
            let error = begun.check(&now).unwrap_err();
            assert!(error.code() == Code::RunInvalid && error.to_string().contains(words), "{error}");
        }
    }

    #[test]
    fn origins_changed_at_random_are_read_or_refused() {
        let now = origin(&[("ant/0", 0, "x"), ("bee/0", 1, "y")]);
        let seed = serde_json::to_vec(&now).unwrap();
        crate::fuzz::each(&[&seed], |bytes| {
            let Ok(then) = serde_json::from_slice::<Origin>(bytes) else { return };
            drop((then.check(&now), now.check(&then), then.trained_too()));
        });
    }
}
