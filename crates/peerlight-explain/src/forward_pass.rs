//! An image that the peers have seen.

use burn::tensor::Tensor;
use peerlight_core::argmax;
use peerlight_models::Features;

use crate::{ImageInfo, PeerInfo, Timing};

/// A prepared image with every peer's features of it, from which any number of explanations are made.
#[derive(Clone)]
pub struct ForwardPass {
    /// [1, 3, side, side], normalized as the bundle says.
    pub(crate) input: Tensor<4>,
    /// The image's size, and what part of it the networks saw.
    pub(crate) image: ImageInfo,
    /// What each peer made of it.
    pub(crate) views: Vec<View>,
    /// How long preparing the image took, in milliseconds.
    pub(crate) prepare_ms: f64,
}

/// What one peer made of the image.
#[derive(Clone)]
pub(crate) struct View {
    pub features: Features,
    pub probabilities: Vec<f32>,
    /// Milliseconds of its forward pass.
    pub ms: f64,
}

impl ForwardPass {
    /// What the networks saw, [1, 3, side, side], normalized.
    pub fn input(&self) -> Tensor<4> {
        self.input.clone()
    }

    /// The image's size, and what part of it the networks saw.
    pub fn image(&self) -> &ImageInfo {
        &self.image
    }

    /// Where the time went.
    pub(crate) fn timings(&self, peers: &[PeerInfo]) -> impl Iterator<Item = Timing> {
        let prepared = Timing { name: "Preparing the image".into(), ms: self.prepare_ms };
        let ran = self.views.iter().zip(peers);
        let ran = ran.map(|(view, peer)| Timing { name: format!("Running {}", peer.name), ms: view.ms });
        std::iter::once(prepared).chain(ran)
    }

    /// How probable a peer thinks each class.
    ///
    /// # Panics
    /// If there is no such peer.
    pub fn probabilities(&self, peer: usize) -> &[f32] {
        &self.views[peer].probabilities
    }

    /// The class with the highest mean probability over these peers; of equals, the first.
    pub fn likeliest(&self, peers: &[usize]) -> usize {
        let classes = self.views.first().map_or(0, |view| view.probabilities.len());
        let sum = |class: usize| peers.iter().map(|&peer| self.probabilities(peer)[class]).sum::<f32>();
        argmax(&(0..classes).map(sum).collect::<Vec<_>>())
    }
}
