//! The forward pass of every peer over one image.

use burn::tensor::Tensor;
use peerlight_core::argmax;
use peerlight_models::Features;

use crate::{ImageInfo, PeerInfo, Timing};

/// Forward pass of every peer over one image. Any number of explanations start from it.
#[derive(Clone)]
pub struct ForwardPass {
    /// Input of the networks, [1, 3, side, side], normalized.
    pub(crate) input: Tensor<4>,
    /// Size of the image, and the square of it that the networks saw.
    pub(crate) image: ImageInfo,
    /// Result of each peer.
    pub(crate) views: Vec<View>,
    /// Time for preprocessing, in milliseconds.
    pub(crate) prepare_ms: f64,
}

/// Result of one peer.
#[derive(Clone)]
pub(crate) struct View {
    pub features: Features,
    pub probabilities: Vec<f32>,
    /// Time of the forward pass, in milliseconds.
    pub ms: f64,
}

impl ForwardPass {
    /// Input of the networks, [1, 3, side, side], normalized.
    pub fn input(&self) -> Tensor<4> {
        self.input.clone()
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

    /// Probabilities of all classes by one peer.
    ///
    /// # Panics
    /// If there is no peer of this index.
    pub fn probabilities(&self, peer: usize) -> &[f32] {
        &self.views[peer].probabilities
    }

    /// Index of the class with the highest mean probability over these peers; the first of equals.
    pub fn likeliest(&self, peers: &[usize]) -> usize {
        let classes = self.views.first().map_or(0, |view| view.probabilities.len());
        let sum = |class: usize| peers.iter().map(|&peer| self.probabilities(peer)[class]).sum::<f32>();
        argmax(&(0..classes).map(sum).collect::<Vec<_>>())
    }
}
