//! `peerlight train`

mod data;
mod folder;
mod log;
mod origin;
mod progress;
pub mod recipe;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use burn::tensor::Device as BurnDevice;
use peerlight_core::{Code, Error, Result};
use peerlight_explain::open_device;
use peerlight_train::{Dataset, Event, Record, Run, Start, TrainedBundle, Validation};
use serde::Serialize;

use self::{
    data::{ImageFiles, Split, split},
    folder::RunFolder,
    log::Log,
    origin::Origin,
    progress::Progress,
};
use crate::{
    cli::{Device, Train},
    files::{self, Lock},
    json,
    left_out::{End, Entry, LeftOut, counted},
    output, own,
    terminal::percentages,
};

pub fn run(options: &Train) -> Result<End> {
    let folder = RunFolder::new(&options.out);
    let mut left = LeftOut::default();
    let Prepared { mut run, val, failed, _lock } = prepare(options, &folder, &mut left)?;
    let last = learn(options, &folder, &mut run, &val)?;
    let trained = run.finish()?;
    // Interpolated weights are not those of the last validation.
    let validation = match last.filter(|_| !trained.interpolated()) {
        Some(last) => last,
        None => trained.validate(&val)?,
    };
    let bundle = trained.bundle(Some(validation))?;
    for failed in failed {
        let failed = std::mem::take(&mut *failed.lock().unwrap_or_else(PoisonError::into_inner));
        failed.into_iter().for_each(|(file, why)| left.image(file, why));
    }
    report(options, &folder.write_bundle(&bundle.bytes)?, &bundle, &left)?;
    left.tell();
    Ok(left.end())
}

/// A run and all that it needs.
struct Prepared {
    run: Run,
    val: ImageFiles,
    /// Where images are noted that cannot be loaded.
    failed: Vec<Arc<Mutex<BTreeMap<String, String>>>>,
    _lock: Lock,
}

/// The run that the options ask for, new or continued, and the images to validate with.
fn prepare(options: &Train, folder: &RunFolder, left: &mut LeftOut) -> Result<Prepared> {
    let devices = options.device.iter().map(|&wanted| device(wanted)).collect::<Result<Vec<_>>>()?;
    let recipe = match options.resume {
        true => {
            let recipe = folder.recipe()?;
            folder.check_paths(&recipe)?;
            recipe
        }
        false => {
            folder.check_free()?;
            recipe::recipe(options.config.as_deref(), &options.recipe)?
        }
    };
    recipe.check()?;
    if recipe.networks.from.is_none() && !options.own.is_empty() {
        let text = "--labels, --preprocess, --size and --output are for an ONNX file that --from names, and this run \
                    starts from none.";
        return Err(Error::new(Code::AskInvalid, text));
    }
    let from = recipe.networks.from.as_deref().map(|path| own::bundle_bytes(path, &options.own)).transpose()?;
    let bundle_sha256 = from.as_deref().map(files::sha256);
    let start = match from {
        Some(bytes) => Start::from_bundle(&recipe.networks, bytes)?,
        None => Start::from_scratch(&recipe.networks)?,
    };
    let Split { train, val, held_out, labels } = split(&recipe, start.labels.as_deref(), options.validate_most, left)?;
    let (images, classes) = (train.len(), labels.len());
    let failed = vec![train.failed(), held_out.failed()];
    let origin = Origin::of(&recipe, bundle_sha256, &labels, &train, &held_out, left)?;
    origin.check_apart(recipe.data.val.is_some(), left)?;
    let mut run = Run::new(recipe.clone(), start, train, labels, &devices)?;
    // Before anything is written, and before a checkpoint is read that another process may be replacing.
    let lock = folder.lock()?;
    if options.resume {
        folder.check_origin(&origin)?;
    } else {
        folder.check_free()?;
        folder.store(&recipe, &origin)?;
    }
    if let Some(checkpoint) = folder.last_checkpoint()? {
        run.resume(&checkpoint).map_err(|e| folder.of_checkpoint(checkpoint.step, e))?;
    }
    let done = if run.done() > 0 { format!(", {} of them done", run.done()) } else { String::new() };
    let (steps, val_images) = (run.steps(), val.len());
    eprintln!("{steps} steps{done}; {images} images to train with, {val_images} to validate with, {classes} classes");
    Ok(Prepared { run, val, failed, _lock: lock })
}

/// Does all steps that are left. Returns the last validation, if one was due.
fn learn(options: &Train, folder: &RunFolder, run: &mut Run, val: &ImageFiles) -> Result<Option<Validation>> {
    let mut log = Log::open(folder.log_file(), run.done())?;
    let mut progress = Progress::new(run.steps(), run.done());
    let mut last = None;
    while let Some(step) = run.step()? {
        let done = run.done();
        progress.row(log.add(done, Event::Step(step))?);
        progress.skipped(&run.skipped());
        let due = |every: usize| every > 0 && done.is_multiple_of(every) || done == run.steps();
        if due(options.validate_every) {
            let found = run.validate(val)?;
            progress.row(log.add(done, Event::Validation(found.clone()))?);
            last = Some(found);
        }
        if due(options.checkpoint_every) {
            folder.keep(&run.checkpoint()?)?;
            folder.draw(&log.rows)?;
        }
    }
    folder.draw(&log.rows)?;
    Ok(last)
}

fn device(wanted: Device) -> Result<BurnDevice> {
    pollster::block_on(open_device(wanted.into())).map(|(device, _)| device)
}

#[derive(Serialize)]
struct Report<'a> {
    bundle: String,
    sha256: &'a str,
    #[serde(flatten)]
    record: &'a Record,
    left_out: &'a [Entry],
}

fn report(
    options: &Train,
    path: &Path,
    TrainedBundle { sha256, record, .. }: &TrainedBundle,
    left: &LeftOut,
) -> Result<()> {
    if options.json {
        let bundle = path.display().to_string();
        return output::print_line(json::pretty(&Report { bundle, sha256, record, left_out: left.files() })?);
    }
    let (steps, images) = (counted(record.steps, "step"), counted(record.images, "image"));
    let mut text = format!("{steps} over {images}; {} could not be read.\n", record.skipped);
    if let Some(Validation { images, accuracy, rho, .. }) = &record.validation {
        let (images, accuracy) = (counted(*images, "other image"), percentages(accuracy));
        text += &format!("On {images}: accuracy {accuracy}; mean correlation {rho:.3}.\n");
    }
    text += &format!("{sha256}  {}\n", path.display());
    text += "Beside it are charts of the losses and of the correlation as SVG; log.jsonl has every step.\n";
    output::print(text)
}
