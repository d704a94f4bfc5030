//! One step: every peer looks at a batch, learns what it shows, and learns from where the others look.

use std::thread;

use burn::{
    module::Module,
    optim::{
        AdamWConfig, GradientsAccumulator, GradientsParams, ModuleOptimizer, SgdConfig, decay::WeightDecayConfig,
        momentum::MomentumConfig,
    },
    tensor::{Device, Tensor},
};
use peerlight_core::{Code, Error, Preprocess, Result, read};
use serde::{Deserialize, Serialize};

use super::{
    clip::clipped,
    lesson::{Learnt, Lesson, Pupil},
    loader::Batch,
    maps::Maps,
    peers::Peer,
    recipe::{Optimizer, Recipe},
};

/// How far running moments move towards a batch's.
const MOMENTUM: f32 = 0.1;

/// What a step came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Of each peer.
    pub peers: Vec<Losses>,
    /// Mean correlation of the peers' maps before the step, region by region, over the batch and the pairs.
    pub rho: Vec<f32>,
}

/// What one peer lost: the terms before their weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Losses {
    /// Its id.
    pub id: String,
    /// Cross-entropy.
    pub ce: f32,
    /// Transfer of maps.
    pub transfer: f32,
    /// Mutual learning.
    pub mutual: f32,
    /// Cross-entropy on the masked images.
    pub masked: f32,
    /// The part of the batch whose likeliest class is the target's.
    pub right: f32,
    /// Length of the gradient before it was clipped.
    pub gradient: f32,
}

/// The peers and what moves them.
pub struct Trainer {
    /// The networks, on the first device.
    pub peers: Vec<Peer>,
    /// An optimizer for each.
    pub optimizers: Vec<ModuleOptimizer>,
    recipe: Recipe,
    preprocess: Preprocess,
    /// Which maps are compared.
    pub maps: Maps,
    classes: usize,
    /// Each learns from an equal part of a batch. They keep gradients.
    devices: Vec<Device>,
}

impl Trainer {
    /// A trainer whose optimizers have no state yet.
    ///
    /// # Errors
    /// `ask-invalid`.
    pub fn new(
        peers: Vec<Peer>,
        recipe: &Recipe,
        preprocess: &Preprocess,
        classes: usize,
        devices: &[Device],
    ) -> Result<Self> {
        if devices.len() > recipe.batch {
            let text = format!("A batch of {} images cannot be shared by {} devices.", recipe.batch, devices.len());
            return Err(Error::new(Code::AskInvalid, text));
        }
        Ok(Self {
            optimizers: peers.iter().map(|_| optimizer(recipe)).collect(),
            peers,
            maps: Maps::of(recipe)?,
            recipe: recipe.clone(),
            preprocess: preprocess.clone(),
            classes,
            devices: devices.to_vec(),
        })
    }

    /// Learns from a batch at this rate.
    ///
    /// # Errors
    /// `training-diverged` if a loss is not finite, `device-lost`.
    pub async fn step(&mut self, batch: &Batch, rate: f64) -> Result<Outcome> {
        let parts = batch.parts(self.devices.len());
        let mut learnt = self.learn(&parts, batch.classes.len())?;
        let main = self.devices[0].clone().without_autodiff();
        let shares = parts.iter().map(|part| part.classes.len() as f32 / batch.classes.len() as f32);
        let shares: Vec<f32> = shares.collect();
        let mean = |values: Vec<Tensor<1>>| {
            let weighted = values.into_iter().zip(&shares).map(|(value, &share)| value.to_device(&main) * share);
            weighted.reduce(|a, b| a + b).expect("a device")
        };
        let rho = read(mean(learnt.iter().map(|l| l.rho.clone()).collect())).await?;
        let mut peers = Vec::new();
        for m in 0..self.peers.len() {
            let terms = mean(learnt.iter().map(|l| l.parts[m].clone()).collect());
            let gradients = learnt.iter_mut().map(|l| std::mem::take(&mut l.gradients[m])).collect();
            peers.push(self.update(m, gradients, terms, rate).await?);
        }
        for (m, peer) in self.peers.iter_mut().enumerate() {
            let norms = peer.net.norms().max(1);
            // One after the other, in the devices' order.
            for seen in learnt.iter().flat_map(|l| l.moments[m].chunks(norms)) {
                peer.net.absorb(seen, MOMENTUM);
            }
        }
        Ok(Outcome { peers, rho })
    }

