//! Every method against the libraries that its users use today, and what must hold of all of them.
#![allow(clippy::disallowed_methods, reason = "a native test may read synchronously")]

use burn::tensor::Device;
use peerlight_core::{Code, Framing};
use peerlight_explain::{EXPLAINERS, Family, ForwardPass, Request, Session, Silent, Value, Versus};
use peerlight_models::{Bundle, Layer, micro};
use peerlight_testkit::{
    Noting,
    cases::{TOLERANCE, compare, of_nets},
    golden::{image, root},
};

fn micro_session() -> Session {
    Session::open(&Bundle::parse(&micro::bundle().unwrap()).unwrap(), &Device::flex(), "CPU").unwrap()
}

fn micro_pass(session: &Session) -> ForwardPass {
    pollster::block_on(session.forward_input(micro::input(&Device::flex()), &Silent)).unwrap()
}

#[test]
fn the_micro_nets_maps_are_those_of_the_libraries() {
    let session = micro_session();
    let cases = of_nets(&["micro.first", "micro.second"]);
    let wrong = pollster::block_on(compare(&session, &cases, &mut |_| micro_pass(&session), TOLERANCE));
    assert!(wrong.is_empty(), "{} of {} cases are off:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    for explainer in EXPLAINERS {
        let meta = explainer.meta();
        let ours =
            [Family::Mutual, Family::Control].contains(&meta.family) || ["attention", "guided"].contains(&meta.id);
        assert!(ours || cases.iter().any(|(_, case)| case.method == meta.id), "{}: nothing to compare with", meta.id);
    }
}

