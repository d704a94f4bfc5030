//! Networks of one's own: files on their way into the engine's memory, what is in them, and peers made of them.

use js_sys::Uint8Array;
use peerlight_core::{Code, Error, Result};
use peerlight_explain::{BundleInfo, Session};
use peerlight_models::{Manifest, PeerManifest, sha256};
use peerlight_onnx::{OwnNetworks, OwnOptions, PeerOptions, build_own, inspect_own, manifest_of, parse_labels};
use serde::Deserialize;
use serde_json::Value;
use wasm_bindgen::prelude::*;

use crate::{
    Engine,
    convert::{thrown, to_js},
};

/// A file in the engine's memory. It comes piece by piece, so that JavaScript never holds all of it.
#[wasm_bindgen]
pub struct NetworkFile {
    bytes: Vec<u8>,
}

#[wasm_bindgen]
impl NetworkFile {
    /// Room for a file of this many bytes.
    #[wasm_bindgen(constructor)]
    pub fn new(size: usize) -> core::result::Result<NetworkFile, JsValue> {
        let mut bytes = Vec::new();
        let failed = |_| Error::new(Code::OutOfMemory, format!("There is no room for a file of {size} bytes."));
        bytes.try_reserve_exact(size).map_err(failed).map_err(thrown)?;
        Ok(Self { bytes })
    }

    /// Adds the next piece.
    pub fn push(&mut self, piece: &Uint8Array) -> core::result::Result<(), JsValue> {
        let (start, length) = (self.bytes.len(), piece.length() as usize);
        if length > self.bytes.capacity() - start {
            let text = "The file has changed while it was read. Choose it again.";
            return Err(thrown(Error::new(Code::BundleTruncated, text)));
        }
        piece.copy_to_uninit(&mut self.bytes.spare_capacity_mut()[..length]);
        // SAFETY: the piece was copied there.
        unsafe { self.bytes.set_len(start + length) };
        Ok(())
    }

    /// The sha256, computed here: a browser does it several times as fast where it may.
    pub fn sha256(&self) -> String {
        sha256(&self.bytes)
    }

    /// What is there so far, without a copy: valid until the engine is called again.
    #[wasm_bindgen(getter)]
    pub fn bytes(&self) -> Uint8Array {
        // SAFETY: it is read before anything else is called, so neither the memory nor what is in it moves.
        unsafe { Uint8Array::view(&self.bytes) }
    }
}

/// Says what is in a file with networks. `options` is JSON; see [`Engine::add`].
#[wasm_bindgen]
pub fn inspect(file: NetworkFile, options: &str) -> core::result::Result<JsValue, JsValue> {
    let found = options_of(options).and_then(|options| inspect_own(&file.bytes, &options)).map_err(thrown)?;
    to_js(&found).map_err(thrown)
}

#[wasm_bindgen]
impl Engine {
    /// Adds the networks of a file, whose memory becomes theirs, to those that [`Engine::load_added`] opens. `options`
    /// is JSON: `id`; `file`, its name; `peers`, the ids to take from a bundle; `beside`, the text of a JSON file that
    /// came with it; and what such a file can say, where `labels` may be the text of a file of names.
    pub fn add(&mut self, file: NetworkFile, options: &str) -> core::result::Result<(), JsValue> {
        let built = options_of(options).and_then(|options| build_own(file.bytes, &options, &self.device));
        self.added.push(built.map_err(thrown)?);
        Ok(())
    }

    /// Opens the networks that were added as the peers of a bundle; `hashes` has the sha256 of each file. What was
    /// loaded before stays if this fails.
    pub fn load_added(&mut self, hashes: Vec<String>) -> core::result::Result<JsValue, JsValue> {
        let added = std::mem::take(&mut self.added);
        self.open_added(added, &hashes).map_err(thrown)
    }
}

impl Engine {
    fn open_added(&mut self, added: Vec<OwnNetworks>, hashes: &[String]) -> Result<JsValue> {
        let said = |of: fn(&OwnNetworks) -> &String| {
            let mut all: Vec<&str> = added.iter().map(|file| of(file).as_str()).collect();
            all.dedup();
            all.join("; ")
        };
        let (license, source) = (said(|file| &file.license), said(|file| &file.source));
        let (name, sha256, calibration) = match (added.as_slice(), hashes) {
            ([one], [hash]) => (one.name.clone(), hash.clone(), one.calibration(hash)?),
            _ => (None, sha256(hashes.concat().as_bytes()), None),
        };
        let (mut peers, networks): (Vec<_>, Vec<_>) = added.into_iter().flat_map(|file| file.peers).unzip();
        make_unique(&mut peers);
        let name = name.unwrap_or_else(|| peers.iter().map(|peer| peer.display_name()).collect::<Vec<_>>().join(" + "));
        let manifest = Manifest { calibration, ..manifest_of(peers, name, license, source)? };
        manifest.check()?;
        let info = BundleInfo::of(&manifest, sha256, &networks);
        self.open_session(Session::of(info, networks, &self.device, &self.info.name))
    }
}

/// Numbers the ids that are there already.
fn make_unique(peers: &mut [PeerManifest]) {
    for i in 1..peers.len() {
        let (before, id) = (&peers[..i], peers[i].id.clone());
        let is_free = |id: &String| before.iter().all(|peer| peer.id != *id);
        let numbered = (2..).map(|number| format!("{id}-{number}"));
        peers[i].id = std::iter::once(id.clone()).chain(numbered).find(is_free).unwrap_or(id);
    }
}

/// What JavaScript says beyond what a JSON file beside a network can say.
#[derive(Default, Deserialize)]
#[serde(default)]
struct JsOptions {
    id: Option<String>,
    file: Option<String>,
    peers: Option<Vec<String>>,
    beside: Option<String>,
}

fn options_of(json: &str) -> Result<OwnOptions> {
    let refused = |e| Error::new(Code::AskInvalid, format!("The options of a network cannot be read: {e}."));
    let mut said: Value = serde_json::from_str(json).map_err(refused)?;
    let JsOptions { id, file, peers, beside } = JsOptions::deserialize(&said).map_err(refused)?;
    // The text of a file of names, where a file on disk would name another one.
    if let Some(Value::String(text)) = said.get("labels")
        && !["imagenet", "none"].contains(&text.as_str())
    {
        said["labels"] = parse_labels(text)?.into();
    }
    let alone = |name: &str| Err(Error::new(Code::AskInvalid, format!("The file '{name}' was not given.")));
    let said = PeerOptions::of_json(&said.to_string(), &alone)?;
    let beside = beside.map(|text| PeerOptions::of_json(&text, &alone)).transpose()?.unwrap_or_default();
    Ok(OwnOptions { id, file, peer: said.or(beside), peers })
}
