//! How well peers do on images that they do not learn from.

use burn::{
    module::Module,
    tensor::{Device, Tensor, activation::log_softmax},
};
use peerlight_core::{Preprocess, Result, pearson, read};
use peerlight_models::{Layer, Network};
use serde::{Deserialize, Serialize};

use super::{images::Example, maps::Maps, peers::Peer};
use crate::{decode::decode, files};

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Validation {
    /// How many images were looked at.
    pub images: usize,
    /// Of each peer, the part of the images that it is right on: of the labels, or without them of its former self.
    pub right: Vec<f32>,
    /// Of each peer, its mean cross-entropy with the labels; none without labels.
    pub ce: Vec<Option<f32>>,
    /// Mean correlation of the peers' attention, over images, regions and pairs.
    pub rho: f32,
}

/// Validates peers on some images; those that cannot be read are left out.
///
/// # Errors
/// `device-lost`.
pub async fn validate(
    peers: &[Peer],
    examples: &[Example],
    preprocess: &Preprocess,
    maps: &Maps,
    device: &Device,
) -> Result<Validation> {
    let plain = device.clone().without_autodiff();
    let nets: Vec<_> = peers.iter().map(|peer| peer.net.folded().valid()).collect();
    let (mut right, mut ce, mut rho) = (vec![0.0f32; nets.len()], vec![0.0f32; nets.len()], 0.0);
    let (mut images, mut labelled) = (0usize, 0usize);
    for example in examples {
        let Ok(image) = files::read(&example.path).and_then(|bytes| decode(&bytes)) else { continue };
        let x = preprocess.tensor(&image, &plain)?;
        let mut seen = Vec::new();
        for (i, (net, peer)) in nets.iter().zip(peers).enumerate() {
            let features = net.run(Layer::INPUT, x.clone());
            let says = read(log_softmax(features.logits.clone(), 1)).await?;
            let wanted = match (example.class, &peer.teacher) {
                (Some(class), _) => Some(class),
                (None, Some(teacher)) => Some(likeliest(&read(teacher.run(Layer::INPUT, x.clone()).logits).await?)),
                (None, None) => None,
            };
            right[i] += f32::from(u8::from(wanted == Some(likeliest(&says))));
            ce[i] -= example.class.map_or(0.0, |class| says[class]);
            seen.push(maps.grid.divide(maps.attention(&features)));
        }
        let mut pairs = Vec::new();
        for (i, a) in seen.iter().enumerate() {
            pairs.extend(seen[i + 1..].iter().map(|b| pearson(a.clone(), b.clone()).rho.mean()));
        }
        rho += read(Tensor::cat(pairs, 0).mean()).await?[0];
        labelled += usize::from(example.class.is_some());
        images += 1;
    }
    let of = |sum: f32, count: usize| sum / count.max(1) as f32;
    Ok(Validation {
        images,
        right: right.into_iter().map(|sum| of(sum, images)).collect(),
        ce: ce.into_iter().map(|sum| Some(of(sum, labelled)).filter(|_| labelled > 0)).collect(),
        rho: of(rho, images),
    })
}

fn likeliest(values: &[f32]) -> usize {
    (0..values.len()).max_by(|&a, &b| values[a].total_cmp(&values[b]).then(b.cmp(&a))).unwrap_or(0)
}
