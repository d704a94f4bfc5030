//! What a method of explanation is, and the list of them.

use async_trait::async_trait;
use burn::tensor::Tensor;
use peerlight_core::{Code, Error, Result};
use peerlight_models::Layer;
use serde::Serialize;

pub use crate::methods::EXPLAINERS;
use crate::{Probe, setting::Setting};

/// What a method works by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Peers compared with each other.
    Mutual,
    /// One forward pass.
    Activation,
    /// Backward passes.
    Gradient,
    /// Many forward passes over changed images or features.
    Perturbation,
    /// No explanation: what an explanation has to beat.
    Control,
}

/// What a method reads unless told otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reads {
    /// The last stage, and no other: its weights are the classifier's.
    Head,
    /// A stage, or several whose maps are fused: the last one before the head unless said otherwise.
    Block,
    /// Several stages at once, that it superposes itself.
    Several,
    /// The image.
    Image,
}

/// What is to be known of a method. Everything that the page, the command line and the documentation say of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Meta {
    /// Its id.
    pub id: &'static str,
    /// Its name, as its authors write it.
    pub name: &'static str,
    /// What it works by.
    pub family: Family,
    /// The map M as a formula: A_k is channel k of the stage read, y the explained score, x the image.
    pub formula: &'static str,
    /// Authors, title, venue and year.
    pub paper: &'static str,
    /// Where the paper is.
    pub url: &'static str,
    /// What its map shows.
    pub shows: &'static str,
    /// What it does not show.
    pub caveat: &'static str,
    /// What it reads.
    pub reads: Reads,
    /// Whether only what is positive counts, as its authors have it.
    pub rectify: bool,
    /// Whether its map is about all peers together, and there is one map for all of them.
    pub joint: bool,
    /// Forward passes that it is worth in time with its default settings on a net of ordinary width, roughly:
    /// what puts cheap methods first.
    pub passes: u32,
    /// Its settings.
    pub settings: &'static [Setting],
}

/// A method of explanation.
#[async_trait(?Send)]
pub trait Explainer: Sync {
    /// What is to be known of it.
    fn meta(&self) -> &'static Meta;

    /// The raw map [1, h, w] of one peer at one stage (for [`Reads::Image`] and [`Reads::Several`]: [`Layer::INPUT`]).
    /// ReLU, scaling, fusing stages and resizing come after it.
    ///
    /// # Errors
    /// `ask-invalid` for settings that do not go together, `device-lost`, or `cancelled` by the host.
    async fn raw_map(&self, probe: &Probe<'_>, stage: Layer) -> Result<Tensor<3>>;

    /// What becomes of a stage's map in 0..=1 before several are fused by their maximum.
    fn scale(&self, map: Tensor<3>) -> Tensor<3> {
        map
    }
}

/// The method of this id.
///
/// # Errors
/// `ask-invalid`, naming those that there are.
pub fn explainer(id: &str) -> Result<&'static dyn Explainer> {
    EXPLAINERS.iter().copied().find(|e| e.meta().id == id).ok_or_else(|| {
        let known: Vec<_> = EXPLAINERS.iter().map(|e| e.meta().id).collect();
        Error::new(Code::AskInvalid, format!("There is no method '{id}'. There are: {}.", known.join(", ")))
    })
}
