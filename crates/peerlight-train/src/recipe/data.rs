//! The images.

use std::path::PathBuf;

use peerlight_core::Result;
use serde::{Deserialize, Serialize};

use super::require;

/// The images of a run, their size and their augmentation.
///
/// The paths are the run's record. The library opens none of them: a [`Dataset`](crate::Dataset) gives the images.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Data {
    /// Where the training images come from.
    #[serde(alias = "pictures")]
    pub images: Vec<PathBuf>,
    /// Where the validation images come from, if they have a place of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub val: Option<PathBuf>,
    /// Fraction of the training images that is held out for validation where `val` is not given, in (0, 1).
    #[serde(alias = "val-part")]
    pub val_fraction: f64,
    /// Sides of the networks' square input in pixels, each 32..=1024. Several are used in turn, batch by batch.
    #[serde(alias = "sides")]
    pub image_size: Vec<usize>,
    /// Smallest fraction of an image's area that a random crop keeps, in (0, 1]. 1 keeps the whole image.
    pub crop: f64,
    /// Largest factor by which a random crop's aspect ratio is stretched, 1..=4. 1 keeps the image's own.
    pub stretch: f64,
    /// Largest relative change of brightness and of contrast, in 0..1. 0 changes neither.
    pub jitter: f64,
}

impl Default for Data {
    fn default() -> Self {
        Self {
            images: Vec::new(),
            val: None,
            val_fraction: 0.1,
            image_size: vec![224],
            crop: 0.5,
            stretch: 1.25,
            jitter: 0.0,
        }
    }
}

impl Data {
    pub(super) fn check(&self) -> Result<()> {
        let sizes = &self.image_size;
        require(&[
            (self.val_fraction > 0.0 && self.val_fraction < 1.0, "`val-fraction` must be between 0 and 1."),
            (!sizes.is_empty() && sizes.iter().all(|s| (32..=1024).contains(s)), "`image-size` must be 32 to 1024."),
            (self.crop > 0.0 && self.crop <= 1.0, "`crop` must be above 0 and at most 1."),
            ((1.0..=4.0).contains(&self.stretch), "`stretch` must be 1 to 4."),
            ((0.0..1.0).contains(&self.jitter), "`jitter` must be at least 0 and below 1."),
        ])
    }
}
