//! Files with networks of one's own, ONNX or bundles: what is in them, and their peers on a device.

use burn::tensor::Device;
use peerlight_core::{Code, Error, Preprocess, Result};
use peerlight_models::{
    Bundle, Calibration, Graph, GraphSpec, IMAGENET_1K, Manifest, Model, Network, PeerManifest, architecture,
};
use serde::Serialize;

use crate::{
    NetworkInfo, PRESETS, PeerOptions, Preset,
    in_place::{Place, in_place},
    peer::PeerInFile,
};

/// Statements of a person about a file with networks.
#[derive(Debug, Clone, Default)]
pub struct OwnOptions {
    /// Id of the peer of an ONNX file: letters, digits and dashes. It is made of the name otherwise.
    pub id: Option<String>,
    /// Name of an ONNX file without its ending: the name where nothing else gives one.
    pub file: Option<String>,
    /// What is said of the network of an ONNX file; the rest is guessed.
    pub peer: PeerOptions,
    /// Ids of the peers of a bundle that are taken; all otherwise.
    pub peers: Option<Vec<String>>,
}

/// Content of a file with networks, and guesses about them.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct NetworkInspection {
    /// Kind of the file: `onnx` or `bundle`.
    #[cfg_attr(feature = "typescript", ts(type = "'onnx' | 'bundle'"))]
    pub kind: &'static str,
    /// Networks in it: one for an ONNX file.
    pub peers: Vec<OwnPeer>,
    /// Presets of preprocessing to choose from.
    pub presets: &'static [Preset],
}

/// One network of a file.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct OwnPeer {
    /// Id of the peer.
    pub id: String,
    /// Name shown to people.
    pub name: String,
    /// Size, cost, head and layers of the network.
    pub network: NetworkInfo,
    /// Preprocessing of the network's input.
    pub preprocess: Preprocess,
    /// Id of the preset that has these values, if one has.
    pub preset: Option<&'static str>,
    /// Names of the classes, in the order of the logits.
    pub labels: Vec<String>,
    /// Origin of the names: the file or a person (`known`), or a guess (`imagenet`, `numbers`).
    #[cfg_attr(feature = "typescript", ts(type = "'known' | 'imagenet' | 'numbers'"))]
    pub labels_are: &'static str,
}

/// The networks of a file on a device.
pub struct OwnNetworks {
    /// Peers, each with preprocessing and classes of its own, and their networks.
    pub peers: Vec<(PeerManifest, Network)>,
    /// Name of a bundle all of whose peers are taken.
    pub name: Option<String>,
    /// License of the weights, and whose they are.
    pub license: String,
    /// Origin of the weights.
    pub source: String,
    /// Calibration that such a bundle has in its description.
    pub own_calibration: Option<Calibration>,
}

impl OwnNetworks {
    /// What agreement was worth on test images, if that was measured of exactly these peers: the calibration of the
    /// bundle, or the one that comes with Peerlight for the file of this sha256.
    ///
    /// # Errors
    /// `bundle-invalid` if that is not sound.
    pub fn calibration(&self, sha256: &str) -> Result<Option<Calibration>> {
        match (&self.name, &self.own_calibration) {
            (None, _) => Ok(None),
            (Some(_), None) => Calibration::shipped(sha256),
            (Some(_), own) => Ok(own.clone()),
        }
    }
}

/// Says what is in a file, and what is guessed of it.
///
/// # Errors
/// `bundle-invalid` or `bundle-truncated` for a damaged file, `network-unsupported` with the node that cannot be run,
/// or `ask-invalid` for options that do not fit.
pub fn inspect_own(bytes: &[u8], options: &OwnOptions) -> Result<NetworkInspection> {
    if is_bundle(bytes) {
        let manifest = Bundle::parse(bytes)?.manifest;
        let peers = taken(&manifest, options)?.into_iter().map(|peer| OwnPeer::of(&whole(&manifest, peer)));
        return Ok(NetworkInspection { kind: "bundle", peers: peers.collect::<Result<_>>()?, presets: PRESETS });
    }
    let peer = imported(bytes, options)?;
    Ok(NetworkInspection { kind: "onnx", peers: vec![OwnPeer::of(&peer.manifest)?], presets: PRESETS })
}

