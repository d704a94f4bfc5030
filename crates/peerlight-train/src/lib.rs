//! Trains networks as peers: each learns what images show, and from where the others look.
//!
//! A [`Dataset`] gives images, a [`Recipe`] says how to train, a [`Start`] says with which networks. A [`Run`] then
//! trains step by step; after any step it gives a [`Checkpoint`] from which it continues bit for bit, and at the end
//! a bundle that Peerlight explains. Everything random comes from the recipe's seed. The library opens no file:
//! datasets, checkpoints and bundles are the caller's to read and write.
//!
//! ```
//! use burn::tensor::Device;
//! use peerlight_core::Rgba8;
//! use peerlight_train::{Data, Example, Networks, Recipe, Run, Schedule, Start};
//!
//! # fn main() -> peerlight_core::Result<()> {
//! // Red images are of class 0, blue ones of class 1.
//! let image = |color: [u8; 4]| Rgba8::new(32, 32, color.repeat(32 * 32));
//! let images = (0..8).map(|i| {
//!     let class = i % 2;
//!     Ok(Example { image: image([[220, 50, 40, 255], [40, 60, 220, 255]][class])?, class: Some(class) })
//! });
//! let images = images.collect::<peerlight_core::Result<Vec<_>>>()?;
//! let micro = "efficientnet-lite-micro";
//! let recipe = Recipe {
//!     data: Data { image_size: vec![32], ..Data::default() },
//!     networks: Networks { peers: vec![format!("a={micro}"), format!("b={micro}")], ..Networks::default() },
//!     schedule: Schedule { steps: Some(2), batch_size: 4, ..Schedule::default() },
//!     ..Recipe::default()
//! };
//! let start = Start::from_scratch(&recipe.networks)?;
//! let mut run = Run::new(recipe, start, images, vec!["red".into(), "blue".into()], &[Device::flex()])?;
//! while let Some(step) = run.step()? {
//!     assert!(step.report.peers[0].terms.cross_entropy.is_finite());
//! }
//! let bundle = run.finish()?.bundle(None)?;
//! assert_eq!(bundle.record.steps, 2);
//! # Ok(())
//! # }
//! ```

mod augment;
mod checkpoint;
mod dataset;
mod loader;
mod log;
mod maps;
mod mask;
mod objective;
mod optimizer;
mod peer;
pub mod plot;
mod readback;
pub mod recipe;
mod replica;
pub mod rng;
mod run;
mod start;
mod terms;
mod trainer;
mod validation;

pub use checkpoint::Checkpoint;
pub use dataset::{Dataset, Example, hold_out, validation_sample};
pub use loader::Batch;
pub use log::{Event, Row};
pub use peer::Peer;
pub use recipe::{Data, Loss, Networks, Recipe, Schedule};
pub use run::{Record, Run, Step, Trained, TrainedBundle};
pub use start::Start;
pub use terms::LossTerms;
pub use trainer::{PeerLosses, StepReport, Trainer};
pub use validation::Validation;
