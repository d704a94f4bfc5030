//! From an image to the network's input, compared with Pillow's bicubic filter (tests/golden/preprocess.json).
#![allow(clippy::disallowed_methods, reason = "a native test may read synchronously")]

use std::{fs, path::PathBuf};

use burn::tensor::Device;
use peerlight_core::{Crop, Preprocess, Rgba8};
use serde::Deserialize;

/// One 8-bit level.
const LEVEL: f64 = 1.0 / 128.0;

#[derive(Deserialize)]
struct Golden {
    images: Vec<Case>,
    samples: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    file: String,
    width: u32,
    height: u32,
    side: usize,
    share: f64,
    crop: Crop,
    mean: [f64; 3],
    std: [f64; 3],
    at: Vec<usize>,
    value: Vec<f64>,
}

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn golden() -> Golden {
    serde_json::from_slice(&fs::read(root().join("tests/golden/preprocess.json")).unwrap()).unwrap()
}

/// How far a case is off: the worst value, and the worst of the channels' means and deviations.
fn check(folder: &str, case: &Case) -> [f64; 2] {
    let name = format!("{} to {} of {}", case.file, case.side, case.share);
    let image = image::open(root().join(folder).join(&case.file)).unwrap().into_rgba8();
    let image = Rgba8::new(image.width(), image.height(), image.into_raw()).unwrap();
    assert_eq!([image.width(), image.height()], [case.width, case.height], "{name}");

    let scale = [127.0, 128.0].map(|v| [v / 255.0f32; 3]);
    let preprocess = Preprocess { side: case.side, crop: case.share, mean: scale[0], std: scale[1] };
    let crop = preprocess.crop_of(case.width, case.height);
    for (got, expected) in [(crop.x, case.crop.x), (crop.y, case.crop.y), (crop.side, case.crop.side)] {
        assert!((got - expected).abs() < 1e-6, "{name}: {crop:?} instead of {:?}", case.crop);
    }

    let tensor = preprocess.tensor(&image, &Device::flex()).unwrap();
    assert_eq!(tensor.dims(), [1, 3, case.side, case.side]);
    let values: Vec<f64> = tensor.into_data().iter::<f64>().collect();
    let worst = case.at.iter().zip(&case.value).map(|(&at, v)| (values[at] - v).abs()).fold(0.0, f64::max);
    let mut moments = 0.0f64;
    for (channel, values) in values.chunks(case.side * case.side).enumerate() {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let std = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count).sqrt();
        moments = moments.max((mean - case.mean[channel]).abs()).max((std - case.std[channel]).abs());
    }
    println!("{name}: values {:.2} levels, moments {:.3} levels", worst / LEVEL, moments / LEVEL);
    [worst / LEVEL, moments / LEVEL]
}

fn worst(folder: &str, cases: &[Case]) -> [f64; 2] {
    let found = cases.iter().map(|case| check(folder, case));
    found.fold([0.0; 2], |a, b| [a[0].max(b[0]), a[1].max(b[1])])
}

#[test]
fn drawn_images_are_those_of_pillow() {
    // Pillow turns the order of its two passes around for strips like this one.
    let (strips, images): (Vec<_>, Vec<_>) = golden().images.into_iter().partition(|case| case.file == "rgb-2x300.png");
    let worst_image = worst("tests/golden/images", &images);
    assert!(worst_image[0] < 1.01 && worst_image[1] < 0.03, "{worst_image:?} levels");
    let worst_strip = worst("tests/golden/images", &strips);
    assert!(worst_strip[0] < 6.01 && worst_strip[1] < 1.0, "{worst_strip:?} levels");
}

#[test]
fn images_are_within_a_few_levels_whoever_decoded_them() {
    let worst = worst("web/samples", &golden().samples);
    assert!(worst[0] < 3.01 && worst[1] < 0.5, "{worst:?} levels");
}