/// Makes the peers of a file on a device. An ONNX file's memory becomes that of its networks, so that no copy of
/// numbers in single precision is made.
///
/// # Errors
/// As [`inspect_own`].
pub fn build_own(file: Vec<u8>, options: &OwnOptions, device: &Device) -> Result<OwnNetworks> {
    if is_bundle(&file) {
        let bundle = Bundle::parse(&file)?;
        let own = &bundle.manifest;
        let taken = taken(own, options)?;
        let are_all = taken.iter().copied().eq(0..own.peers.len());
        return Ok(OwnNetworks {
            name: are_all.then(|| own.name.clone()),
            own_calibration: own.calibration.clone(),
            license: own.license.clone(),
            source: own.source.clone(),
            peers: taken.into_iter().map(|i| Ok((whole(own, i), bundle.build(i, device)?))).collect::<Result<_>>()?,
        });
    }
    let PeerInFile { manifest, graph, values, license, source, .. } = imported(&file, options)?;
    let places = values.into_iter().map(|values| Place::of(values, &file)).collect();
    let peers = vec![(manifest, Network::of_data(graph, in_place(file, places), device)?)];
    Ok(OwnNetworks { peers, name: None, license, source, own_calibration: None })
}

/// Whether a file is a safetensors file: a header's length, then the header, which is JSON.
fn is_bundle(bytes: &[u8]) -> bool {
    bytes.get(8) == Some(&b'{')
}

fn imported<'a>(bytes: &'a [u8], options: &OwnOptions) -> Result<PeerInFile<'a>> {
    let name = options.peer.name.as_ref().or(options.file.as_ref()).map_or("network", String::as_str).to_owned();
    let id = options.id.clone().unwrap_or_else(|| id_of(&name));
    let peer = PeerOptions { name: Some(name), ..options.peer.clone() };
    PeerInFile::read(&id, bytes, peer)
}

/// Names of what is shown beside the networks' own maps: a network of such an id could not be told from it.
const SHOWN: [&str; 3] = ["mutual", "mutual-raw", "image"];

/// An id made of a name.
fn id_of(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let id: String = name.chars().take(60).map(plain).collect();
    let id = id.trim_matches('-');
    match id {
        "" => "network".into(),
        id if SHOWN.contains(&id) => format!("network-{id}"),
        id => id.into(),
    }
}

/// The places of the peers that are asked for.
fn taken(manifest: &Manifest, options: &OwnOptions) -> Result<Vec<usize>> {
    let Some(wanted) = &options.peers else { return Ok((0..manifest.peers.len()).collect()) };
    let place = |id: &String| {
        let unknown = || Error::new(Code::AskInvalid, format!("The bundle has no peer '{id}'."));
        manifest.peers.iter().position(|peer| peer.id == *id).ok_or_else(unknown)
    };
    wanted.iter().map(place).collect()
}

/// A bundle's peer with what it has from the bundle as its own.
fn whole(manifest: &Manifest, peer: usize) -> PeerManifest {
    let (preprocess, labels) = (manifest.preprocess(peer).clone(), manifest.labels(peer).to_vec());
    let own = manifest.peers[peer].clone();
    PeerManifest { name: Some(own.display_name().into()), preprocess: Some(preprocess), labels: Some(labels), ..own }
}

fn graph_of(peer: &PeerManifest) -> Result<Graph> {
    match &peer.model {
        Model::Architecture(id) => architecture(id)?.graph(peer.labels.as_ref().map_or(0, Vec::len), false),
        Model::Graph(spec) => Graph::new(GraphSpec::clone(spec)),
    }
}

impl OwnPeer {
    fn of(peer: &PeerManifest) -> Result<Self> {
        let (Some(preprocess), Some(labels)) = (peer.preprocess.clone(), peer.labels.clone()) else {
            unreachable!("a peer of a file has all of its own")
        };
        let floats = |values: [f64; 3]| values.map(|value| value as f32);
        let is = |preset: &&Preset| (floats(preset.mean), floats(preset.std)) == (preprocess.mean, preprocess.std);
        let imagenet = labels.iter().rev().zip(IMAGENET_1K.lines().rev()).all(|(own, name)| own == name);
        Ok(Self {
            id: peer.id.clone(),
            name: peer.display_name().into(),
            network: NetworkInfo::of(&graph_of(peer)?),
            preset: PRESETS.iter().find(is).map(|preset| preset.id),
            preprocess,
            labels_are: match labels.first() {
                Some(first) if first == "class 0" => "numbers",
                _ if imagenet && labels.len() >= 1000 => "imagenet",
                _ => "known",
            },
            labels,
        })
    }
}
