//! Training on images that are drawn here.

use std::collections::BTreeMap;

use burn::tensor::Device;
use peerlight_core::{Code, Error, Result, Rgba8, rng::uniform};
use peerlight_models::{Bundle, micro};
use peerlight_train::{
    Data, Dataset, Example, Loss, Networks, PeerLosses, Recipe, Run, Schedule, Start,
    recipe::{BatchNorm, MaskGradient, Optimizer, Targets},
};

/// Three classes that differ by the color of a square somewhere on noise: `count` images of each.
fn squares(count: u32) -> Vec<Example> {
    let mut examples = Vec::new();
    for (class, color) in [[30, 60, 220], [40, 200, 60], [220, 50, 40]].into_iter().enumerate() {
        for i in 0..count {
            let (x0, y0) = (i * 7 % 24, i * 11 % 24);
            let pixel = |x: u32, y: u32| {
                let noise = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503) ^ i.wrapping_mul(977)) >> 7 & 63;
                let inside = (x0..x0 + 24).contains(&x) && (y0..y0 + 24).contains(&y);
                let [r, g, b] = if inside { color } else { [96 + noise as u8; 3] };
                [r, g, b, 255]
            };
            let pixels = (0..48 * 48).flat_map(|at| pixel(at % 48, at / 48)).collect();
            examples.push(Example { image: Rgba8::new(48, 48, pixels).unwrap(), class: Some(class) });
        }
    }
    examples
}

fn labels() -> Vec<String> {
    ["blue", "green", "red"].map(String::from).to_vec()
}

/// Small settings, so that a run takes a second.
fn recipe(networks: Networks, loss: Loss, schedule: Schedule) -> Recipe {
    Recipe { data: Data { image_size: vec![48], ..Data::default() }, networks, loss, schedule }
}

fn small_maps() -> Loss {
    Loss { map_size: 14, ..Loss::default() }
}

fn scratch() -> Networks {
    let peers = ["a", "b"].map(|id| format!("{id}=efficientnet-lite-micro")).to_vec();
    Networks { peers, ..Networks::default() }
}

fn teacher() -> Networks {
    Networks { targets: Targets::Teacher, ..Networks::default() }
}

/// A run from scratch.
fn from_scratch(recipe: Recipe, examples: Vec<Example>) -> Result<Run> {
    let start = Start::from_scratch(&recipe.networks)?;
    Run::new(recipe, start, examples, labels(), &[Device::flex()])
}

/// A run of the micro bundle's peers.
fn from_micro(recipe: Recipe, dataset: impl Dataset + 'static, devices: usize) -> Result<Run> {
    let start = Start::from_bundle(&recipe.networks, micro::bundle()?)?;
    let labels = start.labels.clone().unwrap();
    Run::new(recipe, start, dataset, labels, &vec![Device::flex(); devices])
}

/// Does all steps, and returns every peer's losses step by step.
fn losses(run: &mut Run) -> Vec<Vec<PeerLosses>> {
    let mut all = Vec::new();
    while let Some(step) = run.step().unwrap() {
        all.push(step.report.peers);
    }
    all
}

#[test]
fn peers_from_scratch_learn_and_agree_more_by_transfer() {
    // The last of each class are for validation.
    let (train, val): (Vec<_>, Vec<_>) = squares(24).into_iter().enumerate().partition(|(i, _)| i % 24 < 18);
    let [train, val] = [train, val].map(|part| part.into_iter().map(|(_, example)| example).collect::<Vec<_>>());
    let rho = [0.0, 2.0].map(|transfer_weight| {
        let schedule = Schedule { steps: Some(60), batch_size: 12, lr: 0.1, ..Schedule::default() };
        let recipe = recipe(scratch(), Loss { transfer_weight, ..small_maps() }, schedule);
        let mut run = from_scratch(recipe, train.clone()).unwrap();
        losses(&mut run);
        let found = run.validate(&val).unwrap();
        assert!(found.accuracy.iter().all(|&accuracy| accuracy > 0.8), "{transfer_weight}: {found:?}");
        let made = run.finish().unwrap().bundle(Some(found.clone())).unwrap();
        let bundle = Bundle::parse(&made.bytes).unwrap();
        assert_eq!((bundle.manifest.labels.clone(), bundle.sha256()), (labels(), made.sha256));
        // As JSON's text gives it back: its reader may be off by a float's last digit.
        let record = serde_json::from_str(&serde_json::to_value(&made.record).unwrap().to_string()).unwrap();
        assert_eq!(bundle.manifest.training, Some(record));
        found.rho
    });
    assert!(rho[1] > rho[0] + 0.05, "without and with transfer: {rho:?}");
}

