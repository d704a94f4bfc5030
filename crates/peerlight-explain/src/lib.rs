//! Explains an image: what each peer recognizes, where it looks, and where the peers agree.
//!
//! A [`Session`] holds the peers of a bundle on one [`Device`](burn::tensor::Device) and answers two questions.
//! [`Session::forward`] runs every peer over an image, which gives a [`ForwardPass`]. [`Session::explain`] answers a
//! [`Request`] about it with an [`Explanation`]: the peers' own maps by one method of the list [`EXPLAINERS`], their joint
//! map, and where they agree. It is plain data that the page, the command line and a file share. A [`Progress`] hears of
//! every step, and can cancel. Normalizing, fusing, resizing and reading back happen here and nowhere else.

mod catalog;
mod device;
mod explain;
mod explainer;
mod explanation;
mod forward_pass;
pub mod legacy;
mod methods;
pub mod options;
mod plan;
mod probe;
mod progress;
mod request;
mod score;
mod self_test;
mod session;
mod setting;

pub use catalog::{Catalog, ColorEntry, ErrorEntry, Named, catalog};
pub use device::{DeviceInfo, DeviceKind, open_device};
pub use explainer::{Explainer, Family, Meta, TargetLayer};
pub use explanation::{
    BundleName, Explanation, ImageInfo, Map, PeerMap, Prediction, RawMap, Region, TargetClass, Timing,
};
pub use forward_pass::ForwardPass;
pub use methods::{EXPLAINERS, explainer};
pub use options::Evidence;
pub use probe::{Cost, Probe};
pub use progress::{Progress, Silent, Step};
pub use request::{Request, Versus};
pub use score::Score;
pub use self_test::self_test;
pub use session::{BundleInfo, PeerInfo, Session};
pub use setting::{Choice, ChoiceSetting, Choose, CountSetting, Handle, Kind, NumberSetting, Setting, Settings, Value};
