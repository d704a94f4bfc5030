//! The settings of a run.
//!
//! In a file a [`Recipe`] is one flat list: its keys are the fields of the four parts, in kebab case. The command
//! line has a flag of the same name for each, and a trained bundle keeps the list as its record. Names of earlier
//! versions are read, too.

mod data;
mod loss;
mod networks;
mod schedule;

use std::{collections::BTreeMap, path::PathBuf};

use peerlight_core::{Code, Error, Result};
use serde::{Deserialize, Serialize, de::IgnoredAny};

pub use self::{
    data::Data,
    loss::{Loss, MapKind, Mask, MaskGradient, TransferFrom, TransferOnto},
    networks::{BatchNorm, Networks, Targets},
    schedule::{Optimizer, Schedule},
};

/// Everything that decides what a run computes, in four parts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Flat")]
pub struct Recipe {
    /// The images and their augmentation.
    #[serde(flatten)]
    pub data: Data,
    /// The networks that begin, and what they learn to predict.
    #[serde(flatten)]
    pub networks: Networks,
    /// Terms of the loss and their weights.
    #[serde(flatten)]
    pub loss: Loss,
    /// The number of steps, the optimizer and the seed.
    #[serde(flatten)]
    pub schedule: Schedule,
}

/// A recipe as it is read: a key that no part knows is refused.
#[derive(Deserialize)]
struct Flat {
    #[serde(flatten)]
    data: Data,
    #[serde(flatten)]
    networks: Networks,
    #[serde(flatten)]
    loss: Loss,
    #[serde(flatten)]
    schedule: Schedule,
    #[serde(flatten)]
    unknown: BTreeMap<String, IgnoredAny>,
}

impl TryFrom<Flat> for Recipe {
    type Error = String;

    fn try_from(flat: Flat) -> std::result::Result<Self, String> {
        let Flat { data, networks, loss, schedule, unknown } = flat;
        match unknown.into_keys().next() {
            Some(key) => Err(format!("there is no setting `{key}`")),
            None => Ok(Self { data, networks, loss, schedule }),
        }
    }
}

impl Recipe {
    /// Checks the ranges of all settings.
    ///
    /// # Errors
    /// `ask-invalid` names the first setting that is out of its range, and the range.
    pub fn check(&self) -> Result<()> {
        self.data.check()?;
        self.loss.check()?;
        self.networks.check()?;
        self.schedule.check()
    }

    /// Copy that keeps only the last two parts of each path, as a bundle records it.
    pub fn published(&self) -> Self {
        let end = |path: &PathBuf| {
            let parts: Vec<_> = path.components().collect();
            parts[parts.len().saturating_sub(2)..].iter().collect::<PathBuf>()
        };
        let mut recipe = self.clone();
        recipe.data.images = self.data.images.iter().map(end).collect();
        recipe.data.val = self.data.val.as_ref().map(end);
        recipe.networks.from = self.networks.from.as_ref().map(end);
        recipe
    }
}

/// Refuses the first rule that does not hold.
fn require(rules: &[(bool, &str)]) -> Result<()> {
    match rules.iter().find(|(holds, _)| !holds) {
        Some((_, rule)) => Err(Error::new(Code::AskInvalid, *rule)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_published_recipe_names_no_more_than_the_ends_of_paths() {
        let mut recipe = Recipe::default();
        recipe.data.images = vec!["/data/ann/images/cats".into(), "dogs".into()];
        recipe.data.val = Some("/mnt/a/b/c".into());
        recipe.networks.from = Some("x.safetensors".into());
        recipe.schedule.seed = 5;
        let published = recipe.published();
        assert_eq!(published.data.images, [PathBuf::from("images/cats"), PathBuf::from("dogs")]);
        assert_eq!((published.data.val, published.networks.from), (Some("b/c".into()), Some("x.safetensors".into())));
        assert_eq!(published.schedule.seed, 5);
    }

    #[test]
    fn a_file_keeps_every_setting_in_one_flat_list() {
        let mut recipe = Recipe::default();
        recipe.data.image_size = vec![48, 64];
        recipe.networks.batch_norm = Some(BatchNorm::Train);
        recipe.loss.transfer_weight = 0.1;
        recipe.schedule.epochs = Some(1.5);
        let text = toml::to_string(&recipe).unwrap();
        for line in ["image-size = [48, 64]", "batch-norm = \"train\"", "transfer-weight = 0.1", "epochs = 1.5"] {
            assert!(text.contains(line), "{text}");
        }
        assert_eq!(toml::from_str::<Recipe>(&text).unwrap(), recipe);
        assert_eq!(toml::from_str::<Recipe>("").unwrap(), Recipe::default());
        let json = serde_json::to_string(&recipe).unwrap();
        assert_eq!(serde_json::from_str::<Recipe>(&json).unwrap(), recipe);
        let error = toml::from_str::<Recipe>("bta = 1").unwrap_err().to_string();
        assert!(error.contains("`bta`"), "{error}");
    }

    #[test]
    fn names_of_earlier_versions_are_read() {
        let old = r#"
            pictures = ["a"]
            val-part = 0.2
            sides = [48]
            keep = 0.5
            norms = "live"
            beta = 2.0
            gamma = 0.5
            delta = 1
            lambda = 0.25
            teach = "map"
            onto = "both"
            lead = "mutual"
            map-side = 14
            stages = [5, 6]
            batch = 6
            optimiser = "adamw"
            rate = 0.1
            decay = 0.01
        "#;
        let new = r#"
            images = ["a"]
            val-fraction = 0.2
            image-size = [48]
            interpolate = 0.5
            batch-norm = "train"
            transfer-weight = 2.0
            mutual-weight = 0.5
            consistency-weight = 1
            distance-weight = 0.25
            mask-gradient = "flow"
            transfer-onto = "both"
            transfer-from = "all"
            map-size = 14
            layers = [5, 6]
            batch-size = 6
            optimizer = "adamw"
            lr = 0.1
            weight-decay = 0.01
        "#;
        let read = |text| toml::from_str::<Recipe>(text).unwrap();
        assert_eq!(read(old), read(new));
        assert_ne!(read(new), Recipe::default());
    }

    #[test]
    fn a_setting_out_of_its_range_is_refused() {
        let cases = [
            ("transfer-weight = -1", "not be negative"),
            ("lr = nan", "`lr`"),
            ("grid = 99", "grid"),
            ("steps = 1\nepochs = 1", "`epochs`"),
            ("image-size = []", "`image-size`"),
            ("transfer-onto = \"both\"", "`consistency-weight`"),
            ("interpolate = 1", "`interpolate`"),
        ];
        for (text, word) in cases {
            let error = toml::from_str::<Recipe>(text).unwrap().check().unwrap_err();
            assert!(error.code() == Code::AskInvalid && error.to_string().contains(word), "{error}");
        }
        Recipe::default().check().unwrap();
    }
}
