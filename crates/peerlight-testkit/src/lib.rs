//! What the tests of several crates share. A dev-dependency alone: nothing that a person runs is built of it.
//!
//! [`answers`] and [`cases`] compare explanations with kept and with golden values, natively and in a browser;
//! [`json`] compares any two JSON values; [`names`] has names in both of Unicode's forms; [`drawn`] draws an image. The
//! rest is for native tests: [`golden`] reads `tests/golden`, [`networks`] checks real networks, [`coarse`] makes peers
//! of different depths, [`unlike`] peers with nothing in common. [`Noting`] notes the progress.
#![allow(clippy::disallowed_methods, reason = "a native test may read synchronously")]

pub mod answers;
pub mod cases;
mod drawn;
pub mod json;
pub mod names;
mod noting;

#[cfg(not(target_arch = "wasm32"))]
pub mod coarse;
#[cfg(not(target_arch = "wasm32"))]
pub mod golden;
#[cfg(not(target_arch = "wasm32"))]
pub mod networks;
#[cfg(not(target_arch = "wasm32"))]
pub mod unlike;

pub use drawn::drawn;
pub use noting::Noting;
