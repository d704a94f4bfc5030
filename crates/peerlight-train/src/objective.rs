//! The losses of all peers on one device's part of a batch, and their gradients.
//!
//! The first pass sees the whole images: it gives the maps that peers exchange, and the masks. The second pass, if
//! there is one, sees the masked images. What each peer loses is in [`PeerLoss`].

mod peer_loss;

use burn::{
    module::Module,
    optim::GradientsParams,
    tensor::{
        Device, Int, Tensor, TensorData,
        activation::{log_softmax, softmax},
    },
};
use peerlight_core::{Code, Error, Preprocess, Result};
use peerlight_models::{Features, Layer, Moments};

use crate::{
    loader::Batch,
    maps::Maps,
    mask::MaskBatch,
    recipe::{Loss, MapKind, Mask},
    replica::Replica,
};
use peer_loss::PeerLoss;

/// Settings of the peers' losses.
pub(crate) struct Objective<'a> {
    pub loss: &'a Loss,
    pub maps: &'a Maps,
    pub preprocess: &'a Preprocess,
    /// The number of classes.
    pub classes: usize,
}

/// The gradients of a part of a batch, peer by peer.
pub(crate) struct StepGradients {
    /// The gradients of each peer's loss.
    pub gradients: Vec<GradientsParams>,
    /// The packed terms of each peer's loss, [5].
    pub terms: Vec<Tensor<1>>,
    /// The batch statistics of each peer's batch norms, pass after pass.
    pub moments: Vec<Vec<Moments>>,
    /// Mean correlation of the peers' maps before the step, region by region, [regions].
    pub rho: Tensor<1>,
}

/// A part of a batch on its device.
pub(crate) struct Inputs<'a> {
    /// The images, [n, 3, side, side], normalized by `preprocess`. Each peer takes them by [`Replica::input`].
    pub x: Tensor<4>,
    pub preprocess: Preprocess,
    /// The class that guided maps are for, [n]: the one that the targets of all peers together make the likeliest.
    pub classes: Tensor<1, Int>,
    pub device: &'a Device,
}

/// A peer's output for the whole images.
pub(crate) struct PeerOutput {
    pub features: Features,
    /// The maps that are transferred, [n, side, side].
    pub map: Tensor<3>,
    /// Targets of the predictions, `[n, classes]`.
    pub targets: Tensor<2>,
    /// Logarithms of the probabilities, [n, classes].
    pub log_probabilities: Tensor<2>,
}

/// Constants that the other peers learn from, kept when the peer's graph is used up.
pub(crate) struct PeerConstants {
    pub map: Tensor<3>,
    pub log_probabilities: Tensor<2>,
}

