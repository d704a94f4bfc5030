//! Evaluates methods over the images of a folder:
//! `cargo run -p peerlight-metrics --example evaluate_folder -- FOLDER BUNDLE`.
//!
//! Each argument may be missing. Without a folder the example draws its images, without a bundle it takes two micro
//! networks whose weights come from a formula. `peerlight evaluate` does the same with tables, boxes and charts.

use std::{env, error::Error, fs, path::Path};

use peerlight_core::Rgba8;
use peerlight_explain::{DeviceKind, Request, Session, Silent, open_device};
use peerlight_metrics::{AgreementPlan, Estimate, LabeledImage, Protocol, metric_ids, report};
use peerlight_models::{Bundle, micro};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let images = arguments.first().map_or_else(drawn, |folder| read_folder(folder))?;
    let bytes = match arguments.get(1) {
        Some(bundle) => fs::read(bundle)?,
        None => micro::bundle()?,
    };
    let (device, info) = pollster::block_on(open_device(DeviceKind::Cpu))?;
    let session = Session::open(&Bundle::parse(&bytes)?, &device, &info.name)?;

    // The first method is compared with the others; a control shows what a map is worth that knows nothing.
    let protocol = Protocol {
        methods: ["grad-cam", "layer-cam", "control-noise"].map(Request::of).to_vec(),
        peers: vec![0],
        metrics: metric_ids(true),
        agreement: AgreementPlan::default(),
    };
    let mut records = Vec::new();
    for image in &images {
        records.push(pollster::block_on(protocol.evaluate(&session, image, &Silent, &()))?);
    }

    // Means over the images, with 95 % intervals.
    let ids: Vec<String> = session.info().peers.iter().map(|peer| peer.id.clone()).collect();
    for row in report(&protocol, &records, &ids, 0)?.rows {
        println!("{} of {}, {}", row.method, row.explained, row.masking);
        for (key, estimate) in &row.figures {
            // Without boxes around the objects, the pointing and the energy game have no value.
            if let Estimate { value: Some(value), ci: Some([low, high]) } = estimate {
                println!("  {key}: {value:.3} [{low:.3}, {high:.3}]");
            }
        }
    }
    Ok(())
}

fn read_folder(folder: &str) -> Result<Vec<LabeledImage>, Box<dyn Error>> {
    let mut files =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    files.sort();
    files.iter().filter(|file| file.is_file()).map(|file| read(file)).collect()
}

fn read(file: &Path) -> Result<LabeledImage, Box<dyn Error>> {
    let pixels = image::open(file)?.into_rgba8();
    Ok(unlabeled(&file.display().to_string(), Rgba8::new(pixels.width(), pixels.height(), pixels.into_raw())?))
}

/// Four images of 64 x 64 pixels with a bright square, each in another corner.
fn drawn() -> Result<Vec<LabeledImage>, Box<dyn Error>> {
    let image = |corner: u32| {
        let [left, top] = [6 + 28 * (corner % 2), 6 + 28 * (corner / 2)];
        let bright = |x: u32, y: u32| (left..left + 24).contains(&x) && (top..top + 24).contains(&y);
        let pixel = |i: u32| if bright(i % 64, i / 64) { [250, 220, 90, 255] } else { [40, 90, 60, 255] };
        Ok(unlabeled(&format!("corner {corner}"), Rgba8::new(64, 64, (0..64 * 64).flat_map(pixel).collect())?))
    };
    (0..4).map(image).collect()
}

/// An image of which neither the class nor a box is known.
fn unlabeled(name: &str, image: Rgba8) -> LabeledImage {
    LabeledImage { name: name.into(), image, class: None, boxes: Vec::new() }
}
