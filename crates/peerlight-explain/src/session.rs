//! Sessions: the peers of a bundle on one device.

use std::ops::Range;

use burn::tensor::{Device, Tensor};
use peerlight_core::{Code, Crop, Error, Preprocess, Result, Rgba8, read, softmax};
use peerlight_models::{Bundle, Layer, Network};

use crate::{
    BundleInfo, ForwardPass, PeerInfo, Progress, Step,
    explanation::{ImageInfo, Prediction},
    forward_pass::View,
};

/// Number of classes in a peer's list of predictions.
const TOP: usize = 5;
/// Number of images in a batch.
const IMAGE_BATCH: usize = 16;

/// Peers of a bundle on one device, ready to explain.
pub struct Session {
    pub(crate) info: BundleInfo,
    pub(crate) nets: Vec<Network>,
    pub(crate) device: Device,
    pub(crate) device_name: String,
}

impl Session {
    /// Loads every peer of a bundle onto a device. `device_name` is shown to people.
    ///
    /// # Errors
    /// As [`Bundle::build`].
    pub fn open(bundle: &Bundle, device: &Device, device_name: &str) -> Result<Self> {
        let manifest = &bundle.manifest;
        let mut nets = Vec::new();
        let mut peers = Vec::new();
        for (i, peer) in manifest.peers.iter().enumerate() {
            nets.push(bundle.build(i, device)?);
            peers.push(PeerInfo {
                id: peer.id.clone(),
                architecture: peer.architecture().into(),
                name: peer.display_name().into(),
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
        Ok(Self::of(info, nets, device, device_name))
    }

    /// Creates a session of built networks, in the order of `info.peers`.
    ///
    /// # Panics
    /// If the numbers of networks and of peers in `info` differ.
    pub fn of(info: BundleInfo, nets: Vec<Network>, device: &Device, device_name: &str) -> Self {
        assert_eq!(info.peers.len(), nets.len(), "a network for each peer");
        Self { info, nets, device: device.clone(), device_name: device_name.into() }
    }

    /// Name of the device, shown to people.
    pub fn device_name(&self) -> &str {
        &self.device_name
    }

    /// Description of the bundle.
    pub fn info(&self) -> &BundleInfo {
        &self.info
    }

    /// Runs every peer over a gray image and reads the logits, to measure a device.
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

    /// Runs every peer over an image. `crop` is the side of the center square that they see, as a fraction of the
    /// image's shorter side, above 0 and at most 1; `None` takes the bundle's.
    ///
    /// # Errors
    /// `ask-invalid` for a crop out of range, `image-broken`, `bundle-invalid` if a network computes numbers that are
    /// not finite, `device-lost`, or `cancelled` by the progress.
    pub async fn forward(&self, image: &Rgba8, crop: Option<f64>, progress: &dyn Progress) -> Result<ForwardPass> {
        let preprocess = Preprocess { crop: crop.unwrap_or(self.info.preprocess.crop), ..self.info.preprocess.clone() };
        preprocess.check()?;
        progress.checkpoint(Step { name: "Preparing the image".into(), done: 0, total: self.nets.len() + 1 }).await?;
        let start = progress.now();
        let input = preprocess.tensor(image, &self.device)?;
        let prepare_ms = progress.now() - start;
        let (width, height) = (image.width(), image.height());
        let views = self.view(&input, progress).await?;
        Ok(ForwardPass {
            input,
            image: ImageInfo { width, height, crop: preprocess.crop_of(width, height) },
            views,
            prepare_ms,
        })
    }

    /// Runs every peer over an input [1, 3, side, side] that is already normalized.
    ///
    /// # Errors
    /// `ask-invalid` for an input of another shape, such as a batch of several images; else as [`Session::forward`].
    pub async fn forward_input(&self, input: Tensor<4>, progress: &dyn Progress) -> Result<ForwardPass> {
        let [n, channels, height, width] = input.dims();
        if n != 1 || channels != 3 || height != width || width == 0 {
            let text =
                format!("The input must be one square image of 3 channels, not [{n}, {channels}, {height}, {width}].");
            return Err(Error::new(Code::AskInvalid, text));
        }
        let whole = Crop { x: 0.0, y: 0.0, side: width as f64 };
        let views = self.view(&input, progress).await?;
        let image = ImageInfo { width: width as u32, height: height as u32, crop: whole };
        Ok(ForwardPass { input, image, views, prepare_ms: 0.0 })
    }

    async fn view(&self, input: &Tensor<4>, progress: &dyn Progress) -> Result<Vec<View>> {
        let mut views = Vec::new();
        for (i, (net, peer)) in self.nets.iter().zip(&self.info.peers).enumerate() {
            let name = format!("Running {}", peer.name);
            progress.checkpoint(Step { name, done: i + 1, total: self.nets.len() + 1 }).await?;
            let start = progress.now();
            let features = net.run(Layer::INPUT, input.clone());
            let probabilities = softmax(&read(features.logits.clone()).await?)?.into_iter().map(|p| p as f32).collect();
            views.push(View { features, probabilities, ms: progress.now() - start });
        }
        Ok(views)
    }

    /// Softmax probabilities of a class for `total` inputs, in batches. `make` returns the inputs [range, 3, side,
    /// side] of a range of indices; `what` is the name of the step in progress reports.
    ///
    /// # Errors
    /// `device-lost`, or `cancelled` by the progress.
    ///
    /// # Panics
    /// If the bundle lacks the peer or the class.
    pub async fn confidences(
        &self,
        peer: usize,
        class: usize,
        total: usize,
        make: &dyn Fn(Range<usize>) -> Tensor<4>,
        what: &str,
        progress: &dyn Progress,
    ) -> Result<Vec<f64>> {
        let mut found = Vec::with_capacity(total);
        for range in chunks(total, IMAGE_BATCH) {
            progress.checkpoint(Step { name: what.into(), done: range.start, total }).await?;
            let logits = self.nets[peer].run(Layer::INPUT, make(range)).logits;
            let [_, classes] = logits.dims();
            for row in read(logits).await?.chunks(classes) {
                found.push(softmax(row)?[class]);
            }
        }
        Ok(found)
    }

    /// Copy of the session with permuted weights after a layer of each peer, for sanity checks. `from` maps a peer's
    /// last layer to that layer: `|last| last` permutes the classifiers alone, `|_| Layer::INPUT` permutes everything.
    /// An explanation that stays the same does not depend on what those weights learned.
    ///
    /// Source: Adebayo et al., "Sanity Checks for Saliency Maps", NeurIPS 2018: cascading randomization, from the
    /// output down.
    pub fn shuffled(&self, seed: u64, from: impl Fn(Layer) -> Layer) -> Self {
        let twins = self.nets.iter().map(|net| net.shuffled(seed, from(net.last()))).collect();
        Self::of(self.info.clone(), twins, &self.device, &self.device_name)
    }

    /// Last layer of each peer. Peers may have different numbers of layers.
    pub fn last_layers(&self) -> Vec<Layer> {
        self.nets.iter().map(|net| net.last()).collect()
    }

    pub(crate) fn prediction(&self, class: usize, probabilities: &[f32]) -> Prediction {
        Prediction { class, label: self.info.classes[class].clone(), probability: probabilities[class] }
    }

    pub(crate) fn top(&self, probabilities: &[f32]) -> Vec<Prediction> {
        let mut order: Vec<usize> = (0..probabilities.len()).collect();
        order.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]));
        order.into_iter().take(TOP).map(|class| self.prediction(class, probabilities)).collect()
    }
}

/// Splits `0..total` into ranges of at most `size`, and at most 64, indices.
pub(crate) fn chunks(total: usize, size: usize) -> impl Iterator<Item = Range<usize>> {
    let size = size.clamp(1, 64);
    (0..total).step_by(size).map(move |start| start..(start + size).min(total))
}
