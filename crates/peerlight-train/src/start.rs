//! The networks that a run begins with.

use burn::tensor::{Device, Tensor};
use peerlight_core::{Code, Error, Preprocess, Result};
use peerlight_models::{Bundle, EFFICIENTNET_LITE_PREPROCESS, Manifest, Network, PeerManifest, architecture};

use crate::{
    recipe::{BatchNorm, Networks, Targets},
    rng::{CounterRng, purpose},
};

/// A network in training.
pub struct Peer {
    /// The peer's id in the bundle.
    pub id: String,
    /// The network, on a device that keeps gradients.
    pub net: Network,
    /// How the network reads images. Only mean and deviation count: all peers see the same pixels.
    pub preprocess: Preprocess,
    /// Network before training, if its predictions are the targets.
    pub teacher: Option<Network>,
}

/// Where a run begins: the peers of a bundle, or architectures to train from scratch.
pub struct Start {
    pub(crate) peers: Vec<PeerStart>,
    /// Names of the bundle's classes. `None` from scratch.
    pub labels: Option<Vec<String>>,
    /// Preprocessing of the networks' input.
    pub preprocess: Preprocess,
    /// License of the weights.
    pub license: String,
    bytes: Option<Vec<u8>>,
}

/// One peer of a start.
pub(crate) struct PeerStart {
    /// What its bundle says of it, or is to say.
    pub manifest: PeerManifest,
    /// Index in the bundle that the peer comes from.
    index: Option<usize>,
}

impl Start {
    /// Peers of a bundle, whose bytes are not trusted: those that `networks` names, or all of them.
    ///
    /// # Errors
    /// Those of [`Bundle::parse`], or `ask-invalid` for peers that the bundle does not have.
    pub fn from_bundle(networks: &Networks, bytes: Vec<u8>) -> Result<Self> {
        let manifest = Bundle::parse(&bytes)?.manifest;
        let ids: Vec<&str> = manifest.peers.iter().map(|peer| peer.id.as_str()).collect();
        let chosen = match networks.peers.is_empty() {
            true => (0..ids.len()).collect(),
            false => networks.peers.iter().map(|wanted| index(&ids, wanted)).collect::<Result<Vec<_>>>()?,
        };
        let peer = |index: usize| PeerStart { manifest: manifest.peers[index].clone(), index: Some(index) };
        let labels = same_labels(&manifest, &chosen)?;
        let peers = checked(chosen.into_iter().map(peer).collect())?;
        let Manifest { preprocess, license, .. } = manifest;
        Ok(Self { peers, labels: Some(labels), preprocess, license, bytes: Some(bytes) })
    }

    /// Peers with random weights and batch norms, each of an architecture that `networks` names as
    /// `[ID=]ARCHITECTURE`.
    ///
    /// # Errors
    /// `ask-invalid` if there are fewer than two, two have the same id, or a setting needs a bundle to start from;
    /// `bundle-invalid` for an unknown architecture.
    pub fn from_scratch(networks: &Networks) -> Result<Self> {
        networks.check_from_scratch()?;
        let peer = |text: &String| {
            let (id, backbone) = text.split_once('=').unwrap_or((text, text));
            architecture(backbone)?;
            Ok(PeerStart { manifest: PeerManifest::new(id, backbone), index: None })
        };
        let peers = checked(networks.peers.iter().map(peer).collect::<Result<Vec<_>>>()?)?;
        // Augmentation crops, so the whole image is shown afterwards.
        let preprocess = Preprocess { crop: 1.0, ..EFFICIENTNET_LITE_PREPROCESS };
        let license = "The weights' license is for whoever trained them to choose.".into();
        Ok(Self { peers, labels: None, preprocess, license, bytes: None })
    }

    /// The bundle's networks as they were; none from scratch.
    pub(crate) fn starting_networks(&self, device: &Device) -> Result<Vec<Network>> {
        let Some(bytes) = &self.bytes else { return Ok(Vec::new()) };
        let bundle = Bundle::parse(bytes)?;
        self.peers.iter().filter_map(|peer| peer.index).map(|index| bundle.build(index, device)).collect()
    }

    /// Whether [`build`](Self::build) needs images that calibrate batch norms: those of a bundle are folded, and get
    /// their first statistics anew where they are to be trained.
    pub fn needs_calibration(&self, networks: &Networks) -> bool {
        self.bytes.is_some() && networks.batch_norm == Some(BatchNorm::Train)
    }

