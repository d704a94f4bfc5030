//! A session on the micro networks: every setting, cancelling, odd images, and what comes out.
#![allow(clippy::disallowed_methods, reason = "a native test may read synchronously")]

use burn::tensor::{Device, Tensor};
use peerlight_core::{Code, Crop, Framing, Fuse, Result, Rgba8, Weight};
use peerlight_explain::{
    Evidence, Explanation, Map, Request, Session, Silent, legacy,
    options::{EVIDENCE, EXPONENT, FUSE, POWER, WEIGHT},
};
use peerlight_models::{Array, Bundle, Precision, micro};
use peerlight_testkit::{Noting, answers, drawn};
use serde_json::{Value, json};

fn session_of(peers: &[&str], change: impl FnOnce(&mut std::collections::BTreeMap<String, Array>)) -> Session {
    let mut tensors = micro::tensors(peers).unwrap();
    change(&mut tensors);
    let bytes = Bundle::write(&micro::manifest(peers), &tensors, Precision::Single).unwrap();
    Session::open(&Bundle::parse(&bytes).unwrap(), &Device::flex(), "CPU").unwrap()
}

fn session() -> Session {
    session_of(&micro::PEERS, |_| ())
}

fn image() -> Rgba8 {
    Rgba8::new(90, 70, drawn(90, 70)).unwrap()
}

fn explain(session: &Session, image: &Rgba8, request: &Request) -> Result<Explanation> {
    explain_with(session, image, request, None, &Noting::default())
}

fn explain_with(
    session: &Session,
    image: &Rgba8,
    request: &Request,
    crop: Option<f64>,
    progress: &Noting,
) -> Result<Explanation> {
    pollster::block_on(async {
        let pass = session.forward(image, Framing { crop, ..Framing::default() }, progress).await?;
        session.explain(&pass, request, progress).await
    })
}

fn evidence(evidence: Evidence) -> Request {
    Request::default().with(&EVIDENCE, evidence)
}

/// What must hold of every explanation by the mutual map.
fn check(explanation: &Explanation, ask: &Request, peers: usize) {
    let Explanation { side, regions, map: mutual, .. } = explanation;
    let maps: Vec<&Map> = explanation.peers.iter().map(|peer| &peer.map).collect();
    assert_eq!((maps.len(), regions.len()), (peers, ask.grid * ask.grid), "{ask:?}");
    assert_eq!((*side, explanation.grid), (micro::SIDE, ask.grid), "{ask:?}");
    for map in maps.iter().chain([&mutual]) {
        assert_eq!(map.values.len(), side * side, "{ask:?}");
        assert!(map.values.iter().all(|v| (0.0..=1.0).contains(v)), "{ask:?}");
        let (low, high) = map.values.iter().fold((1.0f32, 0.0f32), |(low, high), &v| (low.min(v), high.max(v)));
        let full = low < 1e-6 && high > 1.0 - 1e-4;
        assert!(if map.blank { high == 0.0 } else { full }, "{ask:?}: {low}..{high}, blank {}", map.blank);
    }
    let step = side / ask.grid;
    for (i, region) in regions.iter().enumerate() {
        assert_eq!((region.row, region.column), (i / ask.grid, i % ask.grid));
        assert!((-1.0..=1.0).contains(&region.rho), "{ask:?}: {}", region.rho);
        assert_eq!(region.pairs.len(), peers * (peers - 1) / 2);
        let mean = region.pairs.iter().sum::<f32>() / region.pairs.len() as f32;
        assert!((mean - region.rho).abs() < 1e-6, "{ask:?}: {region:?}");
        assert!(!region.constant || region.pairs.contains(&0.0), "{ask:?}: {region:?}");
        assert_eq!(region.attention.len(), peers, "{ask:?}");
        // Where the grid does not divide the map, the regions are those of a slightly larger one.
        let divided = side % ask.grid == 0;
        for (map, &attention) in maps.iter().zip(&region.attention).filter(|_| divided) {
            let rows = (0..step).map(|y| &map.values[(region.row * step + y) * side + region.column * step..][..step]);
            let mean = rows.flatten().sum::<f32>() / (step * step) as f32;
            assert!((mean - attention).abs() < 1e-5, "{ask:?}: {mean} instead of {attention}");
        }
    }
    let mean = regions.iter().map(|region| region.rho).sum::<f32>() / regions.len() as f32;
    assert!((explanation.agreement.unwrap() - mean).abs() < 1e-5, "{ask:?}");
    for peer in &explanation.peers {
        assert_eq!(peer.top.len(), 5);
        assert!(peer.top.windows(2).all(|pair| pair[0].probability >= pair[1].probability));
        assert_eq!(peer.target.class, explanation.target.class);
        let listed = peer.top.iter().find(|top| top.class == peer.target.class);
        assert!(listed.is_none_or(|top| *top == peer.target));
    }
}

