//! Compares what two bundles with the same peers make of the same images: how the maps of one correlate with those of
//! the other where both explain the class that the first bundle would.
//! `cargo run -p peerlight-explain --example compare_bundles -- BUNDLE OTHER IMAGE...`
//!
//! Without arguments it compares the micro networks with themselves, stored in 32 and in 8 bits.

use std::{env, error::Error, fs};

use peerlight_core::{Framing, Rgba8};
use peerlight_explain::{ByName, DeviceKind, Explanation, Request, Session, Silent, open_device};
use peerlight_models::{Bundle, Precision, micro};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (bundles, images) = match arguments.as_slice() {
        [first, second, images @ ..] => ([fs::read(first)?, fs::read(second)?], images),
        _ => ([micro::bundle()?, narrow()?], &[][..]),
    };
    let (device, info) = pollster::block_on(open_device(DeviceKind::Cpu))?;
    let open = |bytes: &[u8]| Session::open(&Bundle::parse(bytes)?, &device, &info.name);
    let sessions = [open(&bundles[0])?, open(&bundles[1])?];
    // One at a time: there may be thousands. Without any, one is drawn.
    let images: Vec<Option<&String>> = if images.is_empty() { vec![None] } else { images.iter().map(Some).collect() };
    // The joint map's correlations, then each peer's own map's.
    let mut correlations: Vec<Vec<f64>> = Vec::new();
    for image in &images {
        let image = image.map_or_else(|| Ok(drawn()?), |path| read(path))?;
        let first = explained(&sessions[0], &image, None)?;
        let second = explained(&sessions[1], &image, Some(first.target.class.into()))?;
        let maps = |found: &Explanation| {
            let own = found.peers.iter().map(|peer| peer.map.values.clone());
            std::iter::once(found.map.values.clone()).chain(own).collect::<Vec<_>>()
        };
        let pairs = maps(&first).into_iter().zip(maps(&second));
        correlations.push(pairs.map(|(a, b)| pearson(&a, &b)).collect());
    }
    let names = sessions[0].info().peers.iter().map(|peer| peer.id.as_str());
    for (i, name) in std::iter::once("joint").chain(names).enumerate() {
        let mut of_map: Vec<f64> = correlations.iter().map(|of_image| of_image[i]).collect();
        of_map.sort_by(f64::total_cmp);
        let (count, mean) = (of_map.len(), of_map.iter().sum::<f64>() / of_map.len() as f64);
        let [least, low, median] = [0, count / 100, count / 2].map(|place| of_map[place]);
        println!(
            "{{\"map\":\"{name}\",\"images\":{count},\"mean\":{mean:.5},\"median\":{median:.5},\
             \"percentile_1\":{low:.5},\"least\":{least:.5}}}"
        );
    }
    Ok(())
}

fn explained(session: &Session, image: &Rgba8, target: Option<ByName>) -> Result<Explanation, peerlight_core::Error> {
    let pass = pollster::block_on(session.forward(image, Framing::default(), &Silent))?;
    pollster::block_on(session.explain(&pass, &Request { target, ..Request::of("mutual") }, &Silent))
}

/// Pearson's correlation; 1 for two constant maps, 0 for one.
fn pearson(a: &[f32], b: &[f32]) -> f64 {
    let mean = |x: &[f32]| x.iter().map(|v| f64::from(*v)).sum::<f64>() / x.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (f64::from(*x) - mean_a, f64::from(*y) - mean_b);
        (ab, aa, bb) = (ab + x * y, aa + x * x, bb + y * y);
    }
    match (aa > 0.0, bb > 0.0) {
        (true, true) => ab / (aa * bb).sqrt(),
        (false, false) => 1.0,
        _ => 0.0,
    }
}

fn narrow() -> Result<Vec<u8>, peerlight_core::Error> {
    Bundle::write(&micro::manifest(&micro::PEERS), &micro::tensors(&micro::PEERS)?, Precision::Int8)
}

fn read(path: &str) -> Result<Rgba8, Box<dyn Error>> {
    let decoded = image::open(path)?.into_rgba8();
    let (width, height) = decoded.dimensions();
    Ok(Rgba8::new(width, height, decoded.into_raw())?)
}

/// Diagonal stripes, 80 x 64 pixels.
fn drawn() -> Result<Rgba8, peerlight_core::Error> {
    let (width, height) = (80u32, 64u32);
    let pixel =
        |i: u32| if ((i % width + i / width) / 8).is_multiple_of(2) { [230, 120, 40, 255] } else { [20, 60, 90, 255] };
    Rgba8::new(width, height, (0..width * height).flat_map(pixel).collect())
}
