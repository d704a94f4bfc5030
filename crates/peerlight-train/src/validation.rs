//! Accuracy, cross-entropy and correlation on images that peers are not trained with.

use burn::{
    module::Module,
    tensor::{Device, Tensor, activation::log_softmax},
};
use peerlight_core::{Preprocess, Result, argmax};
use peerlight_models::Layer;
use serde::{Deserialize, Serialize};

use crate::{
    dataset::Dataset,
    maps::Maps,
    objective::known,
    peer::Peer,
    readback::{read, read_array},
};

/// The result of a validation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Validation {
    /// Number of images.
    #[serde(alias = "pictures")]
    pub images: usize,
    /// For each peer, the fraction of images whose predicted class is right: the labelled class, or else that of the
    /// network before training.
    #[serde(alias = "right")]
    pub accuracy: Vec<f32>,
    /// For each peer, the mean cross-entropy with the labels. `None` without labels.
    #[serde(alias = "ce")]
    pub cross_entropy: Vec<Option<f32>>,
    /// Mean correlation of the peers' attention, over images, regions and pairs of peers.
    pub rho: f32,
}

/// Validates peers on all images of a dataset. Images that cannot be loaded are left out.
///
/// # Errors
/// `classes-invalid` for a class that the peers do not have, `device-lost`.
pub(crate) fn validate(peers: &[Peer], dataset: &dyn Dataset, maps: &Maps, device: &Device) -> Result<Validation> {
    let plain = device.clone().without_autodiff();
    let nets: Vec<_> = peers.iter().map(|peer| peer.net.folded().valid()).collect();
    let (mut right, mut cross_entropy, mut rho) = (vec![0.0f32; nets.len()], vec![0.0f32; nets.len()], 0.0);
    let (mut images, mut labelled) = (0usize, 0usize);
    for index in 0..dataset.len() {
        let Ok(example) = dataset.example(index) else { continue };
        let mut prepared: Vec<(&Preprocess, Tensor<4>)> = Vec::new();
        let mut attention = Vec::new();
        for (i, (net, peer)) in nets.iter().zip(peers).enumerate() {
            // Peers that read images in the same way share their input.
            let x = match prepared.iter().find(|(other, _)| **other == peer.preprocess) {
                Some((_, x)) => x.clone(),
                None => {
                    let x = peer.preprocess.tensor(&example.image, &plain)?;
                    prepared.push((&peer.preprocess, x.clone()));
                    x
                }
            };
            let features = net.run(Layer::INPUT, x.clone());
            let log_probabilities = read(log_softmax(features.logits.clone(), 1))?;
            let class = match example.class {
                Some(_) => Some(known(example.class, log_probabilities.len())?),
                None => None,
            };
            let wanted = match (class, &peer.teacher) {
                (Some(class), _) => Some(class),
                (None, Some(teacher)) => Some(argmax(&read(teacher.logits(Layer::INPUT, x.clone()))?)),
                (None, None) => None,
            };
            right[i] += f32::from(u8::from(wanted == Some(argmax(&log_probabilities))));
            cross_entropy[i] -= class.map_or(0.0, |class| log_probabilities[class]);
            attention.push(maps.attention(net, &features));
        }
        let [agreement] = read_array(maps.agreement(&attention).mean())?;
        rho += agreement;
        labelled += usize::from(example.class.is_some());
        images += 1;
    }
    let mean = |sum: f32, count: usize| sum / count.max(1) as f32;
    let labels = |sum| Some(mean(sum, labelled)).filter(|_| labelled > 0);
    Ok(Validation {
        images,
        accuracy: right.into_iter().map(|sum| mean(sum, images)).collect(),
        cross_entropy: cross_entropy.into_iter().map(labels).collect(),
        rho: mean(rho, images),
    })
}
