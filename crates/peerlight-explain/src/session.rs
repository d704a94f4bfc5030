//! Sessions: the peers of a bundle on one device.

use std::{ops::Range, sync::Arc};

use burn::tensor::{Device, Tensor};
use peerlight_core::{Code, Crop, Error, Framing, Preprocess, Result, Rgba8, argmax, read, softmax};
use peerlight_models::{Bundle, Classes, Layer, Network};

use crate::{
    BundleInfo, ForwardPass, Progress, Step,
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
    pub(crate) classes: Arc<Classes>,
    pub(crate) device: Device,
    pub(crate) device_name: String,
}

impl Session {
    /// Loads every peer of a bundle onto a device. `device_name` is shown to people.
    ///
    /// # Errors
    /// As [`Bundle::build`].
    pub fn open(bundle: &Bundle, device: &Device, device_name: &str) -> Result<Self> {
        let nets =
            (0..bundle.manifest.peers.len()).map(|peer| bundle.build(peer, device)).collect::<Result<Vec<_>>>()?;
        let sha256 = bundle.sha256();
        let calibration = bundle.calibration(&sha256)?;
        let info = BundleInfo { calibration, ..BundleInfo::of(&bundle.manifest, sha256, &nets) };
        Ok(Self::of(info, nets, device, device_name))
    }

    /// Creates a session of built networks, in the order of `info.peers`.
    ///
    /// # Panics
    /// If the numbers of networks and of peers in `info` differ.
    pub fn of(info: BundleInfo, nets: Vec<Network>, device: &Device, device_name: &str) -> Self {
        assert_eq!(info.peers.len(), nets.len(), "a network for each peer");
        let classes = Arc::new(Classes::of(info.peers.iter().map(|peer| peer.labels.as_slice())));
        Self { info, nets, classes, device: device.clone(), device_name: device_name.into() }
    }

    /// Device that computes.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Name of the device, shown to people.
    pub fn device_name(&self) -> &str {
        &self.device_name
    }

    /// Description of the bundle.
    pub fn info(&self) -> &BundleInfo {
        &self.info
    }

    /// Classes of all peers, matched by their names.
    pub fn classes(&self) -> &Classes {
        &self.classes
    }

    /// Runs every peer over a gray image and reads the logits, to measure a device.
    ///
    /// # Errors
    /// `device-lost`.
    pub async fn forward_once(&self) -> Result<()> {
        for (net, peer) in self.nets.iter().zip(&self.info.peers) {
            let side = peer.preprocess.side;
            read(net.run(Layer::INPUT, Tensor::zeros([1, 3, side, side], &self.device)).logits).await?;
        }
        Ok(())
    }

    /// Runs every peer over an image. All see the same square of it, each by its own preprocessing. The framing says
    /// which: by default the center square of the bundle's size.
    ///
    /// # Errors
    /// `ask-invalid` for a framing out of range, `image-broken`, `bundle-invalid` if a network computes numbers that
    /// are not finite, `device-lost`, or `cancelled` by the progress.
    pub async fn forward(&self, image: &Rgba8, framing: Framing, progress: &dyn Progress) -> Result<ForwardPass> {
        framing.check()?;
        let (width, height) = (image.width(), image.height());
        let square = framing.square(self.info.preprocess.crop, width, height);
        progress.checkpoint(Step { name: "Preparing the image".into(), done: 0, total: self.nets.len() + 1 }).await?;
        let start = progress.now();
        let mut prepared: Vec<(Preprocess, Tensor<4>)> = Vec::new();
        for peer in &self.info.peers {
            // The square is everybody's.
            let preprocess = Preprocess { crop: self.info.preprocess.crop, ..peer.preprocess.clone() };
            // Peers that read images in the same way share their input.
            let input = match prepared.iter().find(|(other, _)| *other == preprocess) {
                Some((_, input)) => input.clone(),
                None => preprocess.tensor_of(image, square, &self.device)?,
            };
            prepared.push((preprocess, input));
        }
        let image = ImageInfo { width, height, crop: square };
        let prepare_ms = progress.now() - start;
        let inputs = prepared.into_iter().map(|(_, input)| input).collect();
        let views = self.view(inputs, progress).await?;
        Ok(ForwardPass { image, views, classes: self.classes.clone(), prepare_ms })
    }

    /// Runs every peer over one input [1, 3, side, side] that is already normalized, if all peers normalize images in
    /// the same way.
    ///
    /// # Errors
    /// `ask-invalid` if they do not, or as [`Session::forward_inputs`].
    pub async fn forward_input(&self, input: Tensor<4>, progress: &dyn Progress) -> Result<ForwardPass> {
        let way = |peer: usize| {
            let Preprocess { mean, std, bgr, .. } = self.info.peers[peer].preprocess;
            (mean, std, bgr)
        };
        if (1..self.nets.len()).any(|peer| way(peer) != way(0)) {
            let text = "The peers read images in different ways, so that each needs an input of its own.";
            return Err(Error::new(Code::AskInvalid, text));
        }
        self.forward_inputs(vec![input; self.nets.len()], progress).await
    }

