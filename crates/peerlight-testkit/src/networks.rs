//! Real networks against PyTorch (tests/golden/logits.json) and against the method in double
//! precision (tests/golden/attention.json). Each check gives the largest error it met.

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor, activation::relu};
use peerlight_core::{Framing, Fuse, Fusion, Preprocess, Weight, cam, layer_attention, layer_cam, superpose};
use peerlight_explain::{
    Evidence, Explanation, Request, Session, Silent,
    options::{EVIDENCE, EXPONENT, FUSE, POWER, WEIGHT},
};
use peerlight_models::{Bundle, Layer, Network};
use serde::Deserialize;

use crate::golden::{Probe, golden, image, off, values};

#[derive(Deserialize)]
struct Logits {
    nets: BTreeMap<String, BTreeMap<String, Answer>>,
}

#[derive(Deserialize)]
struct Answer {
    top: Top,
    logits: Probe,
    stages: Vec<StageProbe>,
}

#[derive(Deserialize)]
struct Top {
    class: Vec<usize>,
    logit: Vec<f64>,
}

#[derive(Deserialize)]
struct StageProbe {
    shape: Vec<usize>,
    mean: f64,
    abs_max: f64,
    #[serde(flatten)]
    probe: Probe,
}

/// The largest errors that were met.
#[derive(Debug, Default, Clone, Copy)]
pub struct Errors {
    /// Of a logit.
    pub logit: f64,
    /// Of a stage's value, as a part of the stage's largest.
    pub stage: f64,
    /// Of a layer's map, as a part of its largest value.
    pub layer: f64,
    /// Of a value of a superposed or mutual map, in 0..=1.
    pub map: f64,
    /// Of a region's correlation.
    pub rho: f64,
    /// Of the mean correlation.
    pub agreement: f64,
}

impl Errors {
    fn max(self, other: Self) -> Self {
        Self {
            logit: self.logit.max(other.logit),
            stage: self.stage.max(other.stage),
            layer: self.layer.max(other.layer),
            map: self.map.max(other.map),
            rho: self.rho.max(other.rho),
            agreement: self.agreement.max(other.agreement),
        }
    }

    /// Fails if any error is above its bar.
    pub fn below(self, bar: Self) {
        println!("{self:?}");
        let pairs = [
            (self.logit, bar.logit),
            (self.stage, bar.stage),
            (self.layer, bar.layer),
            (self.map, bar.map),
            (self.rho, bar.rho),
            (self.agreement, bar.agreement),
        ];
        assert!(pairs.iter().all(|(got, bar)| got <= bar), "{self:?}\nis above\n{bar:?}");
    }
}

/// A crop of tests/golden as a network's input: it has the right side, so nothing is scaled.
fn input(bundle: &Bundle, name: &str, device: &Device) -> Tensor<4> {
    let image = image(&format!("crops/{name}.png"));
    let whole = Preprocess { crop: 1.0, ..bundle.manifest.preprocess.clone() };
    let rgb: Vec<u8> = image.pixels().chunks(4).flat_map(|p| &p[..3]).copied().collect();
    assert!(whole.image(&image).unwrap() == rgb, "scaling to the same size changes nothing");
    whole.normalize(&rgb, device)
}

/// A peer's answers on every crop: the same five classes, logits and stages.
pub fn check_logits(bundle: &Bundle, peer: usize, net: &str, device: &Device) -> Errors {
    let golden: Logits = golden("logits.json");
    let net_of = bundle.build(peer, device).unwrap();
    let mut errors = Errors::default();
    assert_eq!(golden.nets[net].len(), 8);
    for (image, answer) in &golden.nets[net] {
        let features = net_of.run(Layer::INPUT, input(bundle, image, device));
        let logits = values(features.logits.clone());
        let mut order: Vec<usize> = (0..logits.len()).collect();
        order.sort_by(|&a, &b| logits[b].total_cmp(&logits[a]));
        assert_eq!(order[..5], answer.top.class, "{net} on {image}");
        let top: Vec<f32> = order[..5].iter().map(|&class| logits[class]).collect();
        errors.logit = errors.logit.max(off(&top, &answer.top.logit)).max(answer.logits.off(&logits));

        let stages = features.after(Layer::INPUT);
        assert_eq!(stages.len(), answer.stages.len());
        for (stage, expected) in stages.iter().cloned().zip(&answer.stages) {
            assert_eq!(stage.dims()[1..], expected.shape, "{net} on {image}");
            let stage = values(stage);
            let mean = stage.iter().map(|&v| f64::from(v)).sum::<f64>() / stage.len() as f64;
            let largest = stage.iter().fold(0.0f64, |a, &b| a.max(f64::from(b.abs())));
            let worst = expected.probe.off(&stage).max((mean - expected.mean).abs());
            errors.stage = errors.stage.max(worst.max((largest - expected.abs_max).abs()) / expected.abs_max);
        }
    }
    errors
}

