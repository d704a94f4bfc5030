//! One step of training: gradients on every device, their sum, and the optimizers.

use std::thread;

use burn::{
    optim::{GradientsAccumulator, GradientsParams, ModuleOptimizer},
    tensor::{Device, Tensor},
};
use peerlight_core::{Code, Error, Preprocess, Result};
use serde::{Deserialize, Serialize};

use crate::{
    loader::Batch,
    maps::Maps,
    objective::{Objective, StepGradients},
    optimizer::{clipped, largest_weight, optimizer},
    peer::Peer,
    readback::{read, read_array},
    recipe::{Loss, Recipe},
    replica::Replica,
    terms::LossTerms,
};

/// Fraction of the way that running statistics move towards a batch's.
const STATISTICS_RATE: f32 = 0.1;

/// Measurements of a step, taken before it changes the weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepReport {
    /// Losses of every peer, in their order.
    pub peers: Vec<PeerLosses>,
    /// Mean correlation of the peers' maps, region by region, over the batch and the pairs of peers.
    pub rho: Vec<f32>,
}

/// The losses of one peer in one step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PeerLosses {
    /// Id of the peer.
    pub id: String,
    /// The terms of the loss, before their weights.
    #[serde(flatten)]
    pub terms: LossTerms<f32>,
    /// Norm of the whole gradient before it was clipped.
    #[serde(alias = "gradient")]
    pub gradient_norm: f32,
}

/// The peers in training, and their optimizers.
pub struct Trainer {
    pub(crate) peers: Vec<Peer>,
    pub(crate) optimizers: Vec<ModuleOptimizer>,
    pub(crate) maps: Maps,
    preprocess: Preprocess,
    loss: Loss,
    /// Largest norm of a gradient.
    clip: f32,
    classes: usize,
    /// Each computes the gradients of an equal part of a batch.
    devices: Vec<Device>,
}

impl Trainer {
    /// A trainer of these peers, which are on the first device, with fresh optimizers. The devices keep gradients
    /// (`Device::autodiff`), and share every batch.
    ///
    /// # Errors
    /// `ask-invalid` if a setting is out of its range, or a batch has fewer images than there are devices.
    ///
    /// # Panics
    /// Without a device.
    pub fn new(
        peers: Vec<Peer>,
        recipe: &Recipe,
        preprocess: &Preprocess,
        classes: usize,
        devices: &[Device],
    ) -> Result<Self> {
        recipe.check()?;
        let batch = recipe.schedule.batch_size;
        if devices.len() > batch {
            let text = format!("A batch of {batch} images cannot be shared by {} devices.", devices.len());
            return Err(Error::new(Code::AskInvalid, text));
        }
        for peer in &peers {
            check_layers(&recipe.loss.layers, peer)?;
        }
        Ok(Self {
            optimizers: peers.iter().map(|_| optimizer(&recipe.schedule)).collect(),
            peers,
            maps: Maps::new(&recipe.loss)?,
            preprocess: preprocess.clone(),
            loss: recipe.loss.clone(),
            clip: recipe.schedule.clip,
            classes,
            devices: devices.to_vec(),
        })
    }

    /// Trains on a batch with this learning rate: forward and backward passes, clipping, the optimizers' update, and
    /// the running statistics of batch norms. It waits until all is computed.
    ///
    /// # Errors
    /// `training-diverged` if a loss, a gradient or a weight is not finite or too large to be stored,
    /// `classes-invalid` for an image without a class that can be learned, `device-lost`.
    pub fn step(&mut self, batch: &Batch, lr: f64) -> Result<StepReport> {
        let parts = batch.parts(self.devices.len());
        let shares = parts.iter().map(|part| part.classes.len() as f32 / batch.classes.len() as f32);
        let shares: Vec<f32> = shares.collect();
        let mut parts = self.gradients(&parts, &shares)?;
        let main = self.devices[0].clone().without_autodiff();
        let mean = |values: Vec<Tensor<1>>| {
            let weighted = values.into_iter().zip(&shares).map(|(value, &share)| value.to_device(&main) * share);
            weighted.reduce(|a, b| a + b).expect("a device")
        };
        let rho = read(mean(parts.iter().map(|part| part.rho.clone()).collect()))?;
        let mut peers = Vec::new();
        for m in 0..self.peers.len() {
            let terms = mean(parts.iter().map(|part| part.terms[m].clone()).collect());
            let gradients = parts.iter_mut().map(|part| std::mem::take(&mut part.gradients[m])).collect();
            peers.push(self.update(m, gradients, terms, lr)?);
        }
        for (m, peer) in self.peers.iter_mut().enumerate() {
            let norms = peer.net.norms().max(1);
            // One after the other, in the devices' order.
            for moments in parts.iter().flat_map(|part| part.moments[m].chunks(norms)) {
                peer.net.update_running_stats(moments, STATISTICS_RATE);
            }
        }
        Ok(StepReport { peers, rho })
    }