    /// Every device learns from its part, all at once.
    fn learn(&self, parts: &[Batch], whole: usize) -> Result<Vec<Learnt>> {
        let lesson =
            Lesson { recipe: &self.recipe, preprocess: &self.preprocess, maps: &self.maps, classes: self.classes };
        let one = |device: &Device, part: &Batch| {
            let pupils: Vec<_> = self.peers.iter().map(|peer| pupil(peer, device, self.devices.len() > 1)).collect();
            let share = part.classes.len() as f32 / whole as f32;
            pollster::block_on(lesson.learn(part, &pupils, device, share))
        };
        match (&self.devices[..], parts) {
            ([device], [part]) => Ok(vec![one(device, part)?]),
            (devices, parts) => thread::scope(|scope| {
                let one = &one;
                let threads: Vec<_> =
                    devices.iter().zip(parts).map(|(device, part)| scope.spawn(move || one(device, part))).collect();
                let crashed = |_| Error::new(Code::Crashed, "A device's thread has stopped.");
                threads.into_iter().map(|thread| thread.join().map_err(crashed)?).collect()
            }),
        }
    }

    /// Moves a peer along its gradients, the sum over the devices.
    async fn update(
        &mut self,
        m: usize,
        gradients: Vec<GradientsParams>,
        terms: Tensor<1>,
        rate: f64,
    ) -> Result<Losses> {
        let net = self.peers[m].net.clone();
        let mut sum = GradientsAccumulator::new();
        for gradients in gradients {
            sum.accumulate(&net, gradients.to_device(&self.devices[0].clone().without_autodiff(), &net));
        }
        let (gradients, length) = clipped(&net, sum.grads(), self.recipe.clip);
        let found = read(Tensor::cat(vec![terms, length], 0)).await?;
        let [right, ce, transfer, mutual, masked, gradient] = found[..] else { unreachable!("six numbers were read") };
        let id = self.peers[m].id.clone();
        if found.iter().any(|v| !v.is_finite()) {
            let text = format!(
                "'{id}' computes numbers that are not finite: its weights have grown too fast. Use a lower --rate, or --clip."
            );
            return Err(Error::new(Code::Diverged, text));
        }
        self.peers[m].net = self.optimizers[m].step(rate, net, gradients);
        Ok(Losses { id, ce, transfer, mutual, masked, right, gradient })
    }
}

/// A peer as a device sees it. Beside others it has leaves of its own even on the same device: burn-autodiff 0.22 keeps
/// one graph for all that share a leaf, and a thread that joins graphs waits for ever for one that is going backward.
fn pupil<'a>(peer: &'a Peer, device: &Device, beside_others: bool) -> Pupil<'a> {
    let net = peer.net.clone();
    let net = if beside_others || net.devices() != [device.clone()] { net.fork(device) } else { net };
    Pupil { net, teacher: peer.teacher.as_deref() }
}

/// The optimizer that a recipe asks for.
fn optimizer(recipe: &Recipe) -> ModuleOptimizer {
    match recipe.optimizer {
        Optimizer::Sgd => {
            let momentum = MomentumConfig { momentum: recipe.momentum, dampening: 0.0, nesterov: false };
            let decay = Some(WeightDecayConfig { penalty: recipe.decay }).filter(|d| d.penalty > 0.0);
            SgdConfig::new().with_momentum(Some(momentum)).with_weight_decay(decay).init()
        }
        Optimizer::Adamw => AdamWConfig::new().with_weight_decay(recipe.decay).init(),
    }
}