#[test]
fn every_combination_of_settings_holds() {
    let (session, image) = (session(), image());
    for grid in 2..=14 {
        for evidence in [Evidence::Attention, Evidence::Class, Evidence::Guided] {
            for fuse in [Fuse::Mean, Fuse::Geometric, Fuse::Product] {
                for weight in [Weight::Agreement, Weight::Uniform] {
                    let ask = Request {
                        grid,
                        ..Request::default().with(&EVIDENCE, evidence).with(&FUSE, fuse).with(&WEIGHT, weight)
                    };
                    check(&explain(&session, &image, &ask).unwrap(), &ask, 2);
                }
            }
        }
    }
}

#[test]
fn every_stage_power_class_and_crop_holds() {
    let (session, image) = (session(), image());
    let mut asks = vec![Request { grid: 1, ..Request::default() }, Request { grid: 56, ..Request::default() }];
    for of in [Evidence::Attention, Evidence::Class, Evidence::Guided] {
        asks.extend((1..=8).map(|layer| Request { layers: Some(vec![layer.into()]), ..evidence(of) }));
        asks.push(evidence(of).at(1..=8));
        asks.extend((0..micro::CLASSES).map(|class| Request { target: Some(class.into()), ..evidence(of) }));
    }
    asks.extend((1..=4).map(|power| Request::default().with(&POWER, power)));
    for ask in asks {
        let explanation = explain(&session, &image, &ask).unwrap();
        check(&explanation, &ask, 2);
        assert_eq!(explanation.target.chosen, ask.target.is_some());
        assert!(ask.target.is_none_or(|class| class == explanation.target.class));
    }
    for crop in [0.01, 0.5, 1.0] {
        let ask = Request::default();
        let explanation = explain_with(&session, &image, &ask, Some(crop), &Noting::default()).unwrap();
        check(&explanation, &ask, 2);
        assert_eq!(explanation.image.crop.side, 70.0 * crop);
    }
}

#[test]
fn settings_out_of_range_are_refused_and_the_session_goes_on() {
    let (session, image) = (session(), image());
    let cases = [
        Request { grid: 0, ..Request::default() },
        Request { grid: 57, ..Request::default() },
        Request { grid: usize::MAX, ..Request::default() },
        Request { target: Some(micro::CLASSES.into()), ..Request::default() },
        Request::default().with(&POWER, 0),
        Request::default().with(&POWER, 5),
        Request::default().with(&EXPONENT, 0.0),
        Request::default().with(&EXPONENT, f64::NAN),
        Request { layers: Some(vec![]), ..Request::default() },
        Request { layers: Some(vec![0.into()]), ..Request::default() },
        Request { layers: Some(vec![4.into(), 9.into()]), ..Request::default() },
    ];
    for ask in cases {
        assert_eq!(explain(&session, &image, &ask).unwrap_err().code(), Code::AskInvalid, "{ask:?}");
    }
    for crop in [0.0, 1.01, f64::NAN] {
        let found = explain_with(&session, &image, &Request::default(), Some(crop), &Noting::default());
        assert_eq!(found.unwrap_err().code(), Code::AskInvalid, "{crop}");
    }
    check(&explain(&session, &image, &Request::default()).unwrap(), &Request::default(), 2);
    assert!(serde_json::from_value::<Request>(json!({ "gird": 7 })).is_err(), "a misspelt setting is refused");
}

#[test]
fn older_names_are_read() {
    let (session, image) = (session(), image());
    let request = |json: Value| serde_json::from_value::<Request>(json).unwrap();
    let new = request(json!({ "grid": 4, "layers": [5, 6], "settings": { "exponent": 2 } }));
    let old = request(json!({ "method": "mutual", "stages": [5, 6], "settings": { "grid": 4, "contrast": 2 } }));
    let text = "mutual:stages=5+6:contrast=2:grid=4".parse().unwrap();
    let expected = explain(&session, &image, &new).unwrap();
    for old in [old, text] {
        assert_eq!(explain(&session, &image, &old).unwrap(), expected, "{old:?}");
    }
}

