//! Metrics, sanity checks and the protocol on the micro networks.
#![allow(clippy::disallowed_methods, reason = "a native test may read synchronously")]

use std::cell::Cell;

use async_trait::async_trait;
use burn::tensor::{Device, Tensor};
use peerlight_core::{Code, Error, Framing, Rect, Result, Rgba8};
use peerlight_explain::{ByName, Explanation, ForwardPass, Map, Progress, Request, Session, Step};
use peerlight_metrics::{
    EvaluatedImage, Evaluation, LabeledImage, Masking, Measures, MetricId, Protocol, Record, mask_together, measure,
    metric_ids, report, sanity,
};
use peerlight_models::{Bundle, micro};
use peerlight_testkit::{coarse, drawn};
use pollster::block_on;

/// Waits without asking, by a clock that stands; cancels after so many steps.
struct Quiet(Cell<usize>);

impl Quiet {
    fn new() -> Self {
        Self(Cell::new(usize::MAX))
    }
}

#[async_trait(?Send)]
impl Progress for Quiet {
    async fn checkpoint(&self, step: Step) -> Result<()> {
        assert!(step.done < step.total, "{step:?}");
        match self.0.get() {
            0 => Err(Error::new(Code::Cancelled, "Enough.")),
            left => {
                self.0.set(left - 1);
                Ok(())
            }
        }
    }

    fn now(&self) -> f64 {
        0.0
    }
}

fn pearson(a: &[f32], b: &[f32]) -> f64 {
    let centered = |map: &[f32]| -> Vec<f64> {
        let mean = map.iter().map(|&v| f64::from(v)).sum::<f64>() / map.len() as f64;
        map.iter().map(|&v| f64::from(v) - mean).collect()
    };
    let (a, b) = (centered(a), centered(b));
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    dot(&a, &b) / (dot(&a, &a) * dot(&b, &b)).sqrt()
}

fn session() -> Session {
    let bytes = micro::bundle().unwrap();
    Session::open(&Bundle::parse(&bytes).unwrap(), &Device::flex(), "CPU").unwrap()
}

fn image() -> Rgba8 {
    Rgba8::new(90, 70, drawn(90, 70)).unwrap()
}

fn pass(session: &Session) -> ForwardPass {
    block_on(session.forward(&image(), Framing::default(), &Quiet::new())).unwrap()
}

fn explain(session: &Session, pass: &ForwardPass, request: &Request) -> Explanation {
    block_on(session.explain(pass, request, &Quiet::new())).unwrap()
}

fn of_first(method: &str) -> Request {
    Request { peer: Some(0), ..Request::of(method) }
}

fn measured(session: &Session, pass: &ForwardPass, map: &Explanation, request: &Request, boxes: &[Rect]) -> Measures {
    measured_by(session, pass, map, request, boxes, &metric_ids(false), &Quiet::new()).unwrap()
}

fn measured_by(
    session: &Session,
    pass: &ForwardPass,
    map: &Explanation,
    request: &Request,
    boxes: &[Rect],
    metrics: &[MetricId],
    host: &Quiet,
) -> Result<Measures> {
    let image = block_on(EvaluatedImage::new(session, pass, boxes, host))?;
    block_on(measure(&Evaluation::new(&image, map, request), metrics))
}

fn value(measures: &Measures, id: &str, masking: Option<Masking>) -> Option<f64> {
    let mut found = measures.figures.iter().filter(|f| f.id.as_str() == id && f.masking == masking);
    let figure = found.next().unwrap_or_else(|| panic!("no {id} {masking:?}"));
    assert!(found.next().is_none(), "{id} twice");
    figure.value
}

/// The probability that a peer gives an input.
fn seen(session: &Session, input: Tensor<4>, peer: usize, class: usize) -> f64 {
    f64::from(block_on(session.forward_input(input, &Quiet::new())).unwrap().probabilities(peer)[class])
}

