//! Self-test of a device with known answers.
//!
//! A shader that fails in a browser may leave stale data instead of an error, so every device is tested before use. Two
//! micro networks, whose weights come from a formula, run over an input from a formula. Their logits, regional
//! correlations and mutual map must match those of PyTorch in double precision (`tests/golden/tiny.json`).
#![allow(clippy::excessive_precision, reason = "the digits are those of tiny.json")]

use burn::tensor::Device;
use peerlight_core::{Code, Error, Fuse, Fusion, Grid, Result, Weight, attention, mutual_map, read};
use peerlight_models::{
    Bundle, Layer,
    micro::{self, CLASSES, SIDE},
};

const GRID: usize = 4;
/// Largest error of logits and correlations on any device.
const TOLERANCE: f32 = 2e-3;
/// Largest error of the maps, which are quotients of sums of squares.
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

/// Tests a device: two micro networks must give the logits, correlations and mutual map that PyTorch gives.
///
/// # Errors
/// `device-self-test`, naming the first wrong value, or `device-lost`.
pub async fn self_test(device: &Device) -> Result<()> {
    known_answers(&micro::bundle()?, device).await
}

async fn known_answers(bundle: &[u8], device: &Device) -> Result<()> {
    let bundle = Bundle::parse(bundle)?;
    let input = micro::input(device);
    let mut maps = Vec::new();
    for (peer, expected) in LOGITS.iter().enumerate() {
        let net = bundle.build(peer, device)?;
        let features = net.run(Layer::INPUT, input.clone());
        compare("logits", &read(features.logits.clone()).await?, expected, TOLERANCE)?;
        let layers = net.graph().several().to_vec();
        maps.push(attention(layers.into_iter().map(|layer| features.at(layer).clone()), 2, SIDE));
    }
    let mutual = mutual_map(&maps, Grid::square(GRID)?, Fusion::plain(Fuse::Mean, Weight::Agreement));
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
    let is_off = |off: f32| off.is_nan() || off > tolerance;
    match got.iter().zip(expected).find(|(got, expected)| is_off((*got - *expected).abs())) {
        Some((got, expected)) => wrong(format!("{got} instead of {expected}")),
        None => Ok(()),
    }
}

#[cfg(all(test, feature = "cpu"))]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use peerlight_models::{Array, Precision};
    use serde_json::Value;

    fn floats(value: &Value) -> Vec<f32> {
        value.as_array().expect("an array").iter().map(|v| v.as_f64().expect("a number") as f32).collect()
    }

    #[test]
    fn the_answers_are_those_of_pytorch() {
        let golden: Value = serde_json::from_str(include_str!("../../../tests/golden/tiny.json")).unwrap();
        for (name, logits) in micro::PEERS.iter().zip(LOGITS) {
            assert_eq!(floats(&golden["peers"][name]["logits"]), logits, "{name}");
        }
        let mutual = &golden["mutual"];
        assert_eq!(mutual["grid"], GRID);
        assert_eq!(floats(&mutual["rho"]), RHO);
        let at: Vec<usize> = floats(&mutual["at"]).iter().map(|&at| at as usize).collect();
        for (place, expected) in MAP_AT.into_iter().zip(MAP) {
            let golden = at.iter().position(|&at| at == place).expect("a golden place");
            assert_eq!(floats(&mutual["value"])[golden], expected, "at {place}");
        }
    }

    #[test]
    fn a_wrong_weight_in_any_layer_fails_the_test() {
        let right = micro::tensors(&micro::PEERS).unwrap();
        let run = |tensors: &BTreeMap<String, Array>| {
            let bytes = Bundle::write(&micro::manifest(&micro::PEERS), tensors, Precision::Single);
            pollster::block_on(known_answers(&bytes.unwrap(), &Device::flex()))
        };
        assert_eq!(run(&right), Ok(()));
        for name in right.keys() {
            let mut wrong = right.clone();
            // What a layer that never ran leaves behind.
            wrong.get_mut(name).unwrap().values.fill(0.0);
            assert_eq!(run(&wrong).map_err(|e| e.code()), Err(Code::DeviceSelfTest), "{name}");
        }
    }

    #[test]
    fn a_comparison_fails_on_nan_length_and_distance() {
        for got in [&[1.0, f32::NAN][..], &[1.0], &[1.0, 2.1], &[1.0, f32::INFINITY], &[]] {
            assert_eq!(compare("values", got, &[1.0, 2.0], 0.05).unwrap_err().code(), Code::DeviceSelfTest, "{got:?}");
        }
        assert_eq!(compare("values", &[1.0, 2.01], &[1.0, 2.0], 0.05), Ok(()));
    }
}
