//! What peers make of a batch, and what they lose on it: the gradients of one device's part of it.

use burn::{
    module::Module,
    optim::{GradientsAccumulator, GradientsParams},
    tensor::{
        Device, Int, Tensor, TensorData,
        activation::{log_softmax, softmax},
    },
};
use peerlight_core::{Preprocess, Result, pearson, transfer_loss};
use peerlight_models::{Features, Layer, Moments, Net, Network};

use super::{
    loader::Batch,
    maps::Maps,
    recipe::{Evidence, Lead, Mask, Onto, Recipe, Teach},
    veil::Veil,
};

/// What every device needs to learn from its part of a batch.
pub struct Lesson<'a> {
    /// How.
    pub recipe: &'a Recipe,
    /// What the networks read.
    pub preprocess: &'a Preprocess,
    /// Which maps are compared.
    pub maps: &'a Maps,
    /// The number of classes.
    pub classes: usize,
}

/// A peer on a device.
pub struct Pupil<'a> {
    /// Itself.
    pub net: Net,
    /// Its former self, which says what it is to learn.
    pub teacher: Option<&'a dyn Network>,
}

/// What came of a part of a batch.
pub struct Learnt {
    /// Of each peer, the gradients of its loss.
    pub gradients: Vec<GradientsParams>,
    /// Of each peer, the means of what it is right on, cross-entropy, transfer, mutual learning and masked consistency, [5].
    pub parts: Vec<Tensor<1>>,
    /// Of each peer, the moments of its norms, for each pass.
    pub moments: Vec<Vec<Moments>>,
    /// Mean correlation of the peers' maps, region by region, [regions].
    pub rho: Tensor<1>,
}

/// The transfer's place among the parts of a loss.
const TRANSFER: usize = 2;

/// A peer's look at a batch.
struct Look {
    features: Features,
    map: Tensor<3>,
    /// [n, classes].
    targets: Tensor<2>,
    log_probabilities: Tensor<2>,
}

