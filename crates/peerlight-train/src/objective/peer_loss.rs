//! The loss of one peer:
//!
//! ```text
//! L = CE(z, y) + beta T + gamma t^2 mean KL(z_k || z) + delta CE(z(x M), y)
//! ```
//!
//! with y its targets, z its logits, T the transfer of the other peers' maps, z_k their logits, t the temperature and
//! M the mask of masked consistency.

use burn::{
    optim::{GradientsAccumulator, GradientsParams},
    tensor::{Tensor, activation::log_softmax},
};
use peerlight_core::transfer_loss;
use peerlight_models::{Moments, Network};

use super::{Inputs, Objective, PeerConstants, PeerOutput};
use crate::{
    mask::{MaskBatch, masked},
    recipe::{Loss, MapKind, MaskGradient, TransferFrom, TransferOnto},
    replica::Replica,
    terms::LossTerms,
};

/// The loss of peer `m` on a part of a batch.
pub(crate) struct PeerLoss<'a> {
    pub objective: &'a Objective<'a>,
    pub m: usize,
    pub replica: &'a Replica<'a>,
    pub inputs: &'a Inputs<'a>,
    /// Constants of every peer, this one included.
    pub constants: &'a [PeerConstants],
}

/// Result of the backward passes of a peer's loss.
pub(crate) struct PeerGradients {
    pub gradients: GradientsParams,
    pub terms: LossTerms<Tensor<1>>,
    /// Batch statistics of the second pass.
    pub moments: Vec<Moments>,
}

/// Terms that the masked images add to a peer's loss.
struct SecondPass {
    transfer: Option<Tensor<1>>,
    consistency: Tensor<1>,
    moments: Vec<Moments>,
}