impl Objective<'_> {
    /// The gradients of every peer's loss on a part of a batch, times `share`.
    ///
    /// # Errors
    /// `classes-invalid` for an image without a class that can be learned, `device-lost`.
    pub fn gradients(
        &self,
        batch: &Batch,
        replicas: &[Replica<'_>],
        device: &Device,
        share: f32,
    ) -> Result<StepGradients> {
        let preprocess = Preprocess { side: batch.side, ..self.preprocess.clone() };
        let x = preprocess.normalize(&batch.rgb, device);
        let targets = self.targets(batch, replicas, &x, &preprocess, device)?;
        let together = targets.iter().cloned().reduce(|a, b| a + b).expect("a peer");
        let classes: Tensor<1, Int> = together.argmax(1).squeeze_dim(1);
        let inputs = Inputs { x, preprocess, classes, device };

        let first_passes =
            replicas.iter().zip(targets).map(|(replica, targets)| self.first_pass(replica, targets, &inputs));
        let (outputs, mut moments): (Vec<_>, Vec<_>) = first_passes.unzip();
        let maps: Vec<_> = outputs.iter().map(|output| output.map.clone().inner()).collect();
        let rho = self.maps.agreement(&maps).mean_dim(0).squeeze_dim(0);
        let constants: Vec<_> = outputs.iter().map(PeerOutput::constants).collect();
        let masks = match self.loss.consistency_weight > 0.0 {
            true => Some(self.masks(batch.first, replicas, &outputs, &inputs)?),
            false => None,
        };

        let (mut gradients, mut terms) = (Vec::new(), Vec::new());
        for (m, (output, replica)) in outputs.into_iter().zip(replicas).enumerate() {
            let peer = PeerLoss { objective: self, m, replica, inputs: &inputs, constants: &constants };
            let found = peer.gradients(output, masks.as_ref(), share);
            gradients.push(found.gradients);
            terms.push(found.terms.pack().inner());
            moments[m].extend(found.moments);
        }
        Ok(StepGradients { gradients, terms, moments, rho })
    }

    /// Targets of each peer, `[n, classes]`.
    fn targets(
        &self,
        batch: &Batch,
        replicas: &[Replica<'_>],
        x: &Tensor<4>,
        preprocess: &Preprocess,
        device: &Device,
    ) -> Result<Vec<Tensor<2>>> {
        let labels = || {
            let mut rows = vec![0.0f32; batch.classes.len() * self.classes];
            for (row, &class) in rows.chunks_exact_mut(self.classes).zip(&batch.classes) {
                row[known(class, self.classes)?] = 1.0;
            }
            Ok(Tensor::from_data(TensorData::new(rows, [batch.classes.len(), self.classes]), device))
        };
        let of = |replica: &Replica<'_>| match &replica.peer.teacher {
            Some(teacher) => {
                let x = replica.input(x.clone().inner(), preprocess);
                Ok(Tensor::from_inner(softmax(teacher.logits(Layer::INPUT, x), 1)))
            }
            None => labels(),
        };
        replicas.iter().map(of).collect()
    }

    /// Runs a peer on the whole images. Also returns its batch statistics.
    fn first_pass(&self, replica: &Replica<'_>, targets: Tensor<2>, inputs: &Inputs<'_>) -> (PeerOutput, Vec<Moments>) {
        let (features, moments) = replica.forward(replica.input(inputs.x.clone(), &inputs.preprocess));
        let map = self.maps.of_kind(self.loss.evidence, &replica.net, &features, inputs.classes.clone());
        let log_probabilities = log_softmax(features.logits.clone(), 1);
        (PeerOutput { features, map, targets, log_probabilities }, moments)
    }

    /// The masks of masked consistency, made of the peers' guided maps.
    fn masks(
        &self,
        first: usize,
        replicas: &[Replica<'_>],
        outputs: &[PeerOutput],
        inputs: &Inputs<'_>,
    ) -> Result<MaskBatch> {
        let constant = |(replica, output): (&Replica<'_>, &PeerOutput)| {
            let features = output.features.inner();
            self.maps.of_kind(MapKind::Guided, &replica.net.valid(), &features, inputs.classes.clone().inner())
        };
        let maps: Vec<_> = replicas.iter().zip(outputs).map(constant).collect();
        let [n, _, side, _] = inputs.x.dims();
        let hard: Vec<bool> = match self.loss.mask {
            Mask::Soft => vec![false; n],
            Mask::Top50 => vec![true; n],
            Mask::Both => (first..first + n).map(|i| i.is_multiple_of(2)).collect(),
        };
        MaskBatch::new(self.maps, maps, side, &hard)
    }
}

impl PeerOutput {
    fn constants(&self) -> PeerConstants {
        PeerConstants { map: self.map.clone().detach(), log_probabilities: self.log_probabilities.clone().detach() }
    }
}

/// The class of an image.
///
/// # Errors
/// `classes-invalid` if the image has none of the `classes`.
pub(crate) fn known(class: Option<usize>, classes: usize) -> Result<usize> {
    class.filter(|&class| class < classes).ok_or_else(|| {
        let text = match class {
            Some(class) => format!("An image has the class {class}, but there are {classes} classes, counted from 0."),
            None => "An image has no class. Give every image one, or learn without labels: `targets` = teacher.".into(),
        };
        Error::new(Code::ClassesInvalid, text)
    })
}
