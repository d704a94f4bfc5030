//! The folder of a run: its recipe, checkpoints, plots and bundle.

use std::{
    fs,
    path::{Path, PathBuf},
};

use peerlight_core::{Code, Error, Result};
use peerlight_train::{Checkpoint, Recipe, Row, plot};

use super::{origin::Origin, recipe};
use crate::{
    files::{self, Lock},
    json,
};

/// Number of checkpoints that are kept.
const KEPT: usize = 2;
/// Begins the name of a checkpoint that is not whole.
const UNFINISHED: &str = "unfinished-";

pub struct RunFolder(PathBuf);

impl RunFolder {
    pub fn new(folder: &Path) -> Self {
        Self(folder.into())
    }

    /// The recipe of the run in the folder.
    ///
    /// # Errors
    /// `run-invalid` if there is none, `file-unreadable` or `ask-invalid`.
    pub fn recipe(&self) -> Result<Recipe> {
        match self.recipe_file().exists() {
            true => recipe::read(&self.recipe_file()),
            false => {
                let text = format!("'{}' holds no run to continue.", self.0.display());
                Err(Error::new(Code::RunInvalid, text))
            }
        }
    }

    /// Checks that what the run was given is where its recipe says, from the current folder.
    ///
    /// # Errors
    /// `run-invalid` names what is not there.
    pub fn check_paths(&self, recipe: &Recipe) -> Result<()> {
        let (data, networks) = (&recipe.data, &recipe.networks);
        let mut paths = data.images.iter().chain(&data.val).chain(&networks.from);
        let Some(gone) = paths.find(|path| !path.exists()) else { return Ok(()) };
        let from = if gone.is_relative() {
            " Its paths count from the folder that it was begun in: call it there, or"
        } else {
            ""
        };
        let text = format!(
            "The run cannot go on: '{}', which it was given, is not there.{from} {} it back; \
             a link in its place will do.",
            gone.display(),
            if from.is_empty() { "Put" } else { "put" }
        );
        Err(Error::new(Code::RunInvalid, text))
    }

    /// # Errors
    /// `run-invalid` if there is a run in the folder, or a bundle that the run would overwrite.
    pub fn check_free(&self) -> Result<()> {
        let folder = self.0.display();
        let text = if self.recipe_file().exists() {
            format!("'{folder}' holds a run already. Continue it with --resume, or name another folder.")
        } else if self.bundle_file().exists() {
            format!(
                "'{}' would be overwritten, and is of no run here. Name another folder.",
                self.bundle_file().display()
            )
        } else {
            return Ok(());
        };
        Err(Error::new(Code::RunInvalid, text))
    }

    fn bundle_file(&self) -> PathBuf {
        self.0.join("bundle.safetensors")
    }

    /// Stores what the run is made of, and the recipe: from now on the folder holds a run.
    ///
    /// # Errors
    /// `file-unwritable`.
    pub fn store(&self, recipe: &Recipe, origin: &Origin) -> Result<()> {
        self.store_origin(origin)?;
        files::write(&self.recipe_file(), recipe::to_toml(recipe)?.as_bytes())
    }

    fn store_origin(&self, origin: &Origin) -> Result<()> {
        files::write(&self.origin_file(), json::pretty(origin)?.as_bytes())
    }

    /// Compares what the run in the folder was made of with what is there now. A run of a version that did not keep
    /// it keeps it from now on.
    ///
    /// # Errors
    /// `run-invalid` names what has changed, `file-unreadable`, `file-unwritable`.
    pub fn check_origin(&self, now: &Origin) -> Result<()> {
        let file = self.origin_file();
        if !file.exists() {
            return self.store_origin(now);
        }
        let origin: Origin = serde_json::from_str(&files::read_text(&file)?).map_err(|e| {
            let text = format!("'{}' does not say what a run is made of: {e}.", file.display());
            Error::new(Code::RunInvalid, text)
        })?;
        origin.check(now)
    }

    fn origin_file(&self) -> PathBuf {
        self.0.join("made-of.json")
    }