impl PeerLoss<'_> {
    /// The gradients of the loss times `share`. The graph of `output` is used up before the second pass takes the
    /// same memory again, unless gradients flow through the mask.
    pub fn gradients(&self, output: PeerOutput, masks: Option<&MaskBatch>, share: f32) -> PeerGradients {
        let Loss { transfer_weight, consistency_weight, mask_gradient, .. } = *self.objective.loss;
        let mut backward = Backward { net: &self.replica.net, share, sum: GradientsAccumulator::new() };
        let targets = output.targets.clone();
        let mask = masks.map(|masks| self.mask(masks, &output));
        let (mut terms, first_loss) = self.first_pass(output);
        let Some(mask) = mask else {
            backward.add(first_loss);
            return PeerGradients { gradients: backward.sum.grads(), terms, moments: Vec::new() };
        };
        let mut loss = match mask_gradient {
            MaskGradient::Flow => Some(first_loss),
            MaskGradient::Stop => {
                backward.add(first_loss);
                None
            }
        };
        let SecondPass { transfer, consistency, moments } = self.second_pass(mask, targets);
        if let Some(transfer) = transfer {
            terms.transfer = terms.transfer + transfer.clone();
            loss = Some(plus(loss, transfer * transfer_weight));
        }
        terms.consistency = consistency.clone();
        backward.add(plus(loss, consistency * consistency_weight));
        PeerGradients { gradients: backward.sum.grads(), terms, moments }
    }

    /// The terms of the loss on the whole images, and their weighted sum.
    fn first_pass(&self, output: PeerOutput) -> (LossTerms<Tensor<1>>, Tensor<1>) {
        let PeerOutput { map, targets, log_probabilities, .. } = output;
        let Loss { transfer_weight, mutual_weight, .. } = *self.objective.loss;
        let none = || Tensor::<1>::zeros([1], self.inputs.device);
        let predicted = log_probabilities.clone().argmax(1);
        let terms = LossTerms {
            accuracy: targets.clone().argmax(1).equal(predicted).float().mean(),
            cross_entropy: cross_entropy(log_probabilities.clone(), targets),
            transfer: self.transfer(TransferOnto::Whole, || map).unwrap_or_else(none),
            mutual: if mutual_weight > 0.0 { self.mutual(&log_probabilities) } else { none() },
            consistency: none(),
        };
        let loss = terms.cross_entropy.clone()
            + terms.transfer.clone() * transfer_weight
            + terms.mutual.clone() * mutual_weight;
        (terms, loss)
    }

    /// Runs the peer on the masked images.
    fn second_pass(&self, mask: Tensor<3>, targets: Tensor<2>) -> SecondPass {
        let Inputs { x, preprocess, classes, .. } = self.inputs;
        let Objective { maps, loss, .. } = self.objective;
        let net = &self.replica.net;
        let x = self.replica.input(masked(x.clone(), mask, preprocess), preprocess);
        let (features, moments) = self.replica.forward(x);
        let map = || maps.of_kind(loss.evidence, net, &features, classes.clone());
        let transfer = self.transfer(TransferOnto::Masked, map);
        SecondPass { transfer, consistency: cross_entropy(log_softmax(features.logits, 1), targets), moments }
    }

    /// The mask of the peer's images, [n, side, side].
    fn mask(&self, masks: &MaskBatch, output: &PeerOutput) -> Tensor<3> {
        match self.objective.loss.mask_gradient {
            MaskGradient::Stop => Tensor::from_inner(masks.mask.clone()),
            MaskGradient::Flow => {
                let (maps, classes) = (self.objective.maps, self.inputs.classes.clone());
                let own = maps.of_kind(MapKind::Guided, &self.replica.net, &output.features, classes);
                masks.learnable(maps, self.m, own)
            }
        }
    }

    /// The transfer of the other peers' maps onto this peer's map of the whole or the masked images: the mean over
    /// images and peers, times the fraction of the transfer that goes there. `None` if none goes there.
    fn transfer(&self, onto: TransferOnto, map: impl FnOnce() -> Tensor<3>) -> Option<Tensor<1>> {
        let Loss { transfer_weight, distance_weight, transfer, transfer_onto, transfer_from, .. } =
            *self.objective.loss;
        let fraction = match transfer_onto {
            TransferOnto::Both => 0.5,
            one => f32::from(u8::from(one == onto)),
        };
        if transfer_weight <= 0.0 || fraction <= 0.0 {
            return None;
        }
        let map = map();
        let class = |peer: &PeerConstants| {
            peer.log_probabilities.clone().gather(1, self.inputs.classes.clone().unsqueeze_dim(1))
        };
        let transferred = self.sum_over_others(|other, others| {
            let grid = self.objective.maps.grid;
            let loss = transfer_loss(map.clone(), other.map.clone(), grid, distance_weight, transfer);
            let loss = match transfer_from {
                TransferFrom::All => loss,
                TransferFrom::Better => {
                    let better = class(other).greater(class(&self.constants[self.m])).float();
                    loss * better.squeeze_dim(1)
                }
            };
            loss.mean() / others
        });
        Some(transferred * fraction)
    }

    /// Mutual learning: the mean over the other peers of t^2 KL(other || own) at the temperature t (Zhang et al.,
    /// CVPR 2018; Hinton et al. 2015).
    fn mutual(&self, log_probabilities: &Tensor<2>) -> Tensor<1> {
        let temperature = self.objective.loss.temperature;
        let at = |log_probabilities: &Tensor<2>| log_softmax(log_probabilities.clone() / temperature, 1);
        self.sum_over_others(|other, others| {
            let (other, own) = (at(&other.log_probabilities), at(log_probabilities));
            let divergence: Tensor<1> = (other.clone().exp() * (other - own)).sum_dim(1).squeeze_dim(1);
            divergence.mean() * (temperature * temperature / others)
        })
    }

    /// The sum over the other peers of a term, [1], which is also given their number.
    fn sum_over_others(&self, term: impl Fn(&PeerConstants, f32) -> Tensor<1>) -> Tensor<1> {
        let count = (self.constants.len() - 1) as f32;
        let others = self.constants.iter().enumerate().filter(|(k, _)| *k != self.m);
        others.map(|(_, other)| term(other, count)).reduce(|a, b| a + b).expect("another peer")
    }
}

/// The gradients of a network's losses, summed.
struct Backward<'a> {
    net: &'a Network,
    share: f32,
    sum: GradientsAccumulator<Network>,
}

impl Backward<'_> {
    /// Adds the gradients of a loss times the share, and frees its graph.
    fn add(&mut self, loss: Tensor<1>) {
        let gradients = (loss * self.share).backward();
        self.sum.accumulate(self.net, GradientsParams::from_grads(gradients, self.net));
    }
}

fn plus(sum: Option<Tensor<1>>, term: Tensor<1>) -> Tensor<1> {
    match sum {
        Some(sum) => sum + term,
        None => term,
    }
}

/// The mean over the images of -sum of target x log probability: [1].
fn cross_entropy(log_probabilities: Tensor<2>, targets: Tensor<2>) -> Tensor<1> {
    (log_probabilities * targets).sum_dim(1).squeeze_dim::<1>(1).neg().mean()
}
