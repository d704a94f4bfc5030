//! The mathematics of Peerlight, on plain tensors and with no network in sight.
//!
//! An image becomes a tensor ([`Preprocess`]); the stages of a network become an attention map
//! ([`layer_attention`], [`superpose`]); two maps are divided into regions ([`Grid`]), compared
//! region by region ([`pearson`]) and fused into the mutual map ([`mutual_map`]); a map is painted
//! over the image ([`overlay`]). Nothing here opens a file or chooses a device.
//!
//! The method is that of Cheng, Wang, Cui and Zhan, "Interpretability Optimization Method Based on
//! Mutual Transfer of Local Attention Map", Computer Science 49(5), 2022,
//! doi 10.11896/jsjkx.210400176. Its public abstract leaves the norms, layers, grid and weights
//! open: each of those is a setting here, and the choice of its default is ours.

mod attention;
mod baseline;
mod blur;
mod classes;
mod color;
mod error;
mod fusion;
mod grid;
mod image;
mod overlay;
mod preprocess;
mod read;
mod rect;
mod resize;
pub mod rng;
mod similarity;
mod top_half;
mod transfer;

pub use attention::{
    attention, cam, guided_attention, layer_attention, layer_cam, log_odds, minmax, smooth, superpose, weighted_sum,
};
pub use baseline::{Baseline, blend};
pub use blur::blurred;
pub use classes::{argmax, softmax};
pub use color::{COLOR_MAPS, ColorMap, color_map};
pub use error::{CODES, Code, Error, Result};
pub use fusion::{Agreement, Fuse, Fusion, Mutual, Weight, agreement, mutual_map};
pub use grid::Grid;
pub use image::{MAX_PIXELS, Orientation, Rgba8};
pub use overlay::{OVERLAY, OverlayStyle, overlay};
pub use preprocess::{Crop, Preprocess};
pub use read::{Reading, read};
pub use rect::{Rect, covered, inside};
pub use resize::resize_map;
pub use similarity::{Correlation, pearson};
pub use top_half::{TopHalf, top_half};
pub use transfer::{Transfer, transfer_loss};