    /// The gradients of every part, each computed on its device, all at once.
    fn gradients(&self, parts: &[Batch], shares: &[f32]) -> Result<Vec<StepGradients>> {
        let objective =
            Objective { loss: &self.loss, maps: &self.maps, preprocess: &self.preprocess, classes: self.classes };
        let one = |device: &Device, part: &Batch, share: f32| {
            let beside_others = self.devices.len() > 1;
            let replicas: Vec<_> = self.peers.iter().map(|peer| Replica::new(peer, device, beside_others)).collect();
            objective.gradients(part, &replicas, device, share)
        };
        if let ([device], [part], [share]) = (&self.devices[..], parts, shares) {
            return Ok(vec![one(device, part, *share)?]);
        }
        thread::scope(|scope| {
            let one = &one;
            let work = self.devices.iter().zip(parts).zip(shares);
            let threads: Vec<_> =
                work.map(|((device, part), share)| scope.spawn(move || one(device, part, *share))).collect();
            let crashed = |_| Error::new(Code::Internal, "A device's thread has stopped.");
            threads.into_iter().map(|thread| thread.join().map_err(crashed)?).collect()
        })
    }

    /// Updates a peer by the sum of its gradients over the devices.
    fn update(&mut self, m: usize, gradients: Vec<GradientsParams>, terms: Tensor<1>, lr: f64) -> Result<PeerLosses> {
        let net = self.peers[m].net.clone();
        let mut sum = GradientsAccumulator::new();
        for gradients in gradients {
            sum.accumulate(&net, gradients.to_device(&self.devices[0].clone().without_autodiff(), &net));
        }
        let (gradients, norm) = clipped(&net, sum.grads(), self.clip);
        let [accuracy, cross_entropy, transfer, mutual, consistency, gradient_norm] =
            read_array(Tensor::cat(vec![terms, norm], 0))?;
        let terms = LossTerms::unpack([accuracy, cross_entropy, transfer, mutual, consistency]);
        let id = self.peers[m].id.clone();
        if !terms.is_finite() || !gradient_norm.is_finite() {
            return Err(diverged(&id, "computes numbers that are not finite"));
        }
        let net = self.optimizers[m].step(lr, net, gradients);
        let [largest] = read_array(largest_weight(&net))?;
        if !storable(largest) {
            return Err(diverged(&id, "has weights beyond what a bundle can hold"));
        }
        self.peers[m].net = net;
        Ok(PeerLosses { id, terms, gradient_norm })
    }
}

/// Whether a weight can be stored in a bundle's half precision.
pub(crate) fn storable(weight: f32) -> bool {
    weight.abs() <= LARGEST
}

/// The largest number in half precision (IEEE 754).
const LARGEST: f32 = 65504.0;

/// The error of a peer whose numbers have grown too large.
pub(crate) fn diverged(id: &str, what: &str) -> Error {
    let text = format!("'{id}' {what}: its weights have grown too fast. Use a lower `lr`, or `clip`.");
    Error::new(Code::Diverged, text)
}

fn check_layers(layers: &[usize], peer: &Peer) -> Result<()> {
    let count = peer.net.layers();
    match layers.iter().find(|layer| !(1..=count).contains(layer)) {
        None => Ok(()),
        Some(layer) => {
            let text = format!("`layers` has {layer}, but the layers of '{}' are 1 to {count}.", peer.id);
            Err(Error::new(Code::AskInvalid, text))
        }
    }
}