impl Lesson<'_> {
    /// Has the peers look at a part of a batch, and takes the gradients of their losses times `share`.
    ///
    /// # Errors
    /// `device-lost`.
    pub async fn learn(&self, batch: &Batch, pupils: &[Pupil<'_>], device: &Device, share: f32) -> Result<Learnt> {
        let preprocess = Preprocess { side: batch.side, ..self.preprocess.clone() };
        let x = preprocess.normalize(&batch.rgb, device);
        let targets = self.targets(batch, pupils, &x, device);
        // The class that guided maps are for: what the peers are together to say.
        let together = targets.iter().cloned().reduce(|a, b| a + b).expect("a peer");
        let classes: Tensor<1, Int> = together.argmax(1).squeeze_dim(1);

        let (mut looks, mut moments) = (Vec::new(), Vec::new());
        for (pupil, targets) in pupils.iter().zip(targets) {
            let (features, seen) = pupil.net.learn(x.clone());
            let map = self.maps.of_peer(&pupil.net, &features, classes.clone(), self.recipe.evidence);
            let log_probabilities = log_softmax(features.logits.clone(), 1);
            looks.push(Look { features, map, targets, log_probabilities });
            moments.push(seen);
        }
        let rho = self.correlation(&looks);
        // What the others are to a peer is constant: taken before the graphs are used up.
        let constant = |look: &Look| (look.map.clone().detach(), look.log_probabilities.clone().detach());
        let others: Vec<_> = looks.iter().map(constant).collect();
        let veil = match self.recipe.delta > 0.0 {
            true => Some(self.veil(batch.first, &x, pupils, &looks, &classes).await?),
            false => None,
        };

        let (mut gradients, mut parts) = (Vec::new(), Vec::new());
        for (m, (look, pupil)) in looks.into_iter().zip(pupils).enumerate() {
            let mut sum = GradientsAccumulator::new();
            let mut take = |loss: Tensor<1>| {
                let gradients = (loss * share).backward();
                sum.accumulate(&pupil.net, GradientsParams::from_grads(gradients, &pupil.net));
            };
            let targets = look.targets.clone();
            // A mask that teaches the map needs the first pass's graph; otherwise that is used up before the second pass
            // takes the same memory again.
            let teaches = self.recipe.teach == Teach::Map;
            let mask = veil.as_ref().map(|veil| match teaches {
                true => {
                    let own = self.maps.of_peer(&pupil.net, &look.features, classes.clone(), Evidence::Guided);
                    veil.learnable(self.maps, m, own)
                }
                false => Tensor::from_inner(veil.mask.clone()),
            });
            let (mut terms, mut loss) = self.losses(m, look, &others, &classes, device);
            if !teaches {
                take(loss.clone());
                loss = Tensor::zeros([1], device);
            }
            match mask {
                Some(mask) => {
                    let (features, seen) = pupil.net.learn(masked(x.clone(), mask, &preprocess));
                    moments[m].extend(seen);
                    let share = self.share(Onto::Masked);
                    if share > 0.0 {
                        let map = self.maps.of_peer(&pupil.net, &features, classes.clone(), self.recipe.evidence);
                        let transfer = self.transfer(m, &map, &others, &classes) * share;
                        loss = loss + transfer.clone() * self.recipe.beta;
                        terms[TRANSFER] = terms[TRANSFER].clone() + transfer;
                    }
                    let ce = cross_entropy(log_softmax(features.logits, 1), targets).mean();
                    terms.push(ce.clone());
                    take(loss + ce * self.recipe.delta);
                }
                None => {
                    terms.push(Tensor::zeros([1], device));
                    if teaches {
                        take(loss);
                    }
                }
            }
            gradients.push(sum.grads());
            parts.push(Tensor::cat(terms, 0).inner());
        }
        Ok(Learnt { gradients, parts, moments, rho })
    }

    /// What each peer is to say, [n, classes].
    fn targets(&self, batch: &Batch, pupils: &[Pupil<'_>], x: &Tensor<4>, device: &Device) -> Vec<Tensor<2>> {
        let labels = || {
            let mut rows = vec![0.0f32; batch.classes.len() * self.classes];
            for (row, class) in rows.chunks_exact_mut(self.classes).zip(&batch.classes) {
                row[class.expect("a label of every image")] = 1.0;
            }
            Tensor::from_data(TensorData::new(rows, [batch.classes.len(), self.classes]), device)
        };
        let of = |pupil: &Pupil<'_>| match pupil.teacher {
            Some(teacher) => Tensor::from_inner(softmax(teacher.run(Layer::INPUT, x.clone().inner()).logits, 1)),
            None => labels(),
        };
        pupils.iter().map(of).collect()
    }

    /// The terms of a peer's loss, and their weighted sum.
    fn losses(
        &self,
        m: usize,
        look: Look,
        others: &[(Tensor<3>, Tensor<2>)],
        classes: &Tensor<1, Int>,
        device: &Device,
    ) -> (Vec<Tensor<1>>, Tensor<1>) {
        let Look { map, targets, log_probabilities, .. } = look;
        let Recipe { beta, gamma, temperature, .. } = *self.recipe;
        let ce = cross_entropy(log_probabilities.clone(), targets.clone()).mean();
        let none = || Tensor::<1>::zeros([1], device);
        let right = targets.argmax(1).equal(log_probabilities.clone().argmax(1)).float().mean();
        let share = self.share(Onto::Whole);
        let transfer = if share > 0.0 { self.transfer(m, &map, others, classes) * share } else { none() };
        let mut mutual = none();
        if gamma > 0.0 {
            for ((_, peer_says), peers) in others_of(m, others) {
                // KL(peer || own) at a temperature (Zhang et al., CVPR 2018; Hinton et al. 2015).
                let at = |says: Tensor<2>| log_softmax(says / temperature, 1);
                let (peer, own) = (at(peer_says.clone()), at(log_probabilities.clone()));
                let kl: Tensor<1> = (peer.clone().exp() * (peer - own)).sum_dim(1).squeeze_dim(1);
                mutual = mutual + kl.mean() * (temperature * temperature / peers);
            }
        }
        let loss = ce.clone() + transfer.clone() * beta + mutual.clone() * gamma;
        (vec![right, ce, transfer, mutual], loss)
    }

    /// How much of the transfer is onto a peer's map of the image that is meant, whole or masked.
    fn share(&self, image: Onto) -> f32 {
        match (self.recipe.beta > 0.0, self.recipe.onto) {
            (false, _) => 0.0,
            (true, Onto::Both) => 0.5,
            (true, onto) => f32::from(u8::from(onto == image)),
        }
    }

    /// The transfer of the others' maps onto peer `m`'s: the mean over images and others.
    fn transfer(
        &self,
        m: usize,
        map: &Tensor<3>,
        others: &[(Tensor<3>, Tensor<2>)],
        classes: &Tensor<1, Int>,
    ) -> Tensor<1> {
        let Recipe { lambda, transfer, lead, .. } = *self.recipe;
        let each = |((peer_map, peer_says), peers): (&(Tensor<3>, Tensor<2>), f32)| {
            let loss = transfer_loss(map.clone(), peer_map.clone(), self.maps.grid, lambda, transfer);
            let loss = match lead {
                Lead::Mutual => loss,
                Lead::Better => {
                    let of = |says: &Tensor<2>| says.clone().gather(1, classes.clone().unsqueeze_dim(1));
                    let leads = of(peer_says).greater(of(&others[m].1)).float();
                    loss * leads.squeeze_dim(1)
                }
            };
            loss.mean() / peers
        };
        others_of(m, others).map(each).reduce(|a, b| a + b).expect("another peer")
    }

    /// What the batch is masked by.
    async fn veil(
        &self,
        first: usize,
        x: &Tensor<4>,
        pupils: &[Pupil<'_>],
        looks: &[Look],
        classes: &Tensor<1, Int>,
    ) -> Result<Veil> {
        let of = |(pupil, look): (&Pupil<'_>, &Look)| {
            self.maps.of_peer(&pupil.net.valid(), &look.features.inner(), classes.clone().inner(), Evidence::Guided)
        };
        let maps: Vec<_> = pupils.iter().zip(looks).map(of).collect();
        let [n, _, side, _] = x.dims();
        let hard = match self.recipe.mask {
            Mask::Soft => vec![false; n],
            Mask::Top50 => vec![true; n],
            Mask::Both => (first..first + n).map(|i| i.is_multiple_of(2)).collect(),
        };
        Veil::of(self.maps, maps, side, hard).await
    }

    /// Mean correlation of the peers' maps over images and pairs, [regions].
    fn correlation(&self, looks: &[Look]) -> Tensor<1> {
        let maps: Vec<_> = looks.iter().map(|look| self.maps.grid.divide(look.map.clone().inner())).collect();
        let mut pairs = Vec::new();
        for (i, a) in maps.iter().enumerate() {
            pairs.extend(
                maps[i + 1..].iter().map(|b| pearson(a.clone(), b.clone()).rho.mean_dim(0).squeeze_dim::<1>(0)),
            );
        }
        let count = pairs.len() as f32;
        pairs.into_iter().reduce(|a, b| a + b).expect("a pair") / count
    }
}

/// Of what all peers have, what the others of peer `m` have; and how many they are.
fn others_of<T>(m: usize, all: &[T]) -> impl Iterator<Item = (&T, f32)> {
    let count = (all.len() - 1) as f32;
    all.iter().enumerate().filter(move |(k, _)| *k != m).map(move |(_, other)| (other, count))
}

/// The batch masked and normalized as it was: pixels x mask [n, s, s], on black.
fn masked(x: Tensor<4>, mask: Tensor<3>, preprocess: &Preprocess) -> Tensor<4> {
    // x = (pixel - mean) / std, so that pixel * mask is (x + mean / std) * mask - mean / std.
    let black: Vec<f32> = preprocess.mean.iter().zip(preprocess.std).map(|(mean, std)| mean / std).collect();
    let black = Tensor::<4>::from_data(TensorData::new(black, [1, 3, 1, 1]), &x.device());
    (x + black.clone()) * mask.unsqueeze_dim::<4>(1) - black
}

/// -sum of target x log probability, image by image: [n].
fn cross_entropy(log_probabilities: Tensor<2>, targets: Tensor<2>) -> Tensor<1> {
    (log_probabilities * targets).sum_dim(1).squeeze_dim(1).neg()
}
