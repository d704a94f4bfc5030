//! A run, step by step, from its first batch to its bundle.

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use burn::tensor::{Device, Tensor};
use peerlight_core::{Code, Error, Preprocess, Result};
use peerlight_models::{Bundle, Precision};
use serde::{Deserialize, Serialize};

use crate::{
    checkpoint::{Checkpoint, arrays},
    dataset::Dataset,
    loader::Loader,
    recipe::Recipe,
    start::Start,
    trainer::{StepReport, Trainer, diverged, storable},
    validation::{Validation, validate},
};

/// Number of images that give a bundle's batch norms their first statistics.
const CALIBRATION: usize = 32;

/// A run: peers in training, their data, and the number of steps done.
///
/// ```
/// # use peerlight_train::*;
/// # fn go(mut run: Run) -> peerlight_core::Result<Vec<u8>> {
/// while let Some(step) = run.step()? {
///     println!("{}/{}: {:?}", run.done(), run.steps(), step.report.peers);
/// }
/// Ok(run.finish()?.bundle(None)?.bytes)
/// # }
/// ```
pub struct Run {
    recipe: Recipe,
    start: Start,
    labels: Vec<String>,
    trainer: Trainer,
    dataset: Arc<dyn Dataset>,
    /// Begins with the first step.
    loader: Option<Loader>,
    device: Device,
    done: usize,
    steps: usize,
}

/// A step of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The learning rate.
    #[serde(alias = "rate")]
    pub lr: f64,
    /// Images per second of this step alone, with the wait for its batch.
    pub speed: f64,
    /// Losses and correlation before the step.
    #[serde(flatten)]
    pub report: StepReport,
}

impl Run {
    /// A run that has done no step. `labels` names the classes of the dataset in the order of their indices; peers of
    /// a bundle keep its own. The devices share every batch; the networks stay on the first of them.
    ///
    /// # Errors
    /// `ask-invalid` for a setting out of its range, `classes-invalid` for fewer than two labels or labels other than
    /// the bundle's, `image-broken` for a dataset without a readable image, and those of a bundle.
    pub fn new(
        recipe: Recipe,
        mut start: Start,
        dataset: impl Dataset + 'static,
        labels: Vec<String>,
        devices: &[Device],
    ) -> Result<Self> {
        recipe.check()?;
        check_labels(&start, &labels)?;
        let Some(first) = devices.first() else {
            return Err(Error::new(Code::DeviceUnavailable, "A run needs a device."));
        };
        if dataset.is_empty() {
            return Err(Error::new(Code::ImageBroken, "There are no images to train with."));
        }
        start.preprocess.side = recipe.data.image_size[0];
        let devices: Vec<Device> = devices.iter().map(|device| device.clone().autodiff()).collect();
        let device = devices[0].clone();
        let calibration = match start.needs_calibration(&recipe.networks) {
            true => Some(calibration(&dataset, &start.preprocess, first)?),
            false => None,
        };
        let seed = recipe.schedule.seed;
        let peers = start.build(&recipe.networks, labels.len(), seed, &device, calibration.as_ref())?;
        let trainer = Trainer::new(peers, &recipe, &start.preprocess, labels.len(), &devices)?;
        let steps = recipe.schedule.steps_over(dataset.len());
        let dataset = Arc::new(dataset);
        Ok(Self { recipe, start, labels, trainer, dataset, loader: None, device, done: 0, steps })
    }

    /// Continues from a checkpoint of the same run.
    ///
    /// # Errors
    /// `bundle-invalid`, `bundle-truncated` or `run-invalid` if the checkpoint is damaged, or of other classes or
    /// peers.
    pub fn resume(&mut self, checkpoint: &Checkpoint) -> Result<()> {
        checkpoint.restore(&mut self.trainer, &self.labels, &self.device)?;
        (self.done, self.loader) = (checkpoint.step, None);
        Ok(())
    }

    /// The number of steps that are done.
    pub fn done(&self) -> usize {
        self.done
    }

    /// The number of steps of the whole run.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// Trains on the next batch. `None` when all steps are done.
    ///
    /// # Errors
    /// `training-diverged`, `image-broken` if too many images cannot be loaded, `classes-invalid` for an image
    /// without a class that can be learned, `device-lost`.
    pub fn step(&mut self) -> Result<Option<Step>> {
        if self.done >= self.steps {
            return Ok(None);
        }
        let clock = Instant::now();
        let Self { recipe, start, dataset, done, steps, .. } = self;
        let begin = || Loader::start(Arc::clone(dataset), recipe, &start.preprocess, *done, *steps);
        let batch = self.loader.get_or_insert_with(begin).next()?;
        let lr = recipe.schedule.lr_at(*done, *steps);
        let report = self.trainer.step(&batch, lr)?;
        *done += 1;
        let speed = batch.classes.len() as f64 / clock.elapsed().as_secs_f64();
        Ok(Some(Step { lr, speed, report }))
    }

    /// The images that could not be loaded until now: their names, with the reason.
    pub fn skipped(&self) -> BTreeMap<String, String> {
        self.loader.as_ref().map(Loader::skipped).unwrap_or_default()
    }

    /// Validates the peers on all images of a dataset. Images that cannot be loaded are left out.
    ///
    /// # Errors
    /// `classes-invalid` for a class that the peers do not have, `device-lost`.
    pub fn validate(&self, dataset: &dyn Dataset) -> Result<Validation> {
        let Trainer { peers, maps, .. } = &self.trainer;
        validate(peers, dataset, maps, &self.device)
    }

