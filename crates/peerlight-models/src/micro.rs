//! Two micro networks whose weights come from a formula: the known answers that a device proves
//! itself by, and what tests run on. No file is needed, so they cannot be missing or damaged.

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor, TensorData};
use peerlight_core::{Preprocess, Result};

use crate::{Array, Bundle, Manifest, Parameter, PeerManifest, Precision, Role, architecture};

/// Side of their input.
pub const SIDE: usize = 64;
/// The number of their classes.
pub const CLASSES: usize = 10;
/// Ids of the two peers.
pub const PEERS: [&str; 2] = ["first", "second"];

/// The id of their architecture.
const BACKBONE: &str = "efficientnet-lite-micro";
/// Scales the formula's weights so that activations neither die nor saturate.
const GAIN: f64 = 1.8;
/// A peer's tensors are numbered from this times its place.
const APART: u32 = 500;
/// The number of the input as a tensor.
const INPUT: u32 = 1000;

/// The two networks as a bundle, so that they take the same road as real weights.
///
/// # Errors
/// None in practice.
pub fn bundle() -> Result<Vec<u8>> {
    Bundle::write(&manifest(&PEERS), &tensors(&PEERS)?, Precision::Single)
}

/// The description of a bundle of micro networks with these ids.
pub fn manifest(peers: &[&str]) -> Manifest {
    let peer = |id: &&str| PeerManifest::new(*id, BACKBONE);
    Manifest {
        name: "Known answers".into(),
        peers: peers.iter().map(peer).collect(),
        labels: (0..CLASSES).map(|class| format!("class {class}")).collect(),
        preprocess: Preprocess { side: SIDE, crop: 1.0, mean: [0.5; 3], std: [0.5; 3], bgr: false },
        license: "MIT OR Apache-2.0".into(),
        source: "a formula".into(),
        training: None,
        calibration: None,
    }
}

/// Every tensor of micro networks with these ids, numbered in the order that data meets them.
///
/// # Errors
/// None in practice.
pub fn tensors(peers: &[&str]) -> Result<BTreeMap<String, Array>> {
    let graph = architecture(BACKBONE)?.graph(CLASSES, false)?;
    let mut tensors = BTreeMap::new();
    for (peer, first) in peers.iter().zip((0..).step_by(APART as usize)) {
        for (Parameter { name, shape, role }, number) in graph.parameters().iter().zip(first..) {
            let fan_in: usize = shape[1..].iter().product();
            let scale = if *role == Role::Weight { GAIN * (3.0 / fan_in as f64).sqrt() } else { 0.1 };
            let values = formula(shape.iter().product(), number, scale);
            tensors.insert(format!("{peer}.{name}"), Array { shape: shape.clone(), values });
        }
    }
    Ok(tensors)
}

/// The input of the known answers, [1, 3, SIDE, SIDE].
pub fn input(device: &Device) -> Tensor<4> {
    Tensor::from_data(TensorData::new(formula(3 * SIDE * SIDE, INPUT, 1.0), [1, 3, SIDE, SIDE]), device)
}

/// The values of tensor `number`: a multiplicative hash of the index, in -scale..scale.
fn formula(count: usize, number: u32, scale: f64) -> Vec<f32> {
    (0..count as u32)
        .map(|i| {
            let hash = i.wrapping_mul(2_654_435_761).wrapping_add(number.wrapping_mul(40_503)).wrapping_add(12_345);
            (scale * (f64::from(hash) / 2f64.powi(31) - 1.0)) as f32
        })
        .collect()
}
