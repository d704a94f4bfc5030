//! A bundle: one safetensors file with the weights of one or more peers.

use std::collections::{BTreeMap, HashMap, HashSet};

use burn::tensor::Device;
use peerlight_core::{Code, Error, Result};
use safetensors::{Dtype, SafeTensorError, SafeTensors};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    Array, Calibration, Graph, GraphSpec, Manifest, Model, Network, Precision, Weights, architecture, eight_bits,
    other_kind, to_safetensors,
};

/// The metadata key of the manifest.
const KEY: &str = "peerlight";

/// A bundle in memory: its manifest is checked, its tensors are read when a peer is built.
pub struct Bundle<'a> {
    /// Description that the bundle holds: peers, classes, preprocessing, sources.
    pub manifest: Manifest,
    tensors: SafeTensors<'a>,
    bytes: &'a [u8],
}

impl<'a> Bundle<'a> {
    /// Reads a file's bytes. Nothing in them is trusted.
    ///
    /// # Errors
    /// `bundle-truncated`, `bundle-version` or `bundle-invalid`.
    pub fn parse(bytes: &'a [u8]) -> Result<Self> {
        if let Some(what) = other_kind(bytes) {
            return Err(Error::new(Code::BundleInvalid, format!("The weight file is {what}.")));
        }
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(broken)?;
        let manifest = metadata.metadata().as_ref().and_then(|map| map.get(KEY)).ok_or_else(|| {
            let text =
                "The weight file is a safetensors file, but not a Peerlight bundle. Make one with `peerlight import`.";
            Error::new(Code::BundleInvalid, text)
        })?;
        let manifest = Manifest::parse(manifest)?;
        let tensors = SafeTensors::deserialize(bytes).map_err(broken)?;
        Ok(Self { manifest, tensors, bytes })
    }

    /// The file's sha256, in lower-case hexadecimal digits.
    pub fn sha256(&self) -> String {
        sha256(self.bytes)
    }

    /// Makes the network of the peer at this place in the manifest.
    ///
    /// # Errors
    /// `bundle-invalid` if its tensors are not what its architecture needs.
    pub fn build(&self, peer: usize, device: &Device) -> Result<Network> {
        let (own, classes) = (&self.manifest.peers[peer], self.manifest.labels(peer).len());
        let weights = Weights::new(&self.tensors, &own.id);
        match &own.model {
            Model::Architecture(id) => architecture(id)?.build(&weights, classes, device),
            Model::Graph(spec) => Network::load(Graph::new(GraphSpec::clone(spec))?, &weights, device),
        }
    }

    /// The number of weights of the peer at this place in the manifest.
    pub fn parameters(&self, peer: usize) -> usize {
        let prefix = format!("{}.", self.manifest.peers[peer].id);
        let is_i8 = |name: &str| self.tensors.tensor(name).is_ok_and(|view| view.dtype() == Dtype::I8);
        let own = self.tensors.iter().filter(|(name, _)| name.starts_with(&prefix));
        let weights = own.filter(|(name, _)| !eight_bits::scaled_by(name).is_some_and(is_i8));
        weights.map(|(_, view)| view.shape().iter().product::<usize>()).sum()
    }

    /// The calibration of its agreement: its own, or the one that comes with Peerlight for this very file, whose sha256
    /// is given.
    ///
    /// # Errors
    /// `bundle-invalid` if that is not sound.
    pub fn calibration(&self, sha256: &str) -> Result<Option<Calibration>> {
        match &self.manifest.calibration {
            Some(own) => Ok(Some(own.clone())),
            None => Calibration::shipped(sha256),
        }
    }

    /// The bytes of the same bundle with this calibration in its description. Tensors keep every bit.
    ///
    /// # Errors
    /// `bundle-invalid` if the calibration is not sound.
    pub fn calibrated(&self, calibration: &Calibration) -> Result<Vec<u8>> {
        calibration.check()?;
        let unreadable = |e: serde_json::Error| Error::new(Code::BundleInvalid, e.to_string());
        let length = |bytes: &[u8]| bytes.first_chunk().map_or(0, |length| u64::from_le_bytes(*length) as usize);
        let (head, tensors) = self.bytes[8..].split_at(length(self.bytes));
        let mut head: Value = serde_json::from_slice(head).map_err(unreadable)?;
        let described = &mut head["__metadata__"][KEY];
        let mut manifest: Value = serde_json::from_str(described.as_str().unwrap_or_default()).map_err(unreadable)?;
        manifest["calibration"] = serde_json::to_value(calibration).map_err(unreadable)?;
        *described = manifest.to_string().into();
        let mut head = head.to_string().into_bytes();
        // Tensors begin at a multiple of 8 bytes.
        head.resize(head.len().next_multiple_of(8), b' ');
        let mut bytes = (head.len() as u64).to_le_bytes().to_vec();
        bytes.extend(head);
        bytes.extend(tensors);
        Bundle::parse(&bytes)?;
        Ok(bytes)
    }

    /// Writes a bundle: the tensors of every peer under `<peer id>.<name>`. The same content gives the same bytes.
    ///
    /// # Errors
    /// `bundle-invalid` if the manifest or a value cannot be stored.
    pub fn write(manifest: &Manifest, tensors: &BTreeMap<String, Array>, precision: Precision) -> Result<Vec<u8>> {
        manifest.check()?;
        let narrow = if precision == Precision::Int8 { manifest.large_weights()? } else { HashSet::new() };
        let json = manifest.to_json(!narrow.is_empty())?;
        // One entry alone: a map of several would be written in any order.
        to_safetensors(tensors, precision, &narrow, HashMap::from([(KEY.to_owned(), json)]))
    }
}

/// The sha256 of a file's bytes, in lower-case hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    // In pieces: a browser runs a function of a module optimized from one of its next calls on, not within a call.
    let mut hash = Sha256::new();
    bytes.chunks(1 << 16).for_each(|piece| hash.update(piece));
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Tells a file that ends too early from one that is wrong.
fn broken(error: SafeTensorError) -> Error {
    use SafeTensorError::{HeaderTooSmall, InvalidHeaderLength, MetadataIncompleteBuffer};
    match error {
        HeaderTooSmall | InvalidHeaderLength | MetadataIncompleteBuffer => Error::new(
            Code::BundleTruncated,
            "The weight file ends too early, or is not a safetensors file. Download it again.",
        ),
        other => Error::new(Code::BundleInvalid, format!("The weight file is not a valid safetensors file: {other}.")),
    }
}
