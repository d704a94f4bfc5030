//! The trait of a method of explanation, and what it says of itself.

use async_trait::async_trait;
use burn::tensor::Tensor;
use peerlight_core::{Grid, Result};
use peerlight_models::{Layer, Network};
use serde::Serialize;

use crate::{Probe, Setting, Settings};

/// Kind of a method, by what it computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Family {
    /// Comparison of several peers.
    Mutual,
    /// Activations of one forward pass.
    Activation,
    /// Gradients, by one backward pass or more.
    Gradient,
    /// Many forward passes over changed images or features.
    Perturbation,
    /// No explanation, but a baseline that an explanation has to beat.
    Control,
}

/// Layers that a method reads from each peer. Peers may have different numbers of layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum TargetLayer {
    /// The last layer and no other, since the method needs the classifier's weights.
    Last,
    /// One layer, or several whose maps are fused. The default is the layer before the last.
    One,
    /// Several layers at once, which the method superposes itself. The default is the four before the last.
    Several,
    /// The network's input and no layer.
    Input,
}

/// Description of a method, shown on the page, by the command line and in the documentation.
///
/// Write only what differs from [`Meta::DEFAULT`]:
///
/// ```
/// use peerlight_explain::{Family, Meta};
///
/// const META: Meta = Meta {
///     id: "mine",
///     name: "My method",
///     family: Family::Gradient,
///     formula: "M = sum_k |dy/dA_k|",
///     passes: 2,
///     ..Meta::DEFAULT
/// };
/// # assert!(!META.rectify);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "Method"))]
pub struct Meta {
    /// Identifier in requests, in results and on the command line, such as `grad-cam`.
    pub id: &'static str,
    /// Name, as its authors write it.
    pub name: &'static str,
    /// Kind of the method.
    pub family: Family,
    /// Formula of the map M. A_k is channel k of the layer, y the explained score, x the image.
    pub formula: &'static str,
    /// Source of the method: authors, title, venue and year.
    pub paper: &'static str,
    /// Address of the source, beginning with `https://`.
    pub url: &'static str,
    /// What the map shows, in one or two sentences.
    pub shows: &'static str,
    /// Limits of the map, in one to three sentences.
    pub caveat: &'static str,
    /// Layers that the method reads.
    pub target_layer: TargetLayer,
    /// Whether negative values of the raw map are set to 0 (ReLU).
    pub rectify: bool,
    /// Whether the map needs the maps of all peers, even if one peer is explained.
    pub joint: bool,
    /// Rough cost with the default settings, in forward passes. Programs run cheap methods first.
    pub passes: u32,
    /// Table of the settings.
    #[cfg_attr(feature = "typescript", ts(as = "Vec<crate::SettingEntry>"))]
    pub settings: &'static [Setting],
}

impl Meta {
    /// Description with empty texts, of a method that reads one layer in one pass and has no settings.
    pub const DEFAULT: Self = Self {
        id: "",
        name: "",
        family: Family::Activation,
        formula: "",
        paper: "",
        url: "",
        shows: "",
        caveat: "",
        target_layer: TargetLayer::One,
        rectify: false,
        joint: false,
        passes: 1,
        settings: &[],
    };
}

/// A method of explanation.
///
/// A method of one's own need not be listed: [`Session::explain_by`](crate::Session::explain_by) takes any.
#[async_trait(?Send)]
pub trait Explainer: Sync {
    /// Description of the method.
    fn meta(&self) -> &'static Meta;

    /// Raw map [1, h, w] of one peer at one layer.
    ///
    /// The layer is [`Layer::INPUT`] for [`TargetLayer::Input`] and [`TargetLayer::Several`]; with the latter,
    /// [`Probe::layers`] has the layers. The session applies ReLU and min-max, fuses layers and peers, and resizes.
    ///
    /// # Errors
    /// `ask-invalid` if settings contradict each other, `device-lost`, or `cancelled`.
    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>>;

    /// Layers that the method reads by default in a network.
    fn layers(&self, network: &Network, settings: &Settings) -> Vec<Layer> {
        let _ = settings;
        match self.meta().target_layer {
            TargetLayer::Last => vec![network.last()],
            TargetLayer::One => vec![network.graph().target()],
            TargetLayer::Several => network.graph().several().to_vec(),
            TargetLayer::Input => Vec::new(),
        }
    }

    /// Scaling of a layer's map [1, h, w] in 0..=1 before the maps of several layers are fused by their maximum.
    /// The default changes nothing.
    fn scale(&self, map: Tensor<3>) -> Tensor<3> {
        map
    }

    /// Joint map [1, h, w] of two peers' maps or more, each [1, h, w] in 0..=1. The default is their mean.
    fn join(&self, maps: &[Tensor<3>], grid: Grid, settings: &Settings) -> Tensor<3> {
        let _ = (grid, settings);
        maps.iter().cloned().reduce(|a, b| a + b).expect("a peer") / maps.len() as f32
    }
}
