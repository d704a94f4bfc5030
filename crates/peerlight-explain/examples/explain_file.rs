//! Explains an image file and paints the mutual map over it:
//! `cargo run -p peerlight-explain --example explain_file -- IMAGE BUNDLE OUT.png`.
//!
//! Each argument may be missing. Without an image the example draws one, without a bundle it takes two micro networks
//! whose weights come from a formula, and without an output it writes no file.

use std::{env, error::Error, fs};

use peerlight_core::{COLOR_MAPS, Framing, OVERLAY, Rgba8, overlay};
use peerlight_explain::{DeviceKind, Request, Session, Silent, open_device};
use peerlight_models::{Bundle, micro};

fn main() -> Result<(), Box<dyn Error>> {
    run(&env::args().skip(1).collect::<Vec<_>>())
}

fn run(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let image = match arguments.first() {
        Some(path) => read(path)?,
        None => drawn()?,
    };
    let bundle = match arguments.get(1) {
        Some(path) => fs::read(path)?,
        None => micro::bundle()?,
    };

    let (device, info) = pollster::block_on(open_device(DeviceKind::Cpu))?;
    let session = Session::open(&Bundle::parse(&bundle)?, &device, &info.name)?;
    let pass = pollster::block_on(session.forward(&image, Framing::default(), &Silent))?;
    let found = pollster::block_on(session.explain(&pass, &Request::of("mutual"), &Silent))?;

    for peer in &found.peers {
        let names: Vec<_> = peer.top.iter().map(|p| format!("{} {:.1}%", p.label, 100.0 * p.probability)).collect();
        println!("{}: {}", peer.name, names.join(", "));
    }
    println!("Explained class: {}", found.target.label);
    if let Some(agreement) = found.agreement {
        println!("Agreement over {} regions: {agreement:.2}", found.regions.len());
    }
    if let Some(path) = arguments.get(2) {
        let painted = overlay(&image, found.image.crop, &found.map.values, found.side, &COLOR_MAPS[0], OVERLAY.opacity);
        let (width, height) = (painted.width(), painted.height());
        image::save_buffer(path, painted.pixels(), width, height, image::ColorType::Rgba8)?;
    }
    Ok(())
}

fn read(path: &str) -> Result<Rgba8, Box<dyn Error>> {
    let decoded = image::open(path)?.into_rgba8();
    let (width, height) = decoded.dimensions();
    Ok(Rgba8::new(width, height, decoded.into_raw())?)
}

/// A yellow disc on blue, 96 x 72 pixels.
fn drawn() -> Result<Rgba8, peerlight_core::Error> {
    let (width, height) = (96u32, 72u32);
    let pixel = |i: u32| {
        let (x, y) = (i % width, i / width);
        let inside = x.abs_diff(60).pow(2) + y.abs_diff(30).pow(2) < 20 * 20;
        if inside { [240, 200, 40, 255] } else { [30, 60, 160, 255] }
    };
    Rgba8::new(width, height, (0..width * height).flat_map(pixel).collect())
}

#[test]
fn it_runs_without_arguments() {
    run(&[]).unwrap();
}
