//! The networks that a run begins with.

use burn::tensor::{Device, Tensor};
use peerlight_core::{Code, Error, Preprocess, Result};
use peerlight_models::{
    Bundle, Classes, EFFICIENTNET_LITE_PREPROCESS, Graph, Manifest, Network, PeerManifest, architecture, is_peer_id,
    sha256,
};

use crate::{
    peer::Peer,
    recipe::{BatchNorm, Networks, Targets},
    replica::input,
    rng::{CounterRng, purpose},
};

/// Where a run begins: the peers of a bundle, or architectures to train from scratch.
pub struct Start {
    pub(crate) peers: Vec<PeerStart>,
    /// Names of the classes that all peers of the bundle have. `None` from scratch.
    pub labels: Option<Vec<String>>,
    /// Preprocessing of the networks' input.
    pub preprocess: Preprocess,
    /// License of the weights.
    pub license: String,
    bytes: Option<Vec<u8>>,
}

/// One peer of a start.
pub(crate) struct PeerStart {
    /// Description of the peer in a bundle.
    pub manifest: PeerManifest,
    /// Index in the bundle that the peer comes from.
    index: Option<usize>,
    /// Its own indices of the classes that all peers have, if these are not all of its classes in the same order.
    classes: Option<Vec<usize>>,
}

impl Start {
    /// Peers of a bundle, whose bytes are not trusted: those that `networks` names, or all of them.
    ///
    /// # Errors
    /// Those of [`Bundle::parse`], `ask-invalid` for peers that the bundle does not have, or `classes-invalid` if they
    /// have fewer than two classes in common.
    pub fn from_bundle(networks: &Networks, bytes: Vec<u8>) -> Result<Self> {
        let manifest = Bundle::parse(&bytes)?.manifest;
        let ids: Vec<&str> = manifest.peers.iter().map(|peer| peer.id.as_str()).collect();
        let chosen = match networks.peers.is_empty() {
            true => (0..ids.len()).collect(),
            false => networks.peers.iter().map(|wanted| index(&ids, wanted)).collect::<Result<Vec<_>>>()?,
        };
        let (labels, own) = common_classes(&manifest, &chosen)?;
        let start = |(index, classes): (usize, _)| PeerStart {
            manifest: manifest.peers[index].clone(),
            index: Some(index),
            classes,
        };
        let peers = checked(chosen.into_iter().zip(own).map(start).collect())?;
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
            Ok(PeerStart { manifest: PeerManifest::new(id, backbone), index: None, classes: None })
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
        self.peers.iter().map(|peer| peer.of(&bundle, device)).collect()
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
            let (net, teacher) = match &bundle {
                Some(bundle) => {
                    let teacher = match networks.targets {
                        Targets::Teacher => Some(start.of(bundle, &device.clone().without_autodiff())?),
                        Targets::Labels => None,
                    };
                    let net = start.of(bundle, device)?;
                    let net = match (self.needs_calibration(networks), calibration) {
                        (false, _) => net.folded(),
                        (true, Some(images)) => {
                            let own = self.preprocess_of(start, net.graph());
                            net.insert_batch_norms(input(images.clone(), &self.preprocess, &own, net.graph()))?
                        }
                        (true, None) => {
                            let text = "Batch norms of a bundle need images to be calibrated with.";
                            return Err(Error::new(Code::AskInvalid, text));
                        }
                    };
                    (net, teacher)
                }
                None => {
                    let seed = CounterRng::seed(&[seed, purpose::WEIGHTS, m as u64]) >> 16;
                    let graph = architecture(start.manifest.architecture())?.graph(classes, true)?;
                    (Network::fresh(graph, seed, device), None)
                }
            };
            let (id, preprocess) = (start.manifest.id.clone(), self.preprocess_of(start, net.graph()));
            let is_frozen = bundle.is_some() && !self.needs_calibration(networks);
            peers.push(Peer { id, net: numbered(net, m), preprocess, is_frozen, teacher });
        }
        Ok(peers)
    }

    /// sha256 of the bundle that the peers come from. `None` from scratch.
    pub(crate) fn sha256(&self) -> Option<String> {
        self.bytes.as_deref().map(sha256)
    }

    /// Preprocessing of a peer's input: its own values, for images of the run's size, or of its network's if that takes
    /// no other.
    fn preprocess_of(&self, peer: &PeerStart, graph: &Graph) -> Preprocess {
        let Preprocess { side, crop, .. } = self.preprocess;
        let [side, _] = graph.size_for([side; 2]);
        Preprocess { side, crop, ..peer.manifest.preprocess.clone().unwrap_or_else(|| self.preprocess.clone()) }
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
            let preprocess = self.preprocess_of(peer, network.graph());
            let preprocess = (preprocess != self.preprocess).then_some(preprocess);
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

impl PeerStart {
    /// The network in the bundle that the peer comes from, with the classes that all peers have.
    fn of(&self, bundle: &Bundle, device: &Device) -> Result<Network> {
        let net = bundle.build(self.index.expect("a peer of a bundle"), device)?;
        match &self.classes {
            Some(classes) => net.with_classes(classes),
            None => Ok(net),
        }
    }
}

/// A peer's own indices of the classes that all have, if these are not simply all that it has.
type OwnClasses = Option<Vec<usize>>;

/// The classes that all chosen peers have, since they learn from each other, and each peer's own indices of them.
fn common_classes(manifest: &Manifest, chosen: &[usize]) -> Result<(Vec<String>, Vec<OwnClasses>)> {
    let classes = Classes::of(chosen.iter().map(|&peer| manifest.labels(peer)));
    let of = |class: usize| (0..chosen.len()).map(|peer| classes.own(peer, class)).collect::<Option<Vec<usize>>>();
    let (labels, rows): (Vec<String>, Vec<Vec<usize>>) =
        classes.names().iter().enumerate().filter_map(|(i, name)| Some((name.clone(), of(i)?))).unzip();
    if labels.len() < 2 {
        let ids: Vec<&str> = chosen.iter().map(|&peer| manifest.peers[peer].id.as_str()).collect();
        let text = format!(
            "{} have {} in common. Peers that learn from each other need two or more.",
            ids.join(" and "),
            if labels.is_empty() { "no class".into() } else { format!("only the class '{}'", labels[0]) }
        );
        return Err(Error::new(Code::ClassesInvalid, text));
    }
    let own = |(place, &peer): (usize, &usize)| {
        let own: Vec<usize> = rows.iter().map(|row| row[place]).collect();
        (!own.iter().copied().eq(0..manifest.labels(peer).len())).then_some(own)
    };
    let own = chosen.iter().enumerate().map(own).collect();
    Ok((labels, own))
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

/// The most peers of a bundle.
const MOST_PEERS: usize = 16;

fn checked(peers: Vec<PeerStart>) -> Result<Vec<PeerStart>> {
    // Before any step: a bundle, and so each checkpoint, takes no other ids.
    let is_id = |id: &str| is_peer_id(id) && !id.eq_ignore_ascii_case("all");
    if let Some(peer) = peers.iter().find(|peer| !is_id(&peer.manifest.id)) {
        let text = format!(
            "'{}' cannot be a peer's id, which is up to 64 letters, digits and dashes, and not 'all'. Give it another: \
             ID={}.",
            peer.manifest.id,
            peer.manifest.architecture()
        );
        return Err(Error::new(Code::AskInvalid, text));
    }
    if peers.len() > MOST_PEERS {
        let text = format!("There are {} peers; a bundle takes at most {MOST_PEERS}.", peers.len());
        return Err(Error::new(Code::AskInvalid, text));
    }
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
