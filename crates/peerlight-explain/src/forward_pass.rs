//! The forward pass of every peer over one image.

use std::sync::Arc;

use burn::tensor::Tensor;
use peerlight_core::argmax;
use peerlight_models::{Classes, Features};

use crate::{ImageInfo, PeerInfo, Timing};

/// Forward pass of every peer over one image. Any number of explanations start from it.
#[derive(Clone)]
pub struct ForwardPass {
    /// Size of the image, and the square of it that the networks saw.
    pub(crate) image: ImageInfo,
    /// Result of each peer.
    pub(crate) views: Vec<View>,
    /// Classes of all peers.
    pub(crate) classes: Arc<Classes>,
    /// Time for preprocessing, in milliseconds.
    pub(crate) prepare_ms: f64,
}

/// Result of one peer.
#[derive(Clone)]
pub(crate) struct View {
    /// Input of the network, [1, 3, side, side], normalized.
    pub input: Tensor<4>,
    pub features: Features,
    /// Probabilities in the order of the peer's logits.
    pub probabilities: Vec<f32>,
    /// The peer's own index of the class that it explains if it does not have the one that is asked for: its first.
    pub first: usize,
    /// Time of the forward pass, in milliseconds.
    pub ms: f64,
}

impl ForwardPass {
    /// Input of a peer's network, [1, 3, side, side], as this peer's preprocessing has normalized it.
    ///
    /// # Panics
    /// If there is no peer of this index.
    pub fn input(&self, peer: usize) -> Tensor<4> {
        self.views[peer].input.clone()
    }

    /// Inputs of all peers, in their order.
    pub fn inputs(&self) -> Vec<Tensor<4>> {
        self.views.iter().map(|view| view.input.clone()).collect()
    }

    /// Side of the largest input among these peers, in pixels; 0 without peers.
    pub fn side(&self, peers: impl IntoIterator<Item = usize>) -> usize {
        peers.into_iter().map(|peer| self.views[peer].input.dims()[3]).max().unwrap_or(0)
    }

    /// Size of the image, and the square of it that the networks saw.
    pub fn image(&self) -> &ImageInfo {
        &self.image
    }

    /// Time of each step.
    pub(crate) fn timings(&self, peers: &[PeerInfo]) -> impl Iterator<Item = Timing> {
        let prepared = Timing { name: "Preparing the image".into(), ms: self.prepare_ms };
        let ran = self.views.iter().zip(peers);
        let ran = ran.map(|(view, peer)| Timing { name: format!("Running {}", peer.name), ms: view.ms });
        std::iter::once(prepared).chain(ran)
    }

    /// Probabilities of one peer's own classes, in the order of its logits.
    ///
    /// # Panics
    /// If there is no peer of this index.
    pub fn probabilities(&self, peer: usize) -> &[f32] {
        &self.views[peer].probabilities
    }

    /// Probability that a peer gives a class of the bundle's list; none if the peer does not have it.
    ///
    /// # Panics
    /// If there is no such peer or class.
    pub fn probability(&self, peer: usize, class: usize) -> Option<f32> {
        self.classes.own(peer, class).map(|own| self.views[peer].probabilities[own])
    }

    /// Index of the class with the highest mean probability over these peers; the first of equals. A peer that does not
    /// have a class gives it the probability 0.
    pub fn likeliest(&self, peers: &[usize]) -> usize {
        let sum = |class: usize| peers.iter().filter_map(|&peer| self.probability(peer, class)).sum::<f32>();
        argmax(&(0..self.classes.names().len()).map(sum).collect::<Vec<_>>())
    }

    /// Class of the bundle's list that a peer explains when asked for `class`: that, or its own first class if it does
    /// not have it.
    ///
    /// # Panics
    /// If there is no such peer or class.
    pub fn explained_class(&self, peer: usize, class: usize) -> usize {
        self.classes.listed(peer, self.explained_logit(peer, class))
    }

    /// The peer's own index of [`ForwardPass::explained_class`].
    pub(crate) fn explained_logit(&self, peer: usize, class: usize) -> usize {
        self.classes.own(peer, class).unwrap_or(self.views[peer].first)
    }

    /// The same pass, in which peers that do not have the class that is asked for explain what is first in another
    /// pass: that of the untouched image or networks.
    pub fn with_choices_of(mut self, other: &Self) -> Self {
        self.views.iter_mut().zip(&other.views).for_each(|(view, other)| view.first = other.first);
        self
    }
}