#[test]
fn figures_are_those_of_masked_images() {
    let session = session();
    let pass = pass(&session);
    let request = of_first("attention");
    let map = explain(&session, &pass, &request);
    let boxes = [Rect::from([0.0, 0.0, 32.0, 64.0])];
    let measures = measured(&session, &pass, &map, &request, &boxes);
    let class = map.target.class;

    // The maskings once more, as tensors. Pixels in 0..=1 are normalized by 0.5 and 0.5.
    let side = map.side;
    let values = &map.map.values;
    let tensor =
        |values: Vec<f32>| Tensor::<1>::from_floats(values.as_slice(), &Device::flex()).reshape([1, 1, side, side]);
    let soft = tensor(values.clone());
    let mut order: Vec<usize> = (0..side * side).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    let mut kept = vec![0.0; side * side];
    order[..side * side / 2].iter().for_each(|&i| kept[i] = 1.0);
    let top = tensor(kept);
    let pixels = || pass.input(0) * 0.5 + 0.5;
    let whole = seen(&session, pass.input(0), 0, class);
    let inputs = [
        (Masking::Top50, (pixels() * top - 0.5) / 0.5),
        (Masking::Soft, (pixels() * soft.clone() - 0.5) / 0.5),
        (Masking::SoftNormalized, pass.input(0) * soft),
    ];
    for (masking, input) in inputs {
        let masked = seen(&session, input, 0, class);
        let drop = 100.0 * (whole - masked).max(0.0) / whole;
        let gain = 100.0 * (masked - whole).max(0.0) / (1.0 - whole);
        let found = |id| value(&measures, id, Some(masking)).unwrap();
        assert!((found("average-drop") - drop).abs() < 1e-3, "{masking:?}: {drop}");
        assert!((found("average-gain") - gain).abs() < 1e-3, "{masking:?}: {gain}");
        assert_eq!(found("average-increase"), if masked > whole { 100.0 } else { 0.0 }, "{masking:?}");
    }

    let insertion = measures.curves.iter().find(|c| c.id.as_str() == "insertion").unwrap();
    let deletion = measures.curves.iter().find(|c| c.id.as_str() == "deletion").unwrap();
    let black = seen(&session, Tensor::full([1, 3, side, side], -1.0, &Device::flex()), 0, class);
    for (got, expected) in
        [(insertion.y[0], black), (insertion.y[28], whole), (deletion.y[0], whole), (deletion.y[28], black)]
    {
        assert!((f64::from(got) - expected).abs() < 1e-5, "{got} instead of {expected}");
    }
    let half = value(&measures, "average-drop", Some(Masking::Top50)).unwrap();
    assert!((100.0 * (whole - f64::from(insertion.y[14])).max(0.0) / whole - half).abs() < 1e-3, "half the pixels");

    let mean = values.iter().map(|&v| f64::from(v)).sum::<f64>() / (side * side) as f64;
    assert!((value(&measures, "complexity", None).unwrap() - mean).abs() < 1e-9);
    let left: f64 = (0..side * side).filter(|i| i % side < 32).map(|i| f64::from(values[i])).sum();
    assert!((value(&measures, "energy", None).unwrap() - left / (mean * (side * side) as f64)).abs() < 1e-9);
    assert!(measures.figures.iter().all(|f| f.value.is_some_and(f64::is_finite)), "{measures:?}");
    // 4 maskings, 3 curves of 28, 8 imputations, and the map of the masked image.
    assert_eq!(measures.forward, 4 + 3 * 28 + 8 + 1);
}

#[test]
fn controls_are_seen_through() {
    let session = session();
    let pass = pass(&session);
    let measures = |method: &str| {
        let request = of_first(method);
        measured(&session, &pass, &explain(&session, &pass, &request), &request, &[])
    };
    let ones = measures("control-ones");
    for masking in [Masking::Soft, Masking::SoftNormalized] {
        for id in ["average-drop", "average-increase", "average-gain"] {
            assert_eq!(value(&ones, id, Some(masking)), Some(0.0), "{id} {masking:?}");
        }
    }
    assert_eq!(value(&ones, "complexity", None), Some(1.0));
    assert_eq!(value(&ones, "coherency", None), Some(0.0), "a constant map has no correlation");
    assert_eq!((value(&ones, "adcc", None), value(&ones, "road", None)), (Some(0.0), Some(0.0)));
    assert_eq!((value(&ones, "pointing", None), value(&ones, "energy", None)), (None, None), "no boxes");
    let fake = measures("control-fake");
    assert!(value(&fake, "average-drop", Some(Masking::Soft)).unwrap() < 1.0);
    assert!((value(&fake, "coherency", None).unwrap() - 1.0).abs() < 1e-5, "it always says the same");
    assert!(value(&fake, "adcc", None).unwrap() < 0.01, "and ADCC is not taken in");
    let noise = value(&measures("control-noise"), "complexity", None).unwrap();
    assert!((noise - 0.5).abs() < 0.02, "{noise}");
}

