//! Training peers with nothing in common, from a bundle of graphs.
#![allow(clippy::disallowed_methods, reason = "a native test may read synchronously")]

use burn::tensor::Device;
use peerlight_core::{Code, Framing, Result, Rgba8};
use peerlight_explain::{Request, Session, Silent};
use peerlight_models::{Bundle, Manifest, Model};
use peerlight_testkit::{
    drawn,
    unlike::{self, SIDES},
};
use peerlight_train::{
    Data, Example, Loss, Networks, Recipe, Run, Schedule, Start,
    recipe::{BatchNorm, MapKind, Targets},
};

/// Red and blue images, some with noise.
fn images(count: u32) -> Vec<Example> {
    let image = |i: u32| {
        let color = [[210u8, 40, 30], [30, 60, 220]][i as usize % 2];
        let noise = drawn(60 + i, 50);
        let pixels = noise.chunks(4).flat_map(|p| {
            let mixed: [u8; 3] = std::array::from_fn(|c| (u32::from(color[c]) * 3 / 4 + u32::from(p[c]) / 4) as u8);
            [mixed[0], mixed[1], mixed[2], 255]
        });
        Rgba8::new(60 + i, 50, pixels.collect()).unwrap()
    };
    (0..count).map(|i| Example { image: image(i), class: Some(i as usize % 2) }).collect()
}

fn recipe(batch_norm: BatchNorm, peers: &[&str]) -> Recipe {
    Recipe {
        // A size that the second peer cannot take.
        data: Data { image_size: vec![64, 48], ..Data::default() },
        networks: Networks {
            batch_norm: Some(batch_norm),
            peers: peers.iter().map(|id| id.to_string()).collect(),
            ..Networks::default()
        },
        loss: Loss { consistency_weight: 1.0, evidence: MapKind::Guided, map_size: 14, ..Loss::default() },
        schedule: Schedule { steps: Some(40), batch_size: 8, lr: 0.01, warm_up: 2, ..Schedule::default() },
    }
}

fn begin(recipe: &Recipe, bundle: Vec<u8>) -> Result<Run> {
    let start = Start::from_bundle(&recipe.networks, bundle)?;
    let labels = start.labels.clone().unwrap();
    Run::new(recipe.clone(), start, images(24), labels, &[Device::flex()])
}

#[test]
fn unlike_peers_learn_together_with_their_norms_frozen_or_not() {
    for batch_norm in [BatchNorm::Frozen, BatchNorm::Train] {
        let mut run = begin(&recipe(batch_norm, &[]), unlike::bundle_of_one_list()).unwrap();
        let before = run.validate(&images(12)).unwrap();
        while let Some(step) = run.step().unwrap() {
            assert!(step.report.peers.iter().all(|peer| peer.gradient_norm > 0.0), "{:?}", step.report);
        }
        let after = run.validate(&images(12)).unwrap();
        let cross_entropy = |found: &peerlight_train::Validation| -> Vec<f32> {
            found.cross_entropy.iter().map(|ce| ce.unwrap()).collect()
        };
        for (before, after) in cross_entropy(&before).into_iter().zip(cross_entropy(&after)) {
            assert!(after < before, "{batch_norm:?}: {before} to {after}");
        }

        let made = run.finish().unwrap().bundle(Some(after.clone())).unwrap();
        let bundle = Bundle::parse(&made.bytes).unwrap();
        let Manifest { peers, labels, .. } = &bundle.manifest;
        assert_eq!(labels, &["red", "blue"]);
        // The run's first size, or the one that a network takes alone.
        assert_eq!([0, 1, 2].map(|peer| bundle.manifest.preprocess(peer).side), [64, SIDES[1], 64]);
        assert!(bundle.manifest.preprocess(1).bgr && peers.iter().all(|peer| matches!(peer.model, Model::Graph(_))));
        assert_eq!(bundle.build(0, &Device::flex()).unwrap().norms(), 0, "folded");
        // What is explained is what was validated.
        let session = Session::open(&bundle, &Device::flex(), "CPU").unwrap();
        let mut correct = [0.0f32; 3];
        for Example { image, class } in images(12) {
            let pass = pollster::block_on(session.forward(&image, Framing::default(), &Silent)).unwrap();
            let found = pollster::block_on(session.explain(&pass, &Request::default(), &Silent)).unwrap();
            assert!(found.finite && found.agreement.is_some());
            (0..3).for_each(|i| correct[i] += f32::from(u8::from(Some(pass.likeliest(&[i])) == class)) / 12.0);
        }
        for (found, validated) in correct.into_iter().zip(&after.accuracy) {
            assert!((found - validated).abs() < 0.1, "{batch_norm:?}: {correct:?} {after:?}");
        }
    }
}

