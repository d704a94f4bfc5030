//! The networks of a run.

use burn::tensor::Device;
use peerlight_core::{Code, Error, Preprocess, Result};
use peerlight_models::{Bundle, FORMAT, Manifest, Net, Network, PeerManifest, architecture};

use super::{
    dice::Dice,
    recipe::{Norms, Recipe, Targets},
};
use crate::files;

/// Parameters of one peer are numbered from its place times this.
const APART: u64 = 1 << 20;

/// The number after which a peer's parameters are numbered: an optimizer finds their state by it again.
pub fn first_number(place: usize) -> u64 {
    place as u64 * APART
}

/// A network in training.
pub struct Peer {
    /// Its id in the bundle.
    pub id: String,
    /// Itself, on a device that keeps gradients.
    pub net: Net,
    /// Its former self, which says what it is to learn.
    pub teacher: Option<Box<dyn Network>>,
}

/// Where a run begins.
pub struct Start {
    /// The peers, without what they learn to say if they begin from scratch.
    pub peers: Vec<Spec>,
    /// The names of the bundle's classes, if the peers come from one.
    pub labels: Option<Vec<String>>,
    /// What they read. Its side is the first of the recipe's.
    pub preprocess: Preprocess,
    /// License of the weights.
    pub license: String,
    bytes: Option<Vec<u8>>,
}

/// A peer to be.
pub struct Spec {
    /// Its id in the bundle.
    pub id: String,
    /// The id of its architecture.
    pub backbone: String,
    /// Its place in the bundle that it comes from.
    place: Option<usize>,
}

impl Start {
    /// Reads what the recipe starts from.
    ///
    /// # Errors
    /// Those of reading a bundle, or `ask-invalid` for peers that there are not.
    pub fn of(recipe: &Recipe) -> Result<Self> {
        match &recipe.from {
            Some(path) => Self::of_bundle(recipe, files::read(path)?),
            None => Self::from_scratch(recipe),
        }
    }

    fn of_bundle(recipe: &Recipe, bytes: Vec<u8>) -> Result<Self> {
        let manifest = Bundle::parse(&bytes)?.manifest;
        let ids: Vec<&str> = manifest.peers.iter().map(|peer| peer.id.as_str()).collect();
        let places = match recipe.peers.is_empty() {
            true => (0..ids.len()).collect(),
            false => recipe.peers.iter().map(|wanted| place(&ids, wanted)).collect::<Result<Vec<_>>>()?,
        };
        let spec = |place: usize| {
            let PeerManifest { id, backbone } = manifest.peers[place].clone();
            Spec { id, backbone, place: Some(place) }
        };
        let peers = checked(places.into_iter().map(spec).collect())?;
        let preprocess = Preprocess { side: recipe.sides[0], ..manifest.preprocess };
        Ok(Self { peers, labels: Some(manifest.labels), preprocess, license: manifest.license, bytes: Some(bytes) })
    }

    fn from_scratch(recipe: &Recipe) -> Result<Self> {
        let spec = |text: &String| {
            let (id, backbone) = text.split_once('=').unwrap_or((text, text));
            architecture(backbone)?;
            Ok(Spec { id: id.into(), backbone: backbone.into(), place: None })
        };
        let peers = checked(recipe.peers.iter().map(spec).collect::<Result<Vec<_>>>()?)?;
        let preprocess =
            Preprocess { side: recipe.sides[0], crop: 1.0, mean: [127.0 / 255.0; 3], std: [128.0 / 255.0; 3] };
        let license = "The weights' license is for whoever trained them to choose.".into();
        Ok(Self { peers, labels: None, preprocess, license, bytes: None })
    }

    /// The networks of the bundle that the peers come from, as they were; none from scratch.
    ///
    /// # Errors
    /// `bundle-invalid`.
    pub fn former(&self, device: &Device) -> Result<Vec<Net>> {
        let Some(bytes) = &self.bytes else { return Ok(Vec::new()) };
        let bundle = Bundle::parse(bytes)?;
        self.peers.iter().filter_map(|spec| spec.place).map(|place| bundle.net(place, device)).collect()
    }

    /// Makes the networks; `calibration`, [n, 3, side, side], is what live norms take their first moments from.
    ///
    /// # Errors
    /// `bundle-invalid`.
    pub fn build(
        &self,
        recipe: &Recipe,
        classes: usize,
        device: &Device,
        calibration: &dyn Fn() -> Result<burn::tensor::Tensor<4>>,
    ) -> Result<Vec<Peer>> {
        let bundle = self.bytes.as_deref().map(Bundle::parse).transpose()?;
        let mut peers = Vec::new();
        for (i, spec) in self.peers.iter().enumerate() {
            let (net, teacher) = match (&bundle, spec.place) {
                (Some(bundle), Some(place)) => {
                    let teacher = match recipe.targets {
                        Targets::Teacher => Some(bundle.build(place, &device.clone().without_autodiff())?),
                        Targets::Labels => None,
                    };
                    let net = bundle.net(place, device)?;
                    let live = recipe.norms == Some(Norms::Live);
                    (if live { net.unfolded(calibration()?) } else { net }, teacher)
                }
                _ => {
                    let seed = Dice::seed(&[recipe.seed, 3, i as u64]) >> 16;
                    (Net::fresh(architecture(&spec.backbone)?.convolutions(), classes, seed, device), None)
                }
            };
            let net = net.numbered(first_number(i));
            peers.push(Peer { id: spec.id.clone(), net, teacher });
        }
        Ok(peers)
    }

    /// sha256 of the bundle that the peers come from, if they do.
    ///
    /// # Errors
    /// `bundle-invalid`.
    pub fn sha256(&self) -> Result<Option<String>> {
        self.bytes.as_deref().map(|bytes| Ok(Bundle::parse(bytes)?.sha256())).transpose()
    }

    /// The description of the bundle that comes of a run.
    pub fn manifest(&self, labels: &[String], source: String, training: Option<serde_json::Value>) -> Manifest {
        let of = |spec: &Spec| PeerManifest { id: spec.id.clone(), backbone: spec.backbone.clone() };
        let names = self.peers.iter().map(|spec| architecture(&spec.backbone).map_or("", |a| a.name()));
        Manifest {
            format: FORMAT,
            name: format!("{}, trained as peers", names.collect::<Vec<_>>().join(" + ")),
            peers: self.peers.iter().map(of).collect(),
            labels: labels.to_vec(),
            preprocess: self.preprocess.clone(),
            license: self.license.clone(),
            source,
            training,
        }
    }
}

fn place(ids: &[&str], wanted: &str) -> Result<usize> {
    ids.iter().position(|id| *id == wanted).ok_or_else(|| {
        let text = format!("The bundle has no peer '{wanted}'. It has: {}.", ids.join(", "));
        Error::new(Code::AskInvalid, text)
    })
}

fn checked(peers: Vec<Spec>) -> Result<Vec<Spec>> {
    let twice = peers.iter().enumerate().find(|(i, spec)| peers[..*i].iter().any(|other| other.id == spec.id));
    if let Some((_, spec)) = twice {
        let text =
            format!("The peer '{}' is there twice. Give them ids: first={1},second={1}.", spec.id, spec.backbone);
        return Err(Error::new(Code::AskInvalid, text));
    }
    if peers.len() < 2 {
        return Err(Error::new(Code::AskInvalid, "Peers learn from each other: there must be two or more."));
    }
    Ok(peers)
}
