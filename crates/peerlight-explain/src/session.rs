//! The peers of a bundle on one device, ready to explain.

use burn::tensor::{Device, Tensor};
use peerlight_core::{Code, Error, Grid, Mutual, Preprocess, Result, Rgba8, mutual_map};
use peerlight_models::{Backbone, Bundle, Features, Stage, architecture};
use serde::Serialize;

use crate::{
    Ask, Host, Step,
    evidence::peer_map,
    explanation::{BundleName, Explanation, Map, Peer, Photo, Prediction, Region, Target, Timing},
    read::read,
};

/// How many classes a peer's list names.
const TOP: usize = 5;

/// What a loaded bundle holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BundleInfo {
    /// For people.
    pub name: String,
    /// Of the file.
    pub sha256: String,
    /// Licence and owner of the weights.
    pub licence: String,
    /// Where the weights come from.
    pub source: String,
    /// The peers, in order.
    pub peers: Vec<PeerInfo>,
    /// Names of the classes, in the order of the logits.
    pub classes: Vec<String>,
    /// What the peers were trained to read.
    pub preprocess: Preprocess,
}

/// One peer of a loaded bundle.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PeerInfo {
    /// Its id in the bundle.
    pub id: String,
    /// The id of its architecture.
    pub backbone: String,
    /// Its name for people.
    pub name: String,
    /// The number of its weights.
    pub parameters: usize,
}

/// The peers of a bundle on one device.
pub struct Session {
    info: BundleInfo,
    nets: Vec<Box<dyn Backbone>>,
    device: Device,
    device_name: String,
}

impl Session {
    /// Loads every peer of a bundle.
    ///
    /// # Errors
    /// Those of [`Bundle::build`].
    pub fn open(bundle: &Bundle, device: &Device, device_name: &str) -> Result<Self> {
        let manifest = &bundle.manifest;
        let mut nets = Vec::new();
        let mut peers = Vec::new();
        for (i, peer) in manifest.peers.iter().enumerate() {
            nets.push(bundle.build(i, device)?);
            peers.push(PeerInfo {
                id: peer.id.clone(),
                backbone: peer.backbone.clone(),
                name: architecture(&peer.backbone)?.name().into(),
                parameters: bundle.parameters(i),
            });
        }
        let info = BundleInfo {
            name: manifest.name.clone(),
            sha256: bundle.sha256(),
            licence: manifest.licence.clone(),
            source: manifest.source.clone(),
            peers,
            classes: manifest.labels.clone(),
            preprocess: manifest.preprocess.clone(),
        };
        Ok(Self { info, nets, device: device.clone(), device_name: device_name.into() })
    }

    /// What is loaded.
    pub fn info(&self) -> &BundleInfo {
        &self.info
    }

    /// One forward pass of every peer over a grey picture, read back: what a device is timed by.
    ///
    /// # Errors
    /// `device-lost`.
    pub async fn forward_once(&self) -> Result<()> {
        let side = self.info.preprocess.side;
        for net in &self.nets {
            read(net.run(Stage::IMAGE, Tensor::zeros([1, 3, side, side], &self.device)).logits).await?;
        }
        Ok(())
    }

    /// Explains a photo.
    ///
    /// # Errors
    /// `ask-invalid`, `image-broken`, `device-lost`, or `cancelled` by the host.
    pub async fn explain(&self, photo: &Rgba8, ask: &Ask, host: &impl Host) -> Result<Explanation> {
        let grid = ask.check(self.info.classes.len(), self.nets.iter().map(|n| n.stages()).min().unwrap_or(0))?;
        let mut clock = Clock::new(host, self.nets.len() + 3);

        clock.next("Preparing the picture").await?;
        let preprocess =
            Preprocess { crop: ask.crop.unwrap_or(self.info.preprocess.crop), ..self.info.preprocess.clone() };
        let input = preprocess.tensor(photo, &self.device)?;

        let mut runs = Vec::new();
        for (net, peer) in self.nets.iter().zip(&self.info.peers) {
            clock.next(&format!("Running {}", peer.name)).await?;
            let features = net.run(Stage::IMAGE, input.clone());
            let probabilities = softmax(&read(features.logits.clone()).await?)?;
            runs.push(Run { features, probabilities });
        }

        clock.next("Drawing the maps").await?;
        let target = self.target(ask, &runs);
        let side = grid.side(preprocess.side);
        let maps: Vec<_> = self
            .nets
            .iter()
            .zip(&runs)
            .map(|(net, run)| peer_map(&**net, &run.features, target.class, ask, side))
            .collect();
        let mut peers = Vec::new();
        for ((peer, run), map) in self.info.peers.iter().zip(&runs).zip(&maps) {
            peers.push(Peer {
                id: peer.id.clone(),
                backbone: peer.backbone.clone(),
                name: peer.name.clone(),
                top: self.top(&run.probabilities),
                target: self.prediction(target.class, &run.probabilities),
                attention: finished(read(map.clone()).await?),
            });
        }

        clock.next("Comparing the peers").await?;
        let Mutual { map, agreement: compared } = mutual_map(&maps, grid, ask.fuse, ask.weight);
        let mutual = finished(read(map).await?);
        let rho = read(compared.rho).await?;
        let constant = read(compared.constant).await?;
        let mut pairs = Vec::new();
        for pair in compared.pairs {
            pairs.push(read(pair.rho).await?);
        }
        let regions = regions(grid, side, &peers, &rho, &constant, &pairs);
        let agreement = regions.iter().map(|r| r.rho).sum::<f32>() / regions.len() as f32;

        Ok(Explanation {
            version: 1,
            device: self.device_name.clone(),
            bundle: BundleName { name: self.info.name.clone(), sha256: self.info.sha256.clone() },
            photo: Photo {
                width: photo.width(),
                height: photo.height(),
                crop: preprocess.crop_of(photo.width(), photo.height()),
            },
            settings: Ask { crop: Some(preprocess.crop), ..ask.clone() },
            target,
            side,
            peers,
            mutual,
            agreement,
            regions,
            timings: clock.finish(),
        })
    }