#[test]
fn a_resumed_run_of_unlike_peers_ends_with_the_same_weights() {
    for (batch_norm, targets) in [(BatchNorm::Frozen, Targets::Teacher), (BatchNorm::Train, Targets::Labels)] {
        let mut recipe = recipe(batch_norm, &[]);
        recipe.schedule.steps = Some(4);
        recipe.networks.targets = targets;
        recipe.networks.interpolate = 0.25;
        let begin = || begin(&recipe, unlike::bundle_of_one_list()).unwrap();
        let (mut unbroken, mut stopped, mut resumed) = (begin(), begin(), begin());
        (0..2).for_each(|_| drop(stopped.step().unwrap()));
        resumed.resume(&stopped.checkpoint().unwrap()).unwrap();
        for run in [&mut unbroken, &mut resumed] {
            while run.step().unwrap().is_some() {}
        }
        let bytes = |run: Run| run.finish().unwrap().bundle(None).unwrap().bytes;
        assert!(bytes(resumed) == bytes(unbroken), "{batch_norm:?}");
    }
}

#[test]
fn peers_learn_the_classes_that_they_have_in_common() {
    let mut two = recipe(BatchNorm::Train, &["residual", "flat"]);
    two.schedule.steps = Some(2);
    let mut run = begin(&two, unlike::bundle(&[0, 1, 2])).unwrap();
    while run.step().unwrap().is_some() {}
    let made = run.finish().unwrap().bundle(None).unwrap();
    let bundle = Bundle::parse(&made.bytes).unwrap();
    assert_eq!(bundle.manifest.labels, ["cat", "dog", "bird"]);
    assert!((0..2).all(|peer| bundle.build(peer, &Device::flex()).unwrap().graph().classes() == 3));

    // Of all three peers that is one class alone.
    let refused = begin(&recipe(BatchNorm::Frozen, &[]), unlike::bundle(&[0, 1, 2])).err().unwrap();
    assert_eq!(refused.code(), Code::ClassesInvalid);
    assert!(refused.to_string().contains("only the class 'dog'"), "{refused}");
    let alone = begin(&recipe(BatchNorm::Frozen, &["flat"]), unlike::bundle(&[0, 1, 2])).err().unwrap();
    assert!(alone.to_string().contains("two or more"), "{alone}");
}

#[test]
fn what_is_chosen_of_the_classes_predicts_the_same() {
    let mut frozen = recipe(BatchNorm::Frozen, &["residual", "flat"]);
    frozen.schedule = Schedule { steps: Some(1), lr: 1e-9, batch_size: 4, ..frozen.schedule };
    frozen.data.image_size = vec![48];
    let mut run = begin(&frozen, unlike::bundle(&[0, 1, 2])).unwrap();
    run.step().unwrap();
    let made = run.finish().unwrap().bundle(None).unwrap();
    let trained = Session::open(&Bundle::parse(&made.bytes).unwrap(), &Device::flex(), "CPU").unwrap();
    let untouched = unlike::session(&[0, 1]);
    let image = Rgba8::new(60, 50, drawn(60, 50)).unwrap();
    let odds = |session: &Session, peer: usize| {
        let pass = pollster::block_on(session.forward(&image, Framing::default(), &Silent)).unwrap();
        let of = |name: &str| pass.probability(peer, session.classes().find(name).unwrap()).unwrap().ln();
        [of("cat") - of("dog"), of("bird") - of("dog")]
    };
    for (new, old) in odds(&trained, 1).into_iter().zip(odds(&untouched, 1)) {
        assert!((new - old).abs() < 0.02, "{new} {old}, as near as half precision is");
    }
}