#[test]
fn a_blank_map_counts_as_zeros() {
    let session = session();
    let pass = pass(&session);
    let request = of_first("cam");
    let mut map = explain(&session, &pass, &request);
    map.map = Map { values: vec![0.0; map.side * map.side], blank: true };
    let boxes = [Rect::from([0.0, 0.0, 64.0, 64.0])];
    let measures = measured(&session, &pass, &map, &request, &boxes);
    for id in ["complexity", "coherency", "adcc", "pointing", "energy"] {
        assert_eq!(value(&measures, id, None), Some(0.0), "{id}");
    }
    assert!(measures.figures.iter().all(|f| f.value.is_some_and(f64::is_finite)), "{measures:?}");
}

#[test]
fn peers_together_have_the_mean_of_their_probabilities() {
    let session = session();
    let pass = pass(&session);
    let request = Request { target: Some(3.into()), ..Request::of("cam") };
    let map = explain(&session, &pass, &request);
    assert_eq!(map.explained(), [0, 1]);
    let found = measured(&session, &pass, &map, &request, &[]);
    let insertion = found.curves.iter().find(|c| c.id.as_str() == "insertion").unwrap();
    let mean = (pass.probabilities(0)[3] + pass.probabilities(1)[3]) / 2.0;
    assert!((insertion.y[28] - mean).abs() < 1e-6);
}

#[test]
fn a_map_that_ignores_the_weights_is_found_out() {
    let session = session();
    let pass = pass(&session);
    let found = |method: &str| block_on(sanity(&session, &pass, &of_first(method), &Quiet::new())).unwrap();
    for control in ["control-gaussian", "control-ones", "control-noise"] {
        assert!(found(control).unchanged, "{control}");
    }
    let cam = found("cam");
    assert!(!cam.unchanged, "{cam:?}");
    let names: Vec<&str> = cam.layers.iter().map(|layer| layer.name).collect();
    assert_eq!((names[0], names[1], *names.last().unwrap()), ("classifier", "last layer", "everything"));
    assert!(cam.layers.iter().all(|l| l.spearman.abs() <= 1.0 && l.pearson.abs() <= 1.0));
    // What does not read the classifier does not change with it.
    let attention = found("attention");
    assert!((attention.layers[0].spearman - 1.0).abs() < 1e-5, "{attention:?}");
    assert!(!attention.unchanged, "{attention:?}");
}

#[test]
fn each_peer_is_shuffled_from_its_own_depths() {
    let few = [3, 6, 8];
    for (shown, expected) in [
        ([&coarse::ALL[..], &few], vec![[8, 3], [7, 2], [6, 1], [3, 1], [0, 0]]),
        ([&few, &few], vec![[3, 3], [2, 2], [1, 1], [0, 0]]),
    ] {
        let session = coarse::session(shown);
        let pass = block_on(session.forward_input(micro::input(&Device::flex()), &Quiet::new())).unwrap();
        let found = block_on(sanity(&session, &pass, &Request::of("cam"), &Quiet::new())).unwrap();
        let cam = |session: &Session, target: Option<ByName>| {
            let pass = block_on(session.forward_input(micro::input(&Device::flex()), &Quiet::new())).unwrap();
            block_on(session.explain(&pass, &Request { target, ..Request::of("cam") }, &Quiet::new())).unwrap()
        };
        let whole = cam(&session, None);
        for (after, depth) in expected.iter().zip(&found.layers) {
            // Peers that are shuffled one by one, each from its own cut.
            let twin = cam(&coarse::shuffled(shown, *after), Some(whole.target.class.into()));
            let known = pearson(&whole.map.values, &twin.map.values);
            assert!((depth.pearson - known).abs() < 1e-4, "{} instead of {known} after {after:?}", depth.pearson);
        }
        assert_eq!(found.layers.iter().map(|depth| depth.after.as_slice()).collect::<Vec<_>>(), expected);
        assert_eq!(found.layers.last().unwrap().name, "everything");
        // CAM reads the classifier: it changes at every depth, of both peers.
        assert!(found.layers.iter().all(|depth| depth.pearson < 0.999), "{found:?}");
    }
}