#[derive(Deserialize)]
struct Attention {
    images: BTreeMap<String, ImageInfo>,
}

#[derive(Deserialize)]
struct ImageInfo {
    target: usize,
    peers: BTreeMap<String, Peer>,
    stages_3_to_6: Pair,
    class: Pair,
    guided: Pair,
}

#[derive(Deserialize)]
struct Peer {
    attention: Vec<Probe>,
    layer_cam: Vec<Probe>,
    cam: Probe,
    maps: BTreeMap<String, Probe>,
}

#[derive(Deserialize)]
struct Pair {
    agreement: BTreeMap<usize, Agreement>,
    mutual: BTreeMap<String, Probe>,
}

#[derive(Deserialize)]
struct Agreement {
    mean: f64,
    rho: Vec<f64>,
    constant: Vec<usize>,
}

/// The largest errors by what the maps are made of.
#[derive(Debug, Default, Clone, Copy)]
pub struct Maps {
    /// Of attention, and of the class's activation at the head: forward passes alone.
    pub attention: Errors,
    /// Of the class's activation at the stages, which is weighted by gradients: an activation at the
    /// edge of ReLU6 may fall on the other side of it, and its gradient appears or goes.
    pub class: Errors,
    /// Of attention kept to the class, which is what is drawn unless asked otherwise.
    pub guided: Errors,
}

impl Maps {
    /// Fails if any error is above its bar.
    pub fn below(self, bar: Self) {
        self.attention.below(bar.attention);
        self.class.below(bar.class);
        self.guided.below(bar.guided);
    }
}

/// The first two peers, being Lite0 and Lite1, on three crops: each layer's maps from the parts, and
/// superposed maps, correlations and mutual maps from whole explanations.
pub fn check_attention(bundle: &Bundle, device: &Device) -> Maps {
    let golden: Attention = golden("attention.json");
    let session = Session::open(bundle, device, "test").unwrap();
    let mut maps = Maps::default();
    assert_eq!(golden.images.len(), 3);
    for (image, expected) in &golden.images {
        let names = ["lite0", "lite1"].map(|name| &expected.peers[name]);
        for (peer, expected_peer) in names.iter().enumerate() {
            let net = bundle.build(peer, device).unwrap();
            let input = input(bundle, image, device);
            check_layers(&net, input, expected.target, expected_peer, &mut maps);
        }

        let explain = |request: Request| explain(&session, image, &request.explaining(expected.target));
        let ways = [
            ("stages_3_to_6", Evidence::Attention, 2, vec![4, 5, 6, 7]),
            ("stages_3_to_6_and_head", Evidence::Attention, 2, vec![4, 5, 6, 7, 8]),
            ("head", Evidence::Attention, 2, vec![8]),
            ("power_1", Evidence::Attention, 1, vec![4, 5, 6, 7]),
            ("class", Evidence::Class, 2, vec![4, 5, 6, 7, 8]),
            ("guided", Evidence::Guided, 2, vec![4, 5, 6, 7]),
        ];
        for (way, evidence, power, stages) in ways {
            let errors = match evidence {
                Evidence::Attention => &mut maps.attention,
                Evidence::Class => &mut maps.class,
                Evidence::Guided => &mut maps.guided,
            };
            let mutual = Request::default().at(stages);
            let mutual = mutual.with(&EVIDENCE, evidence).with(&POWER, power);
            let fused = |fuse, weight, exponent| {
                mutual.clone().with(&FUSE, fuse).with(&WEIGHT, weight).with(&EXPONENT, exponent)
            };
            let request = fused(Fuse::Mean, Weight::Agreement, 1.0);
            let explanation = explain(request.clone());
            for (peer, expected) in explanation.peers.iter().zip(names) {
                *errors = errors.max(map_errors(&peer.map.values, &expected.maps[way]));
            }
            let pair = match way {
                "stages_3_to_6" => &expected.stages_3_to_6,
                "class" => &expected.class,
                "guided" => &expected.guided,
                _ => continue,
            };
            assert_eq!(pair.agreement.keys().copied().collect::<Vec<_>>(), [2, 4, 7, 8, 14]);
            for (&grid, agreement) in &pair.agreement {
                let explanation = explain(Request { grid, ..request.clone() });
                let found = check_agreement(&explanation, agreement);
                println!("{image} {way} {grid}: {:.1e} in a region, {:.1e} in the mean", found.rho, found.agreement);
                *errors = errors.max(found);
                *errors = errors.max(map_errors(&explanation.map.values, &pair.mutual[&format!("mean_{grid}")]));
            }
            let Fusion { how, weight, exponent } = Fusion::default();
            for (name, fuse, weight, exponent) in [
                ("geometric_7", Fuse::Geometric, Weight::Agreement, 1.0),
                ("product_7", Fuse::Product, Weight::Agreement, 1.0),
                ("mean_uniform", Fuse::Mean, Weight::Uniform, 1.0),
                ("default", how, weight, exponent),
            ] {
                let explanation = explain(fused(fuse, weight, exponent));
                *errors = errors.max(map_errors(&explanation.map.values, &pair.mutual[name]));
            }
        }
    }
    maps
}