    /// Keeps the folder for this process alone.
    ///
    /// # Errors
    /// As [`Lock::take`].
    pub fn lock(&self) -> Result<Lock> {
        Lock::take(&self.0)
    }

    fn recipe_file(&self) -> PathBuf {
        self.0.join("recipe.toml")
    }

    pub fn log_file(&self) -> PathBuf {
        self.0.join("log.jsonl")
    }

    /// The last whole checkpoint.
    ///
    /// # Errors
    /// `file-unreadable`.
    pub fn last_checkpoint(&self) -> Result<Option<Checkpoint>> {
        let Some((step, folder)) = self.checkpoints().pop() else { return Ok(None) };
        let read = |path: PathBuf| Ok((name(&path), files::read(&path)?));
        let files = files::list(&folder)?.into_iter().map(read).collect::<Result<_>>()?;
        Ok(Some(Checkpoint { step, files }))
    }

    /// The error of a checkpoint, with what to do.
    pub fn of_checkpoint(&self, step: usize, error: Error) -> Error {
        let folder = self.step_folder(step);
        let text = format!(
            "{error} Without the folder '{}' the run goes on from the checkpoint before it, or from its beginning.",
            folder.display()
        );
        Error::caused_by(error.code(), text, error)
    }

    fn step_folder(&self, step: usize) -> PathBuf {
        self.checkpoint_folder().join(format!("step-{step:08}"))
    }

    /// Writes a checkpoint, and removes the oldest. A checkpoint is a folder that gets its name when it is whole, so
    /// that a kill at any moment leaves the one before it.
    ///
    /// # Errors
    /// `file-unwritable`.
    pub fn keep(&self, checkpoint: &Checkpoint) -> Result<()> {
        let all = self.checkpoint_folder();
        files::make_dir(&all)?;
        let failed = |e: std::io::Error| files::unwritable(&all, e);
        let unfinished = tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(&all).map_err(failed)?;
        for (name, bytes) in &checkpoint.files {
            files::write(&unfinished.path().join(name), bytes)?;
        }
        let whole = self.step_folder(checkpoint.step);
        if whole.exists() {
            fs::remove_dir_all(&whole).map_err(failed)?;
        }
        fs::rename(unfinished.keep(), &whole).map_err(failed)?;
        let whole = self.checkpoints();
        let old = whole[..whole.len().saturating_sub(KEPT)].iter().map(|(_, path)| path.clone());
        let killed = files::list(&all)?.into_iter().filter(|path| name(path).starts_with(UNFINISHED));
        for path in old.chain(killed) {
            // One that stays does no harm.
            let _ = fs::remove_dir_all(path);
        }
        Ok(())
    }

    fn checkpoint_folder(&self) -> PathBuf {
        self.0.join("checkpoints")
    }

    /// All whole checkpoints in order, each with its number of steps.
    fn checkpoints(&self) -> Vec<(usize, PathBuf)> {
        let step = |path: PathBuf| Some((name(&path).strip_prefix("step-")?.parse().ok()?, path));
        let found = files::list(&self.checkpoint_folder()).unwrap_or_default();
        let mut all: Vec<_> = found.into_iter().filter_map(step).collect();
        all.sort();
        all
    }

    /// Draws the charts of a run.
    ///
    /// # Errors
    /// `file-unwritable`.
    pub fn draw(&self, rows: &[Row]) -> Result<()> {
        let charts = [
            ("losses", plot::losses(rows)),
            ("correlation", plot::correlation(rows)),
            ("regions", plot::regions(rows)),
        ];
        charts.iter().try_for_each(|(name, svg)| files::write(&self.0.join(format!("{name}.svg")), svg.as_bytes()))
    }

    /// Writes the bundle, and returns its path.
    ///
    /// # Errors
    /// `file-unwritable`.
    pub fn write_bundle(&self, bytes: &[u8]) -> Result<PathBuf> {
        let path = self.bundle_file();
        files::write(&path, bytes)?;
        Ok(path)
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
