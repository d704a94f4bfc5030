//! Networks that can be explained, and the files that hold their weights.
//!
//! A [`Backbone`] returns every stage of its network and can resume from any of them, which
//! replaces hooks: a gradient with respect to a stage is taken by running to it, detaching it,
//! running the rest, and going back. [`BACKBONES`] lists every architecture; a [`Bundle`] is one
//! safetensors file with the weights of two or more peers and everything needed to use them.

mod backbone;
mod bundle;
pub mod conv;
mod efficientnet_lite;
mod labels;
mod manifest;
pub mod micro;
mod net;
mod weights;

pub use backbone::{Architecture, BACKBONES, Backbone, Features, Stage, architecture};
pub use bundle::{Bundle, FORMAT};
pub use labels::{IMAGENET_1K, IMAGENET_1K_WNIDS, class_named, class_of_folder};
pub use manifest::{Manifest, PeerManifest};
pub use net::{ConvKind, ConvShape, Moments, Net};
pub(crate) use weights::to_safetensors;
pub use weights::{Array, Precision, Weights};
