//! Attention maps of peer networks: their regions, their agreement and their mutual map, on plain tensors.
//!
//! - [`Preprocess`] turns an image into the input tensor of a network.
//! - [`layer_attention`] and [`superpose`] turn the layers of a network into an attention map.
//! - [`Grid`] divides two maps into regions, and [`pearson`] compares them region by region.
//! - [`mutual_map`] fuses the maps of several peers.
//! - [`overlay`](overlay()) paints a map over its image.
//!
//! This crate knows no networks, opens no files and chooses no device.
//!
//! # Example
//!
//! Two peers look at a 2 x 4 map. They agree on the left half and disagree on the right half.
//!
//! ```
//! use burn::tensor::{Device, Tensor};
//! use peerlight_core::{Fusion, Grid, mutual_map, read};
//!
//! # async fn example() -> peerlight_core::Result<()> {
//! let device = Device::flex();
//! let first = Tensor::<3>::from_data([[[0.0, 0.5, 0.0, 1.0], [0.2, 1.0, 0.0, 1.0]]], &device);
//! let second = Tensor::<3>::from_data([[[0.0, 0.5, 1.0, 0.0], [0.2, 1.0, 1.0, 0.0]]], &device);
//!
//! // The regions: one row of two.
//! let grid = Grid { rows: 1, columns: 2 };
//! assert_eq!(grid.divide(first.clone()).dims(), [1, 2, 4]);
//!
//! // The agreement of each region, and the mutual map.
//! let mutual = mutual_map(&[first, second], grid, Fusion::default());
//! let rho = read(mutual.agreement.rho).await?;
//! assert!(rho[0] > 0.99 && rho[1] < -0.99);
//! assert_eq!(mutual.map.dims(), [1, 2, 4]);
//! assert_eq!(read(mutual.map).await?[5], 1.0, "where both look most");
//! # Ok(())
//! # }
//! # pollster::block_on(example()).unwrap();
//! ```
//!
//! # Source
//!
//! Regions, transfer and mutual map are those of Cheng, Wang, Cui and Zhan, "Interpretability Optimization Method Based
//! on Mutual Transfer of Local Attention Map", Computer Science 49(5), 2022, doi 10.11896/jsjkx.210400176, here "Cheng
//! et al. (2022)". Its public abstract leaves norms, layers, grid and weights open; each is a setting here with
//! Peerlight's own default. Class guidance ([`guided_attention`]) and the exponent ([`Fusion::exponent`]) are
//! Peerlight's own.

mod attention;
mod baseline;
mod blur;
mod classes;
mod color;
mod error;
mod framing;
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
pub use framing::{Crop, Framing};
pub use fusion::{Agreement, Fuse, Fusion, Mutual, Weight, agreement, mutual_map};
pub use grid::Grid;
pub use image::{MAX_PIXELS, Orientation, Rgba8};
pub use overlay::{OVERLAY, OverlayStyle, overlay};
pub use preprocess::Preprocess;
pub use read::{Reading, read};
pub use rect::{Rect, covered, inside};
pub use resize::resize_map;
pub use similarity::{Correlation, pearson};
pub use top_half::{TopHalf, largest, top_half};
pub use transfer::{Transfer, transfer_loss};
