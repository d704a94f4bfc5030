//! Explains an image: what each peer recognizes, where it looks, and where the peers agree.
//!
//! A [`Session`] holds the peers of a bundle on one [`Device`](burn::tensor::Device). It looks at an image, which gives a
//! [`ForwardPass`], and explains it: an [`Ask`] gives an [`Explanation`], the peers' maps and where they agree; a [`Request`]
//! gives an [`Attribution`], the map of one method ([`Explainer`]) of the list [`EXPLAINERS`]. Both are plain data that
//! the page, the command line and a file share. A [`Host`] is told how far it is, and can cancel. Normalizing, fusing,
//! resizing and reading back happen here and nowhere else.

mod ask;
mod attribution;
mod catalog;
mod device;
mod evidence;
mod explainer;
mod explanation;
mod forward_pass;
mod host;
mod methods;
mod probe;
mod read;
mod request;
mod score;
mod self_test;
mod session;
mod setting;

pub use ask::{Ask, Evidence};
pub use attribution::{Attribution, Native};
pub use catalog::{Catalog, ColorEntry, ErrorEntry, Named, catalog};
pub use device::{DeviceInfo, DeviceKind, open_device};
pub use evidence::attention;
pub use explainer::{EXPLAINERS, Explainer, Family, Meta, Reads, explainer};
pub use explanation::{
    BundleName, Explanation, ImageInfo, Map, Peer as PeerReport, Prediction, Region, Target, Timing,
};
pub use forward_pass::ForwardPass;
pub use host::{Host, Step};
pub use probe::{Cost, Probe};
pub use read::read;
pub use request::{Contrast, Request};
pub use score::Score;
pub use self_test::self_test;
pub use session::{BundleInfo, PeerInfo, Session};
pub use setting::{Choice, Kind, Setting, Settings, Value};
