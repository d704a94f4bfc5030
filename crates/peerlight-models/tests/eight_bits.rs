//! Bundles with weights in 8 bits: what is stored, what comes out, and who refuses it.
#![allow(clippy::disallowed_methods, reason = "a native test may read synchronously")]

mod support;

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor, TensorData};
use peerlight_core::{Code, Preprocess};
use peerlight_models::{
    Array, Builder, Bundle, Cut, Graph, Layer, Manifest, Model, PeerManifest, Precision, Role,
    kernels::{Activation, Geometry},
    micro,
    ops::Op,
};
use safetensors::{Dtype, SafeTensors};
use serde_json::{Value, json};
use support::{code, header, open, with_header};

const SIDE: usize = 32;
/// The weights of [`graph`] that are large enough for 8 bits.
const LARGE: [&str; 2] = ["own.wide.weight", "own.classifier.weight"];

/// A stem, a layer of 64 x 64 weights, and a classifier of 64 x 64 weights.
fn graph() -> Graph {
    let (mut graph, image) = Builder::new([3, SIDE, SIDE]);
    let relu6 = Op::Activation(Activation::Relu6);
    let stem = graph.conv("stem", Geometry::same(2, 1), image, [64, 3, 3, 3], None);
    let stem = graph.node("stem.relu6", relu6.clone(), &[stem], &[]);
    let wide = graph.conv("wide", Geometry::same(1, 1), stem, [64, 64, 1, 1], None);
    let wide = graph.node("wide.relu6", relu6, &[wide], &[]);
    graph.classifier(wide, 64, 64);
    let cut = Cut { name: "wide".into(), node: wide };
    graph.finish(vec![cut], Layer(1), vec![Layer(1)]).unwrap()
}

fn manifest() -> Manifest {
    let model = Model::Graph(Box::new(graph().spec().clone()));
    let own = PeerManifest { id: "own".into(), model, name: None, preprocess: None, labels: None };
    let preprocess = Preprocess { side: SIDE, crop: 1.0, mean: [0.5; 3], std: [0.5; 3], bgr: false };
    let labels = (0..64).map(|class| format!("class {class}")).collect();
    Manifest { peers: vec![own], preprocess, labels, ..micro::manifest(&["own"]) }
}

fn tensors() -> BTreeMap<String, Array> {
    let tensor = |(number, parameter): (usize, &peerlight_models::Parameter)| {
        let (count, fan_in) =
            (parameter.shape.iter().product::<usize>(), parameter.shape[1..].iter().product::<usize>());
        let random = |i: usize| ((i * 2_654_435_761 + number * 40_503) % 65_536) as f32 / 32_768.0 - 1.0;
        let scale = if parameter.role == Role::Weight { 2.0 / (fan_in as f32).sqrt() } else { 0.1 };
        let values = (0..count).map(|i| scale * random(i)).collect();
        (format!("own.{}", parameter.name), Array { shape: parameter.shape.clone(), values })
    };
    graph().parameters().iter().enumerate().map(tensor).collect()
}

fn written(precision: Precision) -> Vec<u8> {
    Bundle::write(&manifest(), &tensors(), precision).unwrap()
}

/// The logits of a fixed image.
fn logits(bytes: &[u8]) -> Vec<f32> {
    let device = Device::flex();
    let values: Vec<f32> = (0..3 * SIDE * SIDE).map(|i| ((i * 37) % 255) as f32 / 127.0 - 1.0).collect();
    let image = Tensor::from_data(TensorData::new(values, [1, 3, SIDE, SIDE]), &device);
    let network = Bundle::parse(bytes).unwrap().build(0, &device).unwrap();
    network.run(Layer::INPUT, image).logits.into_data().try_to_vec().unwrap()
}

