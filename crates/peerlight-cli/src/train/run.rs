//! A run from its images to its bundle, and on from where it was stopped.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Instant,
};

use burn::tensor::Device;
use peerlight_core::{Code, Error, Preprocess, Result, rng::permutation};
use peerlight_models::{Bundle, Precision};
use serde::Serialize;

use super::{
    checkpoint::{self, Checkpoints},
    dice::Dice,
    images::{Example, Split, split},
    loader::Loader,
    log::{Log, Row, Seen},
    peers::Start,
    plot,
    recipe::Recipe,
    step::Trainer,
    validate::{Validation, validate},
};
use crate::files;

/// The file in a run's folder that is its result.
const BUNDLE: &str = "bundle.safetensors";
/// Images that live norms of a pretrained network take their first moments from.
const CALIBRATION: usize = 32;

/// What a run is asked for, besides its recipe.
pub struct Run<'a> {
    /// Where everything goes.
    pub folder: &'a Path,
    /// Steps from one checkpoint to the next.
    pub checkpoint_every: usize,
    /// Steps from one validation to the next; 0: at the end alone.
    pub validate_every: usize,
    /// Most images of a validation.
    pub validate_most: usize,
    /// The devices, without gradients: each learns from an equal part of every batch. One or more.
    pub devices: Vec<Device>,
}

/// Who is told how far a run is.
pub trait Progress {
    /// It begins, or goes on after `done` steps.
    fn begins(&mut self, steps: usize, done: usize, train: usize, val: usize, labels: usize);
    /// A line of the log has come.
    fn row(&mut self, row: &Row);
    /// Images could not be read.
    fn skipped(&mut self, skipped: &BTreeMap<String, String>);
}

/// What came of a run, kept in its bundle's description under `training`.
#[derive(Debug, Clone, Serialize)]
pub struct Training {
    /// How the peers were trained.
    pub recipe: Recipe,
    /// sha256 of the bundle that they came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_sha256: Option<String>,
    /// Steps.
    pub steps: usize,
    /// Images learnt from.
    pub images: usize,
    /// Images that could not be read.
    pub skipped: usize,
    /// The last validation.
    pub validation: Validation,
    /// Version of this program.
    pub version: &'static str,
}

/// What a run has made.
pub struct Done {
    /// The bundle's file.
    pub bundle: PathBuf,
    /// Its sha256.
    pub sha256: String,
    /// The record.
    pub training: Training,
}

/// Trains by a recipe, or goes on with the run in the folder if there is no recipe.
///
/// # Errors
/// Those of reading images and bundles, `run-invalid` for a folder that holds a run (or none to go on with),
/// `training-diverged`.
pub fn train(run: &Run, recipe: Option<Recipe>, progress: &mut dyn Progress) -> Result<Done> {
    pollster::block_on(trained(run, recipe, progress))
}

