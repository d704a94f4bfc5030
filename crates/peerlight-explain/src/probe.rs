//! The probe: everything that a method of explanation works with.

use std::{cell::RefCell, ops::Range};

use burn::tensor::{Device, Tensor};
use peerlight_core::{Result, read, softmax};
use peerlight_models::{Features, Head, Layer, Network};

use crate::{Cost, ForwardPass, Progress, Score, Session, Settings, Step, session::chunks, setting::Handle};

/// Bytes for the activations of a batch: enough to keep two cores busy, few enough for a phone.
const BATCH_BYTES: usize = 128 << 20;
/// Memory of a forward pass in units of its largest layer, because of expanded channels and copies. A pass with a
/// backward pass holds every layer as often.
const COPIES: usize = 8;

/// One peer, one image and one score to explain, with the passes that a method runs.
///
/// The probe counts the passes, reports progress and keeps batches small enough for the device.
pub struct Probe<'a> {
    pub(crate) session: &'a Session,
    pub(crate) pass: &'a ForwardPass,
    pub(crate) peer: usize,
    pub(crate) score: Score,
    pub(crate) layers: &'a [Layer],
    pub(crate) settings: &'a Settings,
    pub(crate) name: &'a str,
    pub(crate) progress: &'a dyn Progress,
    pub(crate) cost: &'a RefCell<Cost>,
}

impl<'a> Probe<'a> {
    /// Device that computes.
    pub fn device(&self) -> &Device {
        &self.session.device
    }