    /// Makes the networks on a device that keeps gradients. `calibration` holds normalized images, [n, 3, side,
    /// side], if they are needed.
    ///
    /// # Errors
    /// `bundle-invalid`, or `ask-invalid` without calibration images that are needed.
    pub fn build(
        &self,
        networks: &Networks,
        classes: usize,
        seed: u64,
        device: &Device,
        calibration: Option<&Tensor<4>>,
    ) -> Result<Vec<Peer>> {
        let bundle = self.bytes.as_deref().map(Bundle::parse).transpose()?;
        let mut peers = Vec::new();
        for (m, start) in self.peers.iter().enumerate() {
            let (net, teacher) = match (&bundle, start.index) {
                (Some(bundle), Some(index)) => {
                    let teacher = match networks.targets {
                        Targets::Teacher => Some(bundle.build(index, &device.clone().without_autodiff())?),
                        Targets::Labels => None,
                    };
                    let net = bundle.build(index, device)?;
                    let net = match (self.needs_calibration(networks), calibration) {
                        (false, _) => net,
                        (true, Some(images)) => {
                            let images = self.preprocess.convert(images.clone(), &self.preprocess_of(start));
                            net.insert_batch_norms(images)?
                        }
                        (true, None) => {
                            let text = "Batch norms of a bundle need images to be calibrated with.";
                            return Err(Error::new(Code::AskInvalid, text));
                        }
                    };
                    (net, teacher)
                }
                _ => {
                    let seed = CounterRng::seed(&[seed, purpose::WEIGHTS, m as u64]) >> 16;
                    let graph = architecture(start.manifest.architecture())?.graph(classes, true)?;
                    (Network::fresh(graph, seed, device), None)
                }
            };
            let (id, preprocess) = (start.manifest.id.clone(), self.preprocess_of(start));
            peers.push(Peer { id, net: numbered(net, m), preprocess, teacher });
        }
        Ok(peers)
    }

    /// sha256 of the bundle that the peers come from. `None` from scratch.
    pub(crate) fn sha256(&self) -> Result<Option<String>> {
        self.bytes.as_deref().map(|bytes| Ok(Bundle::parse(bytes)?.sha256())).transpose()
    }

    /// How a peer reads images.
    fn preprocess_of(&self, peer: &PeerStart) -> Preprocess {
        peer.manifest.preprocess.clone().unwrap_or_else(|| self.preprocess.clone())
    }

    /// The description of a bundle of these peers with these networks.
    pub(crate) fn manifest(
        &self,
        networks: &[Network],
        labels: &[String],
        source: String,
        training: Option<serde_json::Value>,
    ) -> Manifest {
        let peers = self.peers.iter().zip(networks).map(|(peer, network)| {
            // All have the same classes, and see images of one size.
            let own = peer.manifest.preprocess.clone();
            let preprocess = own.map(|own| Preprocess { side: self.preprocess.side, ..own });
            PeerManifest { labels: None, preprocess, ..peer.manifest.with_network(network) }
        });
        let names = self.peers.iter().map(|peer| peer.manifest.display_name());
        Manifest {
            name: format!("{}, trained as peers", names.collect::<Vec<_>>().join(" + ")),
            peers: peers.collect(),
            labels: labels.to_vec(),
            preprocess: self.preprocess.clone(),
            license: self.license.clone(),
            source,
            training,
            calibration: None,
        }
    }
}

/// The classes of peers that learn from each other: each must have the same.
fn same_labels(manifest: &Manifest, chosen: &[usize]) -> Result<Vec<String>> {
    let first = chosen.first().map_or(&[][..], |&index| manifest.labels(index));
    match chosen.iter().find(|&&index| manifest.labels(index) != first) {
        None => Ok(first.to_vec()),
        Some(&other) => {
            let text = format!(
                "The peers '{}' and '{}' have other classes, or the same in another order: they cannot learn from each \
                 other.",
                manifest.peers[chosen[0]].id, manifest.peers[other].id
            );
            Err(Error::new(Code::ClassesInvalid, text))
        }
    }
}

/// Peer `m`'s network with numbered parameters: an optimizer finds their state by these numbers when a run is
/// resumed.
pub(crate) fn numbered(net: Network, m: usize) -> Network {
    /// Between the first numbers of two peers.
    const APART: u64 = 1 << 20;
    net.numbered(m as u64 * APART)
}

fn index(ids: &[&str], wanted: &str) -> Result<usize> {
    ids.iter().position(|id| *id == wanted).ok_or_else(|| {
        let text = format!("The bundle has no peer '{wanted}'. It has: {}.", ids.join(", "));
        Error::new(Code::AskInvalid, text)
    })
}

fn checked(peers: Vec<PeerStart>) -> Result<Vec<PeerStart>> {
    let twice = peers
        .iter()
        .enumerate()
        .find(|(i, peer)| peers[..*i].iter().any(|other| other.manifest.id == peer.manifest.id));
    if let Some((_, peer)) = twice {
        let PeerManifest { id, .. } = &peer.manifest;
        let text =
            format!("The peer '{id}' occurs twice. Give them ids: first={0},second={0}.", peer.manifest.architecture());
        return Err(Error::new(Code::AskInvalid, text));
    }
    if peers.len() < 2 {
        return Err(Error::new(Code::AskInvalid, "Peers learn from each other: there must be two or more."));
    }
    Ok(peers)
}
