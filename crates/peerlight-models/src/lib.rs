//! Networks that can be explained, and the files that hold their weights.
//!
//! A [`Network`] is a [`Graph`] of operations and its parameters. It returns the output of every layer that all its
//! data flows through, and can resume from any of them, which replaces hooks: a gradient with respect to a layer is
//! taken by running to it, detaching it, running the rest, and going back. [`ARCHITECTURES`] lists the networks that
//! are built in code; a [`Bundle`] is one safetensors file with the weights of one or more peers and everything
//! needed to use them.
//!
//! ```
//! use burn::tensor::Device;
//! use peerlight_models::{Bundle, Layer, micro};
//!
//! let device = Device::flex();
//! let bytes = micro::bundle()?; // two tiny networks; a file's bytes work the same
//! let network = Bundle::parse(&bytes)?.build(0, &device)?;
//!
//! let features = network.run(Layer::INPUT, micro::input(&device));
//! let last = network.last();
//! // From a layer on, the same logits come out again.
//! let resumed = network.run(last, features.at(last).clone());
//! assert_eq!(resumed.logits.dims(), features.logits.dims());
//! # Ok::<(), peerlight_core::Error>(())
//! ```

mod architecture;
mod architectures;
mod bundle;
mod calibration;
mod classes;
mod composed;
mod efficientnet_lite;
mod eight_bits;
mod folders;
mod graph;
pub mod kernels;
mod labels;
mod manifest;
pub mod micro;
mod network;
pub mod ops;
mod other_kind;
mod threads;
mod weights;

pub use architecture::Architecture;
pub use architectures::{ARCHITECTURES, architecture};
pub use bundle::{Bundle, sha256};
pub use calibration::{Calibration, CalibrationInput, CalibrationStep, SameWorth};
pub use classes::Classes;
pub use composed::compose_by;
pub use efficientnet_lite::PREPROCESS as EFFICIENTNET_LITE_PREPROCESS;
pub use folders::FolderClasses;
pub use graph::{Builder, Cut, Graph, GraphSpec, Head, Layer, Node, NodeId, Parameter, ParameterId, Role};
pub use labels::{
    IMAGENET_1K, IMAGENET_1K_WNIDS, Named, class_named, distinct_name, edits, is_wordnet_id, look_alikes, nearest,
};
pub use manifest::{FORMAT, Manifest, Model, PeerManifest, is_peer_id};
pub use network::{Features, Network};
pub use ops::Moments;
pub use other_kind::other_kind;
pub use threads::inside;
pub(crate) use weights::to_safetensors;
pub use weights::{Array, Precision, Weights};

/// The version of Burn that this crate is built with. `cargo xtask tidy` compares it with Cargo.toml.
pub const BURN_VERSION: &str = "0.22.1";