    /// Layers to read: the requested ones, or the method's default. Empty if the method reads the input.
    pub fn layers(&self) -> &'a [Layer] {
        self.layers
    }

    /// Values of the method's settings.
    pub fn settings(&self) -> &'a Settings {
        self.settings
    }

    /// Value of a setting of the method.
    pub fn setting<H: Handle>(&self, handle: &H) -> H::Value {
        self.settings.get(handle)
    }

    /// Input of the peer's network, [1, 3, side, side], normalized.
    pub fn input(&self) -> Tensor<4> {
        self.pass.input(self.peer)
    }

    /// A gray pixel, 0 (black) to 1 (white), as the network reads it, [1, 3, 1, 1].
    pub fn normalized(&self, pixel: f32) -> Tensor<4> {
        let values = self.session.info.peers[self.peer].preprocess.normalized(pixel);
        Tensor::<1>::from_floats(values, &self.session.device).reshape([1, 3, 1, 1])
    }

    /// Output [1, c, h, w] of a layer of the peer. For [`Layer::INPUT`], the input.
    pub fn activation(&self, layer: Layer) -> Tensor<4> {
        match layer {
            Layer::INPUT => self.input(),
            layer => self.features().at(layer).clone(),
        }
    }

    /// Outputs of all layers and the logits of the peer's forward pass.
    pub fn features(&self) -> &'a Features {
        &self.pass.views[self.peer].features
    }

    /// Explained score `[1]` of the unchanged image.
    pub fn baseline(&self) -> Tensor<1> {
        self.score.of_logits(&self.features().logits)
    }

    /// Explained score, as a function of the logits.
    pub fn score(&self) -> Score {
        self.score
    }

    /// Classifier's weights [1, channels] of the explained score, one for each channel of the last layer.
    ///
    /// # Errors
    /// `ask-invalid` if the network does not end in global average pooling and one linear classifier.
    pub fn class_weights(&self) -> Result<Tensor<2>> {
        let classifier = self.net().linear_head().ok_or_else(|| self.session.no_linear_head(self.name, self.peer))?;
        Ok(self.score.of_classifier(&classifier).unsqueeze())
    }

    /// Gradient of the class's log-odds with respect to the last layer, [1, channels, 1, 1] before a linear
    /// classifier and [1, channels, h, w] otherwise. With a second class, the gradient of the score itself.
    pub fn odds_weights(&self) -> Tensor<4> {
        if !self.has_linear_head() {
            self.add(Cost { partial: 1, backward: 1, ..Cost::default() });
        }
        self.score.against_rest(self.net(), self.features())
    }

    /// Whether the network ends in global average pooling and one linear classifier at most.
    pub fn has_linear_head(&self) -> bool {
        self.net().graph().head() != Head::Opaque
    }

    /// Last layer of the peer.
    pub fn last(&self) -> Layer {
        self.net().last()
    }

    /// Runs the peer over inputs [n, 3, side, side].
    pub fn run(&self, inputs: Tensor<4>) -> Features {
        self.add(Cost { forward: inputs.dims()[0], ..Cost::default() });
        self.net().run(Layer::INPUT, inputs)
    }

    /// Gradient of the explained score with respect to the output [1, c, h, w] of a layer, of the same shape.
    pub fn gradient(&self, layer: Layer) -> Tensor<4> {
        self.gradient_at(layer, self.activation(layer))
    }

    /// Gradient of the explained score with respect to `x` [n, c, h, w], which stands for the output of a layer.
    pub fn gradient_at(&self, layer: Layer, x: Tensor<4>) -> Tensor<4> {
        let samples = x.dims()[0];
        match layer {
            Layer::INPUT => self.add(Cost { forward: samples, backward: samples, ..Cost::default() }),
            _ => self.add(Cost { partial: samples, backward: samples, ..Cost::default() }),
        }
        self.score.gradient(self.net(), layer, x)
    }

    /// Explained scores `[n]` of inputs [n, 3, side, side], keeping the autodiff graph, so that gradients flow to
    /// whatever produced the inputs.
    pub fn score_back(&self, inputs: Tensor<4>) -> Tensor<1> {
        let samples = inputs.dims()[0];
        self.add(Cost { forward: samples, backward: samples, ..Cost::default() });
        self.score.of_logits(&self.net().run(Layer::INPUT, inputs).logits)
    }

    /// Explained scores `[total]` of `total` changed outputs of a layer. `make` returns those of a range of indices,
    /// [range, c, h, w].
    ///
    /// # Errors
    /// `device-lost`, or `cancelled`.
    pub async fn scores(
        &self,
        from: Layer,
        total: usize,
        make: &dyn Fn(Range<usize>) -> Tensor<4>,
    ) -> Result<Tensor<1>> {
        self.over(from, total, make, |row| Ok(row.iter().map(|&z| f64::from(z)).collect())).await
    }

    /// Probabilities `[total]` of the explained class for `total` changed outputs of a layer, made as for
    /// [`Probe::scores`]. With a second class d, p_c - weight p_d.
    ///
    /// # Errors
    /// `device-lost`, or `cancelled`.
    pub async fn probabilities(
        &self,
        from: Layer,
        total: usize,
        make: &dyn Fn(Range<usize>) -> Tensor<4>,
    ) -> Result<Tensor<1>> {
        self.over(from, total, make, softmax).await
    }

    /// Scores `[total]` after `what` has changed the logits of each input.
    async fn over(
        &self,
        from: Layer,
        total: usize,
        make: &dyn Fn(Range<usize>) -> Tensor<4>,
        what: impl Fn(&[f32]) -> Result<Vec<f64>>,
    ) -> Result<Tensor<1>> {
        let mut parts = Vec::new();
        for range in self.batches(from, total) {
            self.step(range.start, total).await?;
            let count = range.len();
            match from {
                Layer::INPUT => self.add(Cost { forward: count, ..Cost::default() }),
                _ => self.add(Cost { partial: count, ..Cost::default() }),
            }
            let logits = self.net().logits(from, make(range));
            let [_, classes] = logits.dims();
            // Reading waits for the device, so that its queue stays short and progress is true.
            for row in read(logits).await?.chunks(classes) {
                parts.push(self.score.of_row(&what(row)?) as f32);
            }
        }
        Ok(Tensor::from_floats(parts.as_slice(), &self.session.device))
    }

    /// Mean gradient [1, c, h, w] of the explained score over `total` changed outputs of a layer, made as for
    /// [`Probe::scores`].
    ///
    /// # Errors
    /// `device-lost`, or `cancelled`.
    pub async fn mean_gradient(
        &self,
        from: Layer,
        total: usize,
        make: &dyn Fn(Range<usize>) -> Tensor<4>,
    ) -> Result<Tensor<4>> {
        let mut sum: Option<Tensor<4>> = None;
        for range in self.gradient_batches(from, total) {
            self.step(range.start, total).await?;
            let part = self.gradient_at(from, make(range)).sum_dim(0);
            sum = Some(match sum {
                None => part,
                Some(sum) => sum + part,
            });
        }
        Ok(sum.expect("one input or more") / total as f32)
    }

    /// Splits `0..total` into batches that fit the memory, for forward passes from a layer.
    pub fn batches(&self, from: Layer, total: usize) -> impl Iterator<Item = Range<usize>> + use<> {
        let largest = self.sizes(from).max().unwrap_or(1);
        chunks(total, BATCH_BYTES / (COPIES * largest))
    }

    /// Splits `0..total` into batches that fit the memory, for forward and backward passes from a layer.
    pub fn gradient_batches(&self, from: Layer, total: usize) -> impl Iterator<Item = Range<usize>> + use<> {
        chunks(total, BATCH_BYTES / (COPIES * self.sizes(from).sum::<usize>()))
    }

    /// Bytes of one sample at a layer and at each later one.
    fn sizes(&self, from: Layer) -> impl Iterator<Item = usize> {
        let later = self.features().after(from).iter();
        let own = self.activation(from).dims();
        std::iter::once(own).chain(later.map(|s| s.dims())).map(|dims| 4 * dims.iter().product::<usize>())
    }

    /// Reports progress.
    ///
    /// # Errors
    /// `cancelled` if the method should stop.
    pub async fn step(&self, done: usize, total: usize) -> Result<()> {
        self.progress.checkpoint(Step { name: self.name.into(), done, total }).await
    }

    pub(crate) fn net(&self) -> &'a Network {
        &self.session.nets[self.peer]
    }

    fn add(&self, cost: Cost) {
        *self.cost.borrow_mut() += cost;
    }
}