#[test]
fn unknown_metrics_are_named_and_everything_can_be_cancelled() {
    let session = session();
    let pass = pass(&session);
    let request = of_first("cam");
    let map = explain(&session, &pass, &request);
    assert_eq!("insertoin".parse::<MetricId>().unwrap_err().code(), Code::AskInvalid);
    for steps in 0..6 {
        let host = Quiet(Cell::new(steps));
        let found = measured_by(&session, &pass, &map, &request, &[], &metric_ids(false), &host);
        assert_eq!(found.unwrap_err().code(), Code::Cancelled, "{steps}");
    }
    let host = Quiet(Cell::new(2));
    assert_eq!(block_on(sanity(&session, &pass, &request, &host)).unwrap_err().code(), Code::Cancelled);
}

#[test]
fn the_protocol_pools_what_it_records() {
    let session = session();
    let protocol = Protocol {
        methods: ["mutual", "cam", "control-ones"].map(Request::of).into(),
        peers: vec![0, 1],
        metrics: metric_ids(true),
        agreement: Default::default(),
    };
    let image = |i: u32| LabeledImage {
        name: format!("image {i}"),
        image: Rgba8::new(80 + i, 70, drawn(80 + i, 70)).unwrap(),
        class: (i == 0).then_some(3),
        boxes: if i < 2 { vec![Rect::from([20.0, 10.0, 60.0, 40.0])] } else { Vec::new() },
    };
    let run = |i| block_on(protocol.evaluate(&session, &image(i), &Quiet::new(), &())).unwrap();
    let records: Vec<Record> = (0..3).map(run).collect();
    assert_eq!(run(1), records[1], "the same image gives the same record");
    assert!(records[0].small && !records[2].small);
    assert_eq!(records[0].entries.len(), 3 * 2);
    let first = &records[0].entries[0];
    assert_eq!((first.method.as_str(), first.peer, first.forward), ("mutual", 0, 2));

    let ids = session.info().peers.iter().map(|peer| peer.id.clone()).collect::<Vec<_>>();
    let found = report(&protocol, &records, &ids, 0).unwrap();
    assert_eq!((found.rows.len(), found.with_boxes, found.with_small_boxes), (3 * 2 * 3, 2, 2));
    let key = "average-drop:top50".parse().unwrap();
    let drops = records.iter().map(|r| r.entries[0].figures[&key].unwrap());
    let pooled = found.rows[0].figure("average-drop".parse().unwrap()).value.unwrap();
    assert!((pooled - drops.sum::<f64>() / 3.0).abs() < 1e-9);
    let tied = |method: &str| found.rows.iter().find(|row| row.method == method).unwrap().is_tied();
    assert_eq!((tied("cam"), tied("control-ones")), (false, true));
    assert!(found.paired.iter().all(|p| p.a == "mutual" && p.b != "mutual" && p.ci.is_some()));
}

#[test]
fn maps_are_masked_together_as_they_are_one_by_one() {
    let session = session();
    let pass = pass(&session);
    let requests = [of_first("cam"), Request::of("attention"), of_first("control-noise"), of_first("attention")];
    let maps: Vec<_> = requests.iter().map(|request| explain(&session, &pass, request)).collect();
    let host = Quiet::new();
    let image = block_on(EvaluatedImage::new(&session, &pass, &[], &host)).unwrap();
    let evaluations =
        || requests.iter().zip(&maps).map(|(request, map)| Evaluation::new(&image, map, request)).collect::<Vec<_>>();
    let (alone, together) = (evaluations(), evaluations());
    block_on(mask_together(&together.iter().collect::<Vec<_>>())).unwrap();
    for (alone, together) in alone.iter().zip(&together) {
        assert_eq!(block_on(alone.masked()).unwrap(), block_on(together.masked()).unwrap());
    }
    // Three maps of the first peer with the whole image once, and one of both peers.
    assert_eq!(together.iter().map(Evaluation::passes).collect::<Vec<_>>(), [1 + 3 * 3, 2 * 4, 0, 0]);
    assert_eq!(alone.iter().map(Evaluation::passes).sum::<usize>(), 4 + 2 * 4 + 4 + 4);
}
