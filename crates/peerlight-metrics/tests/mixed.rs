//! Metrics, sanity and the protocol on peers with nothing in common, and on one peer alone.
#![allow(clippy::disallowed_methods, reason = "a native test may read synchronously")]

use peerlight_core::{Framing, Rect, Rgba8};
use peerlight_explain::{Explanation, ForwardPass, Request, Session, Silent};
use peerlight_metrics::{
    EvaluatedImage, Evaluation, LabeledImage, Measures, Protocol, measure, metric_ids, report, sanity,
};
use peerlight_testkit::{
    drawn,
    unlike::{self, IDS, SIDES},
};
use pollster::block_on;

fn image() -> Rgba8 {
    Rgba8::new(90, 70, drawn(90, 70)).unwrap()
}

fn explained(session: &Session, request: &Request) -> (ForwardPass, Explanation) {
    let pass = block_on(session.forward(&image(), Framing::default(), &Silent)).unwrap();
    let map = block_on(session.explain(&pass, request, &Silent)).unwrap();
    (pass, map)
}

fn measured(session: &Session, request: &Request, boxes: &[Rect]) -> Measures {
    let (pass, map) = explained(session, request);
    let image = block_on(EvaluatedImage::new(session, &pass, boxes, &Silent)).unwrap();
    let mut found = block_on(measure(&Evaluation::new(&image, &map, request), &metric_ids(false))).unwrap();
    found.ms = 0.0;
    found
}

#[test]
fn each_peers_figures_are_those_of_it_alone() {
    let all = unlike::session(&[0, 1, 2]);
    for (i, side) in SIDES.into_iter().enumerate() {
        let alone = unlike::session(&[i]);
        let boxes = [Rect::from([2.0, 3.0, side as f64 / 2.0, side as f64 / 2.0])];
        for method in ["grad-cam", "guided"] {
            let request = Request::of(method).explaining("dog");
            let own = measured(&alone, &request, &boxes);
            let found = measured(&all, &Request { peer: Some(i), ..request }, &boxes);
            assert_eq!(own.figures, found.figures, "{method} of {}", IDS[i]);
            assert_eq!(own.curves, found.curves, "{method} of {}", IDS[i]);
            assert!(own.figures.iter().all(|figure| figure.value.is_some_and(f64::is_finite)), "{own:?}");
        }
    }
}

#[test]
fn a_joint_map_hides_the_same_places_from_every_peer() {
    let session = unlike::session(&[0, 1, 2]);
    for request in [Request::default().explaining("dog"), Request::of("grad-cam").explaining("ship")] {
        let (pass, map) = explained(&session, &request);
        let found = measured(&session, &request, &[]);
        let insertion = found.curves.iter().find(|curve| curve.id.as_str() == "insertion").unwrap();
        // The whole image: the mean of what each peer gives the class that it explains.
        let whole =
            map.peers.iter().map(|peer| pass.probability(peer.peer, peer.target.class).unwrap()).sum::<f32>() / 3.0;
        assert!((insertion.y[28] - whole).abs() < 1e-6, "{} instead of {whole}", insertion.y[28]);
        // Nothing at all: the mean over the peers of a black image's probability.
        let black = Rgba8::new(90, 70, [0, 0, 0, 255].repeat(90 * 70)).unwrap();
        let dark = block_on(session.forward(&black, Framing::default(), &Silent)).unwrap();
        let none =
            map.peers.iter().map(|peer| dark.probability(peer.peer, peer.target.class).unwrap()).sum::<f32>() / 3.0;
        assert!((insertion.y[0] - none).abs() < 1e-5, "{} instead of {none}", insertion.y[0]);
    }
}

#[test]
fn shuffling_keeps_every_peers_class() {
    let session = unlike::session(&[0, 1, 2]);
    for request in [Request::default(), Request::of("grad-cam").explaining("plane")] {
        let (pass, _) = explained(&session, &request);
        let found = block_on(sanity(&session, &pass, &request, &Silent)).unwrap();
        assert_eq!(found.layers[0].after, [3, 2, 4]);
        assert_eq!(found.layers.last().unwrap().after, [0, 0, 0]);
        assert!(found.layers.iter().all(|depth| depth.pearson.is_finite() && depth.spearman.abs() <= 1.0));
    }
    // One that knows no weights is found out, of one peer alone, too.
    let alone = unlike::session(&[1]);
    let request = Request::of("control-gaussian");
    let (pass, _) = explained(&alone, &request);
    assert!(block_on(sanity(&alone, &pass, &request, &Silent)).unwrap().unchanged);
}

#[test]
fn the_protocol_takes_unlike_peers_and_one_alone() {
    let labeled = |name: &str| LabeledImage {
        name: name.into(),
        image: image(),
        class: Some(1),
        boxes: vec![Rect::from([20.0, 10.0, 60.0, 40.0])],
    };
    let run = |session: &Session, peers: Vec<usize>, methods: &[&str]| {
        let methods = methods.iter().map(|id| Request::of(id)).collect();
        let protocol = Protocol { methods, peers, metrics: metric_ids(true), agreement: Default::default() };
        let records: Vec<_> =
            ["a", "b"].map(|n| block_on(protocol.evaluate(session, &labeled(n), &Silent, &())).unwrap()).into();
        let ids: Vec<String> = session.info().peers.iter().map(|peer| peer.id.clone()).collect();
        (report(&protocol, &records, &ids, 0).unwrap(), records)
    };
    let all = unlike::session(&[0, 1, 2]);
    let (found, records) = run(&all, vec![0, 1, 2], &["guided", "mutual", "control-ones"]);
    assert_eq!((found.rows.len(), found.with_boxes, found.accuracy.len()), (3 * 3 * 3, 2, 3));
    assert!(found.agreement.is_some_and(|rho| rho.abs() < 1.0));
    // In pixels of the largest map: of 64 of 0.875 times 70 pixels.
    let scale = 64.0 / (0.875 * 70.0);
    assert!((records[0].boxes[0].x1 - records[0].boxes[0].x0 - 40.0 * scale).abs() < 1e-6, "{:?}", records[0].boxes);
    for (i, id) in IDS.iter().enumerate() {
        let (alone, own) = run(&unlike::session(&[i]), vec![0], &["guided", "control-ones"]);
        assert_eq!((alone.agreement, alone.with_boxes), (None, 2));
        let entry = |records: &[peerlight_metrics::Record], peer: usize| {
            let entry = records[0].entries.iter().find(|e| e.peer == peer && e.method == "guided").unwrap().clone();
            (entry.probability, entry.figures, entry.curves)
        };
        assert_eq!(entry(&own, 0), entry(&records, i), "{id}");
    }
}
