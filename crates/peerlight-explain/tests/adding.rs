//! The guide's method is a method: short, and explained with like the others.
#![allow(clippy::disallowed_methods, reason = "a native test may read synchronously")]

#[path = "support/elementwise.rs"]
mod elementwise;

use async_trait::async_trait;
use burn::tensor::{Device, Tensor};
use elementwise::Elementwise;
use peerlight_core::Result;
use peerlight_explain::{EXPLAINERS, Explainer, Meta, Probe, Request, Session, Silent};
use peerlight_models::{Bundle, Layer, micro};
use peerlight_testkit::golden::values;

const METHOD: &str = include_str!("support/elementwise.rs");
const GUIDE: &str = include_str!("../../../docs/adding-a-method.md");
const LIST: &str = include_str!("../src/methods.rs");

#[test]
fn the_guides_method_takes_fewer_than_forty_lines_and_stands_in_the_guide() {
    assert!(METHOD.lines().count() < 40, "{} lines", METHOD.lines().count());
    // In the crate it says `crate` where a test says the crate's name.
    let shown = METHOD.replace("use peerlight_explain::", "use crate::");
    let in_order = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(|line| line.trim().to_string()).collect();
        lines.retain(|line| !line.is_empty() && !line.starts_with("use "));
        lines.join("\n")
    };
    assert!(in_order(GUIDE).contains(&in_order(&shown)), "docs/adding-a-method.md shows another method");
}

#[test]
fn every_file_of_the_folder_is_declared_and_listed() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/methods");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_string())
        .collect();
    for file in &files {
        let once = |start: String| LIST.lines().filter(|line| line.trim().starts_with(&start)).count() == 1;
        assert!(once(format!("mod {file};")) && once(format!("&{file}::")), "methods.rs lacks {file}");
    }
    let mut listed: Vec<String> = EXPLAINERS.iter().map(|explainer| explainer.meta().id.replace('-', "_")).collect();
    files.sort();
    listed.sort();
    assert_eq!(files, listed, "a method's file has the name of its id");
}

#[test]
fn the_guides_method_explains() {
    let session = Session::open(&Bundle::parse(&micro::bundle().unwrap()).unwrap(), &Device::flex(), "CPU").unwrap();
    let pass = pollster::block_on(session.forward_input(micro::input(&Device::flex()), &Silent)).unwrap();
    let request = Request { peer: Some(0), target: Some(1.into()), ..Request::of(Elementwise.meta().id) };
    let request = Request { layers: Some(vec![4.into()]), ..request };
    let made = pollster::block_on(session.explain_by(&Elementwise, &pass, &request, &Silent)).unwrap();

    // The same by hand, from the network itself.
    let net = Bundle::parse(&micro::bundle().unwrap()).unwrap().build(0, &Device::flex()).unwrap();
    let stage = net.run(Layer::INPUT, micro::input(&Device::flex())).at(Layer(4)).clone();
    let [_, channels, h, w] = stage.dims();
    let start = stage.clone().autodiff().require_grad();
    let logit = net.run(Layer(4), start.clone()).logits.slice([0..1, 1..2]).sum();
    let (activation, gradient) = (values(stage), values(start.grad(&logit.backward()).unwrap()));
    let mut sums = vec![0.0f32; h * w];
    for k in 0..channels {
        for (i, sum) in sums.iter_mut().enumerate() {
            *sum += (activation[k * h * w + i] * gradient[k * h * w + i]).max(0.0);
        }
    }
    let (low, high) = sums.iter().fold((f32::MAX, f32::MIN), |(low, high), &v| (low.min(v), high.max(v)));
    for (got, sum) in made.raw.values.iter().zip(&sums) {
        assert!((got - (sum - low) / (high - low + 1e-8)).abs() < 1e-5, "{:?} {sums:?}", made.raw);
    }
    assert_eq!((made.cost.forward, made.cost.partial, made.cost.backward), (1, 1, 1));
}

/// Divides nothing by nothing, at the first place.
struct Careless;

#[async_trait(?Send)]
impl Explainer for Careless {
    fn meta(&self) -> &'static Meta {
        Box::leak(Box::new(Meta { rectify: true, ..*Elementwise.meta() }))
    }

    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>> {
        let map = Elementwise.raw_map(probe, layer).await?;
        let ones = map.ones_like();
        Ok(map.slice_assign([0..1, 0..1, 0..1], ones.slice([0..1, 0..1, 0..1]) * f32::NAN))
    }
}

#[test]
fn what_is_not_a_number_is_told_and_never_shown() {
    let session = Session::open(&Bundle::parse(&micro::bundle().unwrap()).unwrap(), &Device::flex(), "CPU").unwrap();
    let pass = pollster::block_on(session.forward_input(micro::input(&Device::flex()), &Silent)).unwrap();
    let request = Request { layers: Some(vec![4.into()]), ..Request::of("elementwise") };
    let explained =
        |method: &dyn Explainer| pollster::block_on(session.explain_by(method, &pass, &request, &Silent)).unwrap();
    let (sound, careless) = (explained(&Elementwise), explained(&Careless));
    assert!(sound.finite && !sound.map.blank);
    assert!(!careless.finite && careless.map.blank);
    assert!(careless.map.values.iter().chain(&careless.raw.values).all(|&v| v == 0.0));
}
