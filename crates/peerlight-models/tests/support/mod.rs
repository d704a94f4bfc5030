//! Bundles' bytes, and changes to them.

// Each test file takes what it needs of this.
#![allow(dead_code)]

use burn::tensor::Device;
use peerlight_core::{Code, Result};
use peerlight_models::{Bundle, Manifest, micro};
use serde_json::Value;

/// Reads a file as far as it goes: its description, and every peer's tensors.
pub fn open(bytes: &[u8]) -> Result<Manifest> {
    let bundle = Bundle::parse(bytes)?;
    for peer in 0..bundle.manifest.peers.len() {
        bundle.build(peer, &Device::flex())?;
        assert!(bundle.parameters(peer) > 0);
    }
    Ok(bundle.manifest)
}

pub fn code(bytes: &[u8]) -> Option<Code> {
    open(bytes).err().map(|e| {
        assert!(e.to_string().len() > 20 && e.to_string().ends_with('.'), "not a sentence: {e}");
        e.code()
    })
}

/// The length of the header, and the header as JSON.
pub fn header(bytes: &[u8]) -> (usize, Value) {
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    (length, serde_json::from_slice(&bytes[8..8 + length]).unwrap())
}

/// The file with another header.
pub fn with_header(bytes: &[u8], header: &str) -> Vec<u8> {
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let mut changed = (header.len() as u64).to_le_bytes().to_vec();
    changed.extend(header.as_bytes());
    changed.extend(&bytes[8 + length..]);
    changed
}

/// The micro bundle with a change to its description.
pub fn described(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let bytes = micro::bundle().unwrap();
    let (_, mut header) = header(&bytes);
    let mut manifest = serde_json::from_str(header["__metadata__"]["peerlight"].as_str().unwrap()).unwrap();
    change(&mut manifest);
    header["__metadata__"]["peerlight"] = manifest.to_string().into();
    with_header(&bytes, &header.to_string())
}