#[test]
fn cancelling_at_any_step_leaves_the_session_ready() {
    let (session, image) = (session(), image());
    let run = |progress: &Noting| explain_with(&session, &image, &Request::default(), None, progress);
    let progress = Noting::default();
    let whole = run(&progress).unwrap();
    let steps = progress.steps.into_inner();
    assert_eq!(steps.len(), 5);
    for (i, step) in steps.iter().enumerate() {
        // Three to see the image, and one for each peer's map.
        assert_eq!((step.done, step.total), if i < 3 { (i, 3) } else { (0, 1) }, "{step:?}");
        let progress = Noting { cancel_at: Some(i), ..Noting::default() };
        assert_eq!(run(&progress).unwrap_err().code(), Code::Cancelled, "{step:?}");
        assert_eq!(progress.steps.borrow().len(), i + 1);
        assert_eq!(run(&Noting::default()).unwrap(), whole);
    }
    let timed: Vec<_> = whole.timings.iter().map(|t| (t.name.as_str(), t.ms)).collect();
    let expected: Vec<_> = steps[..4].iter().map(|s| (s.name.as_str(), 1.0)).collect();
    assert_eq!(timed, expected);
    pollster::block_on(session.forward_once()).unwrap();
}

#[test]
fn odd_images_give_numbers() {
    let session = session();
    let plain =
        |width, height, pixel: [u8; 4]| Rgba8::new(width, height, pixel.repeat((width * height) as usize)).unwrap();
    let images = [
        plain(1, 1, [0, 0, 0, 255]),
        plain(1, 1, [9, 200, 30, 0]),
        plain(300, 300, [0, 0, 0, 255]),
        plain(300, 300, [255, 255, 255, 255]),
        plain(1000, 1, [80, 80, 80, 255]),
        plain(1, 1000, [80, 80, 80, 255]),
    ];
    for image in images {
        let asks = [Evidence::Attention, Evidence::Class, Evidence::Guided].map(evidence);
        for ask in asks.into_iter().chain(["cam", "grad-cam", "control-ones"].map(Request::of)) {
            let explanation = explain(&session, &image, &ask).unwrap();
            let maps = explanation.peers.iter().map(|p| &p.map).chain([&explanation.map]);
            for map in maps {
                assert!(map.values.iter().all(|v| (0.0..=1.0).contains(v)));
                assert!(!map.blank || map.values.iter().all(|&v| v == 0.0));
            }
            assert!(explanation.regions.iter().all(|r| r.rho.is_finite()));
            assert!(explanation.agreement.unwrap().is_finite());
        }
    }
}

#[test]
fn a_map_without_anything_is_flagged_and_not_nan() {
    // Nothing speaks for any class: all weights of the classifier are negative, activations are not.
    let silence = |peers: &'static [&'static str]| {
        session_of(&micro::PEERS, move |tensors| {
            for peer in peers {
                let weights = &mut tensors.get_mut(&format!("{peer}.classifier.weight")).unwrap().values;
                weights.iter_mut().for_each(|w| *w = -w.abs());
            }
        })
    };
    let ask = evidence(Evidence::Class);
    let explanation = explain(&silence(&["first", "second"]), &image(), &ask).unwrap();
    check(&explanation, &ask, 2);
    assert!(explanation.peers.iter().all(|peer| peer.map.blank) && explanation.map.blank);
    assert!(explanation.regions.iter().all(|r| r.constant && r.rho == 0.0 && r.attention == [0.0, 0.0]));
    assert_eq!(explanation.agreement, Some(0.0));

    let explanation = explain(&silence(&["first"]), &image(), &ask).unwrap();
    check(&explanation, &ask, 2);
    assert_eq!(explanation.peers.iter().map(|peer| peer.map.blank).collect::<Vec<_>>(), [true, false]);
    assert!(!explanation.map.blank && explanation.regions.iter().all(|r| r.constant));
}

#[test]
fn three_peers_and_twins() {
    let ask = Request::default();
    let explanation = explain(&session_of(&["a", "b", "c"], |_| ()), &image(), &ask).unwrap();
    check(&explanation, &ask, 3);

    // Two peers with the same weights agree wholly.
    let twins = session_of(&micro::PEERS, |tensors| {
        let first: Vec<_> =
            tensors.iter().filter(|(n, _)| n.starts_with("first")).map(|(n, a)| (n.clone(), a.clone())).collect();
        tensors.extend(first.into_iter().map(|(name, array)| (name.replace("first", "second"), array)));
    });
    let explanation = explain(&twins, &image(), &ask).unwrap();
    check(&explanation, &ask, 2);
    assert_eq!(explanation.peers[0].top, explanation.peers[1].top);
    assert_eq!(explanation.peers[0].map, explanation.peers[1].map);
    assert!(explanation.regions.iter().all(|r| r.constant || r.rho > 0.9999), "{:?}", explanation.regions);
}

#[test]
fn weights_that_overflow_are_named_as_the_cause() {
    let session = session_of(&micro::PEERS, |tensors| {
        tensors.get_mut("second.classifier.weight").unwrap().values.fill(3e38);
    });
    assert_eq!(explain(&session, &image(), &Request::default()).unwrap_err().code(), Code::BundleInvalid);
}

