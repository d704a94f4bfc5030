//! The known-answer test of a device.
//!
//! A shader that fails in a browser may leave stale data instead of an error, so every device
//! proves itself before it is used: two micro networks, whose weights come from a formula, run over
//! an input made alike, and their logits, regional correlations and mutual map are compared with
//! what PyTorch computed in double precision (tests/golden/make_tiny.py).

use std::collections::{BTreeMap, HashMap};

use burn::tensor::{Device, Tensor, TensorData};
use peerlight_core::{Code, Error, Fuse, Grid, Preprocess, Result, Weight, layer_attention, mutual_map, superpose};
use peerlight_models::{Architecture, Array, Backbone, Bundle, Manifest, PeerManifest, Precision, Stage, architecture};

use crate::read::read;

const SIDE: usize = 64;
const CLASSES: usize = 10;
const GRID: usize = 4;
/// Scales the formula's weights so that activations neither die nor saturate.
const GAIN: f64 = 1.8;
/// The peers, and the number of each one's first tensor.
const PEERS: [(&str, u32); 2] = [("first", 0), ("second", 500)];
/// Logits and correlations may be off by this much, on any device.
const TOLERANCE: f32 = 2e-3;
/// The maps may be off by this much, being quotients of sums of squares.
const MAP_TOLERANCE: f32 = 1e-2;

const LOGITS: [[f32; CLASSES]; 2] = [
    [
        -3.43419614,
        2.24848279,
        0.260219537,
        0.341432513,
        -2.31119344,
        0.293235549,
        1.45860181,
        -0.415013808,
        -1.33747707,
        -0.0931719113,
    ],
    [
        -1.70253956,
        1.28621877,
        -0.971467908,
        -0.85827338,
        0.282484007,
        0.388450765,
        0.260502522,
        -0.283015065,
        0.581670738,
        1.9542965,
    ],
];
const RHO: [f32; GRID * GRID] = [
    0.893142117,
    0.894705443,
    0.836094538,
    0.686387385,
    0.789369122,
    0.373881841,
    0.458605965,
    0.931859771,
    -0.276291396,
    0.138092106,
    -0.253552175,
    0.409012622,
    -0.954935119,
    0.943075782,
    0.949084829,
    0.172296071,
];
const MAP_AT: [usize; 16] = [53, 336, 564, 879, 1108, 1336, 1618, 1900, 2128, 2357, 2585, 2867, 3095, 3411, 3639, 3867];
const MAP: [f32; 16] = [
    0.0640219689,
    0.752356177,
    0.0601922634,
    0.0603933787,
    0.3511548,
    0.013855395,
    0.238654071,
    0.187262931,
    0.220390695,
    0.157263133,
    0.164125878,
    0.198859091,
    0.288741579,
    0.282245233,
    0.242711017,
    0.355316631,
];

/// Runs the known-answer test on a device.
///
/// # Errors
/// `device-self-test` with the first value that is off, or `device-lost`.
pub async fn self_test(device: &Device) -> Result<()> {
    let bytes = micro_bundle()?;
    let bundle = Bundle::parse(&bytes)?;
    let input = Tensor::from_data(TensorData::new(formula(SIDE * SIDE * 3, 1000, 1.0), [1, 3, SIDE, SIDE]), device);
    let mut maps = Vec::new();
    for (peer, expected) in LOGITS.iter().enumerate() {
        let net: Box<dyn Backbone> = bundle.build(peer, device)?;
        let features = net.run(Stage::IMAGE, input.clone());
        compare("logits", &read(features.logits).await?, expected, TOLERANCE)?;
        let layers = features.stages[3..7].iter().map(|stage| layer_attention(stage.clone(), 2));
        maps.push(superpose(layers.collect(), SIDE));
    }
    let mutual = mutual_map(&maps, Grid::square(GRID)?, Fuse::Mean, Weight::Agreement);
    compare("correlations", &read(mutual.agreement.rho).await?, &RHO, TOLERANCE)?;
    let map = read(mutual.map).await?;
    compare("mutual map", &MAP_AT.map(|at| map.get(at).copied().unwrap_or(f32::NAN)), &MAP, MAP_TOLERANCE)
}

fn compare(what: &str, got: &[f32], expected: &[f32], tolerance: f32) -> Result<()> {
    let wrong =
        |text: String| Err(Error::new(Code::DeviceSelfTest, format!("The device computes wrong {what}: {text}.")));
    if got.len() != expected.len() {
        return wrong(format!("{} values instead of {}", got.len(), expected.len()));
    }
    // A comparison that NaN fails.
    match got.iter().zip(expected).find(|(g, e)| !((*g - *e).abs() <= tolerance)) {
        Some((got, expected)) => wrong(format!("{got} instead of {expected}")),
        None => Ok(()),
    }
}

/// The two micro networks as a bundle, so that the test takes the same road as real weights.
pub(crate) fn micro_bundle() -> Result<Vec<u8>> {
    let micro = architecture("efficientnet-lite-micro")?;
    let mut tensors = BTreeMap::new();
    for (id, first) in PEERS {
        tensors.extend(formula_weights(micro, id, first));
    }
    let peers = PEERS.map(|(id, _)| PeerManifest { id: id.into(), backbone: micro.id().into() }).to_vec();
    let manifest = Manifest {
        format: 1,
        name: "Known answers".into(),
        peers,
        labels: (0..CLASSES).map(|class| format!("class {class}")).collect(),
        preprocess: Preprocess { side: SIDE, crop: 1.0, mean: [0.5; 3], std: [0.5; 3] },
        licence: "MIT OR Apache-2.0".into(),
        source: "a formula".into(),
    };
    Bundle::write(&manifest, &tensors, Precision::Single, HashMap::new())
}

/// Every tensor of a network by the formula, numbered from `first` in the order that data meets them.
fn formula_weights(architecture: &dyn Architecture, id: &str, first: u32) -> Vec<(String, Array)> {
    let convs = architecture.convolutions();
    let channels = convs.last().map_or(0, |head| head.weight[0]);
    let layers = convs.iter().map(|conv| (conv.key(), conv.weight.to_vec()));
    let layers = layers.chain([("classifier".to_string(), vec![CLASSES, channels])]);
    let mut number = first;
    let mut tensors = Vec::new();
    for (key, shape) in layers {
        let fan_in: usize = shape[1..].iter().product();
        let bias = vec![shape[0]];
        let scale = GAIN * (3.0 / fan_in as f64).sqrt();
        for (part, shape, scale) in [("weight", shape, scale), ("bias", bias, 0.1)] {
            let values = formula(shape.iter().product(), number, scale);
            tensors.push((format!("{id}.{key}.{part}"), Array { shape, values }));
            number += 1;
        }
    }
    tensors
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
