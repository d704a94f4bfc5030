//! What a method is given: one peer, one image, one score to explain.

use std::{
    cell::RefCell,
    ops::{AddAssign, Range},
};

use burn::tensor::{Device, Tensor};
use peerlight_core::{Result, read, softmax};
use peerlight_models::{Features, Layer, Network};
use serde::Serialize;

use crate::{ForwardPass, Progress, Score, Session, Settings, Step, setting::Handle};

/// Bytes that a batch's activations may take: enough to keep two cores busy, little enough for a phone.
const BATCH_BYTES: usize = 128 << 20;
/// A pass holds about this many times its largest layer (expanded channels and copies), and one that will be gone back
/// through holds every layer as often.
const COPIES: usize = 8;

/// What an explanation cost, in samples: a batch of eight counts eight times.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// Passes from the image, the one that every explanation of the image shares included.
    pub forward: usize,
    /// Passes resumed from a layer.
    pub partial: usize,
    /// Backward passes.
    pub backward: usize,
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        self.forward += other.forward;
        self.partial += other.partial;
        self.backward += other.backward;
    }
}

/// One peer, one image and one score, with what a method does to them. Counts what it costs, tells how far it
/// is, and keeps batches small enough for the device.
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
    /// The device that computes.
    pub fn device(&self) -> &Device {
        &self.session.device
    }

    /// The layers to read: those that were asked for, or the method's own choice. None if it reads the input.
    pub fn layers(&self) -> &'a [Layer] {
        self.layers
    }

    /// The values of the method's settings.
    pub fn settings(&self) -> &'a Settings {
        self.settings
    }

    /// The value of a setting of the method.
    pub fn setting<H: Handle>(&self, handle: &H) -> H::Value {
        self.settings.get(handle)
    }

    /// The image, [1, 3, side, side], normalized.
    pub fn input(&self) -> Tensor<4> {
        self.pass.input.clone()
    }

    /// A gray pixel, 0 (black) to 1 (white), as the networks read it, [1, 3, 1, 1].
    pub fn normalized(&self, pixel: f32) -> Tensor<4> {
        let values = self.session.info.preprocess.normalized(pixel);
        Tensor::<1>::from_floats(values, &self.session.device).reshape([1, 3, 1, 1])
    }

    /// The peer's output of a layer, [1, c, h, w]; of [`Layer::INPUT`], the image.
    pub fn activation(&self, layer: Layer) -> Tensor<4> {
        match layer {
            Layer::INPUT => self.input(),
            layer => self.features().at(layer).clone(),
        }
    }

    /// Everything that the peer's pass over the image left.
    pub fn features(&self) -> &'a Features {
        &self.pass.views[self.peer].features
    }

    /// The explained score [1] of the image itself.
    pub fn baseline(&self) -> Tensor<1> {
        self.score.of_logits(&self.features().logits)
    }

    /// The score that is explained.
    pub fn score(&self) -> Score {
        self.score
    }

    /// The classifier's weights of the explained score, one for each channel of the last layer, [1, channels].
    pub fn class_weights(&self) -> Tensor<2> {
        self.score.of_classifier(&self.net().classifier()).unsqueeze()
    }

    /// The weights of the explained class's log-odds, one for each channel of the last layer, [1, channels]; with a second
    /// class, those of the score itself.
    pub fn odds_weights(&self) -> Tensor<2> {
        self.score.against_rest(&self.features().logits, &self.net().classifier())
    }

    /// The last layer of the peer.
    pub fn last(&self) -> Layer {
        self.net().last()
    }

    /// The features of inputs [n, 3, side, side], to the last layer.
    pub fn run(&self, inputs: Tensor<4>) -> Features {
        self.add(Cost { forward: inputs.dims()[0], ..Cost::default() });
        self.net().run(Layer::INPUT, inputs)
    }

    /// The gradient of the explained score with respect to the peer's output of a layer, of its shape.
    pub fn gradient(&self, layer: Layer) -> Tensor<4> {
        self.gradient_at(layer, self.activation(layer))
    }

    /// The gradient of the explained score with respect to `x` [n, c, h, w], taken for the output of a layer.
    pub fn gradient_at(&self, layer: Layer, x: Tensor<4>) -> Tensor<4> {
        let samples = x.dims()[0];
        match layer {
            Layer::INPUT => self.add(Cost { forward: samples, backward: samples, ..Cost::default() }),
            _ => self.add(Cost { partial: samples, backward: samples, ..Cost::default() }),
        }
        self.score.gradient(self.net(), layer, x)
    }

    /// The explained score [n] of inputs [n, 3, side, side], keeping the autodiff graph, so that gradients flow to
    /// whatever produced the inputs.
    pub fn score_back(&self, inputs: Tensor<4>) -> Tensor<1> {
        let samples = inputs.dims()[0];
        self.add(Cost { forward: samples, backward: samples, ..Cost::default() });
        self.score.of_logits(&self.net().run(Layer::INPUT, inputs).logits)
    }

    /// The explained score of `total` inputs of a layer, [total]: `make` gives those of a range, [range, c, h, w].
    ///
    /// # Errors
    /// `cancelled`.
    pub async fn scores(
        &self,
        from: Layer,
        total: usize,
        make: &dyn Fn(Range<usize>) -> Tensor<4>,
    ) -> Result<Tensor<1>> {
        self.over(from, total, make, |row| Ok(row.iter().map(|&z| f64::from(z)).collect())).await
    }

    /// The probability of the explained class for `total` inputs of a layer, [total]; with a second class, less its weight times the
    /// other's.
    ///
    /// # Errors
    /// `cancelled`.
    pub async fn probabilities(
        &self,
        from: Layer,
        total: usize,
        make: &dyn Fn(Range<usize>) -> Tensor<4>,
    ) -> Result<Tensor<1>> {
        self.over(from, total, make, softmax).await
    }

    /// The score of what `what` makes of each input's logits.
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
            let logits = self.net().run(from, make(range)).logits;
            let [_, classes] = logits.dims();
            // Waits for the device, so that batches do not pile up in its queue, and progress is true.
            for row in read(logits).await?.chunks(classes) {
                parts.push(self.score.of_row(&what(row)?) as f32);
            }
        }
        Ok(Tensor::from_floats(parts.as_slice(), &self.session.device))
    }

    /// The mean over `total` inputs of the gradient of the explained score with respect to the input of a layer:
    /// `make` gives those of a range, [range, c, h, w]; the mean is [1, c, h, w].
    ///
    /// # Errors
    /// `cancelled`.
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

    /// `0..total` in batches that the device has memory for, for passes from a layer.
    pub fn batches(&self, from: Layer, total: usize) -> impl Iterator<Item = Range<usize>> + use<> {
        let largest = self.sizes(from).max().unwrap_or(1);
        chunks(total, BATCH_BYTES / (COPIES * largest))
    }

    /// `0..total` in batches that the device has memory for, for passes from a layer and back.
    pub fn gradient_batches(&self, from: Layer, total: usize) -> impl Iterator<Item = Range<usize>> + use<> {
        chunks(total, BATCH_BYTES / (COPIES * self.sizes(from).sum::<usize>()))
    }

    /// The bytes of one sample at a layer and at each one after it.
    fn sizes(&self, from: Layer) -> impl Iterator<Item = usize> {
        let later = self.features().after(from).iter();
        let own = self.activation(from).dims();
        std::iter::once(own).chain(later.map(|s| s.dims())).map(|dims| 4 * dims.iter().product::<usize>())
    }

    /// Tells how far the method is, and lets it cancel.
    ///
    /// # Errors
    /// `cancelled`.
    pub async fn step(&self, done: usize, total: usize) -> Result<()> {
        self.progress.checkpoint(Step { name: self.name.into(), done, total }).await
    }

    pub(crate) fn net(&self) -> &'a dyn Network {
        &*self.session.nets[self.peer]
    }

    fn add(&self, cost: Cost) {
        *self.cost.borrow_mut() += cost;
    }
}

/// `0..total` in ranges of at most `size`.
pub(crate) fn chunks(total: usize, size: usize) -> impl Iterator<Item = Range<usize>> {
    let size = size.clamp(1, 64);
    (0..total).step_by(size).map(move |start| start..(start + size).min(total))
}