#[test]
fn a_resumed_run_ends_with_the_same_weights() {
    for batch_norm in [BatchNorm::Frozen, BatchNorm::Train] {
        let networks = Networks { batch_norm: Some(batch_norm), ..teacher() };
        let schedule = Schedule { steps: Some(6), batch_size: 6, ..Schedule::default() };
        let mut recipe = recipe(networks, Loss { consistency_weight: 1.0, ..small_maps() }, schedule);
        recipe.data.image_size = vec![48, 64];
        let begin = || from_micro(recipe.clone(), squares(8), 1).unwrap();
        let (mut unbroken, mut stopped, mut resumed) = (begin(), begin(), begin());
        let all = losses(&mut unbroken);
        for _ in 0..2 {
            stopped.step().unwrap();
        }
        let checkpoint = stopped.checkpoint().unwrap();
        assert_eq!(checkpoint.step, 2);
        resumed.resume(&checkpoint).unwrap();
        assert_eq!(losses(&mut resumed), all[2..], "{batch_norm:?}");
        let bytes = |run: Run| run.finish().unwrap().bundle(None).unwrap().bytes;
        assert!(bytes(resumed) == bytes(unbroken), "{batch_norm:?}");

        let mut damaged = checkpoint.clone();
        damaged.files.retain(|name, _| !name.starts_with("optimizer"));
        assert_eq!(begin().resume(&damaged).unwrap_err().code(), Code::RunInvalid);
        damaged.files = checkpoint.files.iter().map(|(name, bytes)| (name.clone(), bytes[..9].to_vec())).collect();
        assert_eq!(begin().resume(&damaged).unwrap_err().code(), Code::RunInvalid);
        // One bit of any file, also where it would be read as another number.
        for name in checkpoint.files.keys() {
            let mut damaged = checkpoint.clone();
            let bytes = damaged.files.get_mut(name).unwrap();
            let last = bytes.len() - 1;
            bytes[last] ^= 1;
            assert!(begin().resume(&damaged).is_err(), "{name}");
        }
    }
}

/// Whoever can change a checkpoint can change its sums, too, or leave them out.
#[test]
fn checkpoints_changed_at_random_are_read_or_refused() {
    let schedule = Schedule { steps: Some(3), batch_size: 2, ..Schedule::default() };
    let begin = || from_micro(recipe(teacher(), small_maps(), schedule.clone()), squares(4), 1).unwrap();
    let mut run = begin();
    run.step().unwrap();
    let checkpoint = run.checkpoint().unwrap();
    let draw = |i: u64, below: usize| (uniform(14, i) * below as f64) as usize;
    let (mut read, mut resumed) = (0, begin());
    for i in 0..400 {
        let mut changed = checkpoint.clone();
        changed.files.remove("sha256.json").unwrap();
        let names: Vec<String> = changed.files.keys().cloned().collect();
        let bytes = changed.files.get_mut(&names[draw(4 * i, names.len())]).unwrap();
        // Every other change is to the head, where shapes and places are.
        let end = if i % 2 == 0 { bytes.len() } else { bytes.len().min(2048) };
        let at = draw(4 * i + 1, end);
        match draw(4 * i + 2, 4) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..(at + 1 + draw(4 * i + 3, 16)).min(end))),
            2 => bytes[at] = b"\xff\0[]{}:,"[draw(4 * i + 3, 8)],
            _ => bytes[at] ^= 1 << draw(4 * i + 3, 8),
        }
        read += u32::from(resumed.resume(&changed).is_ok());
    }
    assert!(read < 400, "none was refused");
    resumed.resume(&checkpoint).unwrap();
    while resumed.step().unwrap().is_some() {}
}

#[test]
fn a_pretrained_pair_keeps_what_it_knows() {
    let val = squares(4).into_iter().map(|example| Example { class: None, ..example }).collect::<Vec<_>>();
    let accuracy = [BatchNorm::Frozen, BatchNorm::Train].map(|batch_norm| {
        let networks = Networks { batch_norm: Some(batch_norm), ..teacher() };
        // At next to no learning rate nothing may change, with batch norms put back in or not.
        let schedule = Schedule { steps: Some(1), lr: 1e-9, ..Schedule::default() };
        let mut recipe = recipe(networks, Loss::default(), schedule);
        recipe.data.image_size = vec![64];
        let mut run = from_micro(recipe, squares(8), 1).unwrap();
        losses(&mut run);
        let found = run.validate(&val).unwrap();
        assert_eq!(found.cross_entropy, [None, None], "no label, no cross-entropy");
        found.accuracy[0]
    });
    assert_eq!(accuracy[0], 1.0);
    assert!(accuracy[1] >= 0.9, "{accuracy:?}");
}

