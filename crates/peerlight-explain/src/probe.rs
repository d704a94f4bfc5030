//! What a method is given: one peer, one image, one score to explain.

use std::{
    cell::RefCell,
    ops::{AddAssign, Range},
};

use burn::tensor::{Device, Tensor};
use peerlight_core::Result;
use peerlight_models::{Features, Layer, Network};
use serde::Serialize;

use crate::{ForwardPass, Host, Score, Session, Step, forward_pass::softmax, read::read, setting::Settings};

/// Bytes that a batch's activations may take: enough to keep two cores busy, little enough for a phone.
const BATCH_BYTES: usize = 128 << 20;
/// A pass holds about this many times its largest stage (expanded channels and copies), and one that will be gone back
/// through holds every stage as often.
const COPIES: usize = 8;

/// What an explanation cost, in samples: a batch of eight counts eight times.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// Passes from the image, the one that every explanation of the image shares included.
    pub forward: usize,
    /// Passes from a stage to the end.
    pub partial: usize,
    /// Passes back.
    pub backward: usize,
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        self.forward += other.forward;
        self.partial += other.partial;
        self.backward += other.backward;
    }
}

/// One peer, one image and one score, with what a method does to them. Counts what it costs, tells the host how far it
/// is, and keeps batches small enough for the device.
pub struct Probe<'a> {
    pub(crate) session: &'a Session,
    pub(crate) pass: &'a ForwardPass,
    pub(crate) peer: usize,
    pub(crate) score: Score,
    pub(crate) stages: Option<&'a [usize]>,
    pub(crate) settings: &'a Settings,
    pub(crate) name: &'a str,
    pub(crate) host: &'a dyn Host,
    pub(crate) cost: &'a RefCell<Cost>,
}

impl<'a> Probe<'a> {
    /// The same question about another peer.
    pub fn of(&self, peer: usize) -> Probe<'a> {
        Probe { peer, ..*self }
    }

    /// The number of peers.
    pub fn peers(&self) -> usize {
        self.session.nets.len()
    }

    /// The device that computes.
    pub fn device(&self) -> &Device {
        &self.session.device
    }

    /// The stages that were asked for, counted from 1; none for the method's own.
    pub fn stages(&self) -> Option<&[usize]> {
        self.stages
    }

    /// The values of the method's settings.
    pub fn settings(&self) -> &Settings {
        self.settings
    }

    /// The image, [1, 3, side, side], normalized.
    pub fn input(&self) -> Tensor<4> {
        self.pass.input.clone()
    }

    /// A pixel of 0 (black) to 1 (white) as the networks read it, [1, 3, 1, 1].
    pub fn normalized(&self, pixel: f32) -> Tensor<4> {
        let preprocess = &self.session.info.preprocess;
        let values: Vec<f32> = (0..3).map(|c| (pixel - preprocess.mean[c]) / preprocess.std[c]).collect();
        Tensor::<1>::from_floats(values.as_slice(), &self.session.device).reshape([1, 3, 1, 1])
    }

    /// The peer's output of a stage, [1, c, h, w]; of [`Layer::INPUT`], the image.
    pub fn activation(&self, stage: Layer) -> Tensor<4> {
        match stage {
            Layer::INPUT => self.input(),
            Layer(k) => self.features().stages[k - 1].clone(),
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

    /// The classifier's weights of the explained score, one for each channel of the last stage, [channels].
    pub fn class_weights(&self) -> Tensor<1> {
        self.score.of_classifier(&self.net().classifier())
    }

    /// The last stage.
    pub fn head(&self) -> Layer {
        Layer(self.net().stages())
    }

    /// The features of inputs [n, 3, side, side], to the last stage.
    pub fn run(&self, inputs: Tensor<4>) -> Features {
        self.add(Cost { forward: inputs.dims()[0], ..Cost::default() });
        self.net().run(Layer::INPUT, inputs)
    }

    /// The gradient of the explained score with respect to the peer's output of a stage, of its shape.
    pub fn gradient(&self, stage: Layer) -> Tensor<4> {
        self.gradient_at(stage, self.activation(stage))
    }

    /// The gradient of the explained score with respect to `x` [n, c, h, w], taken for the output of a stage.
    pub fn gradient_at(&self, stage: Layer, x: Tensor<4>) -> Tensor<4> {
        let samples = x.dims()[0];
        match stage {
            Layer::INPUT => self.add(Cost { forward: samples, backward: samples, ..Cost::default() }),
            _ => self.add(Cost { partial: samples, backward: samples, ..Cost::default() }),
        }
        self.score.gradient(self.net(), stage, x)
    }

    /// The explained score [n] of inputs [n, 3, side, side], to go back from: what the inputs depend on gets a gradient.
    pub fn score_back(&self, inputs: Tensor<4>) -> Tensor<1> {
        let samples = inputs.dims()[0];
        self.add(Cost { forward: samples, backward: samples, ..Cost::default() });
        self.score.of_logits(&self.net().run(Layer::INPUT, inputs).logits)
    }

    /// The explained score of `total` inputs of a stage, [total]: `make` gives those of a range, [range, c, h, w].
    ///
    /// # Errors
    /// `cancelled` by the host.
    pub async fn scores(
        &self,
        from: Layer,
        total: usize,
        make: &dyn Fn(Range<usize>) -> Tensor<4>,
    ) -> Result<Tensor<1>> {
        self.over(from, total, make, |row| Ok(row.iter().map(|&z| f64::from(z)).collect())).await
    }

    /// The probability of the explained class for `total` inputs of a stage, [total]; with a contrast, less gamma times the
    /// other's.
    ///
    /// # Errors
    /// `cancelled` by the host.
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

    /// The mean over `total` inputs of the gradient of the explained score with respect to the input of a stage:
    /// `make` gives those of a range, [range, c, h, w]; the mean is [1, c, h, w].
    ///
    /// # Errors
    /// `cancelled` by the host.
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

    /// `0..total` in batches that the device has memory for, for passes from a stage.
    pub fn batches(&self, from: Layer, total: usize) -> impl Iterator<Item = Range<usize>> + use<> {
        let largest = self.sizes(from).max().unwrap_or(1);
        chunks(total, BATCH_BYTES / (COPIES * largest))
    }

    /// `0..total` in batches that the device has memory for, for passes from a stage and back.
    pub fn gradient_batches(&self, from: Layer, total: usize) -> impl Iterator<Item = Range<usize>> + use<> {
        chunks(total, BATCH_BYTES / (COPIES * self.sizes(from).sum::<usize>()))
    }

    /// The bytes of one sample at a stage and at each one after it.
    fn sizes(&self, from: Layer) -> impl Iterator<Item = usize> {
        let stages = self.features().stages[from.0..].iter();
        let own = self.activation(from).dims();
        std::iter::once(own).chain(stages.map(|s| s.dims())).map(|dims| 4 * dims.iter().product::<usize>())
    }

    /// Tells the host how far the method is, and lets it cancel.
    ///
    /// # Errors
    /// `cancelled` by the host.
    pub async fn step(&self, done: usize, total: usize) -> Result<()> {
        self.host.checkpoint(Step { name: self.name.into(), done, total }).await
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
