//! Peerlight against what other people's libraries compute (tests/golden): the micro networks on
//! every device of this build, and the bundle that the page ships.
#![allow(clippy::disallowed_methods, reason = "a native test may read synchronously")]

use std::{collections::BTreeMap, fs};

use burn::tensor::{Device, Tensor, TensorData};
use peerlight_core::{Fuse, Fusion, Grid, Weight, layer_attention, mutual_map, pearson, superpose};
use peerlight_explain::{DeviceKind, open_device, self_test};
use peerlight_models::{Bundle, Layer, micro};
use peerlight_testkit::{
    golden::{Probe, golden, off, root, values},
    networks::{Errors, Maps, check_attention, check_logits},
};
use serde::Deserialize;

/// Every device compiled in that this machine has, by its name.
fn devices() -> Vec<(&'static str, Device)> {
    let kinds = [("cpu", DeviceKind::Cpu), ("webgpu", DeviceKind::WebGpu)];
    let open = |(name, kind)| Some((name, pollster::block_on(open_device(kind)).ok()?.0));
    let found: Vec<_> = kinds.into_iter().filter_map(open).collect();
    assert_eq!(found[0].0, "cpu");
    found
}

#[derive(Deserialize)]
struct Tiny {
    input_start: Vec<f64>,
    peers: BTreeMap<String, TinyPeer>,
    mutual: TinyMutual,
}

#[derive(Deserialize)]
struct TinyPeer {
    logits: Vec<f64>,
    stages: Vec<TinyStage>,
    map: Probe,
}

#[derive(Deserialize)]
struct TinyStage {
    shape: Vec<usize>,
    attention_sum: f64,
    value: Probe,
    gradient_of_logit_3: Probe,
}

#[derive(Deserialize)]
struct TinyMutual {
    grid: usize,
    rho: Vec<f64>,
    #[serde(flatten)]
    map: Probe,
}

#[test]
fn micro_networks_agree_with_pytorch_on_every_device() {
    let golden: Tiny = golden("tiny.json");
    let bytes = micro::bundle().unwrap();
    let bundle = Bundle::parse(&bytes).unwrap();
    for (name, device) in devices() {
        let check = |what: &str, off: f64, bar: f64| {
            println!("{name}: {what} {off:.1e}");
            assert!(off <= bar, "{name}: {what} is off by {off}");
        };
        let input = micro::input(&device);
        check("input", off(&values(input.clone())[..4], &golden.input_start), 1e-7);
        let mut maps = Vec::new();
        for (i, peer) in micro::PEERS.iter().enumerate() {
            let expected = &golden.peers[*peer];
            let net = bundle.build(i, &device).unwrap();
            let features = net.run(Layer::INPUT, input.clone());
            check("logits", off(&values(features.logits.clone()), &expected.logits), 1e-4);
            assert_eq!((features.last(), net.last()), (Layer(8), Layer(8)));
            for (k, (stage, expected)) in features.after(Layer::INPUT).iter().zip(&expected.stages).enumerate() {
                assert_eq!(stage.dims()[1..], expected.shape);
                check(&format!("stage {}", k + 1), expected.value.off(&values(stage.clone())), 1e-4);
                let attention: f64 = values(layer_attention(stage.clone(), 2)).iter().map(|&v| f64::from(v)).sum();
                check("attention sum", (attention / expected.attention_sum - 1.0).abs(), 1e-5);

                let start = stage.clone().autodiff().require_grad();
                let resumed = net.run(Layer(k + 1), start.clone());
                check("resumed logits", off(&values(resumed.logits.clone()), &golden.peers[*peer].logits), 1e-4);
                assert_eq!(resumed.after(Layer(k + 1)).len(), 7 - k);
                let gradients = resumed.logits.slice([0..1, 3..4]).sum().backward();
                let gradient = values(start.grad(&gradients).unwrap());
                check("gradient", expected.gradient_of_logit_3.off_relative(&gradient), 1e-4);
            }
            let layers =
                features.after(Layer::INPUT)[3..7].iter().map(|stage| layer_attention(stage.clone(), 2)).collect();
            let map = superpose(layers, micro::SIDE);
            check("map", expected.map.off(&values(map.clone())), 1e-4);
            maps.push(map);
        }
        let mutual =
            mutual_map(&maps, Grid::square(golden.mutual.grid).unwrap(), Fusion::plain(Fuse::Mean, Weight::Agreement));
        check("rho", off(&values(mutual.agreement.rho), &golden.mutual.rho), 1e-4);
        check("mutual map", golden.mutual.map.off_relative(&values(mutual.map)), 1e-4);
    }
}

#[test]
fn every_device_passes_the_known_answer_test() {
    for (name, device) in devices() {
        assert_eq!(pollster::block_on(self_test(&device)), Ok(()), "{name}");
    }
}

#[derive(Deserialize)]
struct Handmade {
    regions: Cases,
}

#[derive(Deserialize)]
struct Cases {
    a: Vec<Vec<f32>>,
    b: Vec<Vec<f32>>,
    rho: Vec<f64>,
    constant: Vec<bool>,
}

#[test]
fn handmade_regions_correlate_as_in_double_precision() {
    let Handmade { regions } = golden("attention.json");
    let tensor = |rows: &[Vec<f32>]| {
        let shape = [1, rows.len(), rows[0].len()];
        Tensor::<3>::from_data(TensorData::new(rows.concat(), shape), &Device::flex())
    };
    let found = pearson(tensor(&regions.a), tensor(&regions.b));
    let worst = off(&values(found.rho), &regions.rho);
    assert!(worst < 1e-6, "{worst}");
    let constant: Vec<bool> = values(found.constant).iter().map(|&c| c == 1.0).collect();
    assert_eq!(constant, regions.constant);
}

/// The bundle that the page ships, in half precision: the same five classes in the same order on
/// every crop, and maps that nobody can tell apart. In single precision: peerlight-cli's tests.
#[test]
fn the_shipped_bundle_agrees_with_pytorch_within_half_precision() {
    let bytes = fs::read(root().join("web/models/lite0-lite1.safetensors")).unwrap();
    let bundle = Bundle::parse(&bytes).unwrap();
    let device = Device::flex();
    let bar = Errors { logit: 5e-2, stage: 2e-2, ..Errors::default() };
    for (peer, net) in ["lite0", "lite1"].into_iter().enumerate() {
        check_logits(&bundle, peer, net, &device).below(bar);
    }
    // Gradients change by steps where an activation crosses an edge of ReLU6, so that rounding the weights shows most
    // in single regions of the maps that are made of them.
    check_attention(&bundle, &device).below(Maps {
        attention: Errors { layer: 2e-2, map: 2e-2, rho: 0.1, agreement: 1e-2, ..Errors::default() },
        class: Errors { layer: 0.4, map: 0.15, rho: 1.0, agreement: 5e-2, ..Errors::default() },
        guided: Errors { map: 2e-2, rho: 0.3, agreement: 1e-2, ..Errors::default() },
    });
}