#[test]
fn interpolation_ends_between_the_starting_and_the_trained_weights() {
    let weights = [0.0, 0.5].map(|interpolate| {
        let adam = Schedule { optimizer: Optimizer::Adamw, warm_up: 0, lr: 0.02, ..Schedule::default() };
        let schedule = Schedule { steps: Some(3), batch_size: 6, ..adam };
        let recipe = recipe(Networks { interpolate, ..teacher() }, small_maps(), schedule);
        let mut run = from_micro(recipe, squares(8), 1).unwrap();
        losses(&mut run);
        classifier(&run.finish().unwrap().bundle(None).unwrap().bytes)
    });
    let start = classifier(&micro::bundle().unwrap());
    for ((trained, halfway), start) in weights[0].iter().zip(&weights[1]).zip(&start) {
        // As near as half precision is.
        assert!((halfway - (trained + start) / 2.0).abs() < 5e-4, "{trained} {halfway} {start}");
    }
    let moved = weights[0].iter().zip(&start).filter(|(trained, start)| (*trained - *start).abs() > 0.01).count();
    assert!(moved > start.len() / 2, "{moved} of {}", start.len());
}

/// The weights of the first peer's classifier in a bundle.
fn classifier(bytes: &[u8]) -> Vec<f32> {
    let net = Bundle::parse(bytes).unwrap().build(0, &Device::flex()).unwrap();
    let arrays = net.arrays(&mut |tensor| pollster::block_on(peerlight_core::read(tensor))).unwrap();
    arrays["classifier.weight"].values.clone()
}

#[test]
fn devices_share_a_batch_and_learn_the_same() {
    let run = |devices: usize| {
        let schedule = Schedule { steps: Some(4), batch_size: 8, ..Schedule::default() };
        let recipe = recipe(teacher(), Loss { consistency_weight: 1.0, ..small_maps() }, schedule);
        let all = losses(&mut from_micro(recipe, squares(8), devices).unwrap());
        let of = |peers: Vec<PeerLosses>| {
            let PeerLosses { terms, gradient_norm, .. } = &peers[1];
            [terms.cross_entropy, terms.transfer, terms.consistency, *gradient_norm]
        };
        all.into_iter().flat_map(of).collect::<Vec<f32>>()
    };
    let one = run(1);
    for devices in [2, 3] {
        for (one, shared) in one.iter().zip(run(devices)) {
            assert!((one - shared).abs() < 1e-3 * one.abs().max(0.1), "{devices} devices: {one} {shared}");
        }
    }
    assert_ne!(one[0], one[4], "something is learned");
    let schedule = Schedule { batch_size: 2, ..Schedule::default() };
    let error = from_micro(recipe(teacher(), small_maps(), schedule), squares(2), 3).err().unwrap();
    assert!(error.code() == Code::AskInvalid && error.to_string().contains("cannot be shared"), "{error}");
}

#[test]
fn gradients_through_the_mask_leave_the_mask_as_it_is() {
    let first = [MaskGradient::Stop, MaskGradient::Flow].map(|mask_gradient| {
        let schedule = Schedule { steps: Some(1), batch_size: 8, ..Schedule::default() };
        let loss = Loss { consistency_weight: 1.0, mask_gradient, ..small_maps() };
        losses(&mut from_micro(recipe(teacher(), loss, schedule), squares(8), 1).unwrap())[0][0].clone()
    });
    let [stop, flow] = &first;
    assert!((stop.terms.consistency - flow.terms.consistency).abs() < 1e-5, "{first:?}");
    assert!((stop.terms.cross_entropy - flow.terms.cross_entropy).abs() < 1e-5, "{first:?}");
    assert!((stop.gradient_norm - flow.gradient_norm).abs() > 1e-3, "the map gets gradients: {first:?}");
}

/// Images of which the first ones cannot be loaded.
struct Broken {
    examples: Vec<Example>,
    broken: usize,
}

impl Dataset for Broken {
    fn len(&self) -> usize {
        self.examples.len()
    }

