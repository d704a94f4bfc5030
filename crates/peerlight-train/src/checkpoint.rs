//! The state of a run between two steps, as bytes.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use burn::tensor::{Bytes, Device};
use peerlight_core::{Code, Error, Result};
use peerlight_models::{Array, Bundle, Manifest, Network, Precision, sha256};

use crate::{
    readback::read,
    start::{Start, numbered},
    trainer::Trainer,
};

const NETWORKS: &str = "networks.safetensors";
/// The sha256 of every other file, by name.
const SUMS: &str = "sha256.json";

/// All that a run needs to continue as if it had never stopped: named files, to be kept wherever the caller likes. It
/// is whole or of no use, so the caller must write it all or nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    /// Number of steps that are done.
    pub step: usize,
    /// The files' contents by name: the networks as a bundle, and the state of every peer's optimizer.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Checkpoint {
    /// The state after `step` steps.
    pub(crate) fn new(step: usize, trainer: &Trainer, start: &Start, labels: &[String]) -> Result<Self> {
        let networks: Vec<_> = trainer.peers.iter().map(|peer| peer.net.clone()).collect();
        let manifest = start.manifest(&networks, labels, format!("A checkpoint after {step} steps"), None);
        let networks = Bundle::write(&manifest, &arrays(&manifest, &networks)?, Precision::Single)?;
        let mut files = BTreeMap::from([(NETWORKS.to_owned(), networks)]);
        for (peer, optimizer) in trainer.peers.iter().zip(&trainer.optimizers) {
            let bytes = optimizer.into_bytes().map_err(|e| broken(step, &e.to_string()))?;
            files.insert(optimizer_file(&peer.id), bytes.to_vec());
        }
        let sums: BTreeMap<&String, String> = files.iter().map(|(name, bytes)| (name, sha256(bytes))).collect();
        let sums = serde_json::to_vec_pretty(&sums)?;
        files.insert(SUMS.to_owned(), sums);
        Ok(Self { step, files })
    }

    /// Puts the state into a trainer of the same peers and classes.
    ///
    /// # Errors
    /// `bundle-invalid`, `bundle-truncated` or `run-invalid` if the checkpoint is damaged, or of other peers or
    /// classes.
    pub(crate) fn restore(&self, trainer: &mut Trainer, labels: &[String], device: &Device) -> Result<()> {
        let file =
            |name: &str| self.files.get(name).ok_or_else(|| broken(self.step, &format!("it has no file '{name}'")));
        self.check_sums()?;
        let bundle = Bundle::parse(file(NETWORKS)?)?;
        if bundle.manifest.labels != labels {
            return Err(broken(self.step, "the classes are not those of the checkpoint"));
        }
        if bundle.manifest.peers.len() != trainer.peers.len() {
            return Err(broken(self.step, "it is of another number of peers"));
        }
        for (m, (peer, optimizer)) in trainer.peers.iter_mut().zip(&mut trainer.optimizers).enumerate() {
            if bundle.manifest.peers.get(m).is_none_or(|stored| stored.id != peer.id) {
                return Err(broken(self.step, &format!("its peer {m} is not '{}'", peer.id)));
            }
            peer.net = numbered(bundle.build(m, device)?, m);
            let state = Bytes::from_bytes_vec(file(&optimizer_file(&peer.id))?.clone());
            // Burn's reader panics at records that it never wrote, and sums can be left out or made anew.
            let restored = catch_unwind(AssertUnwindSafe(|| optimizer.clone().from_bytes(state)));
            let restored = restored.map_err(|_| broken(self.step, "an optimizer's state is damaged"))?;
            *optimizer = restored.map_err(|e| broken(self.step, &e.to_string()))?;
        }
        Ok(())
    }

    /// Refuses files whose sums are not those that were written. Checkpoints of earlier versions have no sums.
    fn check_sums(&self) -> Result<()> {
        let Some(sums) = self.files.get(SUMS) else { return Ok(()) };
        let sums = serde_json::from_slice::<BTreeMap<String, String>>(sums);
        for (name, sum) in sums.map_err(|e| broken(self.step, &format!("its sums cannot be read: {e}")))? {
            if self.files.get(&name).is_none_or(|bytes| sha256(bytes) != sum) {
                return Err(broken(self.step, &format!("'{name}' is damaged")));
            }
        }
        Ok(())
    }
}

/// The weights of the peers' networks under their names in a bundle.
///
/// # Errors
/// `device-lost`.
pub(crate) fn arrays(manifest: &Manifest, networks: &[Network]) -> Result<BTreeMap<String, Array>> {
    let mut all = BTreeMap::new();
    for (peer, network) in manifest.peers.iter().zip(networks) {
        let arrays = network.arrays(&mut |tensor| read(tensor))?;
        all.extend(arrays.into_iter().map(|(name, array)| (format!("{}.{name}", peer.id), array)));
    }
    Ok(all)
}

fn optimizer_file(id: &str) -> String {
    format!("optimizer-{id}.bpk")
}

fn broken(step: usize, why: &str) -> Error {
    Error::new(Code::RunInvalid, format!("The checkpoint after {step} steps cannot be used: {why}."))
}
