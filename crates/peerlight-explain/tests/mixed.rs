//! Peers with nothing in common: neither size, preprocessing, classes nor classifier.
#![allow(clippy::disallowed_methods, reason = "a native test may read synchronously")]

use peerlight_core::{Code, Framing, Rgba8};
use peerlight_explain::{
    EXPLAINERS, Evidence, Explanation, Family, ForwardPass, Request, Session, Silent, TargetLayer, Versus,
    options::EVIDENCE,
};
use peerlight_testkit::{
    drawn,
    unlike::{self, CLASSES, IDS, SIDES},
};
use pollster::block_on;

fn image() -> Rgba8 {
    Rgba8::new(90, 70, drawn(90, 70)).unwrap()
}

fn pass(session: &Session) -> ForwardPass {
    block_on(session.forward(&image(), Framing::centered(0.9), &Silent)).unwrap()
}

fn explain(session: &Session, request: &Request) -> Explanation {
    block_on(session.explain(&pass(session), request, &Silent)).unwrap()
}

/// A request that is quick whatever the method.
fn quick(id: &str) -> Request {
    let text = match id {
        "rise" => "rise:samples=20",
        "occlusion" => "occlusion:window=16:stride=8",
        "ss-cam" | "is-cam" | "smooth-grad-cam-pp" | "smooth-grad" => &format!("{id}:samples=2"),
        "integrated-gradients" => "integrated-gradients:samples=4",
        "opti-cam" => "opti-cam:steps=3",
        id => id,
    };
    text.parse().unwrap()
}

#[test]
fn every_peer_sees_the_same_square_in_its_own_way() {
    let session = unlike::session(&[0, 1, 2]);
    let pass = pass(&session);
    assert_eq!((pass.image().crop.side, session.info().preprocess.crop), (63.0, 0.9));
    for (i, side) in SIDES.into_iter().enumerate() {
        assert_eq!(pass.input(i).dims(), [1, 3, side, side]);
        let alone = unlike::session(&[i]);
        let seen = block_on(alone.forward(&image(), Framing::default(), &Silent)).unwrap();
        seen.input(0).into_data().assert_eq(&pass.input(i).into_data(), true);
        assert_eq!(seen.probabilities(0), pass.probabilities(i));
        let info = &session.info().peers[i];
        assert_eq!((info.preprocess.side, info.labels.len()), (side, CLASSES[i].len()));
        assert_eq!(info.head, if i == 1 { "opaque" } else { "linear" });
    }
    // Bytes, and -1 to 1.
    let largest = |i: usize| pass.input(i).abs().max().into_scalar::<f32>();
    assert!(largest(0) <= 1.0 && largest(1) > 80.0, "{} {}", largest(0), largest(1));
    assert_eq!(session.info().classes, ["cat", "dog", "bird", "fish", "ship", "background", "plane"]);
    let json = serde_json::to_value(session.info()).unwrap();
    assert_eq!((&json["peers"][1]["classes"], &json["peers"][1]["preprocess"]["bgr"]), (&4.into(), &true.into()));
}

#[test]
fn each_peers_maps_are_those_of_it_alone() {
    let all = unlike::session(&[0, 1, 2]);
    for (i, id) in IDS.iter().enumerate() {
        let alone = unlike::session(&[i]);
        for explainer in EXPLAINERS {
            let meta = explainer.meta();
            let request = quick(meta.id).explaining("dog");
            let of_peer = Request { peer: Some(i), ..request.clone() };
            if meta.joint {
                let refused = alone.check(&request).unwrap_err();
                assert_eq!(refused.code(), Code::AskInvalid);
                assert!(refused.to_string().contains("two peers"), "{refused}");
                continue;
            }
            if meta.target_layer == TargetLayer::Last && i == 1 {
                for refused in [alone.check(&request), all.check(&of_peer), all.check(&request)] {
                    let refused = refused.unwrap_err().to_string();
                    let says = [meta.name, "Tiny flat", "HiResCAM"].iter().all(|part| refused.contains(part));
                    assert!(says, "{refused}");
                }
                continue;
            }
            let (own, found) = (explain(&alone, &request), explain(&all, &of_peer));
            assert_eq!((own.side, found.side), (SIDES[i], SIDES[i]));
            assert_eq!(own.map, found.map, "{} of {id}", meta.id);
            assert_eq!(
                own.peers[0].top.iter().map(|p| p.probability).collect::<Vec<_>>(),
                found.peers[0].top.iter().map(|p| p.probability).collect::<Vec<_>>()
            );
            assert!(!own.map.blank || meta.family == Family::Perturbation, "{} of {id}", meta.id);
            assert!(own.finite && own.agreement.is_none() && own.regions.is_empty(), "{} of {id}", meta.id);
        }
    }
}

#[test]
fn peers_together_have_one_size_and_agree_by_it() {
    let session = unlike::session(&[0, 1, 2]);
    let mutual = Request::default();
    let of = |evidence| Request::default().with(&EVIDENCE, evidence);
    for request in
        [mutual, of(Evidence::Class), of(Evidence::Attention), Request::of("grad-cam"), Request::of("guided")]
    {
        let found = explain(&session, &request.explaining("DOG"));
        assert_eq!((found.side, found.peers.len(), found.regions.len()), (64, 3, 49));
        assert!(found.peers.iter().all(|peer| peer.map.values.len() == 64 * 64 && peer.has_target));
        assert_eq!(
            found.peers.iter().map(|peer| peer.target.label.as_str()).collect::<Vec<_>>(),
            ["dog", "Dog", "dog, domestic dog"]
        );
        assert!(found.agreement.unwrap().abs() < 1.0 && !found.map.blank && found.regions[0].pairs.len() == 3);
    }
}

