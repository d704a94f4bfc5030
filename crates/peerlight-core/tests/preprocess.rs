//! From an image to the network's input, compared with Pillow's bicubic filter (tests/golden/preprocess.json).
#![allow(clippy::disallowed_methods, reason = "a native test may read synchronously")]

use std::{fs, path::PathBuf};

use burn::tensor::{Device, Tensor};
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
    let preprocess = Preprocess { side: case.side, crop: case.share, mean: scale[0], std: scale[1], bgr: false };
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

#[test]
fn channels_and_scales_by_hand() {
    let image = Rgba8::new(2, 2, [[255, 0, 51, 255]; 4].concat()).unwrap();
    let of = |mean, std, bgr| Preprocess { side: 16, crop: 1.0, mean, std, bgr };
    let unit = of([0.0; 3], [1.0; 3], false);
    let caffe = of([123.68 / 255.0, 116.779 / 255.0, 103.939 / 255.0], [1.0 / 255.0; 3], true);
    let device = Device::flex();
    let channels = |tensor: Tensor<4>| -> Vec<f32> { tensor.mean_dim(3).mean_dim(2).into_data().try_to_vec().unwrap() };
    let cases = [
        (unit.clone(), [1.0, 0.0, 0.2]),
        (of([0.5; 3], [0.5; 3], false), [1.0, -1.0, -0.6]),
        (of([0.0; 3], [1.0 / 255.0; 3], false), [255.0, 0.0, 51.0]),
        (of([0.0; 3], [1.0; 3], true), [0.2, 0.0, 1.0]),
        (caffe.clone(), [51.0 - 103.939, -116.779, 255.0 - 123.68]),
    ];
    for (preprocess, expected) in cases {
        let off = |found: Vec<f32>| found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        let tensor = preprocess.tensor(&image, &device).unwrap();
        assert!(off(channels(tensor.clone())) < 1e-4, "{preprocess:?}");
        assert!(off(channels(unit.convert(unit.tensor(&image, &device).unwrap(), &preprocess))) < 1e-4, "converted");
        let back = channels(preprocess.convert(tensor, &unit));
        assert!(back.iter().zip([1.0, 0.0, 0.2]).all(|(a, b)| (a - b).abs() < 1e-5), "{preprocess:?}: {back:?}");
    }
    assert_eq!(caffe.normalized(0.0).map(f32::round), [-104.0, -117.0, -124.0], "black, in the network's order");
}
