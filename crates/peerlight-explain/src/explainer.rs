//! What a method of explanation is, and the list of them.

use async_trait::async_trait;
use burn::tensor::Tensor;
use peerlight_core::{Code, Error, Grid, Result};
use peerlight_models::Layer;
use serde::Serialize;

pub use crate::methods::EXPLAINERS;
use crate::{Probe, Setting, Settings};

/// What a method works by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
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

/// Which layers a method reads, of each peer by itself: peers may have different numbers of layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetLayer {
    /// The last layer, and no other: its weights are the classifier's.
    Last,
    /// One layer, or several whose maps are fused; the one before the last unless others are chosen.
    One,
    /// Several layers at once, which the method superposes itself; the four before the last unless others are chosen.
    Several,
    /// No layer but the network's input.
    Input,
}

/// Everything that the page, the command line and the documentation say of a method.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Meta {
    /// The identifier in requests, in results and on the command line.
    pub id: &'static str,
    /// The name, as its authors write it.
    pub name: &'static str,
    /// What the method works by.
    pub family: Family,
    /// The map M as a formula: A_k is channel k of the layer read, y the explained score, x the image.
    pub formula: &'static str,
    /// Authors, title, venue and year.
    pub paper: &'static str,
    /// The address of the paper.
    pub url: &'static str,
    /// What the map shows, in a sentence.
    pub shows: &'static str,
    /// What the map does not show, in a sentence.
    pub caveat: &'static str,
    /// Which layers the method reads.
    pub target_layer: TargetLayer,
    /// Whether negative values of the raw map count as 0, as the authors have it.
    pub rectify: bool,
    /// Whether the map is about all peers together, also when one of them is explained.
    pub joint: bool,
    /// The cost in forward passes of a network of ordinary width, roughly and with the default settings: what puts cheap
    /// methods first.
    pub passes: u32,
    /// The settings.
    pub settings: &'static [Setting],
}

/// A method of explanation.
#[async_trait(?Send)]
pub trait Explainer: Sync {
    /// What is to be known of the method.
    fn meta(&self) -> &'static Meta;

    /// The raw map [1, h, w] of one peer at one layer (for [`TargetLayer::Input`] and [`TargetLayer::Several`]:
    /// [`Layer::INPUT`], and [`Probe::layers`] tells which). ReLU, scaling, fusing layers and peers, and resizing come
    /// after it.
    ///
    /// # Errors
    /// `ask-invalid` for settings that do not go together, `device-lost`, or `cancelled`.
    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>>;

    /// The layers that the method reads unless others are chosen, of a network whose last layer is `last`.
    fn layers(&self, last: Layer, settings: &Settings) -> Vec<Layer> {
        let _ = settings;
        match self.meta().target_layer {
            TargetLayer::Last => vec![last],
            TargetLayer::One => vec![Layer(last.before().0.max(1))],
            TargetLayer::Several => last.superposed(),
            TargetLayer::Input => Vec::new(),
        }
    }

    /// What becomes of a layer's map in 0..=1 before several are fused by their maximum.
    fn scale(&self, map: Tensor<3>) -> Tensor<3> {
        map
    }

    /// The joint map of two peers' maps or more, each [1, h, w] in 0..=1: their mean, unless the method has it otherwise.
    fn join(&self, maps: &[Tensor<3>], grid: Grid, settings: &Settings) -> Tensor<3> {
        let _ = (grid, settings);
        maps.iter().cloned().reduce(|a, b| a + b).expect("a peer") / maps.len() as f32
    }
}

/// The method of this id in [`EXPLAINERS`].
///
/// # Errors
/// `ask-invalid`, naming those that there are.
pub fn explainer(id: &str) -> Result<&'static dyn Explainer> {
    EXPLAINERS.iter().copied().find(|e| e.meta().id == id).ok_or_else(|| {
        let known: Vec<_> = EXPLAINERS.iter().map(|e| e.meta().id).collect();
        Error::new(Code::AskInvalid, format!("There is no method '{id}'. There are: {}.", known.join(", ")))
    })
}