    fn example(&self, index: usize) -> Result<Example> {
        match index < self.broken {
            true => Err(Error::new(Code::ImageBroken, "No image.")),
            false => self.examples.example(index),
        }
    }
}

#[test]
fn images_that_cannot_be_loaded_are_skipped_until_there_are_too_many() {
    let run = |broken| {
        let schedule = Schedule { steps: Some(4), batch_size: 8, ..Schedule::default() };
        let dataset = Broken { examples: squares(8), broken };
        from_micro(recipe(teacher(), small_maps(), schedule), dataset, 1).unwrap()
    };
    let mut some = run(2);
    losses(&mut some);
    let expected = [("image 0".to_owned(), "No image.".to_owned()), ("image 1".into(), "No image.".into())];
    assert_eq!(some.skipped(), BTreeMap::from(expected));
    assert_eq!(some.finish().unwrap().bundle(None).unwrap().record.skipped, 2);
    let mut many = run(12);
    let error = loop {
        match many.step() {
            Ok(step) => assert!(step.is_some(), "no error came"),
            Err(error) => break error,
        }
    };
    assert!(error.code() == Code::ImageBroken && error.to_string().contains("cannot be read"), "{error}");
}

#[test]
fn what_cannot_be_trained_is_refused_with_the_reason() {
    let quick = || Schedule { steps: Some(2), batch_size: 6, ..Schedule::default() };
    let refused = |error: Error, code: Code, words: &str| {
        assert!(error.code() == code && error.to_string().contains(words), "{words}: {error}");
    };
    let start = |networks: Networks| Start::from_scratch(&networks).err().unwrap();
    refused(start(Networks::default()), Code::AskInvalid, "two peers");
    let twice = vec!["efficientnet-lite-micro".to_owned(); 2];
    for id in ["a/b", "../x", "a b", "", "All", &"x".repeat(65)] {
        let peers = vec![format!("{id}=efficientnet-lite-micro"), "b=efficientnet-lite-micro".into()];
        refused(start(Networks { peers, ..Networks::default() }), Code::AskInvalid, "cannot be a peer's id");
    }
    refused(start(Networks { peers: twice, ..Networks::default() }), Code::AskInvalid, "occurs twice");
    refused(start(Networks { targets: Targets::Teacher, ..scratch() }), Code::AskInvalid, "needs `from`");
    refused(start(Networks { interpolate: 0.5, ..scratch() }), Code::AskInvalid, "needs `from`");
    refused(start(Networks { batch_norm: Some(BatchNorm::Frozen), ..scratch() }), Code::AskInvalid, "needs `from`");
    let other = Networks { peers: vec!["first".into(), "third".into()], ..Networks::default() };
    refused(Start::from_bundle(&other, micro::bundle().unwrap()).err().unwrap(), Code::AskInvalid, "no peer 'third'");

    let layers = Loss { layers: vec![5, 99], ..small_maps() };
    refused(from_micro(recipe(teacher(), layers, quick()), squares(1), 1).err().unwrap(), Code::AskInvalid, "1 to 8");
    let none = from_scratch(recipe(scratch(), small_maps(), quick()), Vec::new());
    refused(none.err().unwrap(), Code::ImageBroken, "no images");
    let labels = Start::from_scratch(&scratch()).and_then(|start| {
        Run::new(recipe(scratch(), small_maps(), quick()), start, squares(1), vec!["one".into()], &[Device::flex()])
    });
    refused(labels.err().unwrap(), Code::ClassesInvalid, "two classes");
    for (class, words) in [(None, "has no class"), (Some(3), "class 3")] {
        let examples = squares(2).into_iter().map(|example| Example { class, ..example }).collect::<Vec<_>>();
        let mut run = from_scratch(recipe(scratch(), small_maps(), quick()), examples.clone()).unwrap();
        refused(run.step().unwrap_err(), Code::ClassesInvalid, words);
        if class.is_some() {
            refused(run.validate(&examples).unwrap_err(), Code::ClassesInvalid, words);
        }
    }
    let explosive = Schedule { lr: 1e30, clip: 0.0, warm_up: 0, steps: Some(30), ..quick() };
    let mut run = from_micro(recipe(teacher(), small_maps(), explosive), squares(4), 1).unwrap();
    let error = (0..30).find_map(|_| run.step().err()).unwrap();
    refused(error, Code::Diverged, "lower `lr`");
}

#[path = "../examples/train.rs"]
mod example;

#[test]
fn the_example_runs() {
    example::main().unwrap();
}
