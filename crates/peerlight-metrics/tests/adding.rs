//! The guide's metric is a metric: short, and scored like the others.

#[path = "support/sparseness.rs"]
mod sparseness;

use burn::tensor::Device;
use peerlight_explain::{Explanation, Map, Request, Session, Silent};
use peerlight_metrics::{EvaluatedImage, Evaluation, Metric, Score};
use peerlight_models::{Bundle, micro};
use pollster::block_on;
use sparseness::Sparseness;

const METRIC: &str = include_str!("support/sparseness.rs");
const GUIDE: &str = include_str!("../../../docs/adding-a-metric.md");

#[test]
fn the_guides_metric_takes_fewer_than_fifty_lines_and_stands_in_the_guide() {
    assert!(METRIC.lines().count() < 50, "{} lines", METRIC.lines().count());
    // In the crate it says `crate` where a test says the crate's name.
    let shown = METRIC.replace("use peerlight_metrics::", "use crate::");
    let code = |text: &str| text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    assert!(code(GUIDE).contains(&code(&shown)), "docs/adding-a-metric.md shows another metric");
}

#[test]
fn the_guides_metric_scores_maps() {
    let session = Session::open(&Bundle::parse(&micro::bundle().unwrap()).unwrap(), &Device::flex(), "CPU").unwrap();
    let pass = block_on(session.forward_input(micro::input(&Device::flex()), &Silent)).unwrap();
    let request = Request { peer: Some(0), ..Request::of("cam") };
    let made = block_on(session.explain(&pass, &request, &Silent)).unwrap();
    let image = block_on(EvaluatedImage::new(&session, &pass, &[], &Silent)).unwrap();
    let score = |values: Vec<f32>| {
        let map = Explanation { map: Map { values, blank: false }, ..made.clone() };
        match block_on(Sparseness.score(&Evaluation::new(&image, &map, &request))).unwrap() {
            Score::One(Some(score)) => score,
            other => panic!("{other:?}"),
        }
    };
    // One pixel of four carries everything: (2 * 4 - 4 - 1) / 4. Then (2 * (1 + 2 + 3 + 4) / 4 - 4 - 1) / 4.
    assert_eq!(score(vec![0.0, 1.0, 0.0, 0.0]), 0.75);
    assert_eq!((score(vec![0.5; 4]), score(vec![0.0; 4])), (0.0, 0.0));
    let spread = score(made.map.values.clone());
    assert!(0.0 < spread && spread < 1.0, "{spread}");
    assert_eq!(Sparseness.meta().label(), "Sparseness ↑");
}
