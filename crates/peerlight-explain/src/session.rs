//! The peers of a bundle on one device, ready to explain.

use std::ops::Range;

use burn::tensor::{Device, Tensor};
use peerlight_core::{Code, Crop, Error, Grid, Mutual, Preprocess, Result, Rgba8, mutual_map};
use peerlight_models::{Bundle, Layer, Network, architecture};
use serde::Serialize;

use crate::{
    Ask, ForwardPass, Host, Score, Step,
    evidence::peer_map,
    explanation::{BundleName, Explanation, ImageInfo, Map, Peer, Prediction, Region, Target, Timing},
    forward_pass::{View, softmax},
    probe::chunks,
    read::read,
};

/// How many classes a peer's list names.
const TOP: usize = 5;
/// How many images pass at once.
const IMAGE_BATCH: usize = 16;

/// What a loaded bundle holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BundleInfo {
    /// For people.
    pub name: String,
    /// Of the file.
    pub sha256: String,
    /// License and owner of the weights.
    pub license: String,
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
    pub(crate) info: BundleInfo,
    pub(crate) nets: Vec<Box<dyn Network>>,
    pub(crate) device: Device,
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
            license: manifest.license.clone(),
            source: manifest.source.clone(),
            peers,
            classes: manifest.labels.clone(),
            preprocess: manifest.preprocess.clone(),
        };
        Ok(Self { info, nets, device: device.clone(), device_name: device_name.into() })
    }

    /// The device's name for people.
    pub fn device_name(&self) -> &str {
        &self.device_name
    }

    /// What is loaded.
    pub fn info(&self) -> &BundleInfo {
        &self.info
    }

    /// One forward pass of every peer over a gray image, read back: what a device is timed by.
    ///
    /// # Errors
    /// `device-lost`.
    pub async fn forward_once(&self) -> Result<()> {
        let side = self.info.preprocess.side;
        for net in &self.nets {
            read(net.run(Layer::INPUT, Tensor::zeros([1, 3, side, side], &self.device)).logits).await?;
        }
        Ok(())
    }

    /// Has every peer see an image. `crop` is the side of the center square that they see as a part of the image's shorter
    /// side; none for what the bundle says.
    ///
    /// # Errors
    /// `ask-invalid` for a crop out of range, `image-broken`, `bundle-invalid` if a network computes numbers that are not
    /// finite, `device-lost`, or `cancelled` by the host.
    pub async fn forward(&self, image: &Rgba8, crop: Option<f64>, host: &dyn Host) -> Result<ForwardPass> {
        let preprocess = Preprocess { crop: crop.unwrap_or(self.info.preprocess.crop), ..self.info.preprocess.clone() };
        preprocess.check()?;
        host.checkpoint(Step { name: "Preparing the image".into(), done: 0, total: self.nets.len() + 1 }).await?;
        let start = host.now();
        let input = preprocess.tensor(image, &self.device)?;
        let prepare_ms = host.now() - start;
        let (width, height) = (image.width(), image.height());
        let views = self.view(&input, host).await?;
        Ok(ForwardPass {
            input,
            image: ImageInfo { width, height, crop: preprocess.crop_of(width, height) },
            crop: preprocess.crop,
            views,
            prepare_ms,
        })
    }

    /// Has every peer see an input [1, 3, side, side] that is already normalized.
    ///
    /// # Errors
    /// As [`Session::forward`].
    ///
    /// # Panics
    /// If the input does not have three channels.
    pub async fn forward_input(&self, input: Tensor<4>, host: &dyn Host) -> Result<ForwardPass> {
        let [_, _, height, width] = input.dims();
        let whole = Crop { x: 0.0, y: 0.0, side: width as f64 };
        let views = self.view(&input, host).await?;
        let image = ImageInfo { width: width as u32, height: height as u32, crop: whole };
        Ok(ForwardPass { input, image, crop: 1.0, views, prepare_ms: 0.0 })
    }

    async fn view(&self, input: &Tensor<4>, host: &dyn Host) -> Result<Vec<View>> {
        let mut views = Vec::new();
        for (i, (net, peer)) in self.nets.iter().zip(&self.info.peers).enumerate() {
            let name = format!("Running {}", peer.name);
            host.checkpoint(Step { name, done: i + 1, total: self.nets.len() + 1 }).await?;
            let start = host.now();
            let features = net.run(Layer::INPUT, input.clone());
            let probabilities = softmax(&read(features.logits.clone()).await?)?.into_iter().map(|p| p as f32).collect();
            views.push(View { features, probabilities, ms: host.now() - start });
        }
        Ok(views)
    }

    /// Explains an image that the peers have seen: their maps, where they agree, and the mutual map.
    ///
    /// # Errors
    /// `ask-invalid`, `device-lost`, or `cancelled` by the host.
    pub async fn explain(&self, pass: &ForwardPass, ask: &Ask, host: &dyn Host) -> Result<Explanation> {
        let grid = ask.check(self.info.classes.len(), self.nets.iter().map(|n| n.stages()).min().unwrap_or(0))?;
        if ask.crop.is_some_and(|crop| crop != pass.crop) {
            let text = format!("The image was seen with the crop {}: have it looked at again.", pass.crop);
            return Err(Error::new(Code::AskInvalid, text));
        }
        let mut clock = Clock::new(host, 2);

        clock.next("Drawing the maps").await?;
        let all: Vec<usize> = (0..self.nets.len()).collect();
        let class = ask.target.unwrap_or_else(|| pass.likeliest(&all));
        let target = Target { class, label: self.info.classes[class].clone(), chosen: ask.target.is_some() };
        let score = Score { class, contrast: None };
        let side = grid.side(self.info.preprocess.side);
        let looked = self.nets.iter().zip(&pass.views);
        let maps: Vec<_> = looked.map(|(net, view)| peer_map(&**net, &view.features, score, ask, side)).collect();
        let mut peers = Vec::new();
        for ((peer, view), map) in self.info.peers.iter().zip(&pass.views).zip(&maps) {
            peers.push(Peer {
                id: peer.id.clone(),
                backbone: peer.backbone.clone(),
                name: peer.name.clone(),
                top: self.top(&view.probabilities),
                target: self.prediction(class, &view.probabilities),
                attention: Map::finished(read(map.clone()).await?),
            });
        }

        clock.next("Comparing the peers").await?;
        let Mutual { map, agreement: compared } = mutual_map(&maps, grid, ask.fusion());
        let mutual = Map::finished(read(map).await?);
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
            image: pass.image.clone(),
            settings: Ask { crop: Some(pass.crop), ..ask.clone() },
            target,
            side,
            peers,
            mutual,
            agreement,
            regions,
            timings: pass.timings(&self.info.peers).chain(clock.finish()).collect(),
        })
    }

    /// The softmax probability of a class for `total` inputs, [range, 3, side, side] each time that `make` is asked, in
    /// batches that the device has memory for. `what` names the work to the host.
    ///
    /// # Errors
    /// `device-lost`, or `cancelled` by the host.
    ///
    /// # Panics
    /// If there is no such peer or class.
    pub async fn confidences(
        &self,
        peer: usize,
        class: usize,
        total: usize,
        make: &dyn Fn(Range<usize>) -> Tensor<4>,
        what: &str,
        host: &dyn Host,
    ) -> Result<Vec<f64>> {
        let mut found = Vec::with_capacity(total);
        for range in chunks(total, IMAGE_BATCH) {
            host.checkpoint(Step { name: what.into(), done: range.start, total }).await?;
            let logits = self.nets[peer].run(Layer::INPUT, make(range)).logits;
            let [_, classes] = logits.dims();
            for row in read(logits).await?.chunks(classes) {
                found.push(softmax(row)?[class]);
            }
        }
        Ok(found)
    }

    /// A twin whose weights are permuted, layer by layer: of the last `layers` layers, or of all. What an explanation of
    /// it shows does not come from what the networks have learnt.
    ///
    /// Adebayo et al., "Sanity Checks for Saliency Maps", NeurIPS 2018: cascading randomization, from the head down.
    pub fn shuffled(&self, seed: u64, layers: Option<usize>) -> Self {
        Self {
            info: self.info.clone(),
            nets: self.nets.iter().map(|net| net.shuffled(seed, layers.unwrap_or(usize::MAX))).collect(),
            device: self.device.clone(),
            device_name: self.device_name.clone(),
        }
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
struct Clock<'a> {
    host: &'a dyn Host,
    total: usize,
    timings: Vec<Timing>,
    running: Option<(String, f64)>,
}

impl<'a> Clock<'a> {
    fn new(host: &'a dyn Host, total: usize) -> Self {
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