    /// The state after the last step.
    ///
    /// # Errors
    /// `device-lost`.
    pub fn checkpoint(&self) -> Result<Checkpoint> {
        Checkpoint::new(self.done, &self.trainer, &self.start, &self.labels)
    }

    /// Ends the run: interpolates the weights with the starting ones, if the recipe asks for it. Checkpoints hold the
    /// weights as they were trained, so this is done once, at the end.
    ///
    /// # Errors
    /// `bundle-invalid`.
    pub fn finish(mut self) -> Result<Trained> {
        let fraction = self.recipe.networks.interpolate;
        if fraction > 0.0 {
            for (peer, starting) in self.trainer.peers.iter_mut().zip(self.start.starting_networks(&self.device)?) {
                peer.net = peer.net.folded().interpolate(&starting.folded(), fraction)?;
            }
        }
        Ok(Trained(self))
    }
}

/// The result of a run.
pub struct Trained(Run);

/// Bundle that a run has trained.
pub struct TrainedBundle {
    /// Bytes of the bundle's file.
    pub bytes: Vec<u8>,
    /// sha256 of the bytes, in lower-case hexadecimal digits.
    pub sha256: String,
    /// Record of the run, which the file holds, too.
    pub record: Record,
}

/// Record of a run. A bundle keeps it in its description under `training`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The settings of the run. Of each path only the last two parts are recorded.
    pub recipe: Recipe,
    /// sha256 of the bundle that the peers come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_sha256: Option<String>,
    /// Number of steps that the run made.
    pub steps: usize,
    /// Number of training images.
    #[serde(alias = "pictures")]
    pub images: usize,
    /// Number of images that could not be loaded.
    pub skipped: usize,
    /// The validation of the final weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation: Option<Validation>,
    /// Version of the trainer.
    pub version: String,
}

impl Trained {
    /// Whether the final weights are interpolated, and thus others than those of the last step.
    pub fn interpolated(&self) -> bool {
        self.0.recipe.networks.interpolate > 0.0
    }

    /// Validates the final weights on all images of a dataset.
    ///
    /// # Errors
    /// As [`Run::validate`].
    pub fn validate(&self, dataset: &dyn Dataset) -> Result<Validation> {
        self.0.validate(dataset)
    }

    /// The peers as a bundle in half precision, batch norms folded, with the record of the run.
    ///
    /// # Errors
    /// `device-lost`, `training-diverged` if a weight cannot be stored, or `bundle-invalid` if an id or a label
    /// cannot be stored.
    pub fn bundle(&self, validation: Option<Validation>) -> Result<TrainedBundle> {
        let Run { recipe, start, labels, trainer, steps, .. } = &self.0;
        let record = Record {
            recipe: recipe.published(),
            from_sha256: start.sha256(),
            steps: *steps,
            images: self.0.dataset.len(),
            skipped: self.0.skipped().len(),
            validation,
            version: env!("CARGO_PKG_VERSION").into(),
        };
        let source = format!(
            "Trained by peerlight {}: {steps} steps of {} images, transfer weight {}, mutual weight {}, \
             consistency weight {}, seed {}; the whole record is beside this under training.",
            record.version,
            recipe.schedule.batch_size,
            recipe.loss.transfer_weight,
            recipe.loss.mutual_weight,
            recipe.loss.consistency_weight,
            recipe.schedule.seed
        );
        let json = serde_json::to_value(&record)?;
        let networks: Vec<_> = trainer.peers.iter().map(|peer| peer.net.folded()).collect();
        let manifest = start.manifest(&networks, labels, source, Some(json));
        let arrays = arrays(&manifest, &networks)?;
        // Batch norms that are folded into the weights make them larger than they were while training.
        for peer in &manifest.peers {
            let own = |name: &str| name.strip_prefix(&peer.id).is_some_and(|rest| rest.starts_with('.'));
            let mut weights = arrays.iter().filter(|(name, _)| own(name)).flat_map(|(_, array)| &array.values);
            if weights.any(|weight| !storable(*weight)) {
                return Err(diverged(&peer.id, "has weights beyond what a bundle can hold"));
            }
        }
        let bytes = Bundle::write(&manifest, &arrays, Precision::Half)?;
        Ok(TrainedBundle { sha256: Bundle::parse(&bytes)?.sha256(), bytes, record })
    }
}

fn check_labels(start: &Start, labels: &[String]) -> Result<()> {
    if start.labels.as_ref().is_some_and(|own| own != labels) {
        return Err(Error::new(
            Code::ClassesInvalid,
            "The labels are not those of the bundle that the peers come from.",
        ));
    }
    if labels.len() < 2 {
        let text = format!(
            "There must be two classes or more to tell apart; found {}: {}.",
            labels.len(),
            labels.first().map_or("none", String::as_str)
        );
        return Err(Error::new(Code::ClassesInvalid, text));
    }
    Ok(())
}

/// Some images that can be loaded, spread over the dataset: [n, 3, side, side].
fn calibration(dataset: &dyn Dataset, preprocess: &Preprocess, device: &Device) -> Result<Tensor<4>> {
    let stride = dataset.len().div_ceil(CALIBRATION).max(1);
    let load = |index| preprocess.image(&dataset.example(index).ok()?.image).ok();
    let rgb: Vec<u8> = (0..dataset.len()).step_by(stride).filter_map(load).flatten().collect();
    if rgb.is_empty() {
        return Err(Error::new(Code::ImageBroken, "None of the first images can be read."));
    }
    Ok(preprocess.normalize(&rgb, device))
}
