//! Explanations of image classifiers: what each peer recognizes, where it looks, and where the peers agree.
//!
//! - A [`Session`] holds the peers of a bundle on one [`Device`](burn::tensor::Device).
//! - [`Session::forward`] runs every peer over an image and returns a [`ForwardPass`].
//! - [`Session::explain`] answers a [`Request`] about it with an [`Explanation`]: the peers' own maps by one method of
//!   [`EXPLAINERS`], their joint map and their agreement, as plain data.
//! - A [`Progress`] receives reports and can cancel; [`Silent`] ignores them.
//! - [`Session::explain_by`] takes a method of one's own: an [`Explainer`].
//!
//! # Example
//!
//! Two micro networks, whose weights come from a formula, explain a gray image.
//!
//! ```
//! use peerlight_core::{Framing, Rgba8};
//! use peerlight_explain::{DeviceKind, Request, Session, Silent, open_device};
//! use peerlight_models::{Bundle, micro};
//!
//! # async fn example() -> peerlight_core::Result<()> {
//! let (device, info) = open_device(DeviceKind::Cpu).await?;
//! let session = Session::open(&Bundle::parse(&micro::bundle()?)?, &device, &info.name)?;
//!
//! let pixels = (0..64 * 64).flat_map(|i: u32| [i as u8, (i / 64 * 4) as u8, 99, 255]).collect();
//! let pass = session.forward(&Rgba8::new(64, 64, pixels)?, Framing::default(), &Silent).await?;
//! let explanation = session.explain(&pass, &Request::of("grad-cam"), &Silent).await?;
//!
//! for peer in &explanation.peers {
//!     println!("{}: {} ({:.0}%)", peer.name, peer.top[0].label, 100.0 * peer.top[0].probability);
//! }
//! let agreement = explanation.agreement.expect("two peers");
//! println!("Agreement: {agreement:.2}");
//! # assert!((-1.0..=1.0).contains(&agreement) && explanation.regions.len() == 49 && !explanation.map.blank);
//! # Ok(())
//! # }
//! # pollster::block_on(example()).unwrap();
//! ```

mod agreement;
mod by_name;
mod catalog;
mod committee;
mod cost;
mod device;
mod explain;
mod explainer;
mod explanation;
mod forward_pass;
mod info;
pub mod legacy;
mod map_pair;
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
mod setting_entry;
mod statistic;
mod statistics;
mod trust;
mod view;

pub use agreement::MapStatistics;
pub use by_name::ByName;
pub use catalog::{Catalog, ColorEntry, ErrorEntry, Named, catalog};
pub use cost::Cost;
pub use device::{DeviceInfo, DeviceKind, open_device};
pub use explainer::{Explainer, Family, Meta, TargetLayer};
pub use explanation::{
    BundleName, Explanation, ImageInfo, LOOKS, Looks, Map, PeerMap, Prediction, RawMap, Region, TargetClass, Timing,
    Trust, TrustEstimate,
};
pub use forward_pass::ForwardPass;
pub use info::{BundleInfo, PeerInfo};
pub use map_pair::{MapPair, PairRegions};
pub use methods::{EXPLAINERS, explainer};
pub use options::Evidence;
pub use probe::Probe;
pub use progress::{Progress, Silent, Step};
pub use request::Request;
pub use score::{Rival, Score, Versus};
pub use self_test::self_test;
pub use session::Session;
pub use setting::{Choice, ChoiceSetting, Choose, CountSetting, Handle, Kind, NumberSetting, Setting, Settings, Value};
pub use setting_entry::SettingEntry;
pub use statistic::{MapContext, Needs, REGIONS, Statistic, StatisticMeta};
pub use statistics::{STATISTICS, overlap, statistic};
pub use view::View;
