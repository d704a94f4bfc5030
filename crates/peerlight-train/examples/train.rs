//! Trains two networks as peers on images that are drawn here, and makes their bundle:
//!
//!     cargo run --example train -p peerlight-train

use burn::tensor::Device;
use peerlight_core::{Result, Rgba8};
use peerlight_train::{Data, Example, Loss, Networks, Recipe, Run, Schedule, Start};

/// The whole example, which a test runs, too.
pub fn main() -> Result<()> {
    let micro = |id: &str| format!("{id}=efficientnet-lite-micro");
    let recipe = Recipe {
        data: Data { image_size: vec![48], ..Data::default() },
        networks: Networks { peers: vec![micro("first"), micro("second")], ..Networks::default() },
        loss: Loss { transfer_weight: 2.0, map_size: 14, ..Loss::default() },
        schedule: Schedule { steps: Some(60), batch_size: 12, lr: 0.1, ..Schedule::default() },
    };
    let start = Start::from_scratch(&recipe.networks)?;
    let labels = vec!["red square".into(), "blue square".into()];
    let mut run = Run::new(recipe, start, images(0..60)?, labels, &[Device::flex()])?;
    while let Some(step) = run.step()? {
        let cross_entropy = step.report.peers.iter().map(|peer| format!("{:.3}", peer.terms.cross_entropy));
        println!("{}/{}: cross-entropy {}", run.done(), run.steps(), cross_entropy.collect::<Vec<_>>().join(", "));
    }
    let trained = run.finish()?;
    let validation = trained.validate(&images(60..80)?)?;
    println!("accuracy {:?}, mean correlation {:.3}", validation.accuracy, validation.rho);
    let bundle = trained.bundle(Some(validation))?;
    println!("{}  a bundle of {} bytes, for peerlight explain and the page", bundle.sha256, bundle.bytes.len());
    Ok(())
}

/// Images of two classes: a red or a blue square somewhere on gray noise.
fn images(numbers: std::ops::Range<u32>) -> Result<Vec<Example>> {
    let draw = |i: u32| {
        let (class, left, top) = (i as usize % 2, i * 7 % 24, i * 11 % 24);
        let pixel = |at: u32| {
            let inside = (left..left + 24).contains(&(at % 48)) && (top..top + 24).contains(&(at / 48));
            let noise = 96 + (at.wrapping_mul(2_654_435_761).wrapping_add(i.wrapping_mul(40_503)) >> 26) as u8;
            if inside { [[220, 50, 40, 255], [30, 60, 220, 255]][class] } else { [noise, noise, noise, 255] }
        };
        let image = Rgba8::new(48, 48, (0..48 * 48).flat_map(pixel).collect())?;
        Ok(Example { image, class: Some(class) })
    };
    numbers.map(draw).collect()
}