    /// The class asked for, or the one with the highest mean probability.
    fn target(&self, ask: &Ask, runs: &[Run]) -> Target {
        let class = ask.target.unwrap_or_else(|| {
            let mean = |class: usize| runs.iter().map(|run| run.probabilities[class]).sum::<f32>();
            (0..self.info.classes.len()).max_by(|&a, &b| mean(a).total_cmp(&mean(b)).then(b.cmp(&a))).unwrap_or(0)
        });
        Target { class, label: self.info.classes[class].clone(), chosen: ask.target.is_some() }
    }

    fn prediction(&self, class: usize, probabilities: &[f32]) -> Prediction {
        Prediction { class, label: self.info.classes[class].clone(), probability: probabilities[class] }
    }

    fn top(&self, probabilities: &[f32]) -> Vec<Prediction> {
        let mut order: Vec<usize> = (0..probabilities.len()).collect();
        order.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]));
        order.into_iter().take(TOP).map(|class| self.prediction(class, probabilities)).collect()
    }
}

/// What one peer made of the picture.
struct Run {
    features: Features,
    probabilities: Vec<f32>,
}

/// Softmax in double precision.
fn softmax(logits: &[f32]) -> Result<Vec<f32>> {
    if logits.iter().any(|z| !z.is_finite()) {
        return Err(Error::new(
            Code::BundleInvalid,
            "The network computes numbers that are not finite: its weights are damaged.",
        ));
    }
    let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let raised: Vec<f64> = logits.iter().map(|&z| f64::from(z - highest).exp()).collect();
    let sum: f64 = raised.iter().sum();
    Ok(raised.into_iter().map(|e| (e / sum) as f32).collect())
}

/// A map that was read back; a blank one is flagged and all zeros.
fn finished(map: Vec<f32>) -> Map {
    // A normalised map reaches 1 unless it was constant.
    let blank = map.iter().any(|v| !v.is_finite()) || map.iter().all(|&v| v < 0.5);
    Map { map: if blank { vec![0.0; map.len()] } else { map }, blank }
}

fn regions(grid: Grid, side: usize, peers: &[Peer], rho: &[f32], constant: &[f32], pairs: &[Vec<f32>]) -> Vec<Region> {
    let (height, width) = (side / grid.rows, side / grid.columns);
    let mean = |map: &[f32], row: usize, column: usize| {
        let lines = (row * height..(row + 1) * height).map(|y| &map[y * side + column * width..][..width]);
        lines.flatten().map(|&v| f64::from(v)).sum::<f64>() / (height * width) as f64
    };
    let places = (0..grid.rows).flat_map(|row| (0..grid.columns).map(move |column| (row, column)));
    places
        .enumerate()
        .map(|(i, (row, column))| Region {
            row,
            column,
            rho: rho[i],
            pairs: pairs.iter().map(|pair| pair[i]).collect(),
            attention: peers.iter().map(|peer| mean(&peer.attention.map, row, column) as f32).collect(),
            constant: constant[i] > 0.5,
        })
        .collect()
}

/// Tells the host of each step and keeps each step's time.
struct Clock<'a, H: Host> {
    host: &'a H,
    total: usize,
    timings: Vec<Timing>,
    running: Option<(String, f64)>,
}

impl<'a, H: Host> Clock<'a, H> {
    fn new(host: &'a H, total: usize) -> Self {
        Self { host, total, timings: Vec::new(), running: None }
    }

    async fn next(&mut self, name: &str) -> Result<()> {
        self.stop();
        let done = self.timings.len();
        self.host.checkpoint(Step { name: name.into(), done, total: self.total }).await?;
        self.running = Some((name.into(), self.host.now()));
        Ok(())
    }

    fn stop(&mut self) {
        if let Some((name, start)) = self.running.take() {
            self.timings.push(Timing { name, ms: self.host.now() - start });
        }
    }

    fn finish(mut self) -> Vec<Timing> {
        self.stop();
        self.timings
    }
}