    /// Runs each peer over its own input [1, 3, side, side], which is already normalized.
    ///
    /// # Errors
    /// `ask-invalid` for another number of inputs than of peers, for an input of another shape, such as a batch of
    /// several images, or of a size that its peer cannot take; else as [`Session::forward`].
    pub async fn forward_inputs(&self, inputs: Vec<Tensor<4>>, progress: &dyn Progress) -> Result<ForwardPass> {
        if inputs.len() != self.nets.len() {
            let text = format!("There are {} peers and {} inputs.", self.nets.len(), inputs.len());
            return Err(Error::new(Code::AskInvalid, text));
        }
        for (input, net) in inputs.iter().zip(&self.nets) {
            let [n, channels, height, width] = input.dims();
            if n != 1 || channels != 3 || height != width || width == 0 {
                let text = format!(
                    "The input must be one square image of 3 channels, not [{n}, {channels}, {height}, {width}]."
                );
                return Err(Error::new(Code::AskInvalid, text));
            }
            net.graph().check_size([height, width])?;
        }
        let views = self.view(inputs, progress).await?;
        let side = views.iter().map(|view| view.input.dims()[3]).max().unwrap_or(0);
        let whole = Crop { x: 0.0, y: 0.0, side: side as f64 };
        let image = ImageInfo { width: side as u32, height: side as u32, crop: whole };
        Ok(ForwardPass { image, views, classes: self.classes.clone(), prepare_ms: 0.0 })
    }

    async fn view(&self, inputs: Vec<Tensor<4>>, progress: &dyn Progress) -> Result<Vec<View>> {
        let mut views = Vec::new();
        let total = self.nets.len() + 1;
        for ((net, peer), input) in self.nets.iter().zip(&self.info.peers).zip(inputs) {
            let name = format!("Running {}", peer.name);
            progress.checkpoint(Step { name, done: views.len() + 1, total }).await?;
            let start = progress.now();
            let features = net.run(Layer::INPUT, input.clone());
            let probabilities = softmax(&read(features.logits.clone()).await?)?;
            let probabilities: Vec<f32> = probabilities.into_iter().map(|p| p as f32).collect();
            let first = argmax(&probabilities);
            views.push(View { input, features, probabilities, first, ms: progress.now() - start });
        }
        Ok(views)
    }

    /// Softmax probabilities that a peer gives a class of the bundle's list, for `total` inputs, in batches. `make`
    /// returns the inputs [range, 3, side, side] of a range of indices; `what` is the name of the step in progress
    /// reports.
    ///
    /// # Errors
    /// `device-lost`, or `cancelled` by the progress.
    ///
    /// # Panics
    /// If the bundle lacks the peer, or the peer the class.
    pub async fn confidences(
        &self,
        peer: usize,
        class: usize,
        total: usize,
        make: &dyn Fn(Range<usize>) -> Tensor<4>,
        what: &str,
        progress: &dyn Progress,
    ) -> Result<Vec<f64>> {
        let class = self.classes.own(peer, class).expect("a class of the peer");
        let mut found = Vec::with_capacity(total);
        for range in chunks(total, IMAGE_BATCH) {
            progress.checkpoint(Step { name: what.into(), done: range.start, total }).await?;
            let logits = self.nets[peer].logits(Layer::INPUT, make(range));
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
        let (info, classes, device) = (self.info.clone(), self.classes.clone(), self.device.clone());
        Self { info, nets: twins, classes, device, device_name: self.device_name.clone() }
    }

    /// Last layer of each peer. Peers may have different numbers of layers.
    pub fn last_layers(&self) -> Vec<Layer> {
        self.nets.iter().map(|net| net.last()).collect()
    }

    /// A peer's own class with its probability.
    pub(crate) fn prediction(&self, peer: usize, own: usize, probabilities: &[f32]) -> Prediction {
        let class = self.classes.listed(peer, own);
        Prediction { class, label: self.info.peers[peer].labels[own].clone(), probability: probabilities[own] }
    }

    pub(crate) fn top(&self, peer: usize, probabilities: &[f32]) -> Vec<Prediction> {
        let mut order: Vec<usize> = (0..probabilities.len()).collect();
        order.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]));
        order.into_iter().take(TOP).map(|own| self.prediction(peer, own, probabilities)).collect()
    }
}

/// Splits `0..total` into ranges of at most `size`, and at most 64, indices.
pub(crate) fn chunks(total: usize, size: usize) -> impl Iterator<Item = Range<usize>> {
    let size = size.clamp(1, 64);
    (0..total).step_by(size).map(move |start| start..(start + size).min(total))
}