async fn trained(run: &Run<'_>, recipe: Option<Recipe>, progress: &mut dyn Progress) -> Result<Done> {
    let stored = run.folder.join(Recipe::FILE);
    let (recipe, resumed) = match recipe {
        None if !stored.exists() => {
            let text = format!("'{}' holds no run to go on with.", run.folder.display());
            return Err(Error::new(Code::RunInvalid, text));
        }
        None => (Recipe::of_run(run.folder)?, true),
        Some(_) if stored.exists() => {
            let text = format!(
                "'{}' holds a run already: go on with it (--resume), or name another folder.",
                run.folder.display()
            );
            return Err(Error::new(Code::RunInvalid, text));
        }
        Some(recipe) => (recipe, false),
    };
    recipe.check()?;
    let start = Start::of(&recipe)?;
    let Split { train, val, labels } = split(&recipe, start.labels.as_deref())?;
    let steps = recipe.steps_over(train.len());
    let devices: Vec<Device> = run.devices.iter().map(|device| device.clone().autodiff()).collect();
    let device = devices[0].clone();
    let calibration = || calibration(&train, &start.preprocess, &run.devices[0]);
    let peers = start.build(&recipe, labels.len(), &device, &calibration)?;
    let mut trainer = Trainer::new(peers, &recipe, &start.preprocess, labels.len(), &devices)?;
    files::make_dir(run.folder)?;
    if !resumed {
        files::write(&stored, recipe.to_toml()?.as_bytes())?;
    }

    let checkpoints = Checkpoints::of_run(run.folder);
    let mut done = 0;
    if let Some((step, folder)) = checkpoints.last() {
        checkpoint::restore(&folder, &mut trainer, &device)?;
        done = step;
    }
    let mut log = Log::open(run.folder, done)?;
    let val = some(&val, run.validate_most, recipe.seed);
    progress.begins(steps, done, train.len(), val.len(), labels.len());
    let learnt_from = train.len();
    let mut loader = Loader::start(train, &recipe, &start.preprocess, done, steps);
    let mut skipped = BTreeMap::new();
    let mut last = None;
    while done < steps {
        let clock = Instant::now();
        let batch = loader.next()?;
        let rate = recipe.rate_at(done, steps);
        let outcome = trainer.step(&batch, rate).await?;
        done += 1;
        let speed = recipe.batch as f64 / clock.elapsed().as_secs_f64();
        log.add(Row { step: done, seen: Seen::Step { rate, speed, outcome } })?;
        progress.row(&log.rows[log.rows.len() - 1]);
        if loader.skipped().len() > skipped.len() {
            skipped = loader.skipped();
            progress.skipped(&skipped);
        }
        let due = |every: usize| every > 0 && done.is_multiple_of(every) || done == steps;
        if due(run.validate_every) {
            let found = validate(&trainer.peers, &val, &start.preprocess, &trainer.maps, &device).await?;
            log.add(Row { step: done, seen: Seen::Validation(found.clone()) })?;
            progress.row(&log.rows[log.rows.len() - 1]);
            last = Some(found);
        }
        if due(run.checkpoint_every) {
            checkpoints.keep(done, &trainer, &start, &labels).await?;
            draw(run.folder, &log.rows)?;
        }
    }
    if recipe.keep > 0.0 {
        // Only now: checkpoints hold the networks as they learn.
        for (peer, former) in trainer.peers.iter_mut().zip(start.former(&device)?) {
            peer.net = peer.net.folded().mixed(&former.folded(), recipe.keep);
        }
        last = None;
    }
    let validation = match last {
        Some(found) => found,
        None => validate(&trainer.peers, &val, &start.preprocess, &trainer.maps, &device).await?,
    };
    draw(run.folder, &log.rows)?;
    let training = Training {
        from_sha256: start.sha256()?,
        steps,
        images: learnt_from,
        skipped: skipped.len(),
        validation,
        version: env!("CARGO_PKG_VERSION"),
        recipe: recipe.published(),
    };
    let (bundle, sha256) = written(run.folder, &trainer, &start, &labels, &training).await?;
    Ok(Done { bundle, sha256, training })
}

async fn written(
    folder: &Path,
    trainer: &Trainer,
    start: &Start,
    labels: &[String],
    training: &Training,
) -> Result<(PathBuf, String)> {
    let recipe = &training.recipe;
    let source = format!(
        "Trained by peerlight {}: {} steps of {} images, beta {}, gamma {}, delta {}, seed {}; the whole record is beside this under training.",
        training.version, training.steps, recipe.batch, recipe.beta, recipe.gamma, recipe.delta, recipe.seed
    );
    let record = serde_json::to_value(training).map_err(|e| Error::new(Code::Crashed, e.to_string()))?;
    let tensors = checkpoint::arrays(trainer, true).await?;
    let bytes = Bundle::write(&start.manifest(labels, source, Some(record)), &tensors, Precision::Half)?;
    let path = folder.join(BUNDLE);
    files::write(&path, &bytes)?;
    Ok((path, Bundle::parse(&bytes)?.sha256()))
}

fn draw(folder: &Path, rows: &[Row]) -> Result<()> {
    let plots =
        [("losses", plot::losses(rows)), ("correlation", plot::correlation(rows)), ("regions", plot::regions(rows))];
    plots.iter().try_for_each(|(name, svg)| files::write(&folder.join(format!("{name}.svg")), svg.as_bytes()))
}

/// At most so many, drawn by the seed.
fn some(examples: &[Example], most: usize, seed: u64) -> Vec<Example> {
    let mut order = permutation(Dice::seed(&[seed, 4]), examples.len());
    order.truncate(most.max(1));
    order.sort_unstable();
    order.into_iter().map(|i| examples[i].clone()).collect()
}

/// The first images that can be read, [n, 3, side, side].
fn calibration(train: &[Example], preprocess: &Preprocess, device: &Device) -> Result<burn::tensor::Tensor<4>> {
    let step = train.len().div_ceil(CALIBRATION).max(1);
    let images = train.iter().step_by(step);
    let read =
        |example: &Example| preprocess.image(&crate::decode::decode(&files::read(&example.path).ok()?).ok()?).ok();
    let rgb: Vec<u8> = images.filter_map(read).flatten().collect();
    if rgb.is_empty() {
        return Err(Error::new(Code::ImageBroken, "None of the first images can be read."));
    }
    Ok(preprocess.normalize(&rgb, device))
}
