//! What-if questions to the micro networks.

use burn::tensor::{Device, Tensor, TensorData};
use peerlight_core::{Code, blurred};
use peerlight_explain::{Choose, Explanation, ForwardPass, Request, Session, Silent};
use peerlight_metrics::{RegionAt, Replacement, WhatIf, WhatIfResult, what_if};
use peerlight_models::{Bundle, micro};
use peerlight_testkit::golden::values;
use pollster::block_on;

const CLASS: usize = 3;

struct Asked {
    session: Session,
    pass: ForwardPass,
    request: Request,
    explanation: Explanation,
}

/// The mutual map of the micro networks' own input, for one class on a grid of 4 x 4.
fn asked() -> Asked {
    let device = Device::flex();
    let session = Session::open(&Bundle::parse(&micro::bundle().unwrap()).unwrap(), &device, "CPU").unwrap();
    let pass = block_on(session.forward_input(micro::input(&device), &Silent)).unwrap();
    let request = Request { target: Some(CLASS.into()), grid: 4, ..Request::default() };
    let explanation = block_on(session.explain(&pass, &request, &Silent)).unwrap();
    Asked { session, pass, request, explanation }
}

impl Asked {
    fn ask(&self, question: &WhatIf) -> WhatIfResult {
        let explained = (&self.request, &self.explanation);
        block_on(what_if(&self.session, &self.pass, explained, question, &Silent)).unwrap()
    }

    /// The pass over the input with other pixels.
    fn again(&self, pixels: Vec<f32>) -> (ForwardPass, Explanation) {
        let input = Tensor::from_data(TensorData::new(pixels, self.pass.input(0).dims()), &Device::flex());
        let pass = block_on(self.session.forward_input(input, &Silent)).unwrap();
        let explanation = block_on(self.session.explain(&pass, &self.request, &Silent)).unwrap();
        (pass, explanation)
    }
}

fn at(row: usize, column: usize) -> RegionAt {
    RegionAt { row, column }
}

#[test]
fn the_answer_is_what_the_networks_say_of_the_changed_input() {
    let asked = asked();
    let input = values(asked.pass.input(0));
    let [_, _, side, _] = asked.pass.input(0).dims();
    let preprocess = &asked.session.info().peers[0].preprocess;
    for (baseline, hidden) in [
        (Replacement::Black, preprocess.normalized(0.0).map(|v| vec![v; side * side]).concat()),
        (Replacement::Mean, vec![0.0; input.len()]),
        (Replacement::Blurred, blurred(&input, side)),
    ] {
        for keep in [false, true] {
            let question = WhatIf { regions: vec![at(1, 2), at(0, 0)], keep, baseline, ..WhatIf::default() };
            let marked = |i: usize| {
                let place = (i % (side * side) / side * 4 / side, i % side * 4 / side);
                place == (1, 2) || place == (0, 0)
            };
            let pixels = (0..input.len()).map(|i| if marked(i) != keep { hidden[i] } else { input[i] }).collect();
            let (pass, explanation) = asked.again(pixels);
            let answer = asked.ask(&question);
            assert_eq!(answer.agreement_before, asked.explanation.agreement);
            assert_eq!(answer.agreement_after, explanation.agreement, "{baseline} {keep}");
            for (peer, own) in answer.peers.iter().zip(&explanation.peers) {
                assert_eq!(peer.after.probability, f64::from(pass.probabilities(peer.peer)[CLASS]));
                assert_eq!(peer.after.top, own.top);
                assert_ne!(peer.after.probability, peer.before.probability);
                let p = peer.after.probability;
                assert!((peer.after.log_odds - (p / (1.0 - p)).ln()).abs() < 1e-4, "{peer:?}");
            }
            let share = if keep { 14.0 / 16.0 } else { 2.0 / 16.0 };
            assert!((answer.hidden - share).abs() < 1e-9, "{}", answer.hidden);
        }
    }
}

#[test]
fn nothing_hidden_changes_nothing() {
    let asked = asked();
    let all = (0..16).map(|i| at(i / 4, i % 4)).collect();
    for question in [WhatIf::default(), WhatIf { regions: all, keep: true, ..WhatIf::default() }] {
        let answer = asked.ask(&question);
        assert_eq!((answer.hidden, answer.agreement_before), (0.0, answer.agreement_after));
        assert!(answer.peers.iter().all(|peer| peer.before == peer.after && peer.effects.is_none()));
        assert!(answer.patch.rgba.iter().all(|&byte| byte == 0), "nothing to lay over the image");
    }
}

#[test]
fn an_effect_is_that_of_hiding_the_region_alone() {
    let asked = asked();
    for baseline in Replacement::VALUES {
        let question = WhatIf { effects: true, baseline: *baseline, ..WhatIf::default() };
        let answer = asked.ask(&question);
        for region in [0, 6, 15] {
            let question = WhatIf { regions: vec![at(region / 4, region % 4)], effects: false, ..question.clone() };
            for (all, one) in answer.peers.iter().zip(asked.ask(&question).peers) {
                let effects = all.effects.as_ref().expect("they were asked for");
                assert_eq!(effects.probability.len(), 16);
                let (p, z) = (effects.probability[region], effects.log_odds[region]);
                assert!((one.before.probability - one.after.probability - p).abs() < 1e-5, "{baseline} {region}");
                assert!((one.before.log_odds - one.after.log_odds - z).abs() < 1e-4, "{baseline} {region}");
            }
        }
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let asked = asked();
    let question = WhatIf { regions: vec![at(4, 0)], ..WhatIf::default() };
    let explained = (&asked.request, &asked.explanation);
    let refused = block_on(what_if(&asked.session, &asked.pass, explained, &question, &Silent)).unwrap_err();
    assert_eq!(refused.code(), Code::AskInvalid);
    assert!(refused.to_string().contains("row 5, column 1"), "{refused}");
}