/// Every path of a JSON value, with the elements of arrays as one.
fn paths(value: &Value, place: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| paths(value, &format!("{place}.{key}"), found)),
        Value::Array(array) if !array.is_empty() => array.iter().for_each(|v| paths(v, &format!("{place}[]"), found)),
        _ => found.push(place.trim_start_matches('.').into()),
    }
}

#[test]
fn the_json_keeps_its_shape() {
    let explanation = explain(&session(), &image(), &Request::default()).unwrap();
    let keys = |value: &Value| {
        let mut found = Vec::new();
        paths(value, "", &mut found);
        found.sort();
        found.dedup();
        found
    };
    let mut json = serde_json::to_value(&explanation).unwrap();
    let expected = "agreement blank bundle.name bundle.sha256 caution cost.backward cost.forward cost.partial device \
        finite grid image.crop.side image.crop.x image.crop.y image.height image.width method ms name overlap \
        peers[].architecture peers[].blank peers[].has_target peers[].id peers[].layers[] peers[].name peers[].peer \
        peers[].target.class peers[].target.label peers[].target.probability \
        peers[].top[].class peers[].top[].label peers[].top[].probability raw.columns raw.rows \
        regions[].attention[] regions[].column regions[].constant regions[].looks regions[].pairs[] \
        regions[].rho regions[].row settings.evidence settings.exponent settings.fuse settings.power settings.weight \
        side target.chosen target.class target.label timings[].ms timings[].name trust.estimate trust.limits \
        trust.sentence version versus";
    let new: Vec<_> = expected.split_whitespace().collect();
    assert_eq!(keys(&json), new);
    // Everything that version 1 had is still there.
    legacy::explanation(&mut json);
    let old = "agreement bundle.name bundle.sha256 device \
        image.crop.side image.crop.x image.crop.y image.height image.width mutual.blank \
        peers[].backbone peers[].blank peers[].id peers[].name \
        peers[].target.class peers[].target.label peers[].target.probability \
        peers[].top[].class peers[].top[].label peers[].top[].probability \
        regions[].attention[] regions[].column regions[].constant regions[].pairs[] regions[].rho regions[].row \
        settings.contrast settings.crop settings.evidence settings.fuse settings.grid settings.power settings.stages[] \
        settings.target settings.weight side target.chosen target.class target.label timings[].ms timings[].name \
        version \
        contrast native.columns native.rows stages[]";
    let found = keys(&json);
    assert!(old.split_whitespace().chain(new).all(|key| found.contains(&key.to_string())), "{found:?}");
    assert_eq!((&json["settings"]["crop"], &json["settings"]["grid"]), (&json!(1.0), &json!(7)));
}

#[test]
fn every_peer_sees_the_square_where_it_was_put() {
    let session = session();
    let image = image();
    let (width, height) = (image.width(), image.height());
    let framing = Framing { crop: Some(0.5), across: Some(0.25), down: Some(1.0) };
    let pass = pollster::block_on(session.forward(&image, framing, &Silent)).unwrap();
    let side = f64::from(width.min(height)) / 2.0;
    let crop = Crop { x: (f64::from(width) - side) * 0.25, y: f64::from(height) - side, side };
    assert_eq!(pass.image().crop, crop);
    let values = |tensor: Tensor<4>| tensor.into_data().try_to_vec::<f32>().unwrap();
    for (peer, info) in session.info().peers.iter().enumerate() {
        let seen = info.preprocess.tensor_of(&image, crop, session.device()).unwrap();
        assert_eq!(values(pass.input(peer)), values(seen));
    }
    let beyond = Framing { down: Some(1.1), ..framing };
    let refused = pollster::block_on(session.forward(&image, beyond, &Silent)).err().unwrap();
    assert_eq!(refused.code(), Code::AskInvalid);
}

/// What the browser's tests compare with.
#[test]
fn the_answers_for_the_browser_are_current() {
    let session = session();
    let requests: Vec<(Request, Option<f64>)> = serde_json::from_value(answers::requests()).unwrap();
    let answers = requests.iter().map(|(request, crop)| {
        let explanation = explain_with(&session, &image(), request, *crop, &Noting::default()).unwrap();
        let mut answer = serde_json::to_value(&explanation).unwrap();
        legacy::explanation(&mut answer);
        for key in ["device", "ms", "timings"] {
            answer.as_object_mut().unwrap().remove(key);
        }
        let part = |values: &[f32]| json!(values.iter().copied().step_by(answers::EVERY).collect::<Vec<f32>>());
        answer["map"] = part(&explanation.map.values);
        answer["raw"]["values"] = part(&explanation.raw.values);
        for (i, peer) in explanation.peers.iter().enumerate() {
            answer["peers"][i]["map"] = part(&peer.map.values);
        }
        answer
    });
    answers::check(&Value::Array(answers.collect()));
}
