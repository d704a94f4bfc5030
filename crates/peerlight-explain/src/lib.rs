//! Explains a photo: what each peer recognises, where it looks, and where the peers agree.
//!
//! A [`Session`] holds the peers of a bundle on one [`Device`](burn::tensor::Device). It takes a photo and an [`Ask`],
//! tells a [`Host`] how far it is, and gives an [`Explanation`]: plain data that the page, the
//! command line and a file share. Normalising, resizing and reading back happen here and nowhere
//! else.

mod ask;
mod catalog;
mod device;
mod evidence;
mod explanation;
mod host;
mod read;
mod self_test;
mod session;

pub use ask::{Ask, Evidence};
pub use catalog::{Catalog, Choice, ColourEntry, ErrorEntry, Named, Setting, catalog};
pub use device::{DeviceInfo, DeviceKind, open_device};
pub use explanation::{BundleName, Explanation, Map, Peer as PeerReport, Photo, Prediction, Region, Target, Timing};
pub use host::{Host, Step};
pub use self_test::self_test;
pub use session::{BundleInfo, PeerInfo, Session};
