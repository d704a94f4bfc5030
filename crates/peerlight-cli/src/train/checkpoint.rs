//! Checkpoints: all that a run needs to go on as if it had never stopped. A checkpoint is a folder that appears under its
//! name only when it is whole, so that a kill at any moment leaves the one before it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use burn::tensor::{Bytes, Device};
use peerlight_core::{Code, Error, Result, read};
use peerlight_models::{Array, Bundle, Precision};

use super::{peers::Start, step::Trainer};
use crate::files;

/// How many are kept.
const KEPT: usize = 2;
const NETWORKS: &str = "networks.safetensors";

/// The folder of a run's checkpoints.
pub struct Checkpoints(PathBuf);

impl Checkpoints {
    /// Those of the run in this folder.
    pub fn of_run(run: &Path) -> Self {
        Self(run.join("checkpoints"))
    }

    /// The last whole one, and the number of steps done by then.
    pub fn last(&self) -> Option<(usize, PathBuf)> {
        self.all().pop()
    }

    fn all(&self) -> Vec<(usize, PathBuf)> {
        let step = |path: PathBuf| {
            let done = path.file_name()?.to_str()?.strip_prefix("step-")?.parse().ok()?;
            Some((done, path))
        };
        let mut all: Vec<_> = files::list(&self.0).unwrap_or_default().into_iter().filter_map(step).collect();
        all.sort();
        all
    }

    /// Keeps the state after `done` steps, and lets the oldest go.
    ///
    /// # Errors
    /// `file-unwritable` or `device-lost`.
    pub async fn keep(&self, done: usize, trainer: &Trainer, start: &Start, labels: &[String]) -> Result<()> {
        files::make_dir(&self.0)?;
        let failed = |e| files::unwritable(&self.0, e);
        let folder = tempfile::Builder::new().prefix("unfinished-").tempdir_in(&self.0).map_err(failed)?;
        let manifest = start.manifest(labels, format!("A checkpoint after {done} steps"), None);
        let bytes = Bundle::write(&manifest, &arrays(trainer, false).await?, Precision::Single)?;
        files::write(&folder.path().join(NETWORKS), &bytes)?;
        for (peer, optimizer) in trainer.peers.iter().zip(&trainer.optimizers) {
            let bytes = optimizer.into_bytes().map_err(|e| broken(folder.path(), &format!("{e:?}")))?;
            files::write(&folder.path().join(optimizer_file(&peer.id)), &bytes)?;
        }
        let whole = self.0.join(format!("step-{done:08}"));
        if whole.exists() {
            fs::remove_dir_all(&whole).map_err(failed)?;
        }
        fs::rename(folder.keep(), &whole).map_err(failed)?;
        let all = self.all();
        for (_, old) in &all[..all.len().saturating_sub(KEPT)] {
            // One that stays does no harm.
            let _ = fs::remove_dir_all(old);
        }
        self.sweep();
        Ok(())
    }

    /// Removes what a killed run left unfinished.
    fn sweep(&self) {
        let unfinished =
            |path: &PathBuf| path.file_name().is_some_and(|n| n.to_string_lossy().starts_with("unfinished-"));
        for path in files::list(&self.0).unwrap_or_default().into_iter().filter(unfinished) {
            let _ = fs::remove_dir_all(path);
        }
    }
}

/// Puts a checkpoint's state into a trainer.
///
/// # Errors
/// `bundle-invalid`, `bundle-truncated` or `run-invalid` if it is damaged.
pub fn restore(folder: &Path, trainer: &mut Trainer, device: &Device) -> Result<()> {
    let bytes = files::read(&folder.join(NETWORKS))?;
    let bundle = Bundle::parse(&bytes)?;
    for (i, (peer, optimizer)) in trainer.peers.iter_mut().zip(&mut trainer.optimizers).enumerate() {
        peer.net = bundle.net(i, device)?.numbered(super::peers::first_number(i));
        let state = files::read(&folder.join(optimizer_file(&peer.id)))?;
        let restored = optimizer.clone().from_bytes(Bytes::from_bytes_vec(state));
        *optimizer = restored.map_err(|e| broken(folder, &format!("{e:?}")))?;
    }
    Ok(())
}

/// The weights of all peers under their names in a bundle; folded, as explanations take them, or with their norms.
///
/// # Errors
/// `device-lost`.
pub async fn arrays(trainer: &Trainer, folded: bool) -> Result<BTreeMap<String, Array>> {
    let mut all = BTreeMap::new();
    for peer in &trainer.peers {
        let net = if folded { peer.net.folded() } else { peer.net.clone() };
        let arrays = net.arrays(&mut |tensor| pollster::block_on(read(tensor)))?;
        all.extend(arrays.into_iter().map(|(name, array)| (format!("{}.{name}", peer.id), array)));
    }
    Ok(all)
}

fn optimizer_file(id: &str) -> String {
    format!("optimizer-{id}.bpk")
}

fn broken(folder: &Path, why: &str) -> Error {
    Error::new(Code::RunInvalid, format!("The checkpoint '{}' cannot be used: {why}.", folder.display()))
}