/// The layers' raw maps, from the parts that the session is made of.
fn check_layers(net: &Network, input: Tensor<4>, target: usize, expected: &Peer, maps: &mut Maps) {
    let features = net.run(Layer::INPUT, input);
    let mut attention = 0.0f64;
    for (i, stage) in features.after(Layer::INPUT).iter().enumerate() {
        attention = attention.max(expected.attention[i].off_relative(&values(layer_attention(stage.clone(), 2))));
        let start = stage.clone().autodiff().require_grad();
        let logits = net.run(Layer(i + 1), start.clone()).logits;
        let gradients = logits.slice([0..1, target..target + 1]).sum().backward();
        let map = values(relu(layer_cam(stage.clone(), start.grad(&gradients).unwrap())));
        maps.class.layer = maps.class.layer.max(expected.layer_cam[i].off_relative(&map));
    }
    let [_, channels] = net.linear_head().unwrap().dims();
    let row = net.linear_head().unwrap().slice([target..target + 1, 0..channels]);
    let map = relu(cam(features.at(net.last()).clone(), row));
    attention = attention.max(expected.cam.off_relative(&values(map)));
    maps.attention.layer = maps.attention.layer.max(attention);

    let layers = features.after(Layer::INPUT)[3..7].iter().map(|stage| layer_attention(stage.clone(), 2)).collect();
    let superposed = map_errors(&values(superpose(layers, 224)), &expected.maps["stages_3_to_6"]);
    maps.attention = maps.attention.max(superposed);
}

fn explain(session: &Session, file: &str, request: &Request) -> Explanation {
    let image = image(&format!("crops/{file}.png"));
    pollster::block_on(async {
        let pass = session.forward(&image, Framing::centered(1.0), &Silent).await.unwrap();
        session.explain(&pass, request, &Silent).await.unwrap()
    })
}

/// Values, and the mean of the whole map.
fn map_errors(map: &[f32], expected: &Probe) -> Errors {
    let mean = |sum: f64| sum / map.len() as f64;
    let sum = map.iter().map(|&v| f64::from(v)).sum();
    let mean_off = (mean(sum) - mean(expected.sum.unwrap())).abs();
    Errors { map: expected.off(map).max(mean_off), ..Errors::default() }
}

fn check_agreement(explanation: &Explanation, expected: &Agreement) -> Errors {
    let constant: Vec<usize> =
        explanation.regions.iter().enumerate().filter(|(_, r)| r.constant).map(|(i, _)| i).collect();
    assert_eq!(constant, expected.constant);
    let rho: Vec<f32> = explanation.regions.iter().map(|r| r.rho).collect();
    let agreement = (f64::from(explanation.agreement.unwrap()) - expected.mean).abs();
    Errors { rho: off(&rho, &expected.rho), agreement, ..Errors::default() }
}
