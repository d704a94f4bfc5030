//! Reads image classifiers from ONNX files.
//!
//! [`import`] makes a [`Graph`](peerlight_models::Graph) and the values of its parameters of a file's bytes;
//! [`inspect`] says what is in a file. Nothing in a file is trusted: lengths, shapes and references are checked, no
//! more memory is taken than a few times the file's size, and what is not supported is refused with the operation,
//! the node's name and what to do.
//!
//! ```
//! use peerlight_onnx::{Options, import, inspect};
//!
//! # let bytes = include_bytes!("../../../tests/golden/onnx/alex.script.onnx");
//! let found = inspect(bytes, &Options::default())?; // the bytes of a file
//! println!("{} nodes, {:?}", found.operations.values().sum::<usize>(), found.refusal);
//!
//! let network = import(bytes, &Options::default())?;
//! assert_eq!(network.values.len(), network.graph.parameters().len());
//! assert!(inspect(&bytes[..100], &Options::default()).is_err());
//! # Ok::<(), peerlight_core::Error>(())
//! ```

mod constant;
mod draft;
mod error;
mod fold;
mod import;
mod in_place;
mod inspect;
mod json;
mod keys;
mod labels;
mod model;
mod ops;
mod own;
mod peer;
mod preparation;
mod preprocess;
mod proto;
mod wire;

pub use inspect::{InputInfo, Inspection, LayerInfo, NetworkInfo, Unsupported, inspect};
pub use labels::parse as parse_labels;
pub use model::{Imported, Options, import};
pub use own::{NetworkInspection, OwnNetworks, OwnOptions, OwnPeer, build_own, inspect_own};
pub use peer::{ImportedPeer, Labels, PeerOptions, manifest_of};
pub use preparation::Preparation;
pub use preprocess::{PRESETS, Preset, preset};