#[test]
fn large_weights_are_stored_in_8_bits_with_their_scales_and_the_rest_in_16() {
    let bytes = written(Precision::Int8);
    let file = SafeTensors::deserialize(&bytes).unwrap();
    for (name, view) in file.iter() {
        let expected = match name.strip_suffix(".scale") {
            Some(scaled) => {
                assert!(LARGE.contains(&scaled), "{name}");
                (Dtype::F32, vec![64])
            }
            None if LARGE.contains(&name) => (Dtype::I8, tensors()[name].shape.clone()),
            None => (Dtype::F16, tensors()[name].shape.clone()),
        };
        assert_eq!((view.dtype(), view.shape().to_vec()), expected, "{name}");
    }
    assert_eq!(file.len(), tensors().len() + LARGE.len());
    let count: usize = tensors().values().map(|array| array.values.len()).sum();
    assert_eq!(Bundle::parse(&bytes).unwrap().parameters(0), count, "scales are no weights");
    assert_eq!(written(Precision::Int8), bytes, "the same content gives the same bytes");
}

#[test]
fn the_logits_are_as_near_as_8_bits_promise() {
    let (single, narrow) = (logits(&written(Precision::Single)), logits(&written(Precision::Int8)));
    let spread = single.iter().map(|value| value.abs()).fold(0.0, f32::max);
    let worst = single.iter().zip(&narrow).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(worst > 0.0 && worst < 0.02 * spread, "{worst} of {spread}");
}

#[test]
fn a_program_of_an_older_format_can_tell_that_it_cannot_read_it() {
    let said = |bytes: &[u8]| -> Value {
        let (_, header) = header(bytes);
        serde_json::from_str(header["__metadata__"]["peerlight"].as_str().unwrap()).unwrap()
    };
    assert_eq!(said(&written(Precision::Int8))["format"], 3);
    assert_eq!(said(&written(Precision::Half))["format"], 2);
    // Nothing in it is large enough, so every program can read it.
    let small =
        Bundle::write(&micro::manifest(&micro::PEERS), &micro::tensors(&micro::PEERS).unwrap(), Precision::Int8);
    assert_eq!(said(&small.unwrap())["format"], 1);
}

#[test]
fn scales_that_are_missing_or_do_not_fit_are_refused() {
    let bytes = written(Precision::Int8);
    assert_eq!(open(&bytes).unwrap(), manifest());
    let scale = "own.wide.weight.scale";
    let changed = |change: &dyn Fn(&mut Value)| {
        let (_, mut header) = header(&bytes);
        change(&mut header);
        with_header(&bytes, &header.to_string())
    };
    let cases = [
        ("no scales", changed(&|h| h["other"] = h.as_object_mut().unwrap().remove(scale).unwrap())),
        ("scales of another shape", changed(&|h| h[scale]["shape"] = json!([8, 8]))),
        (
            "scales that are whole numbers",
            changed(&|h| (h[scale]["dtype"], h[scale]["shape"]) = ("I32".into(), json!([64]))),
        ),
    ];
    for (what, file) in cases {
        assert_eq!(code(&file), Some(Code::BundleInvalid), "{what}");
    }
    // The scales are the first tensors of the file: those of the classifier, then those of the wide layer.
    for value in [f32::NAN, f32::INFINITY, f32::MAX] {
        let (length, _) = header(&bytes);
        let mut spoilt = bytes.clone();
        spoilt[8 + length..8 + length + 4].copy_from_slice(&value.to_le_bytes());
        assert_eq!(code(&spoilt), Some(Code::BundleInvalid), "{value}");
    }
}

#[test]
fn what_cannot_be_stored_is_refused_and_a_taken_name_is_respected() {
    let mut tensors = tensors();
    tensors.get_mut(LARGE[0]).unwrap().values[5] = f32::NAN;
    let refused = Bundle::write(&manifest(), &tensors, Precision::Int8).unwrap_err();
    assert_eq!(refused.code(), Code::BundleInvalid);

    let mut tensors = self::tensors();
    tensors.insert(format!("{}.scale", LARGE[0]), Array { shape: vec![1], values: vec![1.0] });
    let bytes = Bundle::write(&manifest(), &tensors, Precision::Int8).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(file.tensor(LARGE[0]).unwrap().dtype(), Dtype::F16);
    assert_eq!(file.tensor(LARGE[1]).unwrap().dtype(), Dtype::I8);
}
