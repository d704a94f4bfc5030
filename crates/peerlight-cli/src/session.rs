//! Opening a bundle, and finding its peers and classes by what a person calls them.

use std::path::Path;

use peerlight_core::{Code, Error, Result};
use peerlight_explain::{Session, open_device};
use peerlight_models::{Bundle, class_named};

use crate::{
    cli::{Device, OwnArgs},
    own,
};

/// The peers of a bundle, or of an ONNX file, on a device.
pub fn open(bundle: &Path, own: &OwnArgs, device: Device) -> Result<Session> {
    let (device, info) = pollster::block_on(open_device(device.into()))?;
    let bytes = own::bundle_bytes(bundle, own)?;
    Session::open(&Bundle::parse(&bytes)?, &device, &info.name)
}

/// The index of a class by its index or name.
pub fn class(session: &Session, wanted: &str) -> Result<usize> {
    class_named(&session.info().classes, wanted).ok_or_else(|| {
        let text = format!("'{wanted}' is not one class of the bundle. Give an index or a whole name.");
        Error::new(Code::AskInvalid, text)
    })
}

/// The index of a peer by its id.
pub fn peer(session: &Session, wanted: &str) -> Result<usize> {
    let ids: Vec<&str> = session.info().peers.iter().map(|peer| peer.id.as_str()).collect();
    ids.iter().position(|id| *id == wanted).ok_or_else(|| {
        let text = format!("There is no peer '{wanted}'. There are: {}, or all of them: all.", ids.join(", "));
        Error::new(Code::AskInvalid, text)
    })
}
