//! Networks that can be explained, and the files that hold their weights.
//!
//! A [`Network`] returns every stage of its network and can resume from any of them, which
//! replaces hooks: a gradient with respect to a stage is taken by running to it, detaching it,
//! running the rest, and going back. [`ARCHITECTURES`] lists every architecture; a [`Bundle`] is one
//! safetensors file with the weights of two or more peers and everything needed to use them.

mod bundle;
mod efficientnet_lite;
pub mod kernels;
mod labels;
mod manifest;
pub mod micro;
mod net;
mod network;
mod weights;

pub use bundle::{Bundle, FORMAT};
pub use efficientnet_lite::PREPROCESS as EFFICIENTNET_LITE_PREPROCESS;
pub use labels::{IMAGENET_1K, IMAGENET_1K_WNIDS, class_named};
pub use manifest::{Manifest, PeerManifest};
pub use net::{ConvKind, ConvShape, Moments, Net};
pub use network::{ARCHITECTURES, Architecture, Features, Layer, Network, architecture};
pub(crate) use weights::to_safetensors;
pub use weights::{Array, Precision, Weights};

/// The version of Burn that this crate is built with. `cargo xtask tidy` compares it with Cargo.toml.
pub const BURN_VERSION: &str = "0.22.1";