#[test]
fn lite0_maps_are_those_of_the_libraries() {
    let bytes = std::fs::read(root().join("web/models/lite0-lite1.safetensors")).unwrap();
    let session = Session::open(&Bundle::parse(&bytes).unwrap(), &Device::flex(), "CPU").unwrap();
    let cases = of_nets(&["efficientnet-lite0", "efficientnet-lite1"]);
    let mut look = |name: &str| {
        let image = image(&format!("crops/{name}.png"));
        pollster::block_on(session.forward(&image, Framing::centered(1.0), &Silent)).unwrap()
    };
    let wrong = pollster::block_on(compare(&session, &cases, &mut look, TOLERANCE));
    assert!(wrong.is_empty(), "{} of {} cases are off:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// A request that takes no more than a moment on the micro nets.
fn quick(method: &str) -> Request {
    let mut request = Request::of(method);
    let settings = EXPLAINERS.iter().find(|e| e.meta().id == method).unwrap().meta().settings;
    for (id, value) in [("samples", 3.0), ("steps", 3.0), ("window", 16.0), ("stride", 8.0)] {
        if settings.iter().any(|s| s.id == id) {
            request.settings.insert(id.into(), Value::Number(value));
        }
    }
    request
}

#[test]
fn every_method_holds_what_all_promise() {
    let session = micro_session();
    let pass = micro_pass(&session);
    for explainer in EXPLAINERS {
        let meta = explainer.meta();
        for peer in [None, Some(0), Some(1)] {
            let request = Request { peer, ..quick(meta.id) };
            let host = Noting::default();
            let made = pollster::block_on(session.explain(&pass, &request, &host)).unwrap();
            let (raw, map) = (&made.raw, &made.map);
            assert_eq!(raw.values.len(), raw.rows * raw.columns, "{}", meta.id);
            let own = made.peers.iter().map(|peer| &peer.map);
            for map in own.chain([map]) {
                assert_eq!(map.values.len(), made.side * made.side, "{}", meta.id);
                for value in raw.values.iter().chain(&map.values) {
                    assert!((0.0..=1.0).contains(value), "{}: {value}", meta.id);
                }
            }
            let explained = peer.map_or(vec![0, 1], |peer| vec![peer]);
            assert_eq!(made.explained(), explained, "{}", meta.id);
            let passes = made.cost.forward + made.cost.partial;
            assert!(passes >= if meta.joint { 2 } else { explained.len() }, "{}: {:?}", meta.id, made.cost);
            // Two maps or more are compared, by whatever method.
            assert_eq!(made.agreement.is_some(), explained.len() > 1, "{}", meta.id);
            assert_eq!(made.regions.len(), if explained.len() > 1 { 49 } else { 0 }, "{}", meta.id);
            assert!(made.agreement.is_none_or(|agreement| (-1.0..=1.0).contains(&agreement)), "{}", meta.id);
            if let [one] = made.peers.as_slice()
                && !meta.joint
            {
                assert_eq!(&one.map, map, "{}: the one peer's map", meta.id);
            }

            let again = pollster::block_on(session.explain(&pass, &request, &Silent)).unwrap();
            assert_eq!((&again.raw, again.cost), (raw, made.cost), "{} twice", meta.id);

            let steps = host.steps.into_inner();
            assert!(!steps.is_empty() && steps.iter().all(|s| s.done < s.total && s.name == meta.name), "{steps:?}");
            for cancel_at in [0, steps.len() - 1] {
                let host = Noting { cancel_at: Some(cancel_at), ..Noting::default() };
                let cancelled = pollster::block_on(session.explain(&pass, &request, &host));
                assert_eq!(cancelled.unwrap_err().code(), Code::Cancelled, "{}", meta.id);
            }
        }
    }
}

#[test]
fn a_request_that_does_not_fit_is_refused_with_the_reason() {
    let session = micro_session();
    let pass = micro_pass(&session);
    let versus = |class: usize, weight| Some(Versus { class: class.into(), weight });
    let cases = [
        (Request::of("guess"), "There is no method 'guess'"),
        (Request { peer: Some(2), ..Request::of("cam") }, "no peer 2"),
        (Request { target: Some(10.into()), ..Request::of("cam") }, "no class 10"),
        (Request { versus: versus(10, 1.0), ..Request::of("cam") }, "no class 10"),
        (Request { target: Some(3.into()), versus: versus(3, 1.0), ..Request::of("cam") }, "compared with itself"),
        (Request { target: Some(3.into()), versus: versus(4, f32::NAN), ..Request::of("cam") }, "must be 0 to 10"),
        ("cam:stages=7".parse().unwrap(), "layer 8 and no other"),
        ("grad-cam:stages=9".parse().unwrap(), "1 to 8"),
        ("grad-cam:stages=0".parse().unwrap(), "1 to 8"),
        ("smooth-grad:stages=7".parse().unwrap(), "no layers to choose"),
        ("grad-cam:samples=7".parse().unwrap(), "no setting 'samples'"),
        ("smooth-grad:samples=0".parse().unwrap(), "from 1 to 512"),
        ("mutual:evidence=guess".parse().unwrap(), "guided or attention or class"),
        ("cam:grid=57".parse().unwrap(), "'grid' must be a number from 1 to 56"),
        (Request { layers: Some(vec![]), ..Request::of("mutual") }, "1 to 8"),
    ];
    for (request, text) in cases {
        let error = pollster::block_on(session.explain(&pass, &request, &Silent)).unwrap_err();
        assert_eq!(error.code(), Code::AskInvalid, "{request:?}");
        assert!(error.to_string().contains(text), "{error}");
        assert_eq!(session.check(&request), Err(error), "the same, before there is an image");
    }
}

#[test]
fn what_is_said_of_a_method_is_whole_and_of_one_manner() {
    for (i, explainer) in EXPLAINERS.iter().enumerate() {
        let meta = explainer.meta();
        assert!(EXPLAINERS[..i].iter().all(|other| other.meta().id != meta.id), "{} twice", meta.id);
        assert!(meta.id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", meta.id);
        assert!(!meta.name.is_empty() && meta.url.starts_with("https://"), "{}", meta.id);
        assert_eq!(meta.passes == 0, meta.family == Family::Control, "{}", meta.id);
        for text in [meta.shows, meta.caveat].into_iter().chain(meta.settings.iter().map(|s| s.help)) {
            assert!(text.ends_with('.') && text.len() < 240, "{}: {text}", meta.id);
        }
        assert!(
            !meta.formula.is_empty() && meta.paper.contains(|c: char| c.is_ascii_digit() || c == '\''),
            "{}",
            meta.id
        );
    }
}

#[test]
fn shuffled_weights_change_what_is_learned_and_nothing_else() {
    let session = micro_session();
    let pass = micro_pass(&session);
    let twin = session.shuffled(1, |_| Layer::INPUT);
    let other = micro_pass(&twin);
    assert_ne!(pass.probabilities(0), other.probabilities(0));
    assert_eq!(micro_pass(&session.shuffled(1, |_| Layer::INPUT)).probabilities(0), other.probabilities(0));
    // The classifier alone: the features stay, so a map that knows no class does too.
    let headless = session.shuffled(1, |last| last);
    let seen = micro_pass(&headless);
    let map = |session: &Session, pass: &ForwardPass, method: &str| {
        pollster::block_on(session.explain(pass, &Request { target: Some(0.into()), ..Request::of(method) }, &Silent))
            .unwrap()
            .raw
    };
    assert_eq!(map(&session, &pass, "attention"), map(&headless, &seen, "attention"));
    assert_ne!(map(&session, &pass, "cam"), map(&headless, &seen, "cam"));
}