#[test]
fn a_peer_without_the_class_explains_its_own_first() {
    let session = unlike::session(&[0, 1, 2]);
    let seen = pass(&session);
    let own = |peer: usize| seen.likeliest(&[peer]);
    for (class, has) in [("ship", [true, false, true]), ("plane", [false, false, true]), ("dog", [true; 3])] {
        let found = explain(&session, &Request::of("grad-cam").explaining(class));
        assert_eq!((found.target.label.as_str(), found.target.chosen), (class, true));
        for (i, peer) in found.peers.iter().enumerate() {
            assert_eq!(peer.has_target, has[i], "{class} by {}", peer.id);
            let expected = if has[i] { found.target.class } else { own(i) };
            assert_eq!(peer.target.class, expected);
            let request = Request { peer: Some(i), ..Request::of("grad-cam").explaining(expected) };
            if SIDES[i] == found.side {
                assert_eq!(explain(&session, &request).map, peer.map);
            }
            assert_eq!(Some(peer.target.probability), seen.probability(i, expected));
        }
        // By index it is the same.
        let index = session.classes().find(class).unwrap();
        assert_eq!(explain(&session, &Request::of("grad-cam").explaining(index)).map, found.map);
    }
    // The likeliest by matched names: the sum of the probabilities of those that have it.
    let found = explain(&session, &Request::of("guided"));
    let sum = |class| (0..3).filter_map(|peer| seen.probability(peer, class)).sum::<f32>();
    let best = (0..7).max_by(|&a, &b| sum(a).total_cmp(&sum(b))).unwrap();
    assert_eq!((found.target.class, found.target.chosen), (best, false));

    for (request, text) in [
        (Request { peer: Some(1), ..Request::of("cam").explaining("ship") }, "no"),
        (
            Request { peer: Some(0), ..Request::of("guided").explaining("plane") },
            "No explained peer has the class 'plane'",
        ),
        (Request::of("guided").explaining("horse"), "'horse' is not one class"),
        (Request::of("guided").explaining(7), "no class 7"),
        (
            Request { versus: Some(Versus { class: "ship".into(), weight: 1.0 }), ..Request::of("guided") },
            "The peer 'flat' has no class 'ship'",
        ),
    ] {
        let refused = session.check(&request).unwrap_err();
        assert_eq!(refused.code(), Code::AskInvalid);
        assert!(refused.to_string().contains(text), "{refused}");
    }
    let versus = Some(Versus { class: "bird".into(), weight: 0.5 });
    let request = Request { peer: Some(1), versus, ..Request::of("guided").explaining("dog") };
    assert_eq!(explain(&session, &request).versus.unwrap().class, 2);
}

#[test]
fn layers_are_chosen_by_name() {
    let session = unlike::session(&[0, 1, 2]);
    let layers = |request: &str| {
        explain(&session, &request.parse().unwrap()).peers.into_iter().map(|peer| peer.layers).collect::<Vec<_>>()
    };
    assert_eq!(layers("grad-cam"), [[3], [2], [4]]);
    assert_eq!(layers("grad-cam:layers=stem.relu"), [[1], [1], [4]], "the third has no such layer");
    assert_eq!(layers("layer-cam:layers=block+pooled"), [[2], [2], [2]]);
    assert_eq!(layers("grad-cam:layers=2"), [[2], [2], [2]]);
    let names: Vec<_> = session.info().peers.iter().map(|peer| peer.layers.join(" ")).collect();
    assert_eq!(names, ["stem.relu block last.relu", "stem.relu last.relu", "stem pooled gated last.relu"]);
    let refused = session.check(&"grad-cam:layers=head".parse().unwrap()).unwrap_err();
    assert!(refused.to_string().contains("no layer 'head'"), "{refused}");
}

#[test]
fn inputs_that_do_not_fit_are_refused() {
    let session = unlike::session(&[0, 1, 2]);
    let inputs = pass(&session).inputs();
    let refused =
        |inputs: Vec<_>| block_on(session.forward_inputs(inputs, &Silent)).err().map(|e| e.to_string()).unwrap();
    assert!(block_on(session.forward_inputs(inputs.clone(), &Silent)).is_ok());
    assert!(refused(inputs[..2].to_vec()).contains("3 peers and 2 inputs"));
    // The second peer's classifier takes 48 x 48 pixels alone, the others any size.
    assert!(refused(vec![inputs[0].clone(), inputs[2].clone(), inputs[2].clone()]).contains("48 x 48"));
    assert!(
        block_on(session.forward_inputs(vec![inputs[2].clone(), inputs[1].clone(), inputs[0].clone()], &Silent))
            .is_ok()
    );
    let one = block_on(session.forward_input(inputs[0].clone(), &Silent));
    assert!(one.err().unwrap().to_string().contains("an input of its own"));
}

#[test]
fn one_peer_alone_is_asked_for_its_own_map() {
    let alone = unlike::session(&[1]);
    assert_eq!(alone.default_request().method, "guided");
    let found = explain(&alone, &alone.default_request());
    assert!(!found.map.blank && found.map == found.peers[0].map && found.agreement.is_none());
    assert_eq!(unlike::session(&[0, 1]).default_request(), Request::default());
}
